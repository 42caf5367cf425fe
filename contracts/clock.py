"""The day of the rules is the date in Europe/Berlin."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def berlin_day(moment: datetime) -> date:
    """Return the Berlin date of an aware moment."""
    return moment.astimezone(BERLIN).date()
