"""The counter of a rotation, and the marks at which a cap warned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.ledger.models import LimitAccount

from .award import Award
from .lot import Lot


class RotationCounter(models.Model):
    """How many turns a lot has given; locked before the limit accounts when one is taken.

    Each turn is written down with its call-off, so the counter can be audited.
    """

    lot = models.OneToOneField(
        Lot, models.PROTECT, primary_key=True, related_name="rotation_counter"
    )
    taken = models.PositiveIntegerField("vergebene Züge", default=0)
    last_award = models.ForeignKey(Award, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "Rotationszähler"
        verbose_name_plural = "Rotationszähler"

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.taken}"


class CapWarning(models.Model):
    """A warning mark (70, 85, 95 %) that a cap has reached; one open row per mark."""

    account = models.ForeignKey(LimitAccount, models.PROTECT, related_name="warnings")
    mark = models.PositiveSmallIntegerField("Marke (%)")
    raised_at = models.DateTimeField("erreicht am")
    cleared_at = models.DateTimeField("wieder unterschritten am", null=True, blank=True)

    class Meta:
        verbose_name = "Warnung"
        verbose_name_plural = "Warnungen"
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "mark"),
                condition=Q(cleared_at__isnull=True),
                name="agreements_one_open_warning_per_mark",
            ),
            models.CheckConstraint(
                condition=Q(mark__in=(70, 85, 95)), name="agreements_warning_mark_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id}: {self.mark} %"
