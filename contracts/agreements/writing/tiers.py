"""Tiers as they are written: prices or discounts from a quantity on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.pricing import Tier, TierOrderError, active_tier


@dataclass(frozen=True, slots=True)
class TierRow:
    """From this quantity on: a net unit price, or a percentage off the list price."""

    from_quantity: int
    net_unit_price: Decimal | None = None
    discount_percent: Decimal | None = None


def check_tiers(tiers: Sequence[TierRow]) -> None:
    """All prices or all discounts, from quantity 1 on, rising. Raises a PricingError."""
    priced = [
        Tier(row.from_quantity, row.net_unit_price)
        for row in tiers
        if row.net_unit_price is not None
    ]
    if priced and len(priced) == len(tiers):
        active_tier(priced, 1)
        return
    if priced or not tiers or any(row.discount_percent is None for row in tiers):
        raise TierOrderError("Eine Staffel nennt entweder Preise oder Nachlässe.")
    quantities = [row.from_quantity for row in tiers]
    if quantities[0] != 1 or quantities != sorted(set(quantities)):
        raise TierOrderError("Staffelmengen beginnen bei 1 und steigen ohne Wiederholung.")


def tier_words(row: TierRow) -> str:
    """A tier in one line, as the audit trail keeps it."""
    if row.net_unit_price is not None:
        return f"ab {row.from_quantity}: {row.net_unit_price:f} EUR"
    return f"ab {row.from_quantity}: {row.discount_percent:f} % Nachlass"
