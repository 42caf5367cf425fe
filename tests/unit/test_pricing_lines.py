"""Line amounts, parts, rounding, discounts and tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.pricing import (
    InvalidDiscount,
    InvalidPeriods,
    InvalidPrice,
    InvalidPriceUnit,
    InvalidQuantity,
    Tier,
    TierOrderError,
    active_tier,
    discounted,
    line_net,
    part_net,
    round_half_up,
)

TABLET = [Tier(1, Decimal(365)), Tier(500, Decimal(352))]


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("0.015", 2, "0.02"),
        ("2.675", 2, "2.68"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999999999999999999999999999999", 2, "0.00"),
        ("12345678901234567890123456789.125", 2, "12345678901234567890123456789.13"),
        ("1.00005", 4, "1.0001"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, expected: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == expected


def test_there_is_no_negative_zero() -> None:
    assert str(round_half_up(Decimal("-0.001"))) == "0.00"


@pytest.mark.parametrize(
    ("quantity", "price", "price_unit", "periods", "expected"),
    [
        (3, "0.045", 1, 1, "0.14"),
        (500, "352", 1, 1, "176000.00"),
        (499, "365", 1, 1, "182135.00"),
        (250, "4.9900", 100, 1, "12.48"),
        (1, "29", 1, 48, "1392.00"),
        (1, "0.0050", 1, 1, "0.01"),
        (1, "0.0049", 1, 1, "0.00"),
        (1, "10.0000", 3, 1, "3.33"),
    ],
)
def test_line_net(quantity: int, price: str, price_unit: int, periods: int, expected: str) -> None:
    assert str(line_net(quantity, Decimal(price), price_unit, periods)) == expected


def test_parts_are_worth_the_difference_of_cumulative_line_nets() -> None:
    parts = [part_net(done, 1, Decimal("0.045")) for done in range(3)]
    assert parts == [Decimal("0.05"), Decimal("0.04"), Decimal("0.05")]
    assert sum(parts) == line_net(3, Decimal("0.045")) == Decimal("0.14")


def test_a_part_heeds_price_unit_and_periods() -> None:
    assert part_net(100, 150, Decimal("4.99"), price_unit=100, periods=2) == Decimal("14.97")


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, Decimal(1), "1"])
def test_quantity_is_a_positive_whole_number(quantity: Any) -> None:
    with pytest.raises(InvalidQuantity, match="ganze Zahl ab 1"):
        line_net(quantity, Decimal(1))
    with pytest.raises(InvalidQuantity):
        part_net(0, quantity, Decimal(1))


def test_nothing_may_have_been_delivered_before_but_not_less() -> None:
    assert part_net(0, 1, Decimal(1)) == Decimal("1.00")
    with pytest.raises(InvalidQuantity):
        part_net(-1, 1, Decimal(1))


@pytest.mark.parametrize(
    "price",
    [Decimal("-0.01"), Decimal(0), Decimal("0.00001"), Decimal("NaN"), Decimal("Infinity"), 1.5, 1],
)
def test_price_is_a_decimal_above_zero_with_four_places(price: Any) -> None:
    with pytest.raises(InvalidPrice):
        line_net(1, price)


def test_trailing_zeros_do_not_count_as_decimals() -> None:
    assert line_net(1, Decimal("1.250000")) == Decimal("1.25")


def test_price_unit_and_periods_are_positive() -> None:
    with pytest.raises(InvalidPriceUnit):
        line_net(1, Decimal(1), price_unit=0)
    with pytest.raises(InvalidPeriods):
        line_net(1, Decimal(1), periods=0)


@pytest.mark.parametrize(
    ("list_price", "percent", "expected"),
    [
        ("100", "12.5", "87.5000"),
        ("0.0345", "10", "0.0311"),
        ("1339.69", "0", "1339.6900"),
        ("99.99", "33.3333", "66.6600"),
    ],
)
def test_discount_keeps_four_decimals(list_price: str, percent: str, expected: str) -> None:
    assert str(discounted(Decimal(list_price), Decimal(percent))) == expected


@pytest.mark.parametrize("percent", [Decimal(-1), Decimal(100), Decimal(101), 10])
def test_discount_is_from_0_to_below_100(percent: Any) -> None:
    with pytest.raises(InvalidDiscount):
        discounted(Decimal(1), percent)


def test_a_discount_that_leaves_nothing_is_no_price() -> None:
    with pytest.raises(InvalidPrice):
        discounted(Decimal("0.0001"), Decimal(99))


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, "365"), (499, "365"), (500, "352"), (501, "352")]
)
def test_tier_holds_from_its_quantity_on(quantity: int, price: str) -> None:
    assert active_tier(TABLET, quantity).net_unit_price == Decimal(price)


def test_cutting_the_quantity_can_cost_more() -> None:
    whole = line_net(500, active_tier(TABLET, 500).net_unit_price)
    cut = line_net(499, active_tier(TABLET, 499).net_unit_price)
    assert (whole, cut) == (Decimal("176000.00"), Decimal("182135.00"))


@pytest.mark.parametrize("starts", [(), (2,), (1, 1), (1, 10, 5), (5, 1), (1, 10, 10)])
def test_tiers_start_at_1_and_rise(starts: tuple[int, ...]) -> None:
    with pytest.raises(TierOrderError):
        active_tier([Tier(start, Decimal(1)) for start in starts], 1)


def test_disorder_behind_the_active_tier_is_seen_too() -> None:
    with pytest.raises(TierOrderError, match="ab 50 steht nach der ab 100"):
        active_tier([Tier(1, Decimal(3)), Tier(100, Decimal(2)), Tier(50, Decimal(1))], 1)


def test_a_tier_is_checked_when_made() -> None:
    with pytest.raises(InvalidQuantity):
        Tier(0, Decimal(1))
    with pytest.raises(InvalidPrice):
        Tier(1, Decimal(0))
    with pytest.raises(InvalidQuantity):
        active_tier(TABLET, 0)
