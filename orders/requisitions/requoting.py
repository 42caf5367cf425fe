"""Pricing the lines of a requisition again, for the suppliers in turn today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from contracts.agreements.allocation.allotment import Selection
from contracts.agreements.facts.reading import read_shelf
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.prices.ordering import PricedOrder
from contracts.clock import berlin_day
from orders.allotting.asking import ask as judge
from orders.allotting.line_rules import MinimumGap, minimum_gaps_of
from orders.allotting.moments import Moment
from orders.allotting.reading import read_order, surcharges_of
from orders.binding import holds
from orders.facts import RevisionFacts
from orders.models import Requisition, RequisitionLine

from .acting_on import read_revision


def outlook(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> list[Selection]:
    """Who would get the lines today, for lots whose rule decides; empty for all others.

    What the lines hold already does not count against them. Raises what `ask` raises.
    """
    lots = {line.listing.item.award.lot for line in lines}
    if all(lot.allocation == AllocationRule.SINGLE for lot in lots):
        return []
    revision = read_revision(requisition.pk, lines[0].revision.number)
    facts = read_order(
        revision.listing_ids(),
        buyer_id=requisition.authority_id,
        on=berlin_day(now),
        own=holds.held_by_account(holds.open_holds(revision.lines)),
        requisition_id=requisition.pk,
    )
    answer = judge(Moment.ESTIMATE, revision.wanted(), facts)
    return [row for row in answer.allotment.decisions if row.rule is not AllocationRule.SINGLE]


def gaps_of(lines: Sequence[RequisitionLine], *, buyer_id: int, on: date) -> list[MinimumGap]:
    """Future call-offs below their award's minimum order, at the prices as they are stored.

    One query, and one more where an award asks for a minimum.
    """
    nets: dict[int, Decimal] = {}
    for line in lines:
        nets[line.listing_id] = nets.get(line.listing_id, Decimal(0)) + line.net
    shelf = read_shelf(nets, buyer_id=buyer_id, on=on)
    return minimum_gaps_of(nets, shelf, surcharges_of(shelf))


def moved(revision: RevisionFacts, order: PricedOrder) -> bool:
    """Whether price, terms or supplier of a line are no longer those of the revision."""
    if len(revision.lines) != len(order.lines):
        return True
    return any(
        (line.net, line.tax, line.price_version_id, line.list_price_id, line.terms_id)
        != (
            fresh.net,
            fresh.tax,
            fresh.offer.price_version_id,
            fresh.offer.list_price_id,
            fresh.offer.terms.pk,
        )
        for line, fresh in zip(revision.lines, order.lines, strict=True)
    )
