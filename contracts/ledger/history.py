"""How the balances of value caps came about, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .models import AccountKind, DayMovement

KEPT_BY_DAY = (AccountKind.AGREEMENT_VALUE, AccountKind.LOT_VALUE)
"""Whose days the trigger keeps (`ledger_apply_entries`)."""


@dataclass(frozen=True, slots=True)
class DayBalance:
    """What was posted and held at the end of a day (Europe/Berlin)."""

    day: date
    posted: Decimal
    held: Decimal


def daily_balances(account_ids: Collection[int]) -> dict[int, list[DayBalance]]:
    """Balances at the end of every day with a movement, oldest first, in one query.

    Of accounts that are KEPT_BY_DAY; it reads a row per day, not the entries.
    """
    rows = DayMovement.objects.filter(account_id__in=account_ids).order_by("account_id", "day")
    found: dict[int, list[DayBalance]] = defaultdict(list)
    for row in rows:
        before = found[row.account_id][-1] if found[row.account_id] else _EMPTY
        found[row.account_id].append(
            DayBalance(row.day, before.posted + row.posted, before.held + row.held)
        )
    return dict(found)


_EMPTY = DayBalance(date.min, Decimal(0), Decimal(0))
