"""A proposed change beside the price it ends, quantity by quantity."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.models import ContractItem, PriceChange
from contracts.agreements.prices.application import proposed_table, tables_of, tier_rows
from contracts.pricing import PriceTable, active_tier, round_half_up

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TierMove:
    """Before and after from one quantity on: net EUR per price unit, or percent off.

    `percent` says by how much the price of one unit moves (negative: falls).
    """

    from_quantity: int
    before: Decimal
    before_unit: int
    after: Decimal
    after_unit: int
    percent: Decimal
    is_discount: bool


def tier_moves(change: PriceChange, item: ContractItem) -> list[TierMove]:
    """Every quantity at which a tier of either side begins; empty without a price before."""
    earlier = [row for row in tables_of(item, change) if row.lower < change.effective_from]
    if not earlier:
        return []
    before, after = earlier[-1].table, proposed_table(change, tier_rows(change))
    starts = sorted({tier.from_quantity for tier in (*before.tiers, *after.tiers)})
    return [_move(before, after, start) for start in starts]


def _move(before: PriceTable, after: PriceTable, start: int) -> TierMove:
    move = (after.unit_price(start) / before.unit_price(start) - 1) * 100
    return TierMove(
        from_quantity=start,
        before=_value(before, start),
        before_unit=before.price_unit,
        after=_value(after, start),
        after_unit=after.price_unit,
        percent=round_half_up(Decimal(move.numerator) / Decimal(move.denominator)),
        is_discount=after.is_discount,
    )


def _value(table: PriceTable, quantity: int) -> Decimal:
    """The tier as it was agreed: tables hold a discount as what is left of 100."""
    price = active_tier(table.tiers, quantity).net_unit_price
    return _HUNDRED - price if table.is_discount else price
