"""Tier prices (Staffelpreise)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from .checks import check_price, check_quantity
from .errors import TierOrderError

ItemKey = TypeVar("ItemKey", bound=Hashable)


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


def tier_bases(
    wanted: Iterable[tuple[ItemKey, int]], posted: Mapping[ItemKey, int] | None = None
) -> dict[ItemKey, int]:
    """Return the quantity that decides the tier of each item, from (item, quantity) per line.

    It is the item's quantity over all lines, since an order cut into lines stays one
    order. Items named in `posted` have cumulative tiers: there it is what all buyers have
    called off before (read under the account's lock), whatever is ordered now. The tier
    reached holds for the whole line and changes no earlier one; before the first call-off
    the first tier holds. Raises `InvalidQuantity`.
    """
    bases: Counter[ItemKey] = Counter()
    for item, quantity in wanted:
        check_quantity(quantity)
        bases[item] += quantity
    for item, before in (posted or {}).items():
        if item in bases:
            check_quantity(before, least=0)
            bases[item] = max(before, 1)
    return dict(bases)
