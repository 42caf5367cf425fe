"""Reading what is known before an order is judged: two statements, more where a rule needs them.

A third and fourth where a lot has several awards, one where positions hang on devices, one
where an award asks for a minimum order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from contracts.agreements.allocation.reading import turns
from contracts.agreements.allocation.turns import Passed, Turn, equivalents
from contracts.agreements.facts.reading import (
    read_same_positions,
    read_shelf,
    read_surcharges,
)
from contracts.agreements.facts.shapes import ListingFacts, Position, Shelf, Tie
from contracts.agreements.gates.judging import GateRule
from contracts.agreements.gates.rules import rules_for
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.models import ItemRelation, RelationKind
from contracts.agreements.prices.ordering import PricedOrder
from contracts.sql import fetch
from orders.models.allocation import AllocationOutcome

from .facts import OrderFacts

GIVEN_BACK = (AllocationOutcome.REFUSED, AllocationOutcome.TIMED_OUT)
_NOTHING: Mapping[int, Decimal] = {}

_CALLED_OFF = """
SELECT award.lot_id, item.number, sum(line.quantity - coalesce(progress.cancelled, 0))::bigint
  FROM unnest(%(lots)s::bigint[], %(numbers)s::text[]) AS tied (lot_id, number)
  JOIN agreements_award award ON award.lot_id = tied.lot_id
  JOIN agreements_contractitem item ON item.award_id = award.id AND item.number = tied.number
  JOIN orders_calloffline line ON line.item_id = item.id
  JOIN orders_calloff call_off ON call_off.id = line.call_off_id
  LEFT JOIN orders_callofflineprogress progress ON progress.line_id = line.id
 WHERE call_off.authority_id = %(buyer_id)s
 GROUP BY award.lot_id, item.number"""

_REFUSALS = """
SELECT award_id, outcome FROM orders_allocationstep
 WHERE requisition_id = %(requisition_id)s AND outcome = ANY(%(outcomes)s::text[])
 ORDER BY id"""


def read_order(
    listing_ids: Collection[int],
    *,
    buyer_id: int,
    on: date,
    own: Mapping[int, Decimal] = _NOTHING,
    requisition_id: int | None = None,
) -> OrderFacts:
    """The facts about an order over these listings; `own` is what it holds per account.

    With a requisition the refusals on its record count: those awards were asked before.
    """
    shelf = read_shelf(listing_ids, buyer_id=buyer_id, on=on)
    asked = tuple(shelf.listings.values())
    contested = _contested(asked, on, own)
    twins: dict[tuple[int, int], ListingFacts] = {}
    if contested:
        of_lots = [row for row in asked if row.item.award.lot_id in contested]
        offered = read_same_positions(of_lots, buyer_id=buyer_id, on=on)
        twins = equivalents(asked, contested, offered.listings.values())
        shelf |= offered
    return OrderFacts(
        shelf=shelf,
        turns=contested,
        twins=twins,
        rules=tuple(_rules(shelf)),
        called_off=read_called_off(shelf.ties, buyer_id),
        surcharges=surcharges_of(shelf),
        barred=_barred(requisition_id, contested),
        own=own,
    )


def read_called_off(ties: Iterable[Tie], buyer_id: int) -> dict[Position, int]:
    """What the buyer has called off of the positions tied and not cancelled since."""
    tied = sorted({place for tie in ties for place in (tie.position, tie.to_position)})
    if not tied:
        return {}
    values = {
        "lots": [lot_id for lot_id, _ in tied],
        "numbers": [number for _, number in tied],
        "buyer_id": buyer_id,
    }
    return {(lot_id, number): kept for lot_id, number, kept in fetch(_CALLED_OFF, values)}


def read_accessories(order: PricedOrder) -> tuple[Tie, ...]:
    """What of an order goes with a device that is not in it; it only informs."""
    ordered = {line.offer.listing.item.position for line in order.lines}
    rows = (
        ItemRelation.objects.filter(
            kind=RelationKind.ACCESSORY,
            item__award__lot__in={lot_id for lot_id, _ in ordered},
            item__number__in={number for _, number in ordered},
        )
        .select_related("item__award", "to_item__award")
        .order_by("pk")
    )
    ties = [
        Tie(
            (row.item.award.lot_id, row.item.number),
            row.item.title,
            (row.to_item.award.lot_id, row.to_item.number),
            row.to_item.title,
            row.quantity,
        )
        for row in rows
    ]
    return tuple(tie for tie in ties if tie.position in ordered and tie.to_position not in ordered)


def _contested(
    listings: Iterable[ListingFacts], on: date, own: Mapping[int, Decimal]
) -> dict[int, Turn]:
    """The turns of those lots that leave something to decide."""
    lots = {row.item.award.lot for row in listings}
    ids = {lot.pk for lot in lots if lot.rule is not AllocationRule.SINGLE}
    if not ids:
        return {}
    return {pk: turn for pk, turn in turns(ids, on, own=own).items() if turn.is_contested}


def _rules(shelf: Shelf) -> list[GateRule]:
    awards = {row.item.award for row in shelf.listings.values()}
    return rules_for(
        shelf.buyer_id,
        {award.lot_id for award in awards},
        {award.supplier_id for award in awards},
        shelf.on,
    )


def surcharges_of(shelf: Shelf) -> dict[int, tuple[int, str]]:
    """The surcharge of each award that asks for a minimum order; no query where none does."""
    return read_surcharges(
        {
            offer.listing.item.award_id
            for offer in shelf.offers.values()
            if offer.terms.minimum_order > 0
        }
    )


def _barred(requisition_id: int | None, contested: Mapping[int, Turn]) -> dict[int, Passed]:
    if requisition_id is None or not contested:
        return {}
    awards = {award.pk: award for turn in contested.values() for award in turn.order}
    rows = fetch(
        _REFUSALS,
        {"requisition_id": requisition_id, "outcomes": [row.value for row in GIVEN_BACK]},
    )
    return {
        award_id: Passed(awards[award_id], AllocationOutcome(outcome).label)
        for award_id, outcome in rows
        if award_id in awards
    }
