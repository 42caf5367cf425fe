"""What was called off before this shop existed: bound at once, by one document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from contracts.ledger.movements import hold, settle
from contracts.ledger.requests import Hold, Post
from contracts.parties.models import Membership
from contracts.pricing import round_half_up

from .agreements import Agreements
from .days import Days, start_of
from .plans import PRINTERS_NUMBER, SCHOOL_IT_NUMBER

# What earlier call-offs took of each lot's maximum, and of the capped items in pieces. The
# printers stand at 87 % of lot and agreement.
_ADOPTED_SHARES: Mapping[tuple[str, int], Decimal] = {
    (SCHOOL_IT_NUMBER, 1): Decimal("0.38"),
    (SCHOOL_IT_NUMBER, 2): Decimal("0.29"),
    (SCHOOL_IT_NUMBER, 3): Decimal("0.71"),
    (SCHOOL_IT_NUMBER, 4): Decimal("0.24"),
    (SCHOOL_IT_NUMBER, 5): Decimal("0.22"),
    (PRINTERS_NUMBER, 1): Decimal("0.87"),
}
_ADOPTED_PIECES: Mapping[str, int] = {"1.1": 21_400, "2.1": 7_900, "2.2": 1_750}


def adopt_earlier_call_offs(agreements: Agreements, manager: Membership, days: Days) -> None:
    """Bind what was called off before this shop existed, posted once by a document."""
    now, document = start_of(days.first_of(1)), "Übernahme Altbestand"
    holds = [Hold(key, amount, document) for key, amount in _adopted(agreements).items()]
    entries = hold(holds, by=manager, now=now)
    settle(
        posts=[
            Post(entries[f"{row.account_id}:{document}"], row.amount, document) for row in holds
        ],
        by=manager,
        now=now,
    )


def _adopted(agreements: Agreements) -> dict[int, Decimal]:
    """What is adopted per limit account: net EUR, or pieces."""
    amounts: dict[int, Decimal] = {}
    for number, agreement in agreements.agreements.items():
        lots = {lot.number: lot for lot in agreement.lots.select_related("account")}
        values = {
            lot.account_id: round_half_up(lot.account.limit_amount * _ADOPTED_SHARES[number, key])
            for key, lot in lots.items()
            if (number, key) in _ADOPTED_SHARES
        }
        if values and agreement.account_id is not None:
            amounts |= values
            amounts[agreement.account_id] = sum(values.values(), Decimal(0))
    first = agreements.awards[SCHOOL_IT_NUMBER, 2, 1]
    if first.account_id is not None:
        amounts[first.account_id] = amounts[first.lot.account_id]
    for shelf in agreements.shelves:
        pieces = _ADOPTED_PIECES.get(shelf.item.number)
        if pieces is not None and shelf.item.account_id is not None:
            amounts[shelf.item.account_id] = Decimal(pieces)
    return amounts
