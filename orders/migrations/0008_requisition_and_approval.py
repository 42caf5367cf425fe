"""Requisitions with rounds, cuts, deliveries, papers, lists; policies and substitutes."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0007_relation_kinds"),
        ("orders", "0007_issued_lines_are_final"),
        ("parties", "0002_delivery_to_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("granted", models.PositiveIntegerField(verbose_name="freigegeben")),
                ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
            ],
            options={
                "verbose_name": "gekürzte Zeile",
                "verbose_name_plural": "gekürzte Zeilen",
                "ordering": ("decision", "line"),
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
                ("valid_from", models.DateField(verbose_name="von")),
                ("valid_to", models.DateField(verbose_name="bis")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                ("created_at", models.DateTimeField(verbose_name="eingerichtet am")),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
                ),
            ],
            options={
                "verbose_name": "Vertretung",
                "verbose_name_plural": "Vertretungen",
                "ordering": ("-valid_from", "-pk"),
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
                ("title", models.CharField(max_length=200, verbose_name="Titel")),
                ("filename", models.CharField(max_length=200, verbose_name="Dateiname")),
                ("media_type", models.CharField(max_length=100, verbose_name="Dateityp")),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="Größe (Bytes)")),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(verbose_name="hochgeladen am")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="zurückgezogen am"),
                ),
            ],
            options={
                "verbose_name": "Anlage",
                "verbose_name_plural": "Anlagen",
                "ordering": ("requisition", "pk"),
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
                ("text", models.TextField(verbose_name="Kommentar")),
                ("revision_no", models.PositiveIntegerField(verbose_name="Fassung")),
                ("written_at", models.DateTimeField(verbose_name="geschrieben am")),
            ],
            options={
                "verbose_name": "Kommentar",
                "verbose_name_plural": "Kommentare",
                "ordering": ("requisition", "pk"),
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
                ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                ("name", models.CharField(max_length=200, verbose_name="Empfänger")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="Straße")),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=10, verbose_name="Postleitzahl"),
                ),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="Ort")),
                ("contact", models.CharField(blank=True, max_length=200, verbose_name="Kontakt")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telefon")),
                ("earliest", models.DateField(blank=True, null=True, verbose_name="frühestens am")),
                ("latest", models.DateField(blank=True, null=True, verbose_name="spätestens am")),
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
                ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
            ],
            options={
                "verbose_name": "Zeile der Merkliste",
                "verbose_name_plural": "Zeilen der Merkliste",
                "ordering": ("shopping_list", "pk"),
            },
        ),
        migrations.AlterModelOptions(
            name="approvalrule",
            options={
                "ordering": ("policy", "tier", "from_gross", "pk"),
                "verbose_name": "Freigaberegel",
                "verbose_name_plural": "Freigaberegeln",
            },
        ),
        migrations.RemoveConstraint(
            model_name="approvalrule",
            name="orders_rule_sensible",
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="orders_decision_once_per_person",
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="in Kraft gesetzt am"),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="confirmer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="created_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="vorgeschlagen am"),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="note",
            field=models.CharField(blank=True, max_length=250, verbose_name="Anlass"),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="proposer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvalpolicy",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="verworfen am"),
        ),
        migrations.AddField(
            model_name="approvalrule",
            name="committee",
            field=models.CharField(blank=True, max_length=120, verbose_name="Gremium"),
        ),
        migrations.AddField(
            model_name="approvalrule",
            name="condition",
            field=models.CharField(
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
        migrations.AddField(
            model_name="approvalrule",
            name="days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="Frist (Tage)"),
        ),
        migrations.AddField(
            model_name="approvalrule",
            name="escalation_role",
            field=models.CharField(
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
        migrations.AddField(
            model_name="approvalstep",
            name="committee",
            field=models.CharField(blank=True, max_length=120, verbose_name="Gremium"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="committee_on",
            field=models.DateField(blank=True, null=True, verbose_name="Sitzung am"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="Frist (Tage)"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="escalated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="eskaliert am"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="escalation_role",
            field=models.CharField(
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
        migrations.AddField(
            model_name="approvalstep",
            name="opened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="an der Reihe seit"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="erinnert am"),
        ),
        migrations.AddField(
            model_name="decision",
            name="granted_revision",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="gekürzte Fassung"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="resolution",
            field=models.CharField(blank=True, max_length=120, verbose_name="Beschluss"),
        ),
        migrations.AddField(
            model_name="decision",
            name="revision_no",
            field=models.PositiveIntegerField(default=0, verbose_name="Fassung"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="decision",
            name="round_no",
            field=models.PositiveIntegerField(default=0, verbose_name="Runde"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="requisition",
            name="handed_over_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="handed_over_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="an die Beschaffung gegeben am"
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="submitted_revision",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Sie gibt der Freigaberunde ihre Nummer; Kürzungen darin ändern sie nicht.",
                verbose_name="eingereichte Fassung",
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="updated_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="geändert am"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="requisitionrevision",
            name="kind",
            field=models.CharField(
                choices=[("edit", "bearbeitet"), ("cut", "bei der Freigabe gekürzt")],
                default="edit",
                max_length=4,
                verbose_name="Art",
            ),
        ),
        migrations.AlterField(
            model_name="approvalstep",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="orders.approvalpolicy",
            ),
        ),
        migrations.AlterField(
            model_name="approvalstep",
            name="revision_no",
            field=models.PositiveIntegerField(verbose_name="Runde"),
        ),
        migrations.AddField(
            model_name="decisionline",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.decision",
            ),
        ),
        migrations.AddField(
            model_name="decisionline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.requisitionline",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="delegator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to="parties.membership",
                verbose_name="Vertretene",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="delegator_person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputyships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Vertretung",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="revoked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="delegation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="orders.delegation",
            ),
        ),
        migrations.AddField(
            model_name="requisitionattachment",
            name="requisition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="orders.requisition",
            ),
        ),
        migrations.AddField(
            model_name="requisitionattachment",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="requisitioncomment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="requisitioncomment",
            name="requisition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="orders.requisition",
            ),
        ),
        migrations.AddField(
            model_name="requisitiondelivery",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="orders.requisitionrevision",
            ),
        ),
        migrations.AddField(
            model_name="requisitiondelivery",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.school",
            ),
        ),
        migrations.AddField(
            model_name="requisitionline",
            name="delivery",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.requisitiondelivery",
            ),
        ),
        migrations.AddField(
            model_name="shoppinglist",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shopping_lists",
                to="parties.organisation",
            ),
        ),
        migrations.AddField(
            model_name="shoppinglist",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="shoppinglist",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.school",
            ),
        ),
        migrations.AddField(
            model_name="shoppinglistline",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.listing",
            ),
        ),
        migrations.AddField(
            model_name="shoppinglistline",
            name="shopping_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="orders.shoppinglist",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE orders_requisitionrevision DROP CONSTRAINT orders_editor_is_on_asking_side;",
            "ALTER TABLE orders_requisitionrevision ADD CONSTRAINT orders_editor_is_on_asking_side"
            " FOREIGN KEY (requisition_id, editor_id, side)"
            " REFERENCES orders_involvement (requisition_id, person_id, side);",
        ),
        migrations.RemoveField(model_name="requisitionrevision", name="side"),
        migrations.AddField(
            model_name="requisitionrevision",
            name="side",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(kind="cut", then=models.Value("approve")),
                    default=models.Value("ask"),
                ),
                output_field=models.CharField(max_length=8),
            ),
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
                ("round_no", models.PositiveIntegerField(verbose_name="Runde")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="orders.decision",
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
                    "requisition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="orders.requisition",
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
    ]
