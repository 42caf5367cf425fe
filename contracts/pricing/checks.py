"""The checks every function of the calculator shares."""

from __future__ import annotations

from decimal import Decimal

from .errors import (
    InvalidDiscount,
    InvalidPeriods,
    InvalidPrice,
    InvalidPriceUnit,
    InvalidQuantity,
    PricingError,
)
from .money import decimals, german

PRICE_PLACES = 4


def check_quantity(quantity: int, *, least: int = 1) -> None:
    """Raise `InvalidQuantity` unless `quantity` is a whole number of at least `least`."""
    _check_count(
        quantity, least, InvalidQuantity, f"Die Menge muss eine ganze Zahl ab {least} sein"
    )


def check_price_unit(price_unit: int) -> None:
    """Raise `InvalidPriceUnit` unless `price_unit` is a whole number of at least 1."""
    _check_count(price_unit, 1, InvalidPriceUnit, "Die Preiseinheit muss eine ganze Zahl ab 1 sein")


def check_periods(periods: int) -> None:
    """Raise `InvalidPeriods` unless `periods` is a whole number of at least 1."""
    _check_count(
        periods, 1, InvalidPeriods, "Die Zahl der Zeiträume muss eine ganze Zahl ab 1 sein"
    )


def check_price(price: Decimal) -> None:
    """Raise `InvalidPrice` unless `price` is above zero with at most four decimals."""
    if not isinstance(price, Decimal) or not price.is_finite():
        raise InvalidPrice(f"Der Preis {price!r} ist keine Dezimalzahl.")
    if price <= 0:
        raise InvalidPrice(f"Der Preis muss größer als null sein, nicht {german(price)}.")
    if decimals(price) > PRICE_PLACES:
        raise InvalidPrice(
            f"Der Preis {german(price)} hat mehr als vier Nachkommastellen. "
            "Bitte eine größere Preiseinheit verwenden."
        )


def check_discount(percent: Decimal) -> None:
    """Raise `InvalidDiscount` unless `percent` is from 0 to below 100."""
    if not isinstance(percent, Decimal) or not Decimal(0) <= percent < Decimal(100):
        raise InvalidDiscount(
            f"Der Nachlass muss zwischen 0 und unter 100 Prozent liegen, nicht {percent!r}."
        )


def _check_count(value: int, least: int, error: type[PricingError], sentence: str) -> None:
    # bool is an int to Python, but "True pieces" is a mistake of the caller
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise error(f"{sentence}, nicht {value!r}.")
