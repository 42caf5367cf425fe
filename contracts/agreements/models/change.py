"""Price changes: notice, effective day, evidence, and who agreed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership

from .item import ContractItem


class PriceChangeState(models.TextChoices):
    PROPOSED = "proposed", "vorgeschlagen"
    ACCEPTED = "accepted", "angenommen"
    REJECTED = "rejected", "abgelehnt"


class PriceChange(models.Model):
    """A proposed change of an item's price and its decision by two people.

    Outside the price clause it belongs to the change register of § 132 GWB.
    """

    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="price_changes")
    number = models.CharField("Änderungsnummer", max_length=40, unique=True)
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("vorgeschlagen am")
    effective_from = models.DateField("wirksam ab")
    evidence = models.TextField("Begründung und Nachweis")
    within_clause = models.BooleanField("innerhalb der Preisklausel", default=True)
    state = models.CharField(
        "Stand", max_length=10, choices=PriceChangeState, default=PriceChangeState.PROPOSED
    )
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Preisänderung"
        verbose_name_plural = "Preisänderungen"
        constraints = (
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("decided_by")),
                name="agreements_change_second_person",
            ),
        )

    def __str__(self) -> str:
        return self.number
