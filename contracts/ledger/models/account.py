"""The account of one limit: a cap, a quota or a budget."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q


class AccountKind(models.TextChoices):
    ITEM_QUANTITY = "item_quantity", "Höchstmenge der Position"
    AWARD_VALUE = "award_value", "Höchstwert des Zuschlags"
    LOT_VALUE = "lot_value", "Höchstwert des Loses"
    AGREEMENT_VALUE = "agreement_value", "Höchstwert der Rahmenvereinbarung"
    BUYER_QUOTA = "buyer_quota", "Kontingent"
    BUDGET = "budget", "Haushaltsansatz"


class Unit(models.TextChoices):
    EUR = "EUR", "Euro"
    PIECES = "PCE", "Stück"


class ClosedReason(models.TextChoices):
    """Why an account takes no holds; only what was closed as full opens by itself."""

    SUSPENDED = "suspended", "ausgesetzt"
    FULL = "full", "nichts Gelistetes passt mehr in den Rest"


class LimitAccount(models.Model):
    """A limit and what is bound under it.

    `held` and `posted` are written by a database trigger from the entries and by
    nothing else; the application's role has no right to change them (see
    docs/ledger.md). Caps never exceed their limit. A budget may lawfully be
    overdrawn by a freeze or a snapshot, but no operation may raise what is bound
    above the limit.
    """

    kind = models.CharField("Art", max_length=20, choices=AccountKind)
    unit = models.CharField("Einheit", max_length=3, choices=Unit, default=Unit.EUR)
    title = models.CharField("Bezeichnung", max_length=250)
    limit_amount = models.DecimalField(
        "Grenze", max_digits=18, decimal_places=2, default=Decimal(0)
    )
    held = models.DecimalField("vorgemerkt", max_digits=18, decimal_places=2, default=Decimal(0))
    posted = models.DecimalField("gebucht", max_digits=18, decimal_places=2, default=Decimal(0))
    is_open = models.BooleanField(
        "offen",
        default=True,
        help_text="Gesperrte Konten nehmen keine neuen Vormerkungen an.",
    )

    closed_reason = models.CharField(
        "gesperrt, weil", max_length=20, choices=ClosedReason, blank=True
    )

    class Meta:
        verbose_name = "Grenzkonto"
        verbose_name_plural = "Grenzkonten"
        constraints = (
            models.CheckConstraint(
                condition=Q(held__gte=0, posted__gte=0, limit_amount__gte=0),
                name="ledger_account_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.BUDGET) | Q(limit_amount__gte=F("held") + F("posted")),
                name="ledger_cap_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True) ^ ~Q(closed_reason=""),
                name="ledger_closed_has_reason",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def bound(self) -> Decimal:
        """What is held and posted together."""
        return self.held + self.posted

    @property
    def available(self) -> Decimal:
        """What still fits; negative on an overdrawn budget."""
        return self.limit_amount - self.held - self.posted

    @property
    def is_overdrawn(self) -> bool:
        """Whether more is bound than the limit allows, as a freeze may leave a budget."""
        return self.available < 0
