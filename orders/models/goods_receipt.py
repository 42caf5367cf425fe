"""Goods receipts (Wareneingang): what arrived of a call-off."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership

from .call_off import CallOff, CallOffAssignment, CallOffLine


class GoodsReceipt(models.Model):
    """One delivery as the buyer recorded it. Append-only.

    `token` tells a form or call that is sent again; what was written before has none.
    """

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="receipts")
    number = models.PositiveSmallIntegerField("Nr.")
    token = models.UUIDField("Formular oder Aufruf", null=True)
    delivery_note = models.CharField("Lieferschein", max_length=60, blank=True)
    received_on = models.DateField("eingegangen am")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField("erfasst am")

    class Meta:
        verbose_name = "Wareneingang"
        verbose_name_plural = "Wareneingänge"
        ordering = ("call_off", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("call_off", "number"), name="orders_receipt_number_unique"
            ),
            models.UniqueConstraint(
                fields=("call_off", "token"), name="orders_receipt_once_per_token"
            ),
        )

    def __str__(self) -> str:
        return f"{self.call_off_id} Wareneingang {self.number}"


class ReceivedLine(models.Model):
    """Quantity of one line that arrived."""

    receipt = models.ForeignKey(GoodsReceipt, models.PROTECT, related_name="lines")
    line = models.ForeignKey(CallOffLine, models.PROTECT, related_name="received_lines")
    quantity = models.PositiveIntegerField("Menge")

    class Meta:
        verbose_name = "eingegangene Zeile"
        verbose_name_plural = "eingegangene Zeilen"
        constraints = (
            models.UniqueConstraint(fields=("receipt", "line"), name="orders_received_line_unique"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_received_quantity_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.quantity}"


class ReceivedShare(models.Model):
    """What a received line is worth to one account assignment (EUR)."""

    received_line = models.ForeignKey(ReceivedLine, models.PROTECT, related_name="shares")
    assignment = models.ForeignKey(
        CallOffAssignment, models.PROTECT, related_name="received_shares"
    )
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "eingegangene Kontierung"
        verbose_name_plural = "eingegangene Kontierungen"
        constraints = (
            models.UniqueConstraint(
                fields=("received_line", "assignment"), name="orders_received_share_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.net}"
