"""The day of the rules is the date in Europe/Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
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


def start_of_day(day: date) -> datetime:
    """The first moment of a Berlin day."""
    return datetime.combine(day, time.min, BERLIN).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last second of a Berlin day: with it a deadline in days ends (§ 188 (1) BGB)."""
    return datetime.combine(day, time(23, 59, 59), BERLIN).astimezone(UTC)


def days_later(moment: datetime, days: int) -> datetime:
    """The end of the Berlin day that comes *days* after that of the moment (§ 187 (1) BGB).

    Counted in days and not in hours, so it ends at midnight also across a change of the clock.
    """
    return end_of_day(berlin_day(moment) + timedelta(days=days))
