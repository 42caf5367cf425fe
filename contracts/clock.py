"""The day of the rules is the date in Europe/Berlin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def berlin_day(moment: datetime) -> date:
    """Return the Berlin date of an aware moment."""
    return moment.astimezone(BERLIN).date()


def working_days_after(day: date, days: int) -> date:
    """Count Monday to Friday; public holidays differ by place and are not left out."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
