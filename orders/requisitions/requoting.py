"""Pricing the lines of a requisition again, for the suppliers in turn today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contracts.agreements.allocation.allotment import Decision
from contracts.agreements.models import AllocationRule
from contracts.agreements.prices.quotes import PricedOrder
from contracts.clock import berlin_day
from orders.allotting.allotments import Allotment, allot, candidates, contestable, grounds_of
from orders.binding import holds
from orders.models import Requisition, RequisitionLine

from .reading import wanted_of


def lock_first(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> bool:
    """Lock the limit accounts ahead of the quote where it follows from them; say if so."""
    others = candidates([line.listing for line in lines], berlin_day(now))
    return holds.lock_first(requisition, lines, others, now=now)


def requote(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> Allotment:
    """Decide and price the lines for today. Raises what `allot` raises."""
    return allot(
        wanted_of(lines),
        buyer=requisition.authority,
        on=berlin_day(now),
        known=[line.listing for line in lines],
        grounds=grounds_of(requisition, lines),
    )


def outlook(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> list[Decision]:
    """Who would get the lines today, for lots whose rule decides; empty for all others.

    What the lines hold already does not count against them. Raises what `allot` raises.
    """
    if not contestable(line.listing for line in lines):
        return []
    grounds = grounds_of(requisition, lines)
    allotted = allot(
        wanted_of(lines),
        buyer=requisition.authority,
        on=berlin_day(now),
        known=[line.listing for line in lines],
        grounds=replace(grounds, own=holds.held_by_account(lines), held=True),
    )
    return [row for row in allotted.decisions if row.rule is not AllocationRule.SINGLE]


def moved(lines: Sequence[RequisitionLine], order: PricedOrder) -> bool:
    """Whether price, terms or supplier of a line are no longer those of the revision."""
    if len(lines) != len(order.lines):
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
        for line, fresh in zip(lines, order.lines, strict=True)
    )
