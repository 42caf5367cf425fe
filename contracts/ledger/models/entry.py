"""Append-only entries of the ledger."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership

from .account import LimitAccount


class EntryKind(models.TextChoices):
    HOLD = "hold", "Vormerkung"
    POST = "post", "Buchung"
    VOID = "void", "Auflösung"
    ADJUST = "adjust", "Änderung der Grenze"
    REVERSE = "reverse", "Storno"


class LedgerEntry(models.Model):
    """One movement. The three deltas of all entries add up to the account's balances.

    `resolves` names the hold that a post or void ends, or the post that a reverse
    takes back. A hold can be ended once (partial unique constraint); triggers refuse
    any update or delete, a foreign hold and a reverse beyond what was posted.
    """

    account = models.ForeignKey(LimitAccount, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    delta_limit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    delta_held = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    delta_posted = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    resolves = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="resolutions"
    )
    reference = models.CharField(max_length=80)
    document = models.CharField(max_length=250, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "Buchungszeile"
        verbose_name_plural = "Buchungszeilen"
        # Few among millions, and read for every account that a page shows.
        indexes = (
            models.Index(
                fields=("account", "id"),
                condition=Q(kind=EntryKind.ADJUST),
                name="ledger_entry_adjustments",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("reference", "account", "kind"), name="ledger_entry_reference_unique"
            ),
            models.UniqueConstraint(
                fields=("resolves",),
                condition=Q(kind__in=(EntryKind.POST, EntryKind.VOID)),
                name="ledger_hold_resolved_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        kind=EntryKind.HOLD,
                        delta_held__gt=0,
                        delta_posted=0,
                        delta_limit=0,
                        resolves__isnull=True,
                    )
                    | Q(
                        kind=EntryKind.POST,
                        delta_held__lt=0,
                        delta_posted__gt=0,
                        delta_limit=0,
                        resolves__isnull=False,
                    )
                    | Q(
                        kind=EntryKind.VOID,
                        delta_held__lt=0,
                        delta_posted=0,
                        delta_limit=0,
                        resolves__isnull=False,
                    )
                    | Q(
                        kind=EntryKind.REVERSE,
                        delta_held=0,
                        delta_posted__lt=0,
                        delta_limit=0,
                        resolves__isnull=False,
                    )
                    | Q(
                        kind=EntryKind.ADJUST,
                        delta_held=0,
                        delta_posted=0,
                        resolves__isnull=True,
                    )
                ),
                name="ledger_entry_shape",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"
