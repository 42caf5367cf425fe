"""Contract items: the rows of the price sheet."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.agreements.kinds import ChargeType, ItemRole, PriceBasis
from contracts.ledger.models import LimitAccount

from .award import Award


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
    basis = models.CharField("Preisbasis", max_length=15, choices=PriceBasis.choices)
    charge = models.CharField(
        "Berechnung", max_length=12, choices=ChargeType.choices, default=ChargeType.ONE_OFF
    )
    periods = models.PositiveSmallIntegerField("Anzahl Zeiträume", default=1)
    period_months = models.PositiveSmallIntegerField(
        "Monate je Zeitraum",
        default=0,
        help_text="1 je Monat, 12 je Jahr; 0, wo nicht nach Zeiträumen berechnet wird.",
    )
    role = models.CharField("Art", max_length=10, choices=ItemRole.choices, default=ItemRole.GOODS)
    vat_class = models.CharField(
        "Steuerklasse",
        max_length=30,
        default="standard",
        help_text="Wird mit dem Käufer über die Steuerregeln zu Kategorie und Satz.",
    )
    cumulative_tiers = models.BooleanField("Staffel über alle Abrufe", default=False)
    delivery_days = models.PositiveSmallIntegerField("Lieferzeit (Werktage)", null=True, blank=True)
    account = models.ForeignKey(
        LimitAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        help_text="Die Höchstmenge der Position; gleiche Positionen weiterer Ränge teilen sie.",
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
            # the base of a cumulative tier is read from the locked account
            models.CheckConstraint(
                condition=Q(cumulative_tiers=False) | Q(account__isnull=False),
                name="agreements_cumulative_has_account",
            ),
            models.CheckConstraint(
                condition=Q(charge=ChargeType.PER_PERIOD, period_months__gte=1)
                | Q(charge=ChargeType.ONE_OFF, period_months=0),
                name="agreements_item_period_length_fits_charge",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RelationKind(models.TextChoices):
    REQUIRES = "requires", "nur zusammen mit"
    ACCESSORY = "accessory", "Zubehör zu"
    BUNDLE_PART = "bundle_part", "Teil des Bündels"


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
