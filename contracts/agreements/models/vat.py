"""VAT by buyer and article with validity (UStG)."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q


class BuyerScope(models.TextChoices):
    """To which buyers a rule applies."""

    ALL = "all", "alle"
    ENTREPRENEUR = "entrepreneur", "Unternehmer"


class VatRule(models.Model):
    """Category and rate of a VAT class over a range of days.

    A rule for entrepreneurs beats the rule for all. `minimum_net` is the invoice
    amount from which the rule applies (§ 13b (2) no. 10 UStG: 5,000 EUR).
    """

    vat_class = models.CharField("Steuerklasse", max_length=30)
    buyers = models.CharField("Käufer", max_length=12, choices=BuyerScope, default=BuyerScope.ALL)
    minimum_net = models.DecimalField(
        "ab Nettobetrag (EUR)", max_digits=12, decimal_places=2, default=0
    )
    category = models.CharField("Kategorie (UNCL 5305)", max_length=2)
    rate = models.DecimalField("Satz (%)", max_digits=5, decimal_places=2)
    reason = models.CharField("Grund", max_length=200, blank=True)
    valid = DateRangeField("gültig")

    class Meta:
        verbose_name = "Steuerregel"
        verbose_name_plural = "Steuerregeln"
        constraints = (
            models.CheckConstraint(
                condition=(Q(category="S", rate__gt=0) | (~Q(category="S") & Q(rate=0))),
                name="agreements_vat_rate_fits_category",
            ),
        )

    def __str__(self) -> str:
        return f"{self.vat_class}: {self.category} {self.rate} %"
