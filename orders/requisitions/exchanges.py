"""Exchanging the revision that is in approval: what the old one held, the new one holds.

An edit and an approver's cut both end here. The requisition is locked, and so are all limit
accounts of both revisions; between the release and the new hold nobody can step in, and a
refusal leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contracts.agreements.allocation.turns import lock_counters
from contracts.agreements.models import AllocationRule, Listing
from contracts.agreements.prices.quotes import PricedOrder, Wanted, with_contract
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.allotting.allotments import Allotment, allot, candidates, grounds_of
from orders.allotting.checks import explained
from orders.allotting.line_rules import lock_where_tied
from orders.binding import holds
from orders.finance import events
from orders.finance.facts import facts, releases
from orders.models import Requisition, RequisitionLine, RevisionKind
from orders.models.event import EventType

from .ask import Ask
from .reading import current_lines
from .revisions import write_revision


def price_instead(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    wanted: Sequence[Wanted],
    ask: Ask,
    *,
    may_split: bool,
    now: datetime,
) -> Allotment:
    """Lock every limit the two revisions touch, and price what is wanted instead.

    What the requisition holds itself does not count against it. Raises what `allot` raises,
    NobodyInTurn, Blocked and LotFull.
    """
    known = _listings(lines, wanted)
    _lock(requisition, lines, known, ask, now)
    return _allotted(requisition, lines, wanted, known, may_split=may_split, now=now)


def advise_instead(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    wanted: Sequence[Wanted],
    *,
    may_split: bool,
    now: datetime,
) -> Allotment:
    """The same as advice: nothing is locked, so it may be another price a moment later."""
    known = _listings(lines, wanted)
    return _allotted(requisition, lines, wanted, known, may_split=may_split, now=now)


def _allotted(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    wanted: Sequence[Wanted],
    known: Sequence[Listing],
    *,
    may_split: bool,
    now: datetime,
) -> Allotment:
    grounds = replace(
        grounds_of(requisition, lines),
        own=holds.held_by_account(lines),
        may_split=may_split,
        held=True,
    )
    buyer = requisition.authority
    with explained(known, buyer_id=buyer.pk, now=now):
        allotted = allot(wanted, buyer=buyer, on=berlin_day(now), known=known, grounds=grounds)
    allotted.require_served()
    return allotted


def exchange(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    ask: Ask,
    order: PricedOrder,
    *,
    kind: RevisionKind,
    by: Membership,
    now: datetime,
) -> list[RequisitionLine]:
    """Write the next revision, release what *lines* held and hold what it needs.

    Finance hears of both. What was full with this very requisition carries it further, and
    the review that the movement asks for opens it where something fits again.
    Raises what `write_revision` and `hold_instead` raise.
    """
    write_revision(requisition, ask, order, kind=kind, by=by, now=now)
    fresh = current_lines(requisition)
    reserved = facts(EventType.RESERVATION, requisition, lines, approver=by)
    events.append([*releases(reserved), *facts(EventType.RESERVATION, requisition, fresh)], now=now)
    holds.hold_instead(requisition, lines, fresh, by=by, now=now)
    return fresh


def _listings(lines: Sequence[RequisitionLine], wanted: Sequence[Wanted]) -> list[Listing]:
    known = {line.listing_id: line.listing for line in lines}
    if missing := {row.listing_id for row in wanted} - known.keys():
        rows = with_contract(Listing.objects.filter(pk__in=missing))
        known |= {row.pk: row for row in rows}
    return list(known.values())


def _lock(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    known: Sequence[Listing],
    ask: Ask,
    now: datetime,
) -> None:
    """The buyer and the rotation counters first, as at issue: the last signature may follow."""
    lock_where_tied([listing.item for listing in known], requisition.authority_id)
    lots = {listing.item.award.lot for listing in known}
    lock_counters({lot.pk for lot in lots if lot.allocation == AllocationRule.ROTATION})
    others = candidates(known, berlin_day(now), rules=(AllocationRule.ROTATION,))
    budgets = {share.budget_line_id for shares in ask.shares.values() for share in shares}
    holds.lock_all(requisition, lines, [*known, *others], budgets, now=now)
