"""What was held and posted on an account, by day."""

from __future__ import annotations

from django.db import models

from .account import LimitAccount


class DayMovement(models.Model):
    """By how much an account's balances changed on a day (Europe/Berlin).

    Kept for the value caps of agreements and lots, whose course is drawn: their entries are
    millions, their days are few. Written by the trigger that writes the balances, and by
    nothing else.
    """

    account = models.ForeignKey(
        LimitAccount, models.PROTECT, related_name="days", db_index=False
    )  # the constraint's index begins with it
    day = models.DateField("Tag")
    held = models.DecimalField("vorgemerkt", max_digits=18, decimal_places=2)
    posted = models.DecimalField("gebucht", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = "Tagesbewegung"
        verbose_name_plural = "Tagesbewegungen"
        ordering = ("account", "day")
        constraints = (models.UniqueConstraint(fields=("account", "day"), name="ledger_day_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
