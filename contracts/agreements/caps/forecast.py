"""When a cap would be reached if use goes on as it did so far: a straight line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.ledger.models import LimitAccount

HORIZON = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Forecast:
    """rest × days since the start / bound = days left; `rest` and `bound` in the cap's unit.

    `day` is None beyond ten years.
    """

    rest: Decimal
    bound: Decimal
    days: int
    days_left: int
    day: date | None


def forecast(account: LimitAccount, *, since: date, on: date) -> Forecast | None:
    """The straight line through what was bound between *since* and the day.

    None while nothing is bound, on the first day, and when nothing is left to forecast.
    """
    days = (on - since).days
    if days <= 0 or account.bound <= 0 or account.available <= 0:
        return None
    left = int(account.available * days / account.bound)
    day = on + timedelta(days=left) if timedelta(days=left) < HORIZON else None
    return Forecast(account.available, account.bound, days, left, day)
