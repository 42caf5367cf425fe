"""Contract items: the rows of the price sheet."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.ledger.models import LimitAccount

from .award import Award


class PriceBasis(models.TextChoices):
    """Where the price of an item comes from."""

    FIXED = "fixed", "Festpreis"
    LIST_DISCOUNT = "list_discount", "Nachlass auf Listenpreis"
    BUNDLE = "bundle", "Bündel"


class ChargeType(models.TextChoices):
    ONE_OFF = "one_off", "einmalig"
    PER_PERIOD = "per_period", "je Zeitraum"


class ContractItem(models.Model):
    """One row of the awarded price sheet (Vertragsposition).

    A fixed item covers one article. A list-discount item covers a product group:
    20,000 articles have negotiated prices without 20,000 rows.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="items")
    number = models.CharField("Position", max_length=30)
    title = models.CharField("Bezeichnung", max_length=250)
    unit = models.CharField("Einheit (UN/ECE Rec. 20)", max_length=3, default="C62")
    product_group = models.CharField("Warengruppe", max_length=80, blank=True)
    basis = models.CharField("Preisbasis", max_length=15, choices=PriceBasis)
    charge = models.CharField(
        "Berechnung", max_length=12, choices=ChargeType, default=ChargeType.ONE_OFF
    )
    periods = models.PositiveSmallIntegerField("Anzahl Zeiträume", default=1)
    vat_class = models.CharField(
        "Steuerklasse",
        max_length=30,
        default="standard",
        help_text="Wird mit dem Käufer über die Steuerregeln zu Kategorie und Satz.",
    )
    cumulative_tiers = models.BooleanField("Staffel über alle Abrufe", default=False)
    delivery_days = models.PositiveSmallIntegerField("Lieferzeit (Werktage)", null=True, blank=True)
    account = models.OneToOneField(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="item"
    )

    class Meta:
        verbose_name = "Vertragsposition"
        verbose_name_plural = "Vertragspositionen"
        ordering = ("award", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("award", "number"), name="agreements_item_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(periods__gte=1) & (Q(charge=ChargeType.PER_PERIOD) | Q(periods=1)),
                name="agreements_item_periods_fit_charge",
            ),
            models.CheckConstraint(
                condition=~Q(basis=PriceBasis.LIST_DISCOUNT) | ~Q(product_group=""),
                name="agreements_discount_names_group",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RelationKind(models.TextChoices):
    REQUIRES = "requires", "nur zusammen mit"
    ACCESSORY = "accessory", "Zubehör zu"
    BUNDLE_PART = "bundle_part", "Teil des Bündels"
    SUCCESSOR = "successor", "Nachfolger von"


class ItemRelation(models.Model):
    """A directed tie between items: warranty → device, licence → device, part → bundle."""

    item = models.ForeignKey(ContractItem, models.CASCADE, related_name="relations")
    to_item = models.ForeignKey(ContractItem, models.CASCADE, related_name="related_from")
    kind = models.CharField("Art", max_length=12, choices=RelationKind)
    quantity = models.PositiveIntegerField("Menge je Bezug", default=1)

    class Meta:
        verbose_name = "Positionsbezug"
        verbose_name_plural = "Positionsbezüge"
        constraints = (
            models.UniqueConstraint(
                fields=("item", "to_item", "kind"), name="agreements_relation_unique"
            ),
            models.CheckConstraint(
                condition=~Q(item=F("to_item")), name="agreements_relation_not_to_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.get_kind_display()} {self.to_item}"
