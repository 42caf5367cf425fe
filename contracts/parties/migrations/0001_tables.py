"""Organisations, people, their memberships, schools and budget entities."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("parties", "0001_initial"),
        ("parties", "0002_delivery_to_schools"),
    ]
    dependencies: ClassVar = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="Organisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="Name")),
                    ("sort_key", models.CharField(db_index=True, editable=False, max_length=255)),
                    ("code", models.SlugField(max_length=40, unique=True, verbose_name="Kürzel")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("purchasing_body", "Zentrale Beschaffungsstelle"),
                                ("school_authority", "Schulträger"),
                                ("supplier", "Lieferant"),
                                ("observer", "Ministerium oder Verband"),
                                ("operator", "Betreiber"),
                            ],
                            max_length=20,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "form",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("", "–"),
                                ("municipality", "Stadt oder Gemeinde"),
                                ("amt", "Amt"),
                                ("county", "Landkreis"),
                                ("private", "Freier Träger"),
                            ],
                            default="",
                            max_length=20,
                            verbose_name="Rechtsform",
                        ),
                    ),
                    (
                        "is_entrepreneur",
                        models.BooleanField(
                            default=False,
                            help_text="Entscheidet über die Umkehr der Steuerschuld (§ 13b Abs. 2 Nr. 10 UStG).",
                            verbose_name="Unternehmer im Sinne des § 2 UStG",
                        ),
                    ),
                    ("street", models.CharField(blank=True, max_length=200, verbose_name="Straße")),
                    (
                        "postcode",
                        models.CharField(blank=True, max_length=10, verbose_name="Postleitzahl"),
                    ),
                    ("city", models.CharField(blank=True, max_length=100, verbose_name="Ort")),
                    (
                        "email",
                        models.EmailField(
                            blank=True, max_length=254, verbose_name="E-Mail-Adresse"
                        ),
                    ),
                    (
                        "vat_id",
                        models.CharField(blank=True, max_length=20, verbose_name="USt-IdNr."),
                    ),
                    (
                        "leitweg_id",
                        models.CharField(blank=True, max_length=46, verbose_name="Leitweg-ID"),
                    ),
                    (
                        "creditor_no",
                        models.CharField(
                            blank=True, max_length=30, verbose_name="Kreditorennummer"
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="aktiv")),
                ],
                options={
                    "verbose_name": "Organisation",
                    "verbose_name_plural": "Organisationen",
                    "ordering": ("sort_key", "pk"),
                },
            ),
            migrations.CreateModel(
                name="BudgetEntity",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="Name")),
                    ("sort_key", models.CharField(db_index=True, editable=False, max_length=255)),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budget_entities",
                            to="parties.organisation",
                            verbose_name="Organisation",
                        ),
                    ),
                    ("code", models.SlugField(max_length=40, unique=True, verbose_name="Mandant")),
                ],
                options={
                    "verbose_name": "Mandant",
                    "verbose_name_plural": "Mandanten",
                    "ordering": ("sort_key", "pk"),
                },
            ),
            migrations.CreateModel(
                name="School",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="Name")),
                    ("sort_key", models.CharField(db_index=True, editable=False, max_length=255)),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="schools",
                            to="parties.organisation",
                            verbose_name="Schulträger",
                        ),
                    ),
                    ("school_no", models.CharField(max_length=10, verbose_name="Schulnummer")),
                    (
                        "cost_center",
                        models.CharField(blank=True, max_length=30, verbose_name="Kostenstelle"),
                    ),
                    ("street", models.CharField(blank=True, max_length=200, verbose_name="Straße")),
                    (
                        "postcode",
                        models.CharField(blank=True, max_length=10, verbose_name="Postleitzahl"),
                    ),
                    ("city", models.CharField(blank=True, max_length=100, verbose_name="Ort")),
                    (
                        "contact",
                        models.CharField(blank=True, max_length=200, verbose_name="Kontakt"),
                    ),
                    ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telefon")),
                    (
                        "delivery_from",
                        models.TimeField(blank=True, null=True, verbose_name="Anlieferung von"),
                    ),
                    (
                        "delivery_until",
                        models.TimeField(blank=True, null=True, verbose_name="Anlieferung bis"),
                    ),
                    (
                        "delivery_note",
                        models.CharField(
                            blank=True, max_length=250, verbose_name="Hinweis zur Anlieferung"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Schule",
                    "verbose_name_plural": "Schulen",
                    "ordering": ("sort_key", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("authority", "school_no"), name="parties_school_no_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("delivery_from__isnull", True),
                                    ("delivery_until__isnull", True),
                                ),
                                ("delivery_until__gt", models.F("delivery_from")),
                                _connector="OR",
                            ),
                            name="parties_school_delivery_window_in_order",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    (
                        "last_login",
                        models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                    ),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    (
                        "first_name",
                        models.CharField(blank=True, max_length=150, verbose_name="first name"),
                    ),
                    (
                        "last_name",
                        models.CharField(blank=True, max_length=150, verbose_name="last name"),
                    ),
                    (
                        "is_staff",
                        models.BooleanField(
                            default=False,
                            help_text="Designates whether the user can log into this admin site.",
                            verbose_name="staff status",
                        ),
                    ),
                    (
                        "is_active",
                        models.BooleanField(
                            default=True,
                            help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                            verbose_name="active",
                        ),
                    ),
                    (
                        "date_joined",
                        models.DateTimeField(
                            default=django.utils.timezone.now, verbose_name="date joined"
                        ),
                    ),
                    (
                        "email",
                        models.EmailField(
                            max_length=254, unique=True, verbose_name="E-Mail-Adresse"
                        ),
                    ),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Person",
                    "verbose_name_plural": "Personen",
                },
            ),
            migrations.CreateModel(
                name="Membership",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="Person",
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to="parties.organisation",
                            verbose_name="Organisation",
                        ),
                    ),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to="parties.school",
                            verbose_name="Schule",
                        ),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("school_requester", "Schule (Bedarf)"),
                                ("procurement_officer", "Beschaffung"),
                                ("approver", "Freigabe"),
                                ("it_officer", "IT-Verantwortung"),
                                ("data_protection", "Datenschutz"),
                                ("treasurer", "Kämmerei"),
                                ("auditor", "Rechnungsprüfung"),
                                ("supplier_catalogue", "Lieferant (Katalog)"),
                                ("supplier_orders", "Lieferant (Aufträge)"),
                                ("contract_manager", "Vertragsmanagement"),
                                ("reviewer", "Zweitprüfung Vertrag"),
                                ("operator", "Betrieb"),
                            ],
                            max_length=30,
                            verbose_name="Rolle",
                        ),
                    ),
                    (
                        "signing_limit",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=14,
                            null=True,
                            verbose_name="Zeichnungsgrenze (brutto, EUR)",
                        ),
                    ),
                    ("valid_from", models.DateField(verbose_name="gültig ab")),
                    (
                        "valid_to",
                        models.DateField(blank=True, null=True, verbose_name="gültig bis"),
                    ),
                ],
                options={
                    "verbose_name": "Mitgliedschaft",
                    "verbose_name_plural": "Mitgliedschaften",
                    "ordering": ("pk",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gte", models.F("valid_from")),
                                _connector="OR",
                            ),
                            name="parties_membership_dates_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("signing_limit__isnull", True),
                                ("signing_limit__gte", 0),
                                _connector="OR",
                            ),
                            name="parties_membership_signing_limit_not_negative",
                        ),
                    ],
                },
            ),
        )
    ]
