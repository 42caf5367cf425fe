"""Reading under the locks: what an issue or an exchange decides on cannot move any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.agreements.allocation.reading import lock_counters
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.models import RotationCounter
from contracts.agreements.serialised import lock_buyer
from contracts.ledger.models import LimitAccount
from contracts.ledger.requests import OpenHold
from orders.allotting.facts import OrderFacts
from orders.allotting.reading import read_order
from orders.facts import LineFacts

from . import holds


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts as they are under the locks of this transaction; what the lines hold."""

    facts: OrderFacts
    held: Sequence[OpenHold]
    locked: Mapping[int, LimitAccount]
    counters: Mapping[int, RotationCounter]


def stand_still(
    lines: Sequence[LineFacts],
    *,
    requisition_id: int,
    buyer_id: int,
    on: date,
    listing_ids: Collection[int] = (),
    account_ids: Collection[int] = (),
) -> Standing:
    """Lock every limit that the lines hold or could come to draw on, then read.

    In the order of the house: buyer where something hangs on a device, rotation counters, all
    accounts in one statement. `listing_ids` are wanted besides, `account_ids` what they are to
    be paid from. Where only one award can be called off, the holds name the accounts; else
    what could come in place of the lines is read before, to know whose accounts to lock.
    """
    held = holds.open_holds(lines)
    wanted = {line.listing_id for line in lines} | set(listing_ids)
    accounts = {row.account_id for row in held} | set(account_ids)
    accounts |= {line.stands_in.account_id for line in lines}
    accounts |= {row.budget_line.account_id for line in lines for row in line.assignments}
    lots = {line.stands_in.pk: line.stands_in.allocation for line in lines}
    tied = any(line.stands_in.is_tied for line in lines)
    if set(listing_ids) or set(lots.values()) != {AllocationRule.SINGLE}:
        before = read_order(wanted, buyer_id=buyer_id, on=on)
        listings = before.shelf.listings.values()
        accounts |= holds.account_ids((), listings, before.shelf)
        lots |= {row.item.award.lot_id: row.item.award.lot.allocation for row in listings}
        tied = tied or before.is_tied
    if tied:
        lock_buyer(buyer_id)
    counters = lock_counters({pk for pk, rule in lots.items() if rule == AllocationRule.ROTATION})
    locked = holds.lock(accounts)
    facts = read_order(
        wanted,
        buyer_id=buyer_id,
        on=on,
        own=holds.held_by_account(held),
        requisition_id=requisition_id,
    )
    return Standing(facts, held, locked, counters)
