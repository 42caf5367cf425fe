"""Cutting an amount into parts that sum to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .errors import ApportionmentError
from .money import EXACT, decimals, german


def largest_remainder(
    total: Decimal, weights: Sequence[Decimal | int], places: int = 2
) -> list[Decimal]:
    """Cut `total` by `weights` so that the parts sum to it exactly.

    Each part is first cut down to `places` decimals; the units left over go to the
    largest remainders, on a tie to the earlier part, so that the same input always
    gives the same cut. A negative total is the mirror image of the positive one. A
    part with weight 0 gets nothing.

    Raises `AllocationError` when a weight is negative, all are zero or `total` has more
    than `places` decimals.
    """
    if decimals(total) > places:
        raise ApportionmentError(f"{german(total)} hat mehr als {places} Nachkommastellen.")
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ApportionmentError("Es fehlt ein Gewicht größer als null, nach dem geteilt wird.")
    unit = Decimal(1).scaleb(-places)
    units = abs(int(total.scaleb(places, EXACT)))
    whole = _whole_numbers(weights)
    sum_of_weights = sum(whole)
    cuts = [divmod(units * weight, sum_of_weights) for weight in whole]
    parts = [part for part, _ in cuts]
    order = sorted(range(len(cuts)), key=lambda index: (-cuts[index][1], index))
    for index in order[: units - sum(parts)]:
        parts[index] += 1
    sign = -1 if total < 0 else 1
    return [sign * part * unit for part in parts]


def _whole_numbers(weights: Sequence[Decimal | int]) -> list[int]:
    """Scale all weights by one power of ten: whole numbers leave no rounding behind."""
    exact = [Decimal(weight) for weight in weights]
    places = max(decimals(weight) for weight in exact)
    return [int(weight.scaleb(places, EXACT)) for weight in exact]
