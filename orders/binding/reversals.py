"""Giving posted amounts back: the counter entries to what a call-off bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.ledger.errors import UnknownEntry
from contracts.ledger.models import EntryKind, LedgerEntry, Unit
from contracts.ledger.movements import reverse
from contracts.ledger.requests import Reverse
from contracts.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Amount:
    """What comes back under a ledger reference: pieces on quantity caps, else EUR."""

    pieces: int
    euros: Decimal

    def on(self, unit: str) -> Decimal:
        return Decimal(self.pieces) if unit == Unit.PIECES else self.euros


def reverse_posts(
    amounts: Mapping[str, Amount], *, mark: str, by: Membership | None, now: datetime
) -> None:
    """Give back what each reference names, from every account it was posted on.

    The posts are found by reference: whatever was bound at issue is what is freed, also
    where entitlements or caps have changed since. `mark` sets this give-back apart from
    others of the same references. Raises UnknownEntry where money is to come back and
    nothing was posted, ReverseTooLarge and DuplicateReference.
    """
    posts = list(
        LedgerEntry.objects.filter(reference__in=amounts, kind=EntryKind.POST)
        .select_related("account")
        .order_by("pk")
    )
    wanted = {reference for reference, amount in amounts.items() if amount.euros > 0}
    if missing := wanted - {post.reference for post in posts}:
        raise UnknownEntry(f"Nothing was posted for {sorted(missing)}")
    reverses = [
        Reverse(post.pk, amount, f"{post.reference}:{mark}")
        for post in posts
        if (amount := amounts[post.reference].on(post.account.unit)) > 0
    ]
    if reverses:
        reverse(reverses, by=by, now=now)
