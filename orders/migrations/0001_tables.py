"""From the Bedarfskorb to the goods received: requisitions, approvals, call-offs, finance."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("orders", "0001_initial"),
        ("orders", "0004_allocation_and_giveback"),
        ("orders", "0006_changes_of_call_offs"),
        ("orders", "0008_requisition_and_approval"),
        ("orders", "0011_basket_filled_once_per_form"),
        ("orders", "0012_given_up_messages"),
    ]
    dependencies: ClassVar = [
        ("agreements", "0001_tables"),
        ("ledger", "0001_tables"),
        ("parties", "0001_tables"),
        ("basket", "0012_line_code"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="BudgetPool",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pools",
                            to="parties.budgetentity",
                        ),
                    ),
                    ("fiscal_year", models.PositiveSmallIntegerField(verbose_name="Haushaltsjahr")),
                    ("title", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                    (
                        "account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budget_pool",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Deckungskreis",
                    "verbose_name_plural": "Deckungskreise",
                },
            ),
            migrations.CreateModel(
                name="BudgetLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budget_lines",
                            to="parties.budgetentity",
                        ),
                    ),
                    ("fiscal_year", models.PositiveSmallIntegerField(verbose_name="Haushaltsjahr")),
                    ("title", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                    ("budget_product", models.CharField(max_length=20, verbose_name="Produkt")),
                    ("gl_account", models.CharField(max_length=20, verbose_name="Sachkonto")),
                    (
                        "cost_center",
                        models.CharField(blank=True, max_length=30, verbose_name="Kostenstelle"),
                    ),
                    (
                        "cost_object",
                        models.CharField(blank=True, max_length=30, verbose_name="Kostenträger"),
                    ),
                    (
                        "measure_no",
                        models.CharField(
                            blank=True, max_length=30, verbose_name="Investitionsmaßnahme"
                        ),
                    ),
                    (
                        "grant_no",
                        models.CharField(blank=True, max_length=30, verbose_name="Zuwendung"),
                    ),
                    ("usable_until", models.DateField(verbose_name="verwendbar bis")),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budget_lines",
                            to="parties.school",
                        ),
                    ),
                    (
                        "own_account",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="budget_line",
                            to="ledger.limitaccount",
                        ),
                    ),
                    (
                        "pool",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.budgetpool",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Haushaltsposition",
                    "verbose_name_plural": "Haushaltspositionen",
                    "ordering": (
                        "fiscal_year",
                        "budget_product",
                        "gl_account",
                        "cost_center",
                        "pk",
                    ),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("own_account__isnull", True),
                                ("pool__isnull", True),
                                _connector="XOR",
                            ),
                            name="orders_budget_line_has_one_account",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("usable_until__year__gte", models.F("fiscal_year"))
                            ),
                            name="orders_budget_line_usable_in_its_year",
                        ),
                        models.UniqueConstraint(
                            fields=(
                                "budget_entity",
                                "fiscal_year",
                                "budget_product",
                                "gl_account",
                                "cost_center",
                                "cost_object",
                                "measure_no",
                                "grant_no",
                            ),
                            name="orders_budget_line_dimensions_unique",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BudgetLineDeductible",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "budget_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deductibles",
                            to="orders.budgetline",
                        ),
                    ),
                    (
                        "percent",
                        models.DecimalField(
                            decimal_places=4, max_digits=7, verbose_name="Vorsteuer abziehbar (%)"
                        ),
                    ),
                    ("valid_from", models.DateField(verbose_name="gültig ab")),
                    ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="am")),
                ],
                options={
                    "verbose_name": "abziehbare Vorsteuer",
                    "verbose_name_plural": "abziehbare Vorsteuern",
                    "ordering": ("budget_line", "valid_from"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("budget_line", "valid_from"),
                            name="orders_deductible_once_per_day",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                            name="orders_deductible_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="orders_deductible_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Requisition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True, verbose_name="Nummer")),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requisitions",
                            to="parties.organisation",
                            verbose_name="Schulträger",
                        ),
                    ),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requisitions",
                            to="parties.school",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requisitions",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="angelegt am")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "Entwurf"),
                                ("submitted", "in Freigabe"),
                                ("approved", "freigegeben"),
                                ("partly_approved", "teilweise freigegeben"),
                                ("rejected", "abgelehnt"),
                                ("returned", "zur Überarbeitung"),
                                ("withdrawn", "zurückgezogen"),
                                ("expired", "verfallen"),
                            ],
                            default="draft",
                            max_length=20,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "current_revision",
                        models.PositiveIntegerField(default=0, verbose_name="Fassung"),
                    ),
                    (
                        "submitted_revision",
                        models.PositiveIntegerField(
                            default=0,
                            help_text="Sie gibt der Freigaberunde ihre Nummer; Kürzungen darin ändern sie nicht.",
                            verbose_name="eingereichte Fassung",
                        ),
                    ),
                    (
                        "handed_over_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="an die Beschaffung gegeben am"
                        ),
                    ),
                    (
                        "handed_over_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "submitted_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="eingereicht am"),
                    ),
                    (
                        "decided_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="entschieden am"),
                    ),
                    (
                        "expires_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="verfällt am"),
                    ),
                    ("updated_at", models.DateTimeField(verbose_name="geändert am")),
                ],
                options={
                    "verbose_name": "Anforderung",
                    "verbose_name_plural": "Anforderungen",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(
                            fields=["authority", "state", "-created_at"],
                            name="orders_requ_authori_8fe199_idx",
                        ),
                        models.Index(
                            fields=["authority", "updated_at", "id"],
                            name="orders_requ_authori_488c5d_idx",
                        ),
                        models.Index(
                            condition=models.Q(("state", "submitted")),
                            fields=["expires_at"],
                            name="orders_requisition_expiry",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "draft",
                                        "submitted",
                                        "approved",
                                        "partly_approved",
                                        "rejected",
                                        "returned",
                                        "withdrawn",
                                        "expired",
                                    ],
                                )
                            ),
                            name="orders_requisition_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("submitted_revision__lte", models.F("current_revision"))
                            ),
                            name="orders_requisition_round_is_a_revision",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("handed_over_at__isnull", True),
                                    ("handed_over_by__isnull", True),
                                ),
                                models.Q(
                                    ("handed_over_at__isnull", False),
                                    ("handed_over_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="orders_requisition_handed_over_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Involvement",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "requisition_id",
                            "person_id",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="involvements",
                            to="orders.requisition",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "side",
                        models.CharField(
                            choices=[
                                ("ask", "hat angefordert oder bearbeitet"),
                                ("approve", "entscheidet"),
                            ],
                            max_length=8,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Beteiligung",
                    "verbose_name_plural": "Beteiligungen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("requisition", "person", "side"), name="orders_involvement_side"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ["ask", "approve"])),
                            name="orders_involvement_side_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequisitionRevision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="revisions",
                            to="orders.requisition",
                        ),
                    ),
                    ("number", models.PositiveIntegerField(verbose_name="Fassung")),
                    (
                        "edited_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "editor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("edit", "bearbeitet"), ("cut", "bei der Freigabe gekürzt")],
                            default="edit",
                            max_length=4,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "side",
                        models.GeneratedField(
                            db_persist=True,
                            expression=models.Case(
                                models.When(kind="cut", then=models.Value("approve")),
                                default=models.Value("ask"),
                            ),
                            output_field=models.CharField(max_length=8),
                        ),
                    ),
                    ("edited_at", models.DateTimeField(verbose_name="bearbeitet am")),
                    ("title", models.CharField(max_length=200, verbose_name="Betreff")),
                    ("justification", models.TextField(blank=True, verbose_name="Begründung")),
                    (
                        "needed_by",
                        models.DateField(blank=True, null=True, verbose_name="benötigt bis"),
                    ),
                    (
                        "net",
                        models.DecimalField(decimal_places=2, max_digits=16, verbose_name="netto"),
                    ),
                    (
                        "tax",
                        models.DecimalField(
                            decimal_places=2, max_digits=16, verbose_name="Umsatzsteuer (Vorschau)"
                        ),
                    ),
                    (
                        "gross",
                        models.DecimalField(decimal_places=2, max_digits=16, verbose_name="brutto"),
                    ),
                ],
                options={
                    "verbose_name": "Fassung",
                    "verbose_name_plural": "Fassungen",
                    "ordering": ("requisition", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("requisition", "number"), name="orders_revision_number_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["edit", "cut"])),
                            name="orders_revision_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequisitionDelivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "revision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="deliveries",
                            to="orders.requisitionrevision",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.school",
                        ),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="Empfänger")),
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
                        "earliest",
                        models.DateField(blank=True, null=True, verbose_name="frühestens am"),
                    ),
                    (
                        "latest",
                        models.DateField(blank=True, null=True, verbose_name="spätestens am"),
                    ),
                    ("time_from", models.TimeField(blank=True, null=True, verbose_name="von")),
                    ("time_until", models.TimeField(blank=True, null=True, verbose_name="bis")),
                    (
                        "note",
                        models.CharField(
                            blank=True, max_length=250, verbose_name="Hinweis zur Anlieferung"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Lieferort",
                    "verbose_name_plural": "Lieferorte",
                    "ordering": ("revision", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("revision", "number"), name="orders_delivery_number_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("earliest__isnull", True),
                                ("latest__isnull", True),
                                ("latest__gte", models.F("earliest")),
                                _connector="OR",
                            ),
                            name="orders_delivery_days_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("time_from__isnull", True), ("time_until__isnull", True)),
                                ("time_until__gt", models.F("time_from")),
                                _connector="OR",
                            ),
                            name="orders_delivery_window_in_order",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequisitionLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "revision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="lines",
                            to="orders.requisitionrevision",
                        ),
                    ),
                    ("line_no", models.PositiveIntegerField(verbose_name="Zeile")),
                    (
                        "delivery",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.requisitiondelivery",
                        ),
                    ),
                    (
                        "listing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listing",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "price_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.priceversion",
                        ),
                    ),
                    (
                        "list_price",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listpriceversion",
                        ),
                    ),
                    (
                        "terms",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.awardterms",
                        ),
                    ),
                    ("title", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                    ("unit", models.CharField(max_length=3, verbose_name="Einheit")),
                    (
                        "net_unit_price",
                        models.DecimalField(
                            decimal_places=4, max_digits=14, verbose_name="Nettopreis"
                        ),
                    ),
                    (
                        "price_unit",
                        models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
                    ),
                    (
                        "periods",
                        models.PositiveSmallIntegerField(default=1, verbose_name="Zeiträume"),
                    ),
                    (
                        "tier_base",
                        models.PositiveBigIntegerField(
                            default=0,
                            help_text="Die Menge, nach der die Staffel gewählt wurde; bei kumulativen Staffeln die zuvor gebuchte Menge aller Käufer.",
                            verbose_name="Staffelmenge",
                        ),
                    ),
                    (
                        "tax_category",
                        models.CharField(max_length=2, verbose_name="Steuerkategorie"),
                    ),
                    (
                        "tax_rate",
                        models.DecimalField(
                            decimal_places=2, max_digits=5, verbose_name="Steuersatz (%)"
                        ),
                    ),
                    ("tax_reason", models.CharField(blank=True, max_length=200)),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "Anforderungszeile",
                    "verbose_name_plural": "Anforderungszeilen",
                    "ordering": ("revision", "line_no"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("revision", "line_no"), name="orders_requisition_line_no_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gte", 1)),
                            name="orders_requisition_line_quantity_positive",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "gross",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("net"), "+", models.F("tax")
                                    ),
                                )
                            ),
                            name="orders_requisition_line_gross_adds_up",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Assignment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="assignments",
                            to="orders.requisitionline",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(default=1, verbose_name="Nr.")),
                    (
                        "payer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.budgetentity",
                        ),
                    ),
                    (
                        "budget_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assignments",
                            to="orders.budgetline",
                        ),
                    ),
                    (
                        "share_percent",
                        models.DecimalField(
                            decimal_places=4, max_digits=7, verbose_name="Anteil (%)"
                        ),
                    ),
                    (
                        "deductible_percent",
                        models.DecimalField(
                            decimal_places=4,
                            default=0,
                            max_digits=7,
                            verbose_name="Vorsteuerabzug (%)",
                        ),
                    ),
                    (
                        "grant_no",
                        models.CharField(blank=True, max_length=30, verbose_name="Zuwendung"),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                    (
                        "bound",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=16,
                            verbose_name="gebunden (brutto ohne abziehbare Vorsteuer)",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Kontierung",
                    "verbose_name_plural": "Kontierungen",
                    "ordering": ("line", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("line", "number"), name="orders_assignment_number_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("share_percent__gt", 0), ("share_percent__lte", 100)
                            ),
                            name="orders_assignment_share_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("deductible_percent__gte", 0), ("deductible_percent__lte", 100)
                            ),
                            name="orders_assignment_deductible_range",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallOff",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "number",
                        models.CharField(max_length=20, unique=True, verbose_name="Abrufnummer"),
                    ),
                    (
                        "order",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_off",
                            to="order.order",
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_offs",
                            to="orders.requisition",
                        ),
                    ),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_offs",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.school",
                        ),
                    ),
                    (
                        "supplier",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="received_call_offs",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_offs",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_offs",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "terms",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.awardterms",
                        ),
                    ),
                    (
                        "allocation_note",
                        models.CharField(max_length=250, verbose_name="Vergaberegel"),
                    ),
                    (
                        "follows",
                        models.OneToOneField(
                            blank=True,
                            help_text="Der abgelehnte oder nicht bestätigte Abruf des vorigen Rangs.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="followed_by",
                            to="orders.calloff",
                            verbose_name="folgt auf",
                        ),
                    ),
                    (
                        "confirm_by",
                        models.DateField(blank=True, null=True, verbose_name="zu bestätigen bis"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("issued", "erteilt"),
                                ("confirmed", "bestätigt"),
                                ("changed", "geändert"),
                                ("refused", "abgelehnt"),
                                ("partly_delivered", "teilweise geliefert"),
                                ("delivered", "geliefert"),
                                ("invoiced", "berechnet"),
                                ("closed", "abgeschlossen"),
                                ("closed_short", "mit Mindermenge abgeschlossen"),
                                ("cancelled", "storniert"),
                            ],
                            default="issued",
                            max_length=20,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "issued_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("issued_at", models.DateTimeField(verbose_name="erteilt am")),
                    ("updated_at", models.DateTimeField(verbose_name="geändert am")),
                    (
                        "delivery_by",
                        models.DateField(blank=True, null=True, verbose_name="Lieferung bis"),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "Abruf",
                    "verbose_name_plural": "Abrufe",
                    "ordering": ("-issued_at", "-pk"),
                    "indexes": [
                        models.Index(
                            fields=["supplier", "-issued_at", "-id"],
                            name="orders_call_supplie_e28ee4_idx",
                        ),
                        models.Index(
                            fields=["authority", "-issued_at", "-id"],
                            name="orders_call_authori_8a2df6_idx",
                        ),
                        models.Index(
                            fields=["supplier", "updated_at", "id"],
                            name="orders_call_supplie_bdc94a_idx",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("requisition", "award"), name="orders_call_off_once_per_award"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "issued",
                                        "confirmed",
                                        "changed",
                                        "refused",
                                        "partly_delivered",
                                        "delivered",
                                        "invoiced",
                                        "closed",
                                        "closed_short",
                                        "cancelled",
                                    ],
                                )
                            ),
                            name="orders_call_off_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallOffLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "call_off",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.calloff",
                        ),
                    ),
                    (
                        "order_line",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_off_line",
                            to="order.line",
                        ),
                    ),
                    (
                        "requisition_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_off_lines",
                            to="orders.requisitionline",
                        ),
                    ),
                    ("line_no", models.PositiveIntegerField(verbose_name="Zeile")),
                    (
                        "listing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listing",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_off_lines",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "price_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.priceversion",
                        ),
                    ),
                    (
                        "list_price",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listpriceversion",
                        ),
                    ),
                    ("title", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    ("supplier_aid", models.CharField(max_length=60, verbose_name="Artikelnummer")),
                    ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                    ("unit", models.CharField(max_length=3, verbose_name="Einheit")),
                    (
                        "net_unit_price",
                        models.DecimalField(
                            decimal_places=4, max_digits=14, verbose_name="Nettopreis"
                        ),
                    ),
                    (
                        "price_unit",
                        models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
                    ),
                    (
                        "periods",
                        models.PositiveSmallIntegerField(default=1, verbose_name="Zeiträume"),
                    ),
                    (
                        "tier_base",
                        models.PositiveBigIntegerField(default=0, verbose_name="Staffelmenge"),
                    ),
                    (
                        "service_from",
                        models.DateField(blank=True, null=True, verbose_name="Leistung ab"),
                    ),
                    (
                        "service_to",
                        models.DateField(blank=True, null=True, verbose_name="Leistung bis"),
                    ),
                    (
                        "tax_category",
                        models.CharField(max_length=2, verbose_name="Steuerkategorie"),
                    ),
                    (
                        "tax_rate",
                        models.DecimalField(
                            decimal_places=2, max_digits=5, verbose_name="Steuersatz (%)"
                        ),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "Abrufzeile",
                    "verbose_name_plural": "Abrufzeilen",
                    "ordering": ("call_off", "line_no"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("call_off", "line_no"), name="orders_call_off_line_no_unique"
                        ),
                        models.UniqueConstraint(
                            fields=("call_off", "requisition_line"),
                            name="orders_requisition_line_once_per_call_off",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("service_from__isnull", True), ("service_to__isnull", True)
                                ),
                                ("service_to__gte", models.F("service_from")),
                                _connector="OR",
                            ),
                            name="orders_service_dates_in_order",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallOffAssignment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assignments",
                            to="orders.calloffline",
                        ),
                    ),
                    (
                        "assignment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="call_off_assignments",
                            to="orders.assignment",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(default=1, verbose_name="Nr.")),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.budgetentity",
                        ),
                    ),
                    (
                        "budget_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="orders.budgetline",
                        ),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                    (
                        "bound",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=16,
                            verbose_name="im Haushalt gebunden",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Abrufkontierung",
                    "verbose_name_plural": "Abrufkontierungen",
                    "ordering": ("line", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("line", "assignment"), name="orders_call_off_assignment_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AllocationStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocation_steps",
                            to="orders.requisition",
                        ),
                    ),
                    (
                        "call_off",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocation_steps",
                            to="orders.calloff",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocation_steps",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocation_steps",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "rule",
                        models.CharField(
                            choices=[
                                ("single", "ein Lieferant"),
                                ("cascade", "Kaskade nach Rang"),
                                ("rotation", "Rotation"),
                            ],
                            max_length=12,
                            verbose_name="Vergaberegel",
                        ),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("taken", "erhält den Abruf"),
                                ("skipped", "übergangen"),
                                ("exhausted", "eigener Höchstwert ausgeschöpft"),
                                ("refused", "hat abgelehnt"),
                                ("timed_out", "hat nicht fristgerecht bestätigt"),
                            ],
                            max_length=10,
                            verbose_name="Ergebnis",
                        ),
                    ),
                    ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                    (
                        "turn",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="Zug"),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="am")),
                ],
                options={
                    "verbose_name": "Vergabeschritt",
                    "verbose_name_plural": "Vergabeschritte",
                    "ordering": ("pk",),
                    "indexes": [
                        models.Index(fields=["lot", "id"], name="orders_allo_lot_id_42e756_idx")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="orders_allocation_step_has_reason",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("turn__isnull", False)),
                            fields=("lot", "turn"),
                            name="orders_turn_taken_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Delegation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "delegator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="delegations",
                            to="parties.membership",
                            verbose_name="Vertretene",
                        ),
                    ),
                    (
                        "delegator_person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "deputy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deputyships",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="Vertretung",
                        ),
                    ),
                    ("valid_from", models.DateField(verbose_name="von")),
                    ("valid_to", models.DateField(verbose_name="bis")),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="eingerichtet am")),
                    (
                        "revoked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "revoked_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
                    ),
                ],
                options={
                    "verbose_name": "Vertretung",
                    "verbose_name_plural": "Vertretungen",
                    "ordering": ("-valid_from", "-pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                            name="orders_delegation_days_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("deputy", models.F("delegator_person")), _negated=True
                            ),
                            name="orders_delegation_to_somebody_else",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ApprovalPolicy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="policies",
                            to="parties.organisation",
                        ),
                    ),
                    ("version", models.PositiveIntegerField(verbose_name="Fassung")),
                    ("valid_from", models.DateField(verbose_name="gültig ab")),
                    ("note", models.CharField(blank=True, max_length=250, verbose_name="Anlass")),
                    (
                        "created_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "proposer",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "created_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="vorgeschlagen am"
                        ),
                    ),
                    (
                        "confirmed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "confirmer",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "confirmed_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="in Kraft gesetzt am"
                        ),
                    ),
                    (
                        "withdrawn_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="verworfen am"),
                    ),
                ],
                options={
                    "verbose_name": "Freigaberegelung",
                    "verbose_name_plural": "Freigaberegelungen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("authority", "version"), name="orders_policy_version_unique"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(
                                ("confirmed_at__isnull", True), ("withdrawn_at__isnull", True)
                            ),
                            fields=("authority",),
                            name="orders_policy_one_proposal",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("confirmer__isnull", True),
                                ("proposer__isnull", True),
                                models.Q(("confirmer", models.F("proposer")), _negated=True),
                                _connector="OR",
                            ),
                            name="orders_policy_two_people",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("confirmed_at__isnull", True),
                                ("withdrawn_at__isnull", True),
                                _connector="OR",
                            ),
                            name="orders_policy_confirmed_or_withdrawn",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ApprovalRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rules",
                            to="orders.approvalpolicy",
                        ),
                    ),
                    ("tier", models.PositiveSmallIntegerField(verbose_name="Stufe")),
                    (
                        "from_gross",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=14,
                            verbose_name="ab brutto (EUR)",
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
                    ("signers", models.PositiveSmallIntegerField(default=1, verbose_name="Anzahl")),
                    (
                        "condition",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("", "immer"),
                                ("funded", "wenn eine Zeile aus einer Zuwendung bezahlt wird"),
                            ],
                            default="",
                            max_length=10,
                            verbose_name="Bedingung",
                        ),
                    ),
                    (
                        "days",
                        models.PositiveSmallIntegerField(default=7, verbose_name="Frist (Tage)"),
                    ),
                    (
                        "escalation_role",
                        models.CharField(
                            blank=True,
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
                            verbose_name="nach Fristablauf auch",
                        ),
                    ),
                    (
                        "committee",
                        models.CharField(blank=True, max_length=120, verbose_name="Gremium"),
                    ),
                ],
                options={
                    "verbose_name": "Freigaberegel",
                    "verbose_name_plural": "Freigaberegeln",
                    "ordering": ("policy", "tier", "from_gross", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("days__gte", 1),
                                ("from_gross__gte", 0),
                                ("signers__gte", 1),
                                ("tier__gte", 1),
                            ),
                            name="orders_rule_sensible",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("escalation_role", models.F("role")), _negated=True
                            ),
                            name="orders_rule_escalates_elsewhere",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ApprovalStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="steps",
                            to="orders.requisition",
                        ),
                    ),
                    ("revision_no", models.PositiveIntegerField(verbose_name="Runde")),
                    ("tier", models.PositiveSmallIntegerField(verbose_name="Stufe")),
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
                    ("signers", models.PositiveSmallIntegerField(default=1, verbose_name="Anzahl")),
                    ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="orders.approvalpolicy",
                        ),
                    ),
                    (
                        "days",
                        models.PositiveSmallIntegerField(default=7, verbose_name="Frist (Tage)"),
                    ),
                    (
                        "opened_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="an der Reihe seit"
                        ),
                    ),
                    ("deadline", models.DateTimeField(verbose_name="Frist")),
                    (
                        "reminded_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="erinnert am"),
                    ),
                    (
                        "escalation_role",
                        models.CharField(
                            blank=True,
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
                            verbose_name="nach Fristablauf auch",
                        ),
                    ),
                    (
                        "escalated_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="eskaliert am"),
                    ),
                    (
                        "committee",
                        models.CharField(blank=True, max_length=120, verbose_name="Gremium"),
                    ),
                    (
                        "committee_on",
                        models.DateField(blank=True, null=True, verbose_name="Sitzung am"),
                    ),
                    (
                        "completed_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="erledigt am"),
                    ),
                ],
                options={
                    "verbose_name": "Freigabeschritt",
                    "verbose_name_plural": "Freigabeschritte",
                    "ordering": ("requisition", "revision_no", "tier", "pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("completed_at__isnull", True)),
                            fields=["deadline"],
                            name="orders_step_open_deadline",
                        ),
                        models.Index(
                            condition=models.Q(("completed_at__isnull", True)),
                            fields=["role", "requisition"],
                            name="orders_step_open_role",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("requisition", "revision_no", "tier", "role"),
                            name="orders_step_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Decision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "step",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="orders.approvalstep",
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="orders.requisition",
                        ),
                    ),
                    ("round_no", models.PositiveIntegerField(verbose_name="Runde")),
                    ("revision_no", models.PositiveIntegerField(verbose_name="Fassung")),
                    (
                        "granted_revision",
                        models.PositiveIntegerField(
                            blank=True, null=True, verbose_name="gekürzte Fassung"
                        ),
                    ),
                    (
                        "membership",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "on_behalf_of",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "delegation",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="orders.delegation",
                        ),
                    ),
                    (
                        "side",
                        models.GeneratedField(
                            db_persist=True,
                            expression=models.Value("approve"),
                            output_field=models.CharField(max_length=8),
                        ),
                    ),
                    (
                        "verdict",
                        models.CharField(
                            choices=[
                                ("approve", "freigegeben"),
                                ("reject", "abgelehnt"),
                                ("return", "zurückgegeben"),
                            ],
                            max_length=8,
                            verbose_name="Entscheidung",
                        ),
                    ),
                    ("comment", models.TextField(blank=True, verbose_name="Bemerkung")),
                    (
                        "resolution",
                        models.CharField(blank=True, max_length=120, verbose_name="Beschluss"),
                    ),
                    ("decided_at", models.DateTimeField(verbose_name="entschieden am")),
                ],
                options={
                    "verbose_name": "Entscheidung",
                    "verbose_name_plural": "Entscheidungen",
                    "ordering": ("step", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("verdict", "approve"),
                                models.Q(("comment", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="orders_refusal_has_comment",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("delegation__isnull", True), ("on_behalf_of__isnull", True)
                                ),
                                models.Q(
                                    ("delegation__isnull", False), ("on_behalf_of__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="orders_substitute_has_delegation",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("granted_revision__isnull", True),
                                models.Q(
                                    ("granted_revision__gt", models.F("revision_no")),
                                    ("verdict", "approve"),
                                ),
                                _connector="OR",
                            ),
                            name="orders_cut_is_an_approval",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Signature",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "decision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="signatures",
                            to="orders.decision",
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="signatures",
                            to="orders.requisition",
                        ),
                    ),
                    ("round_no", models.PositiveIntegerField(verbose_name="Runde")),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Unterschrift",
                    "verbose_name_plural": "Unterschriften",
                    "ordering": ("decision", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("requisition", "round_no", "person"),
                            name="orders_one_signature_per_round",
                        ),
                        models.UniqueConstraint(
                            fields=("decision", "person"), name="orders_signature_of_decision"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DecisionLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "decision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.decision",
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="orders.requisitionline",
                        ),
                    ),
                    ("granted", models.PositiveIntegerField(verbose_name="freigegeben")),
                    ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                ],
                options={
                    "verbose_name": "gekürzte Zeile",
                    "verbose_name_plural": "gekürzte Zeilen",
                    "ordering": ("decision", "line"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("decision", "line"), name="orders_cut_once_per_line"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="orders_cut_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BasketOwner",
                fields=[
                    (
                        "filled_by",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.UUIDField(),
                            default=list,
                            editable=False,
                            help_text="Ein Formular, das zweimal gesendet wird, zählt einmal.",
                            size=None,
                            verbose_name="zuletzt übernommene Formulare",
                        ),
                    ),
                    (
                        "basket",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="membership_tie",
                            serialize=False,
                            to="basket.basket",
                        ),
                    ),
                    (
                        "membership",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="baskets",
                            to="parties.membership",
                        ),
                    ),
                    ("is_open", models.BooleanField(default=True)),
                ],
                options={
                    "verbose_name": "Bedarfskorb",
                    "verbose_name_plural": "Bedarfskörbe",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_open", True)),
                            fields=("membership",),
                            name="orders_one_open_basket_per_membership",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallOffLineProgress",
                fields=[
                    (
                        "line",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="progress",
                            serialize=False,
                            to="orders.calloffline",
                        ),
                    ),
                    ("ordered", models.PositiveIntegerField(verbose_name="bestellt")),
                    ("delivered", models.PositiveIntegerField(default=0, verbose_name="geliefert")),
                    ("cancelled", models.PositiveIntegerField(default=0, verbose_name="storniert")),
                ],
                options={
                    "verbose_name": "Stand der Abrufzeile",
                    "verbose_name_plural": "Stand der Abrufzeilen",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "ordered__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("delivered"), "+", models.F("cancelled")
                                    ),
                                )
                            ),
                            name="orders_line_not_over_ordered",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Cancellation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "call_off",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cancellations",
                            to="orders.calloff",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                    ("token", models.UUIDField(null=True, verbose_name="Formular oder Aufruf")),
                    (
                        "cause",
                        models.CharField(
                            choices=[
                                ("cancelled", "vom Käufer storniert"),
                                ("refused", "vom Lieferanten abgelehnt"),
                                ("timed_out", "nicht fristgerecht bestätigt"),
                                ("closed_short", "Restmenge aufgegeben"),
                            ],
                            max_length=12,
                            verbose_name="Anlass",
                        ),
                    ),
                    ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="am")),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "Stornierung",
                    "verbose_name_plural": "Stornierungen",
                    "ordering": ("call_off", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("call_off", "number"), name="orders_cancellation_number_unique"
                        ),
                        models.UniqueConstraint(
                            fields=("call_off", "token"), name="orders_cancellation_once_per_token"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="orders_cancellation_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CancelledLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "cancellation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.cancellation",
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cancelled_lines",
                            to="orders.calloffline",
                        ),
                    ),
                    ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "stornierte Zeile",
                    "verbose_name_plural": "stornierte Zeilen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("cancellation", "line"), name="orders_cancelled_line_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gte", 1)),
                            name="orders_cancelled_quantity_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CancelledShare",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "cancelled_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="shares",
                            to="orders.cancelledline",
                        ),
                    ),
                    (
                        "assignment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cancelled_shares",
                            to="orders.calloffassignment",
                        ),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                    (
                        "bound",
                        models.DecimalField(
                            decimal_places=2, max_digits=16, verbose_name="frei gegeben"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "stornierte Kontierung",
                    "verbose_name_plural": "stornierte Kontierungen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("cancelled_line", "assignment"),
                            name="orders_cancelled_share_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="FinanceEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("event_id", models.UUIDField(unique=True)),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="events",
                            to="parties.budgetentity",
                        ),
                    ),
                    (
                        "type",
                        models.CharField(
                            choices=[
                                ("RESERVATION", "Reservierung"),
                                ("RESERVATION_RELEASE", "Auflösung der Reservierung"),
                                ("COMMITMENT", "Festlegung"),
                                ("COMMITMENT_REVERSAL", "Storno der Festlegung"),
                                ("COMMITMENT_REDUCTION", "Minderung der Festlegung"),
                                ("GOODS_RECEIPT", "Wareneingang"),
                                ("GOODS_RECEIPT_REVERSAL", "Storno Wareneingang"),
                                ("INVOICE", "Rechnung"),
                                ("INVOICE_REVERSAL", "Storno Rechnung"),
                                ("CARRY_OVER_OUT", "Übertragung ab"),
                                ("CARRY_OVER_IN", "Übertragung an"),
                            ],
                            max_length=30,
                        ),
                    ),
                    ("occurred_at", models.DateTimeField()),
                    ("payload", models.TextField()),
                    ("payload_hash", models.CharField(max_length=64)),
                ],
                options={
                    "verbose_name": "Finanzereignis",
                    "verbose_name_plural": "Finanzereignisse",
                    "ordering": ("pk",),
                },
            ),
            migrations.CreateModel(
                name="PendingEvent",
                fields=[
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="pending",
                            serialize=False,
                            to="orders.financeevent",
                        ),
                    ),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.budgetentity",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "wartendes Ereignis",
                    "verbose_name_plural": "wartende Ereignisse",
                },
            ),
            migrations.CreateModel(
                name="Feed",
                fields=[
                    (
                        "budget_entity",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="feed",
                            serialize=False,
                            to="parties.budgetentity",
                        ),
                    ),
                    ("last_seq", models.PositiveBigIntegerField(default=0)),
                    (
                        "last_hash",
                        models.CharField(
                            default="0000000000000000000000000000000000000000000000000000000000000000",
                            max_length=64,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Finanzfeed",
                    "verbose_name_plural": "Finanzfeeds",
                },
            ),
            migrations.CreateModel(
                name="FeedEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "feed",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="orders.feed",
                        ),
                    ),
                    ("seq", models.PositiveBigIntegerField()),
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="feed_entry",
                            to="orders.financeevent",
                        ),
                    ),
                    ("chain_hash", models.CharField(max_length=64)),
                ],
                options={
                    "verbose_name": "Feedeintrag",
                    "verbose_name_plural": "Feedeinträge",
                    "ordering": ("feed", "seq"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("feed", "seq"), name="orders_feed_seq_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("seq__gte", 1)), name="orders_feed_seq_positive"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FeedAcknowledgement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "feed",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="acknowledgements",
                            to="orders.feed",
                        ),
                    ),
                    ("seq", models.PositiveBigIntegerField()),
                    ("accepted", models.BooleanField(default=True)),
                    ("reason", models.CharField(blank=True, max_length=250)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "Quittung",
                    "verbose_name_plural": "Quittungen",
                    "ordering": ("feed", "seq", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("accepted", True),
                                models.Q(("reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="orders_refusal_names_reason",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="GoodsReceipt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "call_off",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="receipts",
                            to="orders.calloff",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                    ("token", models.UUIDField(null=True, verbose_name="Formular oder Aufruf")),
                    (
                        "delivery_note",
                        models.CharField(blank=True, max_length=60, verbose_name="Lieferschein"),
                    ),
                    ("received_on", models.DateField(verbose_name="eingegangen am")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="erfasst am")),
                ],
                options={
                    "verbose_name": "Wareneingang",
                    "verbose_name_plural": "Wareneingänge",
                    "ordering": ("call_off", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("call_off", "number"), name="orders_receipt_number_unique"
                        ),
                        models.UniqueConstraint(
                            fields=("call_off", "token"), name="orders_receipt_once_per_token"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReceivedLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "receipt",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="orders.goodsreceipt",
                        ),
                    ),
                    (
                        "line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="received_lines",
                            to="orders.calloffline",
                        ),
                    ),
                    ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                ],
                options={
                    "verbose_name": "eingegangene Zeile",
                    "verbose_name_plural": "eingegangene Zeilen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("receipt", "line"), name="orders_received_line_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gte", 1)),
                            name="orders_received_quantity_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReceivedShare",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "received_line",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="shares",
                            to="orders.receivedline",
                        ),
                    ),
                    (
                        "assignment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="received_shares",
                            to="orders.calloffassignment",
                        ),
                    ),
                    ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                    ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                ],
                options={
                    "verbose_name": "eingegangene Kontierung",
                    "verbose_name_plural": "eingegangene Kontierungen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("received_line", "assignment"),
                            name="orders_received_share_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="OutboxMessage",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.CharField(max_length=150, unique=True)),
                    ("kind", models.CharField(max_length=20)),
                    ("payload", models.JSONField()),
                    ("created_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField()),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_at", models.DateTimeField(blank=True, null=True)),
                    ("given_up", models.BooleanField(db_default=False, default=False)),
                    ("last_error", models.TextField(blank=True)),
                ],
                options={
                    "verbose_name": "Ausgangsnachricht",
                    "verbose_name_plural": "Ausgangsnachrichten",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("done_at__isnull", True)),
                            fields=["due_at", "id"],
                            name="orders_outbox_pending",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("given_up", False), ("done_at__isnull", False), _connector="OR"
                            ),
                            name="orders_outbox_given_up_is_done",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="MailLog",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("message_id", models.CharField(max_length=150, unique=True)),
                    ("recipient", models.EmailField(max_length=254)),
                    ("subject", models.CharField(max_length=250)),
                    ("body", models.TextField()),
                    ("sent_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "versandte Mail",
                    "verbose_name_plural": "versandte Mails",
                    "ordering": ("-sent_at", "-pk"),
                    "indexes": [
                        models.Index(
                            fields=["recipient", "-sent_at"], name="orders_mail_recipie_676df1_idx"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequisitionAttachment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attachments",
                            to="orders.requisition",
                        ),
                    ),
                    ("title", models.CharField(max_length=200, verbose_name="Titel")),
                    ("filename", models.CharField(max_length=200, verbose_name="Dateiname")),
                    ("media_type", models.CharField(max_length=100, verbose_name="Dateityp")),
                    ("content", models.BinaryField()),
                    ("size", models.PositiveIntegerField(verbose_name="Größe (Bytes)")),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "uploaded_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("uploaded_at", models.DateTimeField(verbose_name="hochgeladen am")),
                    (
                        "withdrawn_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="zurückgezogen am"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Anlage",
                    "verbose_name_plural": "Anlagen",
                    "ordering": ("requisition", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("withdrawn_at__isnull", True)),
                            fields=("requisition", "sha256"),
                            name="orders_attachment_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RequisitionComment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "requisition",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="comments",
                            to="orders.requisition",
                        ),
                    ),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("text", models.TextField(verbose_name="Kommentar")),
                    ("revision_no", models.PositiveIntegerField(verbose_name="Fassung")),
                    ("written_at", models.DateTimeField(verbose_name="geschrieben am")),
                ],
                options={
                    "verbose_name": "Kommentar",
                    "verbose_name_plural": "Kommentare",
                    "ordering": ("requisition", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True),
                            name="orders_comment_says_something",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ShoppingList",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "filled_by",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.UUIDField(),
                            default=list,
                            editable=False,
                            help_text="Ein Formular, das zweimal gesendet wird, zählt einmal.",
                            size=None,
                            verbose_name="zuletzt übernommene Formulare",
                        ),
                    ),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="shopping_lists",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.school",
                        ),
                    ),
                    ("name", models.CharField(max_length=120, verbose_name="Name")),
                    (
                        "audience",
                        models.CharField(
                            choices=[
                                ("own", "nur für mich"),
                                ("school", "für meine Schule"),
                                ("authority", "für den ganzen Schulträger"),
                            ],
                            default="own",
                            max_length=10,
                            verbose_name="sichtbar",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="angelegt am")),
                    ("updated_at", models.DateTimeField(verbose_name="geändert am")),
                    (
                        "retired_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="gelöscht am"),
                    ),
                ],
                options={
                    "verbose_name": "Merkliste",
                    "verbose_name_plural": "Merklisten",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("retired_at__isnull", True)),
                            fields=("authority", "name", "created_by"),
                            name="orders_shopping_list_name_unique",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("audience", "school"), _negated=True),
                                ("school__isnull", False),
                                _connector="OR",
                            ),
                            name="orders_shopping_list_school_named",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ShoppingListLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "shopping_list",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="lines",
                            to="orders.shoppinglist",
                        ),
                    ),
                    (
                        "listing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listing",
                        ),
                    ),
                    ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                ],
                options={
                    "verbose_name": "Zeile der Merkliste",
                    "verbose_name_plural": "Zeilen der Merkliste",
                    "ordering": ("shopping_list", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("shopping_list", "listing"),
                            name="orders_shopping_list_line_unique",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gte", 1)),
                            name="orders_shopping_list_quantity_positive",
                        ),
                    ],
                },
            ),
        )
    ]
