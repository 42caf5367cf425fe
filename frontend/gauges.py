"""Geometry and words of the two pictures of a limit: the meter and the plot.

Both pictures only repeat what stands beside them in words or in a table; nobody
has to read a colour or a length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from contracts.agreements.caps.use import MARKS
from frontend.formatting import format_amount, format_percent, format_short_amount

HUNDRED = Decimal(100)
BAR_WIDTH = Decimal(1000)
SMALLEST_VISIBLE = Decimal(6)
PLOT_WIDTH = Decimal(600)
PLOT_HEIGHT = Decimal(200)
WARNING_LEVELS = tuple(Decimal(mark) for mark in MARKS)


def svg_number(value: Decimal) -> str:
    """Return a coordinate with one decimal and a point, whatever the locale."""
    return f"{value.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):f}"


@dataclass(frozen=True)
class Meter:
    """What is posted, held and free under one limit.

    `limit` is None where another account binds (a budget line in a pool).
    """

    label: str
    limit: Decimal | None
    held: Decimal
    posted: Decimal
    unit: str = "EUR"

    @property
    def bound(self) -> Decimal:
        return self.held + self.posted

    @property
    def free(self) -> Decimal | None:
        """What is left; negative when overdrawn; None without a limit of its own."""
        return None if self.limit is None else self.limit - self.bound

    @property
    def percent(self) -> Decimal | None:
        """Bound share of the limit in per cent; None where there is none to take it of."""
        return self.bound * HUNDRED / self.limit if self.limit else None

    @property
    def level(self) -> str:
        """none, ok, notice (70 %), warning (85 %), critical (95 %) or over."""
        if self.limit is None:
            return "none"
        if self.bound > self.limit:
            return "over"
        percent = HUNDRED if self.percent is None else self.percent
        reached = sum(percent >= level for level in WARNING_LEVELS)
        return ("ok", "notice", "warning", "critical")[reached]

    @property
    def level_words(self) -> str:
        """The level as a person reads it; empty while nothing is worth saying."""
        if self.level == "over":
            return "überzogen"
        if self.level == "critical" and self.free == 0:
            return "ausgeschöpft"
        return {
            "notice": "über 70 % gebunden",
            "warning": "über 85 % gebunden",
            "critical": "über 95 % gebunden",
        }.get(self.level, "")

    @property
    def sentence(self) -> str:
        """The whole meter in one sentence."""
        bound = format_amount(self.bound, self.unit)
        if self.limit is None or self.free is None:
            return f"{bound} gebunden; die Grenze setzt der Deckungskreis."
        limit = format_amount(self.limit, self.unit)
        if self.free < 0:
            return f"Um {format_amount(-self.free, self.unit)} überzogen: {bound} von {limit}."
        return f"Noch {format_amount(self.free, self.unit)} von {limit} frei."

    @property
    def description(self) -> str:
        """Posted, held and free, for the description of the picture."""
        parts = [
            f"{format_amount(self.posted, self.unit)} gebucht",
            f"{format_amount(self.held, self.unit)} vorgemerkt",
        ]
        if self.free is not None and self.free >= 0:
            parts.append(f"{format_amount(self.free, self.unit)} frei")
        if self.percent is not None:
            parts.append(f"{format_percent(self.percent)} gebunden")
        return ", ".join(parts) + "."

    @property
    def bars(self) -> list[dict[str, str]]:
        """Bars from left to right on a width of 1000: posted, held, and the limit when passed."""
        scale = max(self.limit or Decimal(0), self.bound)
        if scale <= 0:
            return []
        bars, left = [], Decimal(0)
        for name, amount in (("posted", self.posted), ("held", self.held)):
            if amount <= 0:
                continue
            width = max(amount * BAR_WIDTH / scale, SMALLEST_VISIBLE)
            left = min(left, BAR_WIDTH - width)
            bars.append({"name": name, "x": svg_number(left), "width": svg_number(width)})
            left += width
        return bars

    @property
    def limit_mark(self) -> str:
        """Where the limit lies on the bar when more than it is bound; else empty."""
        if self.limit is None or self.bound <= self.limit:
            return ""
        return svg_number(self.limit * BAR_WIDTH / self.bound)


@dataclass(frozen=True)
class PlotPoint:
    """What was posted and held at the end of a day."""

    day: date
    posted: Decimal
    held: Decimal = Decimal(0)

    @property
    def bound(self) -> Decimal:
        return self.posted + self.held


@dataclass(frozen=True)
class CapPlot:
    """Use of one limit over time, with its 70/85/95 % lines and the forecast."""

    points: Sequence[PlotPoint]
    limit: Decimal
    unit: str = "EUR"
    exhausted_on: date | None = None

    @property
    def first_day(self) -> date:
        return self.points[0].day

    @property
    def last_day(self) -> date:
        last = self.points[-1].day
        return max(last, self.exhausted_on) if self.exhausted_on else last

    @property
    def top(self) -> Decimal:
        """Amount at the upper edge: the limit, or the peak where that is higher."""
        return max([self.limit, *(point.bound for point in self.points)]) or Decimal(1)

    def _x(self, day: date) -> Decimal:
        span = (self.last_day - self.first_day).days or 1
        return PLOT_WIDTH * (day - self.first_day).days / span

    def _y(self, amount: Decimal) -> Decimal:
        return PLOT_HEIGHT - PLOT_HEIGHT * amount / self.top

    def _at(self, day: date, amount: Decimal) -> str:
        return f"{svg_number(self._x(day))},{svg_number(self._y(amount))}"

    @property
    def bound_line(self) -> str:
        return " ".join(self._at(point.day, point.bound) for point in self.points)

    @property
    def posted_area(self) -> str:
        """The area below what is posted, closed along the base line."""
        line = [self._at(point.day, point.posted) for point in self.points]
        first, last = self.points[0].day, self.points[-1].day
        return " ".join([self._at(first, Decimal(0)), *line, self._at(last, Decimal(0))])

    @property
    def forecast_line(self) -> str:
        """From the last known point to the day the limit would be reached; may be empty."""
        if self.exhausted_on is None or self.exhausted_on <= self.points[-1].day:
            return ""
        last = self.points[-1]
        return f"{self._at(last.day, last.bound)} {self._at(self.exhausted_on, self.limit)}"

    @property
    def level_lines(self) -> list[dict[str, str]]:
        """The limit and its warning levels as heights."""
        levels = [("limit", HUNDRED), *((f"level-{level}", level) for level in WARNING_LEVELS)]
        return [
            {"name": name, "y": svg_number(self._y(self.limit * share / HUNDRED))}
            for name, share in levels
        ]

    @property
    def axis(self) -> list[str]:
        """Labels of the upright axis from top to base."""
        return [
            format_short_amount(self.top * Decimal(part) / 4, self.unit) for part in (4, 3, 2, 1, 0)
        ]
