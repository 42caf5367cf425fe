"""Changes, modifications, documents, standards, successors, the whole life of agreements."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0002_no_overlap"),
        ("ledger", "0004_closed_reason"),
        ("parties", "0001_initial"),
        ("partner", "0007_partneraddress_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ("uploaded_at", models.DateTimeField(verbose_name="hochgeladen am")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="zurückgezogen am"),
                ),
            ],
            options={
                "verbose_name": "Vertragsdokument",
                "verbose_name_plural": "Vertragsdokumente",
                "ordering": ("agreement", "-uploaded_at", "-pk"),
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
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="Menge")),
            ],
            options={
                "verbose_name": "Position des Pakets",
                "verbose_name_plural": "Positionen des Pakets",
                "ordering": ("bundle", "pk"),
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
                ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
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
                ("name_en", models.CharField(max_length=300, verbose_name="englische Bezeichnung")),
                ("document", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name": "CPV-Code",
                "verbose_name_plural": "CPV-Verzeichnis",
                "ordering": ("code",),
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
                ("set_at", models.DateTimeField(verbose_name="angelegt am")),
            ],
            options={
                "verbose_name": "Ausstattungspaket",
                "verbose_name_plural": "Ausstattungspakete",
                "ordering": ("owner", "audience", "title"),
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
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                ("set_at", models.DateTimeField(verbose_name="gesetzt am")),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
                ),
            ],
            options={
                "verbose_name": "Ausstattungsstandard",
                "verbose_name_plural": "Ausstattungsstandards",
                "ordering": ("owner", "product_group", "valid_from"),
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
                ("from_quantity", models.PositiveIntegerField(default=1, verbose_name="ab Menge")),
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
                ("taken", models.PositiveIntegerField(default=0, verbose_name="vergebene Züge")),
            ],
            options={
                "verbose_name": "Rotationszähler",
                "verbose_name_plural": "Rotationszähler",
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
            ],
            options={
                "verbose_name": "Position des Standards",
                "verbose_name_plural": "Positionen des Standards",
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
                    "supplier_aid",
                    models.CharField(max_length=60, verbose_name="Artikelnummer des Lieferanten"),
                ),
                ("name", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                ("description", models.TextField(blank=True, verbose_name="Beschreibung")),
                (
                    "manufacturer",
                    models.CharField(blank=True, max_length=100, verbose_name="Hersteller"),
                ),
                (
                    "mpn",
                    models.CharField(blank=True, max_length=60, verbose_name="Herstellernummer"),
                ),
                ("gtin", models.CharField(blank=True, max_length=14, verbose_name="GTIN")),
                ("statement", models.TextField(verbose_name="gleich- oder höherwertig, weil")),
                ("evidence", models.CharField(blank=True, max_length=250, verbose_name="Nachweis")),
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
                ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
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
            },
        ),
        migrations.AlterModelOptions(
            name="pricechange",
            options={
                "ordering": ("-proposed_at", "-pk"),
                "verbose_name": "Preisänderung",
                "verbose_name_plural": "Preisänderungen",
            },
        ),
        migrations.RemoveConstraint(
            model_name="pricechange",
            name="agreements_change_second_person",
        ),
        migrations.RemoveField(
            model_name="pricechange",
            name="within_clause",
        ),
        migrations.AddField(
            model_name="awardterms",
            name="automatic_fall",
            field=models.BooleanField(
                default=False, verbose_name="Preissenkungen gelten ohne Prüfung"
            ),
        ),
        migrations.AddField(
            model_name="awardterms",
            name="confirmation_days",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Ohne Bestätigung gilt der Abruf danach als nicht angenommen (Kaskade).",
                verbose_name="Frist zur Bestätigung (Werktage)",
            ),
        ),
        migrations.AddField(
            model_name="awardterms",
            name="price_notice_days",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="Ankündigungsfrist für Preise (Tage)"
            ),
        ),
        migrations.AddField(
            model_name="awardterms",
            name="rise_earliest_on",
            field=models.DateField(blank=True, null=True, verbose_name="Erhöhung frühestens ab"),
        ),
        migrations.AddField(
            model_name="awardterms",
            name="rise_percent_per_year",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Leer: die Konditionen sehen keine Preiserhöhung vor.",
                max_digits=5,
                null=True,
                verbose_name="Erhöhung je Jahr höchstens (%)",
            ),
        ),
        migrations.AddField(
            model_name="contractitem",
            name="period_months",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="1 je Monat, 12 je Jahr; 0, wo nicht nach Zeiträumen berechnet wird.",
                verbose_name="Monate je Zeitraum",
            ),
        ),
        migrations.AddField(
            model_name="contractitem",
            name="role",
            field=models.CharField(
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
        migrations.AddField(
            model_name="frameworkagreement",
            name="end_reason",
            field=models.CharField(
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
        migrations.AddField(
            model_name="frameworkagreement",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="beendet am"),
        ),
        migrations.AddField(
            model_name="frameworkagreement",
            name="state_reason",
            field=models.CharField(
                blank=True, max_length=250, verbose_name="Begründung des Standes"
            ),
        ),
        migrations.AddField(
            model_name="frameworkagreement",
            name="term_justification",
            field=models.TextField(
                blank=True,
                help_text="Nötig über der Höchstlaufzeit (§ 21 Abs. 6 VgV, § 15 Abs. 4 UVgO).",
                verbose_name="Begründung der längeren Laufzeit",
            ),
        ),
        migrations.AddField(
            model_name="gate",
            name="lift_reason",
            field=models.CharField(blank=True, max_length=250, verbose_name="Grund der Aufhebung"),
        ),
        migrations.AddField(
            model_name="gate",
            name="lifted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="aufgehoben am"),
        ),
        migrations.AddField(
            model_name="gate",
            name="lifted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="gate",
            name="set_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gesetzt am"),
        ),
        migrations.AddField(
            model_name="listing",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="agreements.listing",
                verbose_name="Nachfolgemodell",
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="article",
            field=models.ForeignKey(
                blank=True,
                help_text="Nur bei einem Listenpreis: der Artikel, dessen Listenpreis sich ändert.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="price_changes",
                to="agreements.article",
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="decider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="findings",
            field=models.JSONField(blank=True, default=list, verbose_name="Feststellungen"),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="list_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                max_digits=14,
                null=True,
                verbose_name="Listenpreis (netto)",
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="percent",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=9, verbose_name="größte Änderung (%)"
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="price_unit",
            field=models.PositiveIntegerField(default=1, verbose_name="je Einheiten"),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="proposer",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="pricechange",
            name="rejection",
            field=models.TextField(blank=True, verbose_name="Grund der Ablehnung"),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="route",
            field=models.CharField(
                choices=[
                    ("automatic", "gilt nach der Preisklausel ohne Prüfung"),
                    ("two_people", "Vertragsmanagement und eine zweite Person"),
                    ("modification", "Vertragsänderung (§ 132 GWB)"),
                ],
                default="two_people",
                max_length=12,
                verbose_name="Weg",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="pricechange",
            name="second",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="second_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="bestätigt am"),
        ),
        migrations.AlterField(
            model_name="pricechange",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="entschieden am"),
        ),
        migrations.AlterField(
            model_name="pricechange",
            name="state",
            field=models.CharField(
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
        # what was written before these columns existed
        migrations.RunSQL(
            "UPDATE agreements_contractitem SET period_months = 12 WHERE charge = 'per_period'",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE agreements_frameworkagreement SET end_reason = 'term', ended_on = ends_on"
            " WHERE state = 'ended'",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="awardterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rise_percent_per_year__isnull", True),
                    ("rise_percent_per_year__gte", 0),
                    _connector="OR",
                ),
                name="agreements_terms_rise_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cumulative_tiers", False), ("account__isnull", False), _connector="OR"
                ),
                name="agreements_cumulative_has_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "per_period"), ("period_months__gte", 1)),
                    models.Q(("charge", "one_off"), ("period_months", 0)),
                    _connector="OR",
                ),
                name="agreements_item_period_length_fits_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkagreement",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(
                        models.Q(("successor", models.F("pk")), _negated=True), ("is_listed", False)
                    ),
                    _connector="OR",
                ),
                name="agreements_succeeded_is_not_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    ("route", "automatic"),
                    models.Q(("decider__isnull", False), ("second__isnull", False)),
                    _connector="OR",
                ),
                name="agreements_change_accepted_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("rejection", ""), _negated=True),
                    _connector="OR",
                ),
                name="agreements_change_rejection_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("article__isnull", True), ("list_amount__isnull", True)),
                    models.Q(("article__isnull", False), ("list_amount__gt", 0)),
                    _connector="OR",
                ),
                name="agreements_change_list_price_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_unit__gte", 1)),
                name="agreements_change_price_unit_positive",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="agreements.frameworkagreement",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="award",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="agreements.award",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="change",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="agreements.pricechange",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="lot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="agreements.lot",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="bundleline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.contractitem",
            ),
        ),
        migrations.AddField(
            model_name="capwarning",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="warnings",
                to="ledger.limitaccount",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modifications",
                to="agreements.frameworkagreement",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="award",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modifications",
                to="agreements.award",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="change",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modification",
                to="agreements.pricechange",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="decider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="lot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modifications",
                to="agreements.lot",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="proposer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="modification",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="agreements.contractmodification",
            ),
        ),
        migrations.AddIndex(
            model_name="cpvcode",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["document"], name="agreements_cpv_document"
            ),
        ),
        migrations.AddField(
            model_name="equipmentbundle",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bundles",
                to="parties.organisation",
            ),
        ),
        migrations.AddField(
            model_name="equipmentbundle",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="bundleline",
            name="bundle",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="agreements.equipmentbundle",
            ),
        ),
        migrations.AddField(
            model_name="equipmentstandard",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standards",
                to="parties.organisation",
            ),
        ),
        migrations.AddField(
            model_name="equipmentstandard",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="pricechangetier",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tiers",
                to="agreements.pricechange",
            ),
        ),
        migrations.AddField(
            model_name="rotationcounter",
            name="last_award",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.award",
            ),
        ),
        migrations.AddField(
            model_name="standarditem",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.contractitem",
            ),
        ),
        migrations.AddField(
            model_name="standarditem",
            name="standard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="agreements.equipmentstandard",
            ),
        ),
        migrations.AddField(
            model_name="equipmentstandard",
            name="items",
            field=models.ManyToManyField(
                related_name="standards",
                through="agreements.StandardItem",
                to="agreements.contractitem",
            ),
        ),
        migrations.AddField(
            model_name="successorproposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="successorproposal",
            name="decider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="successorproposal",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor_proposals",
                to="agreements.listing",
            ),
        ),
        migrations.AddField(
            model_name="successorproposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="successorproposal",
            name="proposer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="capwarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=("account", "mark"),
                name="agreements_one_open_warning_per_mark",
            ),
        ),
        migrations.AddConstraint(
            model_name="capwarning",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__in", (70, 85, 95))), name="agreements_warning_mark_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="contractmodification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decider__isnull", True),
                    models.Q(("decider", models.F("proposer")), _negated=True),
                    _connector="OR",
                ),
                name="agreements_modification_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractmodification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    ("decider__isnull", False),
                    _connector="OR",
                ),
                name="agreements_modification_approved_by_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractmodification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("rejection", ""), _negated=True),
                    _connector="OR",
                ),
                name="agreements_modification_rejection_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("agreement", "sha256", "lot", "award", "change", "modification"),
                name="agreements_document_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="equipmentbundle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("owner", "title"),
                name="agreements_bundle_title_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundleline",
            constraint=models.UniqueConstraint(
                fields=("bundle", "item"), name="agreements_bundle_item_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundleline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="agreements_bundle_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechangetier",
            constraint=models.UniqueConstraint(
                fields=("change", "from_quantity"), name="agreements_change_tier_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechangetier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount_percent__isnull", True), ("net_unit_price__gt", 0)),
                    models.Q(
                        ("discount_percent__gte", 0),
                        ("discount_percent__lt", 100),
                        ("net_unit_price__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="agreements_change_tier_price_or_discount",
            ),
        ),
        migrations.AddConstraint(
            model_name="standarditem",
            constraint=models.UniqueConstraint(
                fields=("standard", "item"), name="agreements_standard_item_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="equipmentstandard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("owner", "product_group"),
                name="agreements_one_standard_per_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="equipmentstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="agreements_standard_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="equipmentstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(("product_group", ""), _negated=True),
                name="agreements_standard_names_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="successorproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("listing",),
                name="agreements_one_open_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="successorproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decider__isnull", True),
                    models.Q(("decider", models.F("proposer")), _negated=True),
                    _connector="OR",
                ),
                name="agreements_successor_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="successorproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("statement", ""), _negated=True),
                name="agreements_successor_has_statement",
            ),
        ),
        migrations.AddConstraint(
            model_name="successorproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="agreements_successor_rejection_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="successorproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("net_unit_price__isnull", True), ("net_unit_price__gt", 0), _connector="OR"
                ),
                name="agreements_successor_price_positive",
            ),
        ),
    ]
