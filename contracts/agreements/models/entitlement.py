"""Who may buy under an agreement (CJEU C-216/17: buyers must be named)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.ledger.models import LimitAccount
from contracts.parties.models import Organisation

from .agreement import FrameworkAgreement
from .lot import Lot


class BuyerEntitlement(models.Model):
    """A named buyer of an agreement, or of one lot of it, over a range of days.

    Two ranges of one buyer for one scope do not overlap (exclusion constraint
    `agreements_entitlement_no_overlap`).
    """

    agreement = models.ForeignKey(FrameworkAgreement, models.PROTECT, related_name="entitlements")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="entitlements")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="entitlements")
    valid_from = models.DateField("berechtigt ab")
    valid_to = models.DateField("berechtigt bis", null=True, blank=True)
    quota = models.OneToOneField(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="entitlement"
    )

    class Meta:
        verbose_name = "Abrufberechtigung"
        verbose_name_plural = "Abrufberechtigungen"
        constraints = (
            models.UniqueConstraint(
                fields=("agreement", "lot", "buyer", "valid_from"),
                nulls_distinct=False,
                name="agreements_entitlement_unique",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreements_entitlement_dates",
            ),
        )
        indexes = (models.Index(fields=("buyer", "agreement", "lot")),)

    def __str__(self) -> str:
        return f"{self.buyer} – {self.agreement}"
