"""A supplier's article and its versioned list price."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership, Organisation


class Article(models.Model):
    """What a supplier offers; becomes an Oscar product once it is listed.

    `revision` counts published changes and serves as the API's entity tag.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="articles")
    supplier_aid = models.CharField("Artikelnummer des Lieferanten", max_length=60)
    name = models.CharField("Bezeichnung", max_length=250)
    description = models.TextField("Beschreibung", blank=True)
    manufacturer = models.CharField("Hersteller", max_length=100, blank=True)
    mpn = models.CharField("Herstellernummer", max_length=60, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    product_group = models.CharField("Warengruppe", max_length=80, blank=True)
    unit = models.CharField("Einheit (UN/ECE Rec. 20)", max_length=3, default="C62")
    features = models.JSONField("Merkmale", default=dict, blank=True)
    delivery_days = models.PositiveSmallIntegerField("Lieferzeit (Werktage)", null=True, blank=True)
    image = models.CharField("Bild", max_length=200, blank=True)
    product = models.OneToOneField(
        "catalogue.Product", models.PROTECT, null=True, blank=True, related_name="article"
    )
    is_active = models.BooleanField("aktiv", default=True)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField("geändert am")

    class Meta:
        verbose_name = "Artikel"
        verbose_name_plural = "Artikel"
        ordering = ("supplier", "supplier_aid")
        constraints = (
            models.UniqueConstraint(
                fields=("supplier", "supplier_aid"), name="agreements_article_aid_unique"
            ),
        )
        indexes = (
            models.Index(fields=("supplier", "updated_at", "id")),
            # the same article of another supplier is found by these (allocation)
            models.Index(fields=("gtin",), condition=~Q(gtin=""), name="agreements_article_gtin"),
            models.Index(fields=("mpn",), condition=~Q(mpn=""), name="agreements_article_mpn"),
        )

    def __str__(self) -> str:
        return f"{self.supplier_aid} {self.name}"


class ListPriceVersion(models.Model):
    """A supplier's list price (net EUR, 4 decimals) as agreed for one position.

    The same article may be sold under positions of several bodies: each has agreed to its own
    list price, and keeps it until it agrees to another. No two versions of an article under
    one position overlap (exclusion constraint `agreements_list_price_no_overlap`).
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="list_prices")
    item = models.ForeignKey(
        "agreements.ContractItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="list_prices",
        verbose_name="Position",
        help_text="Leer nur aus früherer Zeit, für Artikel, die nirgends gelistet sind.",
    )
    origin = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Die Fassung aus der Zeit, als ein Listenpreis für alle Positionen galt.",
    )
    amount = models.DecimalField("Listenpreis (netto)", max_digits=14, decimal_places=4)
    price_unit = models.PositiveIntegerField("je Einheiten", default=1)
    valid = DateRangeField("gültig")
    evidence = models.CharField("Beleg", max_length=250)
    approved_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "Listenpreis"
        verbose_name_plural = "Listenpreise"
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, price_unit__gte=1),
                name="agreements_list_price_positive",
            ),
        )

    def __str__(self) -> str:
        return f"{self.article}: {self.amount} je {self.price_unit}"
