"""What of a call-off was delivered, what was taken back, and what it gave back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership

from .call_off import CallOff, CallOffAssignment, CallOffLine


class CallOffLineProgress(models.Model):
    """Delivered and cancelled quantity of a line; together never more than was ordered."""

    line = models.OneToOneField(
        CallOffLine, models.PROTECT, primary_key=True, related_name="progress"
    )
    ordered = models.PositiveIntegerField("bestellt")
    delivered = models.PositiveIntegerField("geliefert", default=0)
    cancelled = models.PositiveIntegerField("storniert", default=0)

    class Meta:
        verbose_name = "Stand der Abrufzeile"
        verbose_name_plural = "Stand der Abrufzeilen"
        constraints = (
            models.CheckConstraint(
                condition=Q(ordered__gte=F("delivered") + F("cancelled")),
                name="orders_line_not_over_ordered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.delivered} + {self.cancelled} von {self.ordered}"

    @property
    def open(self) -> int:
        """What can still be delivered or cancelled."""
        return self.ordered - self.delivered - self.cancelled


class CancellationCause(models.TextChoices):
    """Why a quantity will not come."""

    CANCELLED = "cancelled", "vom Käufer storniert"
    REFUSED = "refused", "vom Lieferanten abgelehnt"
    TIMED_OUT = "timed_out", "nicht fristgerecht bestätigt"
    CLOSED_SHORT = "closed_short", "Restmenge aufgegeben"


class Cancellation(models.Model):
    """One taking back of what was not delivered; gives back exactly that. Append-only.

    `token` tells a form or call that is sent again; a refusal and a time-out have none, the
    call-off takes them once.
    """

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="cancellations")
    number = models.PositiveSmallIntegerField("Nr.")
    token = models.UUIDField("Formular oder Aufruf", null=True)
    cause = models.CharField("Anlass", max_length=12, choices=CancellationCause)
    reason = models.CharField("Begründung", max_length=250)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("am")
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "Stornierung"
        verbose_name_plural = "Stornierungen"
        ordering = ("call_off", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("call_off", "number"), name="orders_cancellation_number_unique"
            ),
            models.UniqueConstraint(
                fields=("call_off", "token"), name="orders_cancellation_once_per_token"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="orders_cancellation_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.call_off_id} Storno {self.number}"


class CancelledLine(models.Model):
    """Quantity and value (EUR) of one line that a cancellation gave back."""

    cancellation = models.ForeignKey(Cancellation, models.PROTECT, related_name="lines")
    line = models.ForeignKey(CallOffLine, models.PROTECT, related_name="cancelled_lines")
    quantity = models.PositiveIntegerField("Menge")
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "stornierte Zeile"
        verbose_name_plural = "stornierte Zeilen"
        constraints = (
            models.UniqueConstraint(
                fields=("cancellation", "line"), name="orders_cancelled_line_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_cancelled_quantity_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.quantity}"


class CancelledShare(models.Model):
    """What a cancelled line gave back to one account assignment (EUR)."""

    cancelled_line = models.ForeignKey(CancelledLine, models.PROTECT, related_name="shares")
    assignment = models.ForeignKey(
        CallOffAssignment, models.PROTECT, related_name="cancelled_shares"
    )
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    bound = models.DecimalField("frei gegeben", max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "stornierte Kontierung"
        verbose_name_plural = "stornierte Kontierungen"
        constraints = (
            models.UniqueConstraint(
                fields=("cancelled_line", "assignment"), name="orders_cancelled_share_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.bound}"
