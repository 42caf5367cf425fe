"""Dated substitution (Vertretung): who signs for whom, from when until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership


class Delegation(models.Model):
    """A deputy signs with the role and the limit of the delegator's membership.

    It names a membership and not another delegation, so there are no chains. One deputy
    at a time: `orders_delegation_one_deputy` excludes overlapping days.
    """

    delegator = models.ForeignKey(
        Membership, models.PROTECT, related_name="delegations", verbose_name="Vertretene"
    )
    delegator_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deputyships",
        verbose_name="Vertretung",
    )
    valid_from = models.DateField("von")
    valid_to = models.DateField("bis")
    reason = models.CharField("Anlass", max_length=200, blank=True)
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("eingerichtet am")
    revoked_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField("aufgehoben am", null=True, blank=True)

    class Meta:
        verbose_name = "Vertretung"
        verbose_name_plural = "Vertretungen"
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")),
                name="orders_delegation_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(deputy=models.F("delegator_person")),
                name="orders_delegation_to_somebody_else",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy} für {self.delegator_person}"
