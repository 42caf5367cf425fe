"""How the allocation rule of a lot came to a supplier, step by step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.agreements.models import AllocationRule, Award, Lot
from contracts.parties.models import Membership

from .call_off import CallOff
from .requisition import Requisition


class AllocationOutcome(models.TextChoices):
    TAKEN = "taken", "erhält den Abruf"
    SKIPPED = "skipped", "übergangen"
    EXHAUSTED = "exhausted", "eigener Höchstwert ausgeschöpft"
    REFUSED = "refused", "hat abgelehnt"
    TIMED_OUT = "timed_out", "hat nicht fristgerecht bestätigt"


class AllocationStep(models.Model):
    """One award that was looked at, and what became of it. Append-only (trigger).

    `call_off` is the one the supplier got (taken) or gave back (refused, timed out), for
    a skipped award the one that somebody else got. `turn` is the number of the turn of a
    rotation.
    """

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="allocation_steps")
    call_off = models.ForeignKey(
        CallOff, models.PROTECT, null=True, blank=True, related_name="allocation_steps"
    )
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="allocation_steps")
    award = models.ForeignKey(Award, models.PROTECT, related_name="allocation_steps")
    rule = models.CharField("Vergaberegel", max_length=12, choices=AllocationRule.choices)
    outcome = models.CharField("Ergebnis", max_length=10, choices=AllocationOutcome)
    reason = models.CharField("Begründung", max_length=250)
    turn = models.PositiveIntegerField("Zug", null=True, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("am")

    class Meta:
        verbose_name = "Vergabeschritt"
        verbose_name_plural = "Vergabeschritte"
        ordering = ("pk",)
        indexes = (models.Index(fields=("lot", "id")),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""), name="orders_allocation_step_has_reason"
            ),
            models.UniqueConstraint(
                fields=("lot", "turn"),
                condition=Q(turn__isnull=False),
                name="orders_turn_taken_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.award_id}: {self.outcome}"
