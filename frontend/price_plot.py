"""Geometry of a price over time, drawn as steps. Pure.

The picture repeats the table beside it; nobody has to read a length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from frontend.formatting import format_unit_price
from frontend.gauges import PLOT_HEIGHT, PLOT_WIDTH, svg_number

_MARGIN = Decimal("0.1")
_AFTERWARDS = timedelta(days=30)
AXIS_PARTS = (4, 3, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price of one unit from a day on, to before another (None: without an end)."""

    lower: date
    upper: date | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class PricePlot:
    """Steps of the first tier and, where there are more, of the cheapest one."""

    first: Sequence[PriceStep]
    best: Sequence[PriceStep]
    until: date

    @property
    def first_day(self) -> date:
        return min(step.lower for step in self.first)

    @property
    def last_day(self) -> date:
        """Today, or a month after the last step where it is still to come."""
        return max(self.until, max(step.lower for step in self.first) + _AFTERWARDS)

    @property
    def _range(self) -> tuple[Decimal, Decimal]:
        """Lowest and highest price with a margin: a step of one percent stays visible."""
        prices = [step.price for step in (*self.first, *self.best)]
        low, high = min(prices), max(prices)
        margin = (high - low) * _MARGIN or high * _MARGIN
        return max(low - margin, Decimal(0)), high + margin

    def _x(self, day: date) -> Decimal:
        span = (self.last_day - self.first_day).days or 1
        return PLOT_WIDTH * (day - self.first_day).days / span

    def _y(self, price: Decimal) -> Decimal:
        low, high = self._range
        return PLOT_HEIGHT - PLOT_HEIGHT * (price - low) / (high - low)

    def _line(self, steps: Sequence[PriceStep]) -> list[str]:
        """One line per unbroken run of steps; a gap without a price stays open."""
        runs: list[list[str]] = []
        end: date | None = None
        for step in steps:
            if step.lower != end or not runs:
                runs.append([])
            upper = min(step.upper or self.last_day, self.last_day)
            height = svg_number(self._y(step.price))
            runs[-1] += [f"{svg_number(self._x(day))},{height}" for day in (step.lower, upper)]
            end = step.upper
        return [" ".join(run) for run in runs]

    @property
    def first_lines(self) -> list[str]:
        return self._line(self.first)

    @property
    def best_lines(self) -> list[str]:
        return self._line(self.best)

    @property
    def axis(self) -> list[str]:
        """Labels of the upright axis from top to base."""
        low, high = self._range
        return [format_unit_price(low + (high - low) * Decimal(part) / 4) for part in AXIS_PARTS]
