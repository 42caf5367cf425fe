"""Charges per period: how long a service runs and which fiscal years bear it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from .apportionment import largest_remainder
from .checks import check_periods
from .money import Money


def service_end(service_from: date, months: int) -> date:
    """Return the last day of a service of `months` months (§§ 187 (2), 188 (2), (3) BGB).

    It is the day before the one that bears the same number; where the last month is too
    short for that, its last day: 12 months from 1 August end on 31 July, one month from
    31 January ends on the last of February. Raises `InvalidPeriods`.
    """
    check_periods(months)
    year, month = _month_after(service_from, months)
    following = date(*_month_after(date(year, month, 1), 1), 1)
    last = following - timedelta(days=1)
    if service_from.day > last.day:
        return last
    return date(year, month, service_from.day) - timedelta(days=1)


def split_by_fiscal_year(net: Money, service_from: date, months: int) -> dict[int, Money]:
    """Cut `net` (EUR) over the fiscal years of a service, by whole months.

    The fiscal year is the calendar year. A month of service belongs to the
    year in which it begins. Cut by largest remainder, so the years sum to `net` exactly.
    Raises `InvalidPeriods`, and `AllocationError` when `net` is finer than cents.
    """
    check_periods(months)
    in_year = Counter(_month_after(service_from, number)[0] for number in range(months))
    parts = largest_remainder(net, list(in_year.values()))
    return dict(zip(in_year, parts, strict=True))


def _month_after(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1
