"""The steps of a price: where they lie, where a gap stays open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from frontend.price_plot import PricePlot, PriceStep

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
TODAY = date(2026, 7, 1)


def step(lower: date, upper: date | None, price: str) -> PriceStep:
    return PriceStep(lower, upper, Decimal(price))


def test_a_change_is_a_step_up_in_one_line() -> None:
    plot = PricePlot([step(JANUARY, MARCH, "100"), step(MARCH, None, "110")], [], TODAY)
    (line,) = plot.first_lines
    points = [tuple(map(float, point.split(","))) for point in line.split()]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    assert (x0, x3) == (0, 600)
    assert x1 == x2
    assert y0 == y1 > y2 == y3


def test_days_without_a_price_stay_open() -> None:
    plot = PricePlot([step(JANUARY, MARCH, "100"), step(MAY, None, "100")], [], TODAY)
    assert len(plot.first_lines) == 2


def test_one_percent_is_seen() -> None:
    plot = PricePlot([step(JANUARY, MARCH, "100"), step(MARCH, None, "101")], [], TODAY)
    heights = {point.split(",")[1] for point in plot.first_lines[0].split()}
    low, high = sorted(map(float, heights))
    assert high - low > 100


def test_a_price_to_come_is_on_the_picture() -> None:
    later = date(2026, 12, 1)
    plot = PricePlot([step(JANUARY, later, "100"), step(later, None, "90")], [], TODAY)
    assert plot.last_day > later
    assert plot.first_lines[0].split()[-1].startswith("600.0,")


def test_a_constant_price_has_room_above_and_below() -> None:
    plot = PricePlot([step(JANUARY, None, "0.045")], [], TODAY)
    assert plot.first_lines == ["0.0,100.0 600.0,100.0"]
    assert len(plot.axis) == 5
    assert "0,0450" in plot.axis[2]


def test_cheapest_tier_lies_below_the_first() -> None:
    plot = PricePlot([step(JANUARY, None, "429")], [step(JANUARY, None, "411.5")], TODAY)
    first = float(plot.first_lines[0].split()[0].split(",")[1])
    best = float(plot.best_lines[0].split()[0].split(",")[1])
    assert best > first
