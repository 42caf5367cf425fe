"""Tier prices (Staffelpreise)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .checks import check_price, check_quantity
from .errors import TierOrderError


@dataclass(frozen=True, slots=True)
class Tier:
    """From this quantity on, each unit costs this much (net EUR, four decimals)."""

    from_quantity: int
    net_unit_price: Decimal

    def __post_init__(self) -> None:
        check_quantity(self.from_quantity)
        check_price(self.net_unit_price)


def active_tier(tiers: Sequence[Tier], quantity: int) -> Tier:
    """Return the tier for `quantity`; its price holds for the whole quantity.

    `quantity` is the base of the tier, which need not be the quantity of one line: it
    is the item's quantity over the call-off, or that of all buyers where agreed.

    Raises `TierOrderError` when the tiers do not start at 1 and rise strictly, and
    `InvalidQuantity`.
    """
    check_quantity(quantity)
    if not tiers or tiers[0].from_quantity != 1:
        raise TierOrderError("Die erste Staffel muss bei Menge 1 beginnen.")
    chosen = tiers[0]
    for lower, upper in pairwise(tiers):
        if upper.from_quantity <= lower.from_quantity:
            raise TierOrderError(
                f"Die Staffel ab {upper.from_quantity} steht nach der ab "
                f"{lower.from_quantity}. Staffelmengen müssen aufsteigen und dürfen "
                "sich nicht wiederholen."
            )
        if upper.from_quantity <= quantity:
            chosen = upper
    return chosen
