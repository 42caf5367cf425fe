"""How the balances of accounts came about, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncDate

from contracts.clock import BERLIN

from .models import LedgerEntry


@dataclass(frozen=True, slots=True)
class DayBalance:
    """What was posted and held at the end of a day (Europe/Berlin)."""

    day: date
    posted: Decimal
    held: Decimal


def daily_balances(account_ids: Collection[int]) -> dict[int, list[DayBalance]]:
    """Balances at the end of every day with a movement, oldest first, in one query."""
    rows = (
        LedgerEntry.objects.filter(account_id__in=account_ids)
        .annotate(day=TruncDate("at", tzinfo=BERLIN))
        .order_by("account_id", "day")
        .values_list("account_id", "day")
        .annotate(posted=Sum("delta_posted"), held=Sum("delta_held"))
    )
    found: dict[int, list[DayBalance]] = defaultdict(list)
    for account_id, day, posted, held in rows:
        before = found[account_id][-1] if found[account_id] else DayBalance(day, _ZERO, _ZERO)
        found[account_id].append(DayBalance(day, before.posted + posted, before.held + held))
    return dict(found)


_ZERO = Decimal(0)
