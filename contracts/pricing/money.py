"""Amounts of money: Decimal euros, rounded half up as invoices are."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

Money: TypeAlias = Decimal
"""An amount in EUR. Never a float."""

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# Wide enough that no product or quotient of real prices is rounded before the one
# rounding that is meant; the default context (28 digits, half even) is not.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Return `value` rounded to `places` decimals, halves away from zero.

    Credit notes are therefore the mirror image of invoices (-0.005 gives -0.01), and
    there is no negative zero.
    """
    step = Decimal(1).scaleb(-places)
    return EXACT.add(value.quantize(step, context=EXACT), Decimal(0))


def german(value: Decimal) -> str:
    """Write a number for a message: decimal comma, no exponent, no needless zeros."""
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", ",")


_GERMAN_SIGNS = str.maketrans(",.", ".,")


def euros(amount: Decimal) -> str:
    """Write an amount for a message: 1.234,56 EUR."""
    return f"{amount:,.2f}".translate(_GERMAN_SIGNS) + " EUR"


def decimals(value: Decimal) -> int:
    """Return how many decimals `value` needs; trailing zeros do not count."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a finite number")  # noqa: TRY004
    return max(0, -exponent)
