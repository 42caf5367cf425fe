"""What a sweep could not do, until it can."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class SweepFailure(models.Model):
    """An item that fails, how often it was tried, and when it is tried next.

    The row goes when the item succeeds or is no longer due.
    """

    sweep = models.CharField("Arbeit", max_length=60)
    item = models.CharField("Gegenstand", max_length=150)
    tries = models.PositiveIntegerField("Versuche")
    first_at = models.DateTimeField("seit")
    last_at = models.DateTimeField("zuletzt")
    next_at = models.DateTimeField("nächster Versuch")
    reason = models.TextField("Grund")

    class Meta:
        verbose_name = "Fehlschlag"
        verbose_name_plural = "Fehlschläge"
        ordering = ("first_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("sweep", "item"), name="sweeps_failure_once"),
            models.CheckConstraint(
                condition=Q(tries__gte=1, last_at__gte=F("first_at")),
                name="sweeps_failure_was_tried",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sweep} {self.item}"
