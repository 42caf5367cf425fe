"""Framework agreements: lots, awards, positions, prices, changes and what may be bought."""

from typing import ClassVar

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("agreements", "0001_initial"),
        ("agreements", "0003_whole_life"),
        ("agreements", "0005_shared_position_caps"),
        ("agreements", "0006_article_numbers"),
        ("agreements", "0007_relation_kinds"),
        ("agreements", "0009_positions_wait_for_the_register"),
    ]
    dependencies: ClassVar = [
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
        ("ledger", "0001_tables"),
        ("parties", "0001_tables"),
        ("partner", "0007_partneraddress_code"),
        # Only for their order: with each of their many operations Django renders anew all models
        # that hang together, and ours are the most of them. So ours come last.
        ("analytics", "0003_auto_20200801_0817"),
        ("communication", "0004_auto_20200801_0817"),
        ("customer", "0008_assign_permissions_to_staff"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("offer", "0013_range_excluded_categories"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("payment", "0005_auto_20200801_0817"),
        ("reviews", "0005_productreview_code"),
        ("shipping", "0003_auto_20181115_1953"),
        ("voucher", "0010_auto_20210224_0712"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="FrameworkAgreement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.CharField(max_length=40, unique=True, verbose_name="Nummer")),
                    ("title", models.CharField(max_length=200, verbose_name="Titel")),
                    (
                        "purchasing_body",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="agreements",
                            to="parties.organisation",
                            verbose_name="Beschaffungsstelle",
                        ),
                    ),
                    (
                        "responsible",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                            verbose_name="verantwortlich",
                        ),
                    ),
                    (
                        "notice_number",
                        models.CharField(
                            blank=True, max_length=60, verbose_name="Bekanntmachungsnummer"
                        ),
                    ),
                    ("starts_on", models.DateField(verbose_name="Beginn")),
                    ("ends_on", models.DateField(verbose_name="Ende")),
                    (
                        "estimated_value",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=16,
                            null=True,
                            verbose_name="Schätzwert (netto, EUR)",
                        ),
                    ),
                    (
                        "account",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="agreement",
                            to="ledger.limitaccount",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "Entwurf"),
                                ("listed", "gelistet"),
                                ("suspended", "ausgesetzt"),
                                ("ended", "beendet"),
                            ],
                            default="draft",
                            max_length=12,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "term_justification",
                        models.TextField(
                            blank=True,
                            help_text="Nötig über der Höchstlaufzeit (§ 21 Abs. 6 VgV, § 15 Abs. 4 UVgO).",
                            verbose_name="Begründung der längeren Laufzeit",
                        ),
                    ),
                    (
                        "state_reason",
                        models.CharField(
                            blank=True, max_length=250, verbose_name="Begründung des Standes"
                        ),
                    ),
                    (
                        "end_reason",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("term", "Laufzeit abgelaufen"),
                                ("cap", "Höchstwert ausgeschöpft"),
                                ("decision", "Entscheidung der Beschaffungsstelle"),
                            ],
                            max_length=10,
                            verbose_name="beendet durch",
                        ),
                    ),
                    (
                        "ended_on",
                        models.DateField(blank=True, null=True, verbose_name="beendet am"),
                    ),
                ],
                options={
                    "verbose_name": "Rahmenvereinbarung",
                    "verbose_name_plural": "Rahmenvereinbarungen",
                    "ordering": ("number",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                            name="agreements_term_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "draft"),
                                models.Q(
                                    ("account__isnull", False),
                                    ("estimated_value__isnull", False),
                                    models.Q(("notice_number", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_listed_is_complete",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("ended_on__isnull", False),
                                    ("state", "ended"),
                                    models.Q(("end_reason", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("state", "ended"), _negated=True),
                                    ("end_reason", ""),
                                    ("ended_on__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_end_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Lot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "agreement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lots",
                            to="agreements.frameworkagreement",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(verbose_name="Losnummer")),
                    ("title", models.CharField(max_length=200, verbose_name="Titel")),
                    (
                        "allocation",
                        models.CharField(
                            choices=[
                                ("single", "ein Lieferant"),
                                ("cascade", "Kaskade nach Rang"),
                                ("rotation", "Rotation"),
                            ],
                            default="single",
                            max_length=12,
                            verbose_name="Vergaberegel",
                        ),
                    ),
                    (
                        "estimated_value",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=16,
                            null=True,
                            verbose_name="Schätzwert (netto, EUR)",
                        ),
                    ),
                    (
                        "account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lot",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Los",
                    "verbose_name_plural": "Lose",
                    "ordering": ("agreement", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("agreement", "number"), name="agreements_lot_number_unique"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LotCpv",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="cpv_codes",
                            to="agreements.lot",
                        ),
                    ),
                    ("code", models.CharField(max_length=10, verbose_name="CPV-Code")),
                ],
                options={
                    "verbose_name": "CPV-Code",
                    "verbose_name_plural": "CPV-Codes",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("lot", "code"), name="agreements_lot_cpv_unique"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Award",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="awards",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "supplier",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="awards",
                            to="parties.organisation",
                        ),
                    ),
                    ("rank", models.PositiveSmallIntegerField(default=1, verbose_name="Rang")),
                    ("reference", models.CharField(max_length=80, verbose_name="Zuschlagsvermerk")),
                    ("awarded_on", models.DateField(verbose_name="Zuschlag am")),
                    (
                        "account",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="award",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Zuschlag",
                    "verbose_name_plural": "Zuschläge",
                    "ordering": ("lot", "rank"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("lot", "supplier"), name="agreements_award_unique"
                        ),
                        models.UniqueConstraint(
                            fields=("lot", "rank"), name="agreements_award_rank_unique"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AwardTerms",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="terms",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "version",
                        models.PositiveSmallIntegerField(default=1, verbose_name="Fassung"),
                    ),
                    ("valid_from", models.DateField(verbose_name="gültig ab")),
                    (
                        "payment_days",
                        models.PositiveSmallIntegerField(
                            default=30, verbose_name="Zahlungsziel (Tage)"
                        ),
                    ),
                    (
                        "discount_percent",
                        models.DecimalField(
                            decimal_places=2, default=0, max_digits=5, verbose_name="Skonto (%)"
                        ),
                    ),
                    (
                        "discount_days",
                        models.PositiveSmallIntegerField(
                            default=0, verbose_name="Skontofrist (Tage)"
                        ),
                    ),
                    (
                        "delivery_days",
                        models.PositiveSmallIntegerField(
                            default=10, verbose_name="Lieferzeit (Werktage)"
                        ),
                    ),
                    (
                        "minimum_order",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=12,
                            verbose_name="Mindestbestellwert (netto, EUR)",
                        ),
                    ),
                    (
                        "penalty_percent_per_week",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=5,
                            verbose_name="Vertragsstrafe je Woche (%)",
                        ),
                    ),
                    (
                        "delivery_clause",
                        models.CharField(
                            blank=True, max_length=200, verbose_name="Lieferbedingung"
                        ),
                    ),
                    (
                        "split_over_ranks",
                        models.BooleanField(default=False, verbose_name="Menge über Ränge teilbar"),
                    ),
                    (
                        "confirmation_days",
                        models.PositiveSmallIntegerField(
                            default=5,
                            help_text="Ohne Bestätigung gilt der Abruf danach als nicht angenommen (Kaskade).",
                            verbose_name="Frist zur Bestätigung (Werktage)",
                        ),
                    ),
                    (
                        "rise_percent_per_year",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="Leer: die Konditionen sehen keine Preiserhöhung vor.",
                            max_digits=5,
                            null=True,
                            verbose_name="Erhöhung je Jahr höchstens (%)",
                        ),
                    ),
                    (
                        "rise_earliest_on",
                        models.DateField(
                            blank=True, null=True, verbose_name="Erhöhung frühestens ab"
                        ),
                    ),
                    (
                        "price_notice_days",
                        models.PositiveSmallIntegerField(
                            default=0, verbose_name="Ankündigungsfrist für Preise (Tage)"
                        ),
                    ),
                    (
                        "automatic_fall",
                        models.BooleanField(
                            default=False, verbose_name="Preissenkungen gelten ohne Prüfung"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Konditionen",
                    "verbose_name_plural": "Konditionen",
                    "ordering": ("award", "-valid_from"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("award", "version"), name="agreements_terms_version_unique"
                        ),
                        models.UniqueConstraint(
                            fields=("award", "valid_from"), name="agreements_terms_day_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("discount_percent__gte", 0), ("discount_percent__lt", 100)
                            ),
                            name="agreements_terms_discount_range",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("rise_percent_per_year__isnull", True),
                                ("rise_percent_per_year__gte", 0),
                                _connector="OR",
                            ),
                            name="agreements_terms_rise_not_negative",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RotationCounter",
                fields=[
                    (
                        "lot",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="rotation_counter",
                            serialize=False,
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "taken",
                        models.PositiveIntegerField(default=0, verbose_name="vergebene Züge"),
                    ),
                    (
                        "last_award",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.award",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Rotationszähler",
                    "verbose_name_plural": "Rotationszähler",
                },
            ),
            migrations.CreateModel(
                name="CapWarning",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="warnings",
                            to="ledger.limitaccount",
                        ),
                    ),
                    ("mark", models.PositiveSmallIntegerField(verbose_name="Marke (%)")),
                    ("raised_at", models.DateTimeField(verbose_name="erreicht am")),
                    (
                        "cleared_at",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="wieder unterschritten am"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Warnung",
                    "verbose_name_plural": "Warnungen",
                    "ordering": ("-raised_at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("cleared_at__isnull", True)),
                            fields=("account", "mark"),
                            name="agreements_one_open_warning_per_mark",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("mark__in", (70, 85, 95))),
                            name="agreements_warning_mark_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Article",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "supplier",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="articles",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "supplier_aid",
                        models.CharField(
                            max_length=60, verbose_name="Artikelnummer des Lieferanten"
                        ),
                    ),
                    ("name", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    ("description", models.TextField(blank=True, verbose_name="Beschreibung")),
                    (
                        "manufacturer",
                        models.CharField(blank=True, max_length=100, verbose_name="Hersteller"),
                    ),
                    (
                        "mpn",
                        models.CharField(
                            blank=True, max_length=60, verbose_name="Herstellernummer"
                        ),
                    ),
                    ("gtin", models.CharField(blank=True, max_length=14, verbose_name="GTIN")),
                    (
                        "product_group",
                        models.CharField(blank=True, max_length=80, verbose_name="Warengruppe"),
                    ),
                    (
                        "unit",
                        models.CharField(
                            default="C62", max_length=3, verbose_name="Einheit (UN/ECE Rec. 20)"
                        ),
                    ),
                    (
                        "features",
                        models.JSONField(blank=True, default=dict, verbose_name="Merkmale"),
                    ),
                    (
                        "delivery_days",
                        models.PositiveSmallIntegerField(
                            blank=True, null=True, verbose_name="Lieferzeit (Werktage)"
                        ),
                    ),
                    ("image", models.CharField(blank=True, max_length=200, verbose_name="Bild")),
                    (
                        "product",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="article",
                            to="catalogue.product",
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="aktiv")),
                    ("revision", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(verbose_name="geändert am")),
                ],
                options={
                    "verbose_name": "Artikel",
                    "verbose_name_plural": "Artikel",
                    "ordering": ("supplier", "supplier_aid"),
                    "indexes": [
                        models.Index(
                            fields=["supplier", "updated_at", "id"],
                            name="agreements__supplie_d1f15c_idx",
                        ),
                        models.Index(
                            condition=models.Q(("gtin", ""), _negated=True),
                            fields=["gtin"],
                            name="agreements_article_gtin",
                        ),
                        models.Index(
                            condition=models.Q(("mpn", ""), _negated=True),
                            fields=["mpn"],
                            name="agreements_article_mpn",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("supplier", "supplier_aid"),
                            name="agreements_article_aid_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ContractItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="items",
                            to="agreements.award",
                        ),
                    ),
                    ("number", models.CharField(max_length=30, verbose_name="Position")),
                    ("title", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    (
                        "unit",
                        models.CharField(
                            default="C62", max_length=3, verbose_name="Einheit (UN/ECE Rec. 20)"
                        ),
                    ),
                    (
                        "product_group",
                        models.CharField(blank=True, max_length=80, verbose_name="Warengruppe"),
                    ),
                    (
                        "basis",
                        models.CharField(
                            choices=[
                                ("fixed", "Festpreis"),
                                ("list_discount", "Nachlass auf Listenpreis"),
                                ("bundle", "Bündel"),
                            ],
                            max_length=15,
                            verbose_name="Preisbasis",
                        ),
                    ),
                    (
                        "charge",
                        models.CharField(
                            choices=[("one_off", "einmalig"), ("per_period", "je Zeitraum")],
                            default="one_off",
                            max_length=12,
                            verbose_name="Berechnung",
                        ),
                    ),
                    (
                        "periods",
                        models.PositiveSmallIntegerField(
                            default=1, verbose_name="Anzahl Zeiträume"
                        ),
                    ),
                    (
                        "period_months",
                        models.PositiveSmallIntegerField(
                            default=0,
                            help_text="1 je Monat, 12 je Jahr; 0, wo nicht nach Zeiträumen berechnet wird.",
                            verbose_name="Monate je Zeitraum",
                        ),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("goods", "Ware"),
                                ("service", "Leistung"),
                                ("freight", "Fracht"),
                                ("surcharge", "Mindermengenzuschlag"),
                                ("levy", "Abgabe"),
                            ],
                            default="goods",
                            max_length=10,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "vat_class",
                        models.CharField(
                            default="standard",
                            help_text="Wird mit dem Käufer über die Steuerregeln zu Kategorie und Satz.",
                            max_length=30,
                            verbose_name="Steuerklasse",
                        ),
                    ),
                    (
                        "cumulative_tiers",
                        models.BooleanField(default=False, verbose_name="Staffel über alle Abrufe"),
                    ),
                    (
                        "delivery_days",
                        models.PositiveSmallIntegerField(
                            blank=True, null=True, verbose_name="Lieferzeit (Werktage)"
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            help_text="Die Höchstmenge der Position; gleiche Positionen weiterer Ränge teilen sie.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="items",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Vertragsposition",
                    "verbose_name_plural": "Vertragspositionen",
                    "ordering": ("award", "number"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("award", "number"), name="agreements_item_number_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("periods__gte", 1),
                                models.Q(
                                    ("charge", "per_period"),
                                    ("periods", 1),
                                    _connector="OR",
                                ),
                            ),
                            name="agreements_item_periods_fit_charge",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    (
                                        "basis",
                                        "list_discount",
                                    ),
                                    _negated=True,
                                ),
                                models.Q(("product_group", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_discount_names_group",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("cumulative_tiers", False),
                                ("account__isnull", False),
                                _connector="OR",
                            ),
                            name="agreements_cumulative_has_account",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("charge", "per_period"),
                                    ("period_months__gte", 1),
                                ),
                                models.Q(
                                    ("charge", "one_off"),
                                    ("period_months", 0),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_item_period_length_fits_charge",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ListPriceVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "article",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="list_prices",
                            to="agreements.article",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            blank=True,
                            help_text="Leer nur aus früherer Zeit, für Artikel, die nirgends gelistet sind.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="list_prices",
                            to="agreements.contractitem",
                            verbose_name="Position",
                        ),
                    ),
                    (
                        "origin",
                        models.ForeignKey(
                            blank=True,
                            help_text="Die Fassung aus der Zeit, als ein Listenpreis für alle Positionen galt.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.listpriceversion",
                        ),
                    ),
                    (
                        "amount",
                        models.DecimalField(
                            decimal_places=4, max_digits=14, verbose_name="Listenpreis (netto)"
                        ),
                    ),
                    (
                        "price_unit",
                        models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
                    ),
                    (
                        "valid",
                        django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="gültig"),
                    ),
                    ("evidence", models.CharField(max_length=250, verbose_name="Beleg")),
                    (
                        "approved_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "Listenpreis",
                    "verbose_name_plural": "Listenpreise",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("amount__gt", 0), ("price_unit__gte", 1)),
                            name="agreements_list_price_positive",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ItemRelation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="relations",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "to_item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="related_from",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("requires", "nur zusammen mit"),
                                ("accessory", "Zubehör zu"),
                                ("bundle_part", "Teil des Bündels"),
                            ],
                            max_length=12,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "quantity",
                        models.PositiveIntegerField(default=1, verbose_name="Menge je Bezug"),
                    ),
                ],
                options={
                    "verbose_name": "Positionsbezug",
                    "verbose_name_plural": "Positionsbezüge",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("item", "to_item", "kind"), name="agreements_relation_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("item", models.F("to_item")), _negated=True),
                            name="agreements_relation_not_to_itself",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PriceChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="price_changes",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "article",
                        models.ForeignKey(
                            blank=True,
                            help_text="Nur bei einem Listenpreis: der Artikel, dessen Listenpreis sich ändert.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="price_changes",
                            to="agreements.article",
                        ),
                    ),
                    (
                        "list_amount",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=14,
                            null=True,
                            verbose_name="Listenpreis (netto)",
                        ),
                    ),
                    (
                        "price_unit",
                        models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
                    ),
                    (
                        "number",
                        models.CharField(
                            max_length=40, unique=True, verbose_name="Änderungsnummer"
                        ),
                    ),
                    (
                        "proposed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "proposer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
                    ("effective_from", models.DateField(verbose_name="wirksam ab")),
                    ("evidence", models.TextField(verbose_name="Begründung und Nachweis")),
                    (
                        "route",
                        models.CharField(
                            choices=[
                                ("automatic", "gilt nach der Preisklausel ohne Prüfung"),
                                ("two_people", "Vertragsmanagement und eine zweite Person"),
                                ("modification", "Vertragsänderung (§ 132 GWB)"),
                            ],
                            max_length=12,
                            verbose_name="Weg",
                        ),
                    ),
                    (
                        "percent",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=9,
                            verbose_name="größte Änderung (%)",
                        ),
                    ),
                    (
                        "findings",
                        models.JSONField(blank=True, default=list, verbose_name="Feststellungen"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("proposed", "vorgeschlagen"),
                                ("awaiting_second", "wartet auf die zweite Person"),
                                ("accepted", "angenommen"),
                                ("rejected", "abgelehnt"),
                                ("withdrawn", "zurückgezogen"),
                            ],
                            default="proposed",
                            max_length=15,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "decider",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "decided_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="entschieden am"),
                    ),
                    (
                        "second_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "second",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "second_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="bestätigt am"),
                    ),
                    ("rejection", models.TextField(blank=True, verbose_name="Grund der Ablehnung")),
                ],
                options={
                    "verbose_name": "Preisänderung",
                    "verbose_name_plural": "Preisänderungen",
                    "ordering": ("-proposed_at", "-pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decider__isnull", True),
                                    models.Q(("decider", models.F("proposer")), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("second__isnull", True),
                                    models.Q(
                                        models.Q(("second", models.F("proposer")), _negated=True),
                                        models.Q(("second", models.F("decider")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            name="agreements_change_second_person",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "accepted"), _negated=True),
                                ("route", "automatic"),
                                models.Q(("decider__isnull", False), ("second__isnull", False)),
                                _connector="OR",
                            ),
                            name="agreements_change_accepted_by_two",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "rejected"), _negated=True),
                                models.Q(("rejection", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_change_rejection_has_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("article__isnull", True), ("list_amount__isnull", True)),
                                models.Q(("article__isnull", False), ("list_amount__gt", 0)),
                                _connector="OR",
                            ),
                            name="agreements_change_list_price_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("price_unit__gte", 1)),
                            name="agreements_change_price_unit_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PriceChangeTier",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "change",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="tiers",
                            to="agreements.pricechange",
                        ),
                    ),
                    (
                        "from_quantity",
                        models.PositiveIntegerField(default=1, verbose_name="ab Menge"),
                    ),
                    (
                        "net_unit_price",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=14,
                            null=True,
                            verbose_name="Nettopreis",
                        ),
                    ),
                    (
                        "discount_percent",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=7,
                            null=True,
                            verbose_name="Nachlass (%)",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "vorgeschlagener Staffelpreis",
                    "verbose_name_plural": "vorgeschlagene Staffelpreise",
                    "ordering": ("change", "from_quantity"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("change", "from_quantity"), name="agreements_change_tier_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("discount_percent__isnull", True), ("net_unit_price__gt", 0)
                                ),
                                models.Q(
                                    ("discount_percent__gte", 0),
                                    ("discount_percent__lt", 100),
                                    ("net_unit_price__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_change_tier_price_or_discount",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CpvCode",
                fields=[
                    (
                        "code",
                        models.CharField(
                            max_length=10, primary_key=True, serialize=False, verbose_name="Code"
                        ),
                    ),
                    ("name_de", models.CharField(max_length=300, verbose_name="Bezeichnung")),
                    (
                        "name_en",
                        models.CharField(max_length=300, verbose_name="englische Bezeichnung"),
                    ),
                    ("document", django.contrib.postgres.search.SearchVectorField()),
                ],
                options={
                    "verbose_name": "CPV-Code",
                    "verbose_name_plural": "CPV-Verzeichnis",
                    "ordering": ("code",),
                    "indexes": [
                        django.contrib.postgres.indexes.GinIndex(
                            fields=["document"], name="agreements_cpv_document"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ContractModification",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "agreement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="modifications",
                            to="agreements.frameworkagreement",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="modifications",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="modifications",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "change",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="modification",
                            to="agreements.pricechange",
                        ),
                    ),
                    ("number", models.CharField(max_length=40, unique=True, verbose_name="Nummer")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("price", "Preis"),
                                ("cap", "Höchstmenge oder Höchstwert"),
                                ("term", "Laufzeit"),
                                ("scope", "Leistungsumfang"),
                            ],
                            max_length=6,
                            verbose_name="Gegenstand",
                        ),
                    ),
                    (
                        "ground",
                        models.CharField(
                            choices=[
                                ("clause", "Überprüfungsklausel (§ 132 Abs. 2 Nr. 1 GWB)"),
                                ("additional", "zusätzliche Leistungen (§ 132 Abs. 2 Nr. 2 GWB)"),
                                ("unforeseen", "unvorhersehbare Umstände (§ 132 Abs. 2 Nr. 3 GWB)"),
                                ("succession", "neuer Auftragnehmer (§ 132 Abs. 2 Nr. 4 GWB)"),
                                ("de_minimis", "geringfügig (§ 132 Abs. 3 GWB)"),
                            ],
                            max_length=12,
                            verbose_name="Rechtsgrund",
                        ),
                    ),
                    ("description", models.TextField(verbose_name="Beschreibung und Begründung")),
                    (
                        "value",
                        models.DecimalField(
                            decimal_places=2, max_digits=16, verbose_name="Wert (netto, EUR)"
                        ),
                    ),
                    (
                        "original_value",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=16,
                            verbose_name="ursprünglicher Auftragswert (netto, EUR)",
                        ),
                    ),
                    (
                        "cumulative",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=16,
                            verbose_name="kumulierter Wert (netto, EUR)",
                        ),
                    ),
                    (
                        "cumulative_percent",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=9,
                            verbose_name="kumuliert (% des ursprünglichen Werts)",
                        ),
                    ),
                    (
                        "new_end",
                        models.DateField(
                            blank=True,
                            help_text="Nur bei einer Änderung der Laufzeit: bis wann sie verlängert wird.",
                            null=True,
                            verbose_name="neuer letzter Tag",
                        ),
                    ),
                    (
                        "notice_number",
                        models.CharField(
                            blank=True, max_length=60, verbose_name="Bekanntmachung der Änderung"
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("proposed", "vorgeschlagen"),
                                ("approved", "genehmigt"),
                                ("rejected", "abgelehnt"),
                            ],
                            default="proposed",
                            max_length=10,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "proposed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "proposer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
                    (
                        "token",
                        models.UUIDField(
                            blank=True, editable=False, null=True, verbose_name="Formular"
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "decider",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "decided_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="entschieden am"),
                    ),
                    ("rejection", models.TextField(blank=True, verbose_name="Grund der Ablehnung")),
                ],
                options={
                    "verbose_name": "Vertragsänderung",
                    "verbose_name_plural": "Vertragsänderungen",
                    "ordering": ("agreement", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("agreement", "token"),
                            name="agreements_modification_once_per_token",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decider__isnull", True),
                                models.Q(("decider", models.F("proposer")), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_modification_second_person",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "approved"), _negated=True),
                                ("decider__isnull", False),
                                _connector="OR",
                            ),
                            name="agreements_modification_approved_by_second",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "rejected"), _negated=True),
                                models.Q(("rejection", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_modification_rejection_has_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "term"), ("new_end__isnull", False)),
                                models.Q(
                                    models.Q(("kind", "term"), _negated=True),
                                    ("new_end__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_modification_term_names_its_end",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ModificationUse",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="uses",
                            to="agreements.contractmodification",
                        ),
                    ),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("agreement_value", "Höchstwert der Rahmenvereinbarung"),
                                ("lot_value", "Höchstwert der Lose"),
                                ("award_value", "Höchstwert der Zuschläge"),
                                ("item_quantity", "Höchstmenge der Positionen"),
                                ("term", "Laufzeit"),
                            ],
                            max_length=16,
                            verbose_name="Ebene",
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="ledger.limitaccount",
                        ),
                    ),
                    (
                        "new_end",
                        models.DateField(blank=True, null=True, verbose_name="neuer letzter Tag"),
                    ),
                    (
                        "amount",
                        models.DecimalField(
                            decimal_places=2, max_digits=16, verbose_name="Wert (netto, EUR)"
                        ),
                    ),
                    (
                        "used_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("used_at", models.DateTimeField(verbose_name="genutzt am")),
                ],
                options={
                    "verbose_name": "Nutzung einer Vertragsänderung",
                    "verbose_name_plural": "Nutzungen von Vertragsänderungen",
                    "ordering": ("entry", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("entry", "account"), name="agreements_entry_raises_a_cap_once"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("level", "term")),
                            fields=("entry",),
                            name="agreements_entry_extends_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("account__isnull", True),
                                    ("level", "term"),
                                    ("new_end__isnull", False),
                                ),
                                models.Q(
                                    models.Q(("level", "term"), _negated=True),
                                    ("account__isnull", False),
                                    ("new_end__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_entry_use_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount__gte", 0)),
                            name="agreements_entry_use_not_negative",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PositionProposal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "entry",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="position",
                            to="agreements.contractmodification",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="position_proposals",
                            to="agreements.award",
                        ),
                    ),
                    ("content", models.JSONField(verbose_name="Position und Preis")),
                    (
                        "item",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="proposal",
                            to="agreements.contractitem",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Positionsvorschlag",
                    "verbose_name_plural": "Positionsvorschläge",
                },
            ),
            migrations.CreateModel(
                name="AgreementDocument",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "agreement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="agreements.frameworkagreement",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "change",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="agreements.pricechange",
                        ),
                    ),
                    (
                        "modification",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="agreements.contractmodification",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("notice", "Bekanntmachung"),
                                ("specification", "Leistungsbeschreibung"),
                                ("award", "Zuschlagsschreiben"),
                                ("price_sheet", "Preisblatt"),
                                ("terms", "Vertragsbedingungen"),
                                ("change", "Nachweis einer Änderung"),
                                ("other", "Sonstiges"),
                            ],
                            max_length=15,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "audience",
                        models.CharField(
                            choices=[
                                ("internal", "nur Beschaffungsstelle"),
                                ("buyers", "Abrufberechtigte"),
                                ("parties", "Abrufberechtigte und Lieferanten"),
                            ],
                            default="internal",
                            max_length=10,
                            verbose_name="sichtbar für",
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
                    "verbose_name": "Vertragsdokument",
                    "verbose_name_plural": "Vertragsdokumente",
                    "ordering": ("agreement", "-uploaded_at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("withdrawn_at__isnull", True)),
                            fields=(
                                "agreement",
                                "sha256",
                                "lot",
                                "award",
                                "change",
                                "modification",
                            ),
                            name="agreements_document_once",
                            nulls_distinct=False,
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BuyerEntitlement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "agreement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entitlements",
                            to="agreements.frameworkagreement",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entitlements",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "buyer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entitlements",
                            to="parties.organisation",
                        ),
                    ),
                    ("valid_from", models.DateField(verbose_name="berechtigt ab")),
                    (
                        "valid_to",
                        models.DateField(blank=True, null=True, verbose_name="berechtigt bis"),
                    ),
                    (
                        "quota",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entitlement",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Abrufberechtigung",
                    "verbose_name_plural": "Abrufberechtigungen",
                    "indexes": [
                        models.Index(
                            fields=["buyer", "agreement", "lot"],
                            name="agreements__buyer_i_0dd275_idx",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("agreement", "lot", "buyer", "valid_from"),
                            name="agreements_entitlement_unique",
                            nulls_distinct=False,
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gte", models.F("valid_from")),
                                _connector="OR",
                            ),
                            name="agreements_entitlement_dates",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Gate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "article",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="agreements.article",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "lot",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gates",
                            to="agreements.lot",
                        ),
                    ),
                    (
                        "supplier",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="supplier_gates",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "buyer",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="buyer_gates",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "product_group",
                        models.CharField(blank=True, max_length=80, verbose_name="Warengruppe"),
                    ),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("suspension", "Aussetzung"),
                                ("opt_out", "Eigener Vertrag (Opt-out)"),
                                ("standard", "Ausstattungsstandard"),
                                ("freeze", "Haushaltssperre"),
                                ("privacy", "Datenschutz"),
                                ("safety", "Rückruf oder Mangel"),
                            ],
                            max_length=12,
                            verbose_name="Grund",
                        ),
                    ),
                    ("explanation", models.CharField(max_length=250, verbose_name="Erläuterung")),
                    (
                        "evidence",
                        models.CharField(blank=True, max_length=250, verbose_name="Beleg"),
                    ),
                    (
                        "effect",
                        models.CharField(
                            choices=[
                                ("block", "sperrt"),
                                ("warn", "warnt"),
                                ("cosign", "verlangt Mitzeichnung"),
                            ],
                            max_length=8,
                            verbose_name="Wirkung",
                        ),
                    ),
                    (
                        "cosign_role",
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
                            verbose_name="Mitzeichnung durch",
                        ),
                    ),
                    ("valid_from", models.DateField(verbose_name="ab")),
                    ("valid_to", models.DateField(blank=True, null=True, verbose_name="bis")),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "set_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="gesetzt am"),
                    ),
                    (
                        "token",
                        models.UUIDField(
                            blank=True, editable=False, null=True, verbose_name="Formular"
                        ),
                    ),
                    (
                        "lifted_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "lifted_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
                    ),
                    (
                        "lift_reason",
                        models.CharField(
                            blank=True, max_length=250, verbose_name="Grund der Aufhebung"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Hindernis",
                    "verbose_name_plural": "Hindernisse",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("set_by", "token"), name="agreements_gate_once_per_token"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("article__isnull", False),
                                ("item__isnull", False),
                                ("lot__isnull", False),
                                ("supplier__isnull", False),
                                ("buyer__isnull", False),
                                _connector="OR",
                            ),
                            name="agreements_gate_has_scope",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("effect", "cosign"),
                                ("cosign_role", ""),
                                _connector="XOR",
                            ),
                            name="agreements_gate_cosign_names_role",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gte", models.F("valid_from")),
                                _connector="OR",
                            ),
                            name="agreements_gate_dates",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("lift_reason", ""),
                                    ("lifted_at__isnull", True),
                                    ("lifted_by__isnull", True),
                                ),
                                models.Q(
                                    ("lifted_at__isnull", False),
                                    ("lifted_by__isnull", False),
                                    models.Q(("lift_reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_gate_lift_is_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LegalFigure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("key", models.SlugField(max_length=60, verbose_name="Schlüssel")),
                    (
                        "value",
                        models.DecimalField(decimal_places=4, max_digits=16, verbose_name="Wert"),
                    ),
                    (
                        "valid",
                        django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="gültig"),
                    ),
                    ("source", models.CharField(max_length=250, verbose_name="Fundstelle")),
                ],
                options={
                    "verbose_name": "Rechtliche Größe",
                    "verbose_name_plural": "Rechtliche Größen",
                },
            ),
            migrations.CreateModel(
                name="Listing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="listings",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "article",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="listings",
                            to="agreements.article",
                        ),
                    ),
                    (
                        "stockrecord",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="listing",
                            to="partner.stockrecord",
                        ),
                    ),
                    ("is_listed", models.BooleanField(default=True, verbose_name="gelistet")),
                    ("listed_at", models.DateTimeField(verbose_name="gelistet am")),
                    (
                        "successor",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="predecessors",
                            to="agreements.listing",
                            verbose_name="Nachfolgemodell",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Listung",
                    "verbose_name_plural": "Listungen",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("item", "article"), name="agreements_listing_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("successor__isnull", True),
                                models.Q(
                                    models.Q(("successor", models.F("pk")), _negated=True),
                                    ("is_listed", False),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_succeeded_is_not_listed",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PriceVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="price_versions",
                            to="agreements.contractitem",
                        ),
                    ),
                    (
                        "valid",
                        django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="gültig"),
                    ),
                    (
                        "price_unit",
                        models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
                    ),
                    ("source", models.CharField(max_length=250, verbose_name="Grundlage")),
                    (
                        "change",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="agreements.pricechange",
                        ),
                    ),
                    (
                        "approved_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "Preisfassung",
                    "verbose_name_plural": "Preisfassungen",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("price_unit__gte", 1)),
                            name="agreements_price_unit_positive",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PriceTier",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="tiers",
                            to="agreements.priceversion",
                        ),
                    ),
                    (
                        "from_quantity",
                        models.PositiveIntegerField(default=1, verbose_name="ab Menge"),
                    ),
                    (
                        "net_unit_price",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=14,
                            null=True,
                            verbose_name="Nettopreis",
                        ),
                    ),
                    (
                        "discount_percent",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=7,
                            null=True,
                            verbose_name="Nachlass (%)",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Staffelpreis",
                    "verbose_name_plural": "Staffelpreise",
                    "ordering": ("version", "from_quantity"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("version", "from_quantity"), name="agreements_tier_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("from_quantity__gte", 1)),
                            name="agreements_tier_quantity_positive",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("discount_percent__isnull", True), ("net_unit_price__gt", 0)
                                ),
                                models.Q(
                                    ("discount_percent__gte", 0),
                                    ("discount_percent__lt", 100),
                                    ("net_unit_price__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="agreements_tier_price_or_discount",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="EquipmentStandard",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="standards",
                            to="parties.organisation",
                        ),
                    ),
                    ("product_group", models.CharField(max_length=80, verbose_name="Warengruppe")),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("mandatory", "verbindlich"),
                                ("recommended", "empfohlen"),
                                ("free", "frei"),
                            ],
                            max_length=12,
                            verbose_name="Verbindlichkeit",
                        ),
                    ),
                    ("title", models.CharField(max_length=120, verbose_name="Bezeichnung")),
                    ("explanation", models.CharField(max_length=250, verbose_name="Erläuterung")),
                    ("valid_from", models.DateField(verbose_name="gültig ab")),
                    (
                        "valid_to",
                        models.DateField(blank=True, null=True, verbose_name="gültig bis"),
                    ),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("set_at", models.DateTimeField(verbose_name="gesetzt am")),
                    (
                        "lifted_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
                    ),
                    (
                        "items",
                        models.ManyToManyField(
                            related_name="standards",
                            through="agreements.StandardItem",
                            to="agreements.contractitem",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Ausstattungsstandard",
                    "verbose_name_plural": "Ausstattungsstandards",
                    "ordering": ("owner", "product_group", "valid_from"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("lifted_at__isnull", True)),
                            fields=("owner", "product_group"),
                            name="agreements_one_standard_per_group",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gte", models.F("valid_from")),
                                _connector="OR",
                            ),
                            name="agreements_standard_dates",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("product_group", ""), _negated=True),
                            name="agreements_standard_names_group",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StandardItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "standard",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="entries",
                            to="agreements.equipmentstandard",
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
                ],
                options={
                    "verbose_name": "Position des Standards",
                    "verbose_name_plural": "Positionen des Standards",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("standard", "item"), name="agreements_standard_item_unique"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="EquipmentBundle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bundles",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "audience",
                        models.CharField(
                            choices=[
                                ("teacher", "Lehrkraft"),
                                ("pupil", "Schülerin oder Schüler"),
                                ("classroom", "Unterrichtsraum"),
                            ],
                            max_length=10,
                            verbose_name="für",
                        ),
                    ),
                    ("title", models.CharField(max_length=120, verbose_name="Bezeichnung")),
                    (
                        "description",
                        models.CharField(blank=True, max_length=250, verbose_name="Beschreibung"),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="aktiv")),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("set_at", models.DateTimeField(verbose_name="angelegt am")),
                ],
                options={
                    "verbose_name": "Ausstattungspaket",
                    "verbose_name_plural": "Ausstattungspakete",
                    "ordering": ("owner", "audience", "title"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_active", True)),
                            fields=("owner", "title"),
                            name="agreements_bundle_title_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BundleLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "bundle",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="lines",
                            to="agreements.equipmentbundle",
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
                    ("quantity", models.PositiveIntegerField(default=1, verbose_name="Menge")),
                ],
                options={
                    "verbose_name": "Position des Pakets",
                    "verbose_name_plural": "Positionen des Pakets",
                    "ordering": ("bundle", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("bundle", "item"), name="agreements_bundle_item_unique"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("quantity__gte", 1)),
                            name="agreements_bundle_quantity_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SuccessorProposal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "listing",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor_proposals",
                            to="agreements.listing",
                        ),
                    ),
                    (
                        "supplier_aid",
                        models.CharField(
                            max_length=60, verbose_name="Artikelnummer des Lieferanten"
                        ),
                    ),
                    ("name", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    ("description", models.TextField(blank=True, verbose_name="Beschreibung")),
                    (
                        "manufacturer",
                        models.CharField(blank=True, max_length=100, verbose_name="Hersteller"),
                    ),
                    (
                        "mpn",
                        models.CharField(
                            blank=True, max_length=60, verbose_name="Herstellernummer"
                        ),
                    ),
                    ("gtin", models.CharField(blank=True, max_length=14, verbose_name="GTIN")),
                    ("statement", models.TextField(verbose_name="gleich- oder höherwertig, weil")),
                    (
                        "evidence",
                        models.CharField(blank=True, max_length=250, verbose_name="Nachweis"),
                    ),
                    (
                        "net_unit_price",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=14,
                            null=True,
                            verbose_name="Nettopreis",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("proposed", "vorgeschlagen"),
                                ("released", "freigegeben"),
                                ("rejected", "abgelehnt"),
                                ("withdrawn", "zurückgezogen"),
                            ],
                            default="proposed",
                            max_length=10,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "proposed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "proposer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "decider",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "decided_at",
                        models.DateTimeField(blank=True, null=True, verbose_name="entschieden am"),
                    ),
                    (
                        "reason",
                        models.TextField(blank=True, verbose_name="Begründung der Entscheidung"),
                    ),
                ],
                options={
                    "verbose_name": "Nachfolgevorschlag",
                    "verbose_name_plural": "Nachfolgevorschläge",
                    "ordering": ("-proposed_at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "proposed")),
                            fields=("listing",),
                            name="agreements_one_open_successor",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decider__isnull", True),
                                models.Q(("decider", models.F("proposer")), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_successor_second_person",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("statement", ""), _negated=True),
                            name="agreements_successor_has_statement",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "rejected"), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="agreements_successor_rejection_has_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("net_unit_price__isnull", True),
                                ("net_unit_price__gt", 0),
                                _connector="OR",
                            ),
                            name="agreements_successor_price_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="VatRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("vat_class", models.CharField(max_length=30, verbose_name="Steuerklasse")),
                    (
                        "buyers",
                        models.CharField(
                            choices=[("all", "alle"), ("entrepreneur", "Unternehmer")],
                            default="all",
                            max_length=12,
                            verbose_name="Käufer",
                        ),
                    ),
                    (
                        "minimum_net",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=12,
                            verbose_name="ab Nettobetrag (EUR)",
                        ),
                    ),
                    (
                        "category",
                        models.CharField(max_length=2, verbose_name="Kategorie (UNCL 5305)"),
                    ),
                    (
                        "rate",
                        models.DecimalField(
                            decimal_places=2, max_digits=5, verbose_name="Satz (%)"
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="Grund")),
                    (
                        "valid",
                        django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="gültig"),
                    ),
                ],
                options={
                    "verbose_name": "Steuerregel",
                    "verbose_name_plural": "Steuerregeln",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("category", "S"), ("rate__gt", 0)),
                                models.Q(models.Q(("category", "S"), _negated=True), ("rate", 0)),
                                _connector="OR",
                            ),
                            name="agreements_vat_rate_fits_category",
                        )
                    ],
                },
            ),
        )
    ]
