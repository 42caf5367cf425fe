"""The days of the demo world, all counted from the moment of the first seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contracts.clock import BERLIN, berlin_day


@dataclass(frozen=True, slots=True)
class Days:
    """Dates and moments relative to the first seed, so that a second run finds the same."""

    seeded_at: datetime

    @property
    def today(self) -> date:
        """The Berlin day of the first seed."""
        return berlin_day(self.seeded_at)

    @property
    def year(self) -> int:
        return self.today.year

    def first_of(self, month: int, *, years: int = 0) -> date:
        """The first day of a month, `years` after (or before) the year of the seed."""
        return date(self.year + years, month, 1)

    def ago(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A working hour `days` before the seed, never before its year nor after the seed.

        Budgets of the demo begin with the year of the seed, so nothing may be earlier.
        Weekends move back to Friday.
        """
        day = self.today - timedelta(days=days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        day = max(day, date(self.year, 1, 1))
        return min(datetime.combine(day, time(hour, minute), BERLIN), self.seeded_at)


def start_of(day: date) -> datetime:
    """Nine o'clock in Berlin on that day."""
    return datetime.combine(day, time(9), BERLIN)
