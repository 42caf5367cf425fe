"""Uploads of suppliers' catalogues: staged, checked, compared, then published."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from contracts.agreements.models import Article, Award, Listing
from contracts.parties.models import Membership, Organisation


class UploadState(models.TextChoices):
    RECEIVED = "received", "eingegangen"
    READING = "reading", "wird gelesen"
    CHECKED = "checked", "geprüft"
    REFUSED = "refused", "abgelehnt"
    SUBMITTED = "submitted", "eingereicht"
    PUBLISHED = "published", "veröffentlicht"
    WITHDRAWN = "withdrawn", "zurückgezogen"


class CatalogueUpload(models.Model):
    """One file of a supplier for one award. A live price never changes by upload alone."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="uploads")
    award = models.ForeignKey(Award, models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("hochgeladen am")
    filename = models.CharField("Dateiname", max_length=250)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("Größe (Bytes)")
    mapping = models.JSONField("Zuordnung", default=dict, blank=True)
    format = models.CharField("Format", max_length=30, blank=True)
    state = models.CharField(
        "Stand", max_length=12, choices=UploadState, default=UploadState.RECEIVED
    )
    rows_read = models.PositiveIntegerField("gelesene Zeilen", default=0)
    rows_staged = models.PositiveIntegerField("übernommene Zeilen", default=0)
    rows_refused = models.PositiveIntegerField("abgelehnte Zeilen", default=0)
    refusal = models.TextField("Grund der Ablehnung", blank=True)
    attempts = models.PositiveSmallIntegerField(
        "begonnene Prüfungen", default=0, help_text="Eine Prüfung kann abbrechen und neu beginnen."
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "Kataloglieferung"
        verbose_name_plural = "Kataloglieferungen"
        ordering = ("-uploaded_at", "-pk")

    def __str__(self) -> str:
        return f"{self.filename} ({self.get_state_display()})"


class StagedAction(models.TextChoices):
    NEW = "new", "neu"
    CHANGED = "changed", "geändert"
    UNCHANGED = "unchanged", "unverändert"
    HELD_BACK = "held_back", "zurückgehalten"


class StagedArticle(models.Model):
    """One article as read from an upload, with what publishing it would do."""

    upload = models.ForeignKey(CatalogueUpload, models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField("Zeile")
    supplier_aid = models.CharField("Artikelnummer", max_length=60)
    name = models.CharField("Bezeichnung", max_length=250)
    description = models.TextField(blank=True)
    manufacturer = models.CharField("Hersteller", max_length=100, blank=True)
    mpn = models.CharField("Herstellernummer", max_length=60, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    product_group = models.CharField("Warengruppe", max_length=80, blank=True)
    unit = models.CharField(max_length=3, default="C62")
    features = models.JSONField(default=dict, blank=True)
    delivery_days = models.PositiveSmallIntegerField(null=True, blank=True)
    price = models.DecimalField("Preis der Datei", max_digits=14, decimal_places=4)
    price_unit = models.PositiveIntegerField(default=1)
    action = models.CharField("Wirkung", max_length=10, choices=StagedAction)
    reason = models.CharField("Begründung", max_length=250, blank=True)
    previous_price = models.DecimalField(
        "bisheriger Preis", max_digits=14, decimal_places=4, null=True, blank=True
    )
    changed_fields = models.JSONField("geänderte Felder", default=list, blank=True)
    article = models.ForeignKey(Article, models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(
        "agreements.ContractItem", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "vorgemerkter Artikel"
        verbose_name_plural = "vorgemerkte Artikel"
        ordering = ("upload", "row")
        constraints = (
            models.UniqueConstraint(
                fields=("upload", "supplier_aid"), name="supplier_catalogue_staged_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.row}: {self.supplier_aid}"


class UploadIssue(models.Model):
    """What was refused or doubted: row, column, code, value and the German sentence."""

    upload = models.ForeignKey(CatalogueUpload, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField("Zeile")
    column = models.CharField("Spalte", max_length=80, blank=True)
    code = models.CharField("Code", max_length=40)
    value = models.CharField("Wert", max_length=250, blank=True)
    message = models.TextField("Meldung")
    is_error = models.BooleanField("abgelehnt", default=True)

    class Meta:
        verbose_name = "Meldung"
        verbose_name_plural = "Meldungen"
        ordering = ("upload", "row", "pk")

    def __str__(self) -> str:
        return f"Zeile {self.row}, {self.column}: {self.message}"


class SearchEntry(models.Model):
    """Full-text read model of a listing. Holds no price: prices depend on the buyer."""

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    lot_id = models.BigIntegerField(db_index=True)
    award_id = models.BigIntegerField(default=0)
    agreement_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=250)
    sort_key = models.CharField(max_length=255)
    manufacturer = models.CharField(max_length=100, blank=True)
    product_group = models.CharField(max_length=80, blank=True)
    supplier_name = models.CharField(max_length=200)
    numbers = models.CharField(max_length=250)
    document = SearchVectorField()

    class Meta:
        verbose_name = "Suchzeile"
        verbose_name_plural = "Suchzeilen"
        indexes = (
            GinIndex(fields=("document",), name="supplier_search_document"),
            models.Index(fields=("lot_id", "sort_key", "listing")),
            models.Index(fields=("sort_key", "listing")),
        )

    def __str__(self) -> str:
        return self.name
