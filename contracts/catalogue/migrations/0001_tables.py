"""What suppliers send, what became of it, and the search over what is listed."""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("supplier_catalogue", "0001_initial"),
        ("supplier_catalogue", "0002_attempts"),
        ("supplier_catalogue", "0003_search_award"),
    ]
    dependencies: ClassVar = [
        ("agreements", "0001_tables"),
        ("parties", "0001_tables"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="CatalogueUpload",
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
                            related_name="uploads",
                            to="parties.organisation",
                        ),
                    ),
                    (
                        "award",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="uploads",
                            to="agreements.award",
                        ),
                    ),
                    (
                        "uploaded_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("uploaded_at", models.DateTimeField(verbose_name="hochgeladen am")),
                    ("filename", models.CharField(max_length=250, verbose_name="Dateiname")),
                    ("content", models.BinaryField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("size", models.PositiveBigIntegerField(verbose_name="Größe (Bytes)")),
                    (
                        "mapping",
                        models.JSONField(blank=True, default=dict, verbose_name="Zuordnung"),
                    ),
                    ("format", models.CharField(blank=True, max_length=30, verbose_name="Format")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("received", "eingegangen"),
                                ("reading", "wird gelesen"),
                                ("checked", "geprüft"),
                                ("refused", "abgelehnt"),
                                ("submitted", "eingereicht"),
                                ("published", "veröffentlicht"),
                                ("withdrawn", "zurückgezogen"),
                            ],
                            default="received",
                            max_length=12,
                            verbose_name="Stand",
                        ),
                    ),
                    (
                        "rows_read",
                        models.PositiveIntegerField(default=0, verbose_name="gelesene Zeilen"),
                    ),
                    (
                        "rows_staged",
                        models.PositiveIntegerField(default=0, verbose_name="übernommene Zeilen"),
                    ),
                    (
                        "rows_refused",
                        models.PositiveIntegerField(default=0, verbose_name="abgelehnte Zeilen"),
                    ),
                    ("refusal", models.TextField(blank=True, verbose_name="Grund der Ablehnung")),
                    (
                        "attempts",
                        models.PositiveSmallIntegerField(
                            default=0,
                            help_text="Eine Prüfung kann abbrechen und neu beginnen.",
                            verbose_name="begonnene Prüfungen",
                        ),
                    ),
                    ("checked_at", models.DateTimeField(blank=True, null=True)),
                    ("submitted_at", models.DateTimeField(blank=True, null=True)),
                    ("published_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "published_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Kataloglieferung",
                    "verbose_name_plural": "Kataloglieferungen",
                    "ordering": ("-uploaded_at", "-pk"),
                },
            ),
            migrations.CreateModel(
                name="StagedArticle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "upload",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="staged",
                            to="supplier_catalogue.catalogueupload",
                        ),
                    ),
                    ("row", models.PositiveIntegerField(verbose_name="Zeile")),
                    ("supplier_aid", models.CharField(max_length=60, verbose_name="Artikelnummer")),
                    ("name", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    ("description", models.TextField(blank=True)),
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
                    ("unit", models.CharField(default="C62", max_length=3)),
                    ("features", models.JSONField(blank=True, default=dict)),
                    ("delivery_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                    (
                        "price",
                        models.DecimalField(
                            decimal_places=4, max_digits=14, verbose_name="Preis der Datei"
                        ),
                    ),
                    ("price_unit", models.PositiveIntegerField(default=1)),
                    (
                        "action",
                        models.CharField(
                            choices=[
                                ("new", "neu"),
                                ("changed", "geändert"),
                                ("unchanged", "unverändert"),
                                ("held_back", "zurückgehalten"),
                            ],
                            max_length=10,
                            verbose_name="Wirkung",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(blank=True, max_length=250, verbose_name="Begründung"),
                    ),
                    (
                        "previous_price",
                        models.DecimalField(
                            blank=True,
                            decimal_places=4,
                            max_digits=14,
                            null=True,
                            verbose_name="bisheriger Preis",
                        ),
                    ),
                    (
                        "changed_fields",
                        models.JSONField(blank=True, default=list, verbose_name="geänderte Felder"),
                    ),
                    (
                        "article",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.article",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="agreements.contractitem",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "vorgemerkter Artikel",
                    "verbose_name_plural": "vorgemerkte Artikel",
                    "ordering": ("upload", "row"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("upload", "supplier_aid"),
                            name="supplier_catalogue_staged_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="UploadIssue",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "upload",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="issues",
                            to="supplier_catalogue.catalogueupload",
                        ),
                    ),
                    ("row", models.PositiveIntegerField(verbose_name="Zeile")),
                    ("column", models.CharField(blank=True, max_length=80, verbose_name="Spalte")),
                    ("code", models.CharField(max_length=40, verbose_name="Code")),
                    ("value", models.CharField(blank=True, max_length=250, verbose_name="Wert")),
                    ("message", models.TextField(verbose_name="Meldung")),
                    ("is_error", models.BooleanField(default=True, verbose_name="abgelehnt")),
                ],
                options={
                    "verbose_name": "Meldung",
                    "verbose_name_plural": "Meldungen",
                    "ordering": ("upload", "row", "pk"),
                },
            ),
            migrations.CreateModel(
                name="SearchEntry",
                fields=[
                    (
                        "listing",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="search_entry",
                            serialize=False,
                            to="agreements.listing",
                        ),
                    ),
                    ("lot_id", models.BigIntegerField(db_index=True)),
                    ("award_id", models.BigIntegerField(default=0)),
                    ("agreement_id", models.BigIntegerField(db_index=True)),
                    ("name", models.CharField(max_length=250)),
                    ("sort_key", models.CharField(max_length=255)),
                    ("manufacturer", models.CharField(blank=True, max_length=100)),
                    ("product_group", models.CharField(blank=True, max_length=80)),
                    ("supplier_name", models.CharField(max_length=200)),
                    ("numbers", models.CharField(max_length=250)),
                    ("document", django.contrib.postgres.search.SearchVectorField()),
                ],
                options={
                    "verbose_name": "Suchzeile",
                    "verbose_name_plural": "Suchzeilen",
                    "indexes": [
                        django.contrib.postgres.indexes.GinIndex(
                            fields=["document"], name="supplier_search_document"
                        ),
                        models.Index(
                            fields=["lot_id", "sort_key", "listing"],
                            name="supplier_ca_lot_id_8bab45_idx",
                        ),
                        models.Index(
                            fields=["sort_key", "listing"], name="supplier_ca_sort_ke_25ef50_idx"
                        ),
                    ],
                },
            ),
        )
    ]
