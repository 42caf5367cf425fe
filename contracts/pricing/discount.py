"""Discounts off a supplier's list price."""

from __future__ import annotations

from decimal import Decimal

from .checks import PRICE_PLACES, check_discount, check_price
from .money import EXACT, round_half_up


def discounted(list_price: Decimal, percent: Decimal) -> Decimal:
    """Return the list price less `percent`, rounded half up to four decimals.

    Raises `InvalidPrice` when the list price, or what is left of it, is no valid price,
    and `InvalidDiscount` for a percentage below 0 or from 100 on.
    """
    check_price(list_price)
    check_discount(percent)
    kept = EXACT.multiply(list_price, EXACT.subtract(Decimal(100), percent))
    price = round_half_up(kept.scaleb(-2, EXACT), PRICE_PLACES)
    check_price(price)
    return price
