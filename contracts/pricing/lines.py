"""The net amount of a line and of a part of it."""

from __future__ import annotations

from decimal import Decimal

from .checks import check_periods, check_price, check_price_unit, check_quantity
from .money import EXACT, round_half_up


def line_net(
    quantity: int, net_unit_price: Decimal, price_unit: int = 1, periods: int = 1
) -> Decimal:
    """Return quantity x periods x price / price unit in EUR, rounded half up to cents.

    This is the one place where a line is rounded (EN 16931, BR-DEC-23). Raises
    `InvalidQuantity`, `InvalidPrice`, `InvalidPriceUnit` or `InvalidPeriods`.
    """
    check_quantity(quantity)
    return _net(quantity, net_unit_price, price_unit, periods)


def part_net(
    delivered_before: int,
    part: int,
    net_unit_price: Decimal,
    price_unit: int = 1,
    periods: int = 1,
) -> Decimal:
    """Return what a part of a line is worth: the difference of cumulative line nets.

    All parts therefore sum to the line to the cent: three single pieces at 0.045 are
    worth 0.05, 0.04 and 0.05, together the 0.14 of the line, where rounding each part
    would give 0.15. Raises as `line_net` does; `delivered_before` may be 0.
    """
    check_quantity(delivered_before, least=0)
    check_quantity(part)
    after = _net(delivered_before + part, net_unit_price, price_unit, periods)
    return after - _net(delivered_before, net_unit_price, price_unit, periods)


def _net(quantity: int, net_unit_price: Decimal, price_unit: int, periods: int) -> Decimal:
    check_price(net_unit_price)
    check_price_unit(price_unit)
    check_periods(periods)
    amount = EXACT.multiply(Decimal(quantity * periods), net_unit_price)
    return round_half_up(EXACT.divide(amount, Decimal(price_unit)))
