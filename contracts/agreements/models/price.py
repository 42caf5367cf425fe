"""Dated price versions of contract items, with their tiers."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership

from .change import PriceChange
from .item import ContractItem


class PriceVersion(models.Model):
    """The price of an item over a range of days.

    No two versions of an item overlap (exclusion constraint
    `agreements_price_no_overlap`); `source` names the award or change behind it.
    """

    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="price_versions")
    valid = DateRangeField("gültig")
    price_unit = models.PositiveIntegerField("je Einheiten", default=1)
    source = models.CharField("Grundlage", max_length=250)
    change = models.ForeignKey(PriceChange, models.PROTECT, null=True, blank=True)
    approved_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "Preisfassung"
        verbose_name_plural = "Preisfassungen"
        constraints = (
            models.CheckConstraint(
                condition=Q(price_unit__gte=1), name="agreements_price_unit_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.valid}"


class PriceTier(models.Model):
    """From this quantity on: a net unit price, or a discount off the list price."""

    version = models.ForeignKey(PriceVersion, models.CASCADE, related_name="tiers")
    from_quantity = models.PositiveIntegerField("ab Menge", default=1)
    net_unit_price = models.DecimalField(
        "Nettopreis", max_digits=14, decimal_places=4, null=True, blank=True
    )
    discount_percent = models.DecimalField(
        "Nachlass (%)", max_digits=7, decimal_places=4, null=True, blank=True
    )

    class Meta:
        verbose_name = "Staffelpreis"
        verbose_name_plural = "Staffelpreise"
        ordering = ("version", "from_quantity")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "from_quantity"), name="agreements_tier_unique"
            ),
            models.CheckConstraint(
                condition=Q(from_quantity__gte=1), name="agreements_tier_quantity_positive"
            ),
            models.CheckConstraint(
                condition=(
                    Q(net_unit_price__gt=0, discount_percent__isnull=True)
                    | Q(
                        net_unit_price__isnull=True,
                        discount_percent__gte=0,
                        discount_percent__lt=100,
                    )
                ),
                name="agreements_tier_price_or_discount",
            ),
        )

    def __str__(self) -> str:
        return f"ab {self.from_quantity}"
