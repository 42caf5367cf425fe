"""Which limit accounts a line draws on, and with how much. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from contracts.agreements.facts.shapes import ListingFacts


def cap_amounts(
    listing: ListingFacts, quantity: int, net: Decimal, quota_ids: Iterable[int]
) -> list[tuple[int, Decimal]]:
    """Every cap (account id) one line binds, with its amount: pieces, or net EUR.

    Item quantity, award, lot, agreement and the buyer's quotas for the lot and for the whole
    agreement. Caps that the contract does not set have no account.
    """
    item = listing.item
    lot = item.award.lot
    amounts = [(item.account_id, Decimal(quantity)), (item.award.account_id, net)]
    amounts += [(lot.account_id, net), (lot.agreement.account_id, net)]
    amounts += [(quota_id, net) for quota_id in quota_ids]
    return [(account, amount) for account, amount in amounts if account is not None and amount > 0]
