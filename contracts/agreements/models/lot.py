"""Lots: the parts of an agreement that are awarded separately."""

from __future__ import annotations

from django.db import models

from contracts.agreements.kinds import AllocationRule
from contracts.ledger.models import LimitAccount

from .agreement import FrameworkAgreement


class Lot(models.Model):
    """A lot (Los) with its own maximum value (net EUR, on the account)."""

    agreement = models.ForeignKey(FrameworkAgreement, models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField("Losnummer")
    title = models.CharField("Titel", max_length=200)
    allocation = models.CharField(
        "Vergaberegel", max_length=12, choices=AllocationRule.choices, default=AllocationRule.SINGLE
    )
    estimated_value = models.DecimalField(
        "Schätzwert (netto, EUR)", max_digits=16, decimal_places=2, null=True, blank=True
    )
    account = models.OneToOneField(LimitAccount, models.PROTECT, related_name="lot")

    class Meta:
        verbose_name = "Los"
        verbose_name_plural = "Lose"
        ordering = ("agreement", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("agreement", "number"), name="agreements_lot_number_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement.number} Los {self.number}: {self.title}"


class LotCpv(models.Model):
    """A CPV code (Regulation (EC) 213/2008) that describes a lot."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="cpv_codes")
    code = models.CharField("CPV-Code", max_length=10)

    class Meta:
        verbose_name = "CPV-Code"
        verbose_name_plural = "CPV-Codes"
        constraints = (
            models.UniqueConstraint(fields=("lot", "code"), name="agreements_lot_cpv_unique"),
        )

    def __str__(self) -> str:
        return self.code
