"""Writing an immutable revision: head and places in one statement, lines, shares.

The statement puts the editor on a side, writes the revision and its places together: composite
foreign keys hold the editor to that side, and they are checked at the statement's end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from contracts.agreements.facts.shapes import Tie
from contracts.agreements.prices.ordering import PricedLine, PricedOrder
from contracts.bulk import insert
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.models import Membership, School
from contracts.pricing import QuotedLine, round_half_up, split
from contracts.sql import fetch
from orders.errors import InvalidAssignment, OwnRequest
from orders.facts import AssignmentFacts, LineFacts, LotOfLine, RevisionFacts
from orders.models import (
    Assignment,
    Requisition,
    RequisitionDelivery,
    RequisitionLine,
    RevisionKind,
    Side,
)

from .acting_on import Named
from .ask import HUNDRED, Ask, Share, require_whole
from .deliveries import Placed, delivery_row

_SIDES = {RevisionKind.EDIT: Side.ASK, RevisionKind.CUT: Side.APPROVE}
_OWN = "Wer angefordert oder bearbeitet hat, kann nicht entscheiden, und umgekehrt."
SIDES: Refusals = {
    "orders_editor_is_on_asking_side": partial(OwnRequest, _OWN),
    "orders_decider_is_on_approving_side": partial(OwnRequest, _OWN),
}
_PLACE = {
    "number": "int", "school_id": "text", "name": "text", "street": "text", "postcode": "text",
    "city": "text", "contact": "text", "phone": "text", "earliest": "date", "latest": "date",
    "time_from": "time", "time_until": "time", "note": "text",
}  # fmt: skip
_PLACE_COLUMNS = ", ".join(_PLACE)
_PLACE_ARRAYS = ", ".join(f"%(place_{name})s::{kind}[]" for name, kind in _PLACE.items())
_REVISION = f"""
involved AS (
    INSERT INTO orders_involvement (requisition_id, person_id, side)
    SELECT id, %(editor_id)s, %(side)s FROM asked
    ON CONFLICT (requisition_id, person_id) DO NOTHING
), revision AS (
    INSERT INTO orders_requisitionrevision
           (requisition_id, number, edited_by_id, editor_id, kind, edited_at, title,
            justification, needed_by, net, tax, gross)
    SELECT id, %(number)s, %(by)s, %(editor_id)s, %(kind)s, %(now)s, %(title)s,
           %(justification)s, %(needed_by)s, %(net)s, %(tax)s, %(gross)s
      FROM asked RETURNING id
), places AS (
    INSERT INTO orders_requisitiondelivery (revision_id, {_PLACE_COLUMNS})
    SELECT revision.id, place.number, nullif(place.school_id, '')::bigint,
           {", ".join(f"place.{name}" for name in list(_PLACE)[2:])}
      FROM revision, unnest({_PLACE_ARRAYS}) AS place ({_PLACE_COLUMNS})
    RETURNING id, number
)
SELECT asked.id, asked.number, revision.id, places.id
  FROM asked, revision, places ORDER BY places.number"""
_OF_KNOWN = (
    "WITH asked AS (SELECT id, number FROM orders_requisition WHERE id = %(id)s)," + _REVISION
)
_OF_NEW = (
    """
WITH numbered AS (SELECT nextval('orders_requisition_number')::text AS next), asked AS (
    INSERT INTO orders_requisition
           (number, authority_id, school_id, created_by_id, created_at, state,
            current_revision, submitted_revision, submitted_at, expires_at, updated_at)
    SELECT 'BA-' || %(year)s::text || '-' || lpad(next, greatest(6, length(next)), '0'),
           %(authority_id)s, %(of_school)s, %(by)s, %(now)s, %(state)s,
           1, %(round)s, %(submitted_at)s, %(expires_at)s, %(now)s
      FROM numbered RETURNING id, number
),"""
    + _REVISION
)


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A revision that is decided on: everything read, nothing written.

    `budgets` are the budget lines that the shares name, `schools` those of the places, and
    `numbers` the line number per key.
    """

    ask: Ask
    order: PricedOrder
    placed: Placed
    schools: Mapping[int, School]
    budgets: Mapping[int, Named]
    numbers: Mapping[str, int]
    ties: Sequence[Tie]
    kind: RevisionKind = RevisionKind.EDIT


def on_one_side() -> AbstractContextManager[None]:
    """Refuse by name whoever would stand on both sides; stands outside the transaction."""
    return translated(SIDES)


def write_new(
    requisition: Requisition, new: NewRevision, *, by: Membership, now: datetime
) -> RevisionFacts:
    """Write an unsaved requisition with its first revision; it gets key and number."""
    requisition.current_revision = 1
    values = {
        "year": berlin_day(now).year,
        "authority_id": requisition.authority_id,
        "of_school": requisition.school_id,
        "state": requisition.state,
        "round": requisition.submitted_revision,
        "submitted_at": requisition.submitted_at,
        "expires_at": requisition.expires_at,
    }
    return _write(_OF_NEW, values, requisition, new, by, now)


def write_next(
    requisition: Requisition, new: NewRevision, *, by: Membership, now: datetime
) -> RevisionFacts:
    """Append the next revision of a locked requisition, whose row the caller saves later."""
    requisition.current_revision += 1
    requisition.updated_at = now
    return _write(_OF_KNOWN, {"id": requisition.pk}, requisition, new, by, now)


def _write(
    statement: str,
    values: Mapping[str, object],
    requisition: Requisition,
    new: NewRevision,
    by: Membership,
    now: datetime,
) -> RevisionFacts:
    ask, quote = new.ask, new.order.quote
    head = {
        **values,
        "by": by.pk,
        "editor_id": by.user_id,
        "side": _SIDES[new.kind].value,
        "now": now,
        "number": requisition.current_revision,
        "kind": new.kind.value,
        "title": ask.title,
        "justification": ask.justification,
        "needed_by": ask.needed_by,
        "net": quote.net,
        "tax": quote.tax,
        "gross": quote.gross,
    }
    places = _places(new, requisition)
    columns = {f"place_{name}": [getattr(row, name) for row in places] for name in _PLACE}
    columns["place_school_id"] = [str(row.school_id or "") for row in places]
    rows = fetch(statement, {**head, **columns})
    requisition.pk, requisition.number = rows[0][0:2]
    lines = _write_lines(rows[0][2], [row[3] for row in rows], new)
    return RevisionFacts(
        rows[0][2],
        requisition.current_revision,
        ask.title,
        ask.justification,
        ask.needed_by,
        by.user_id,
        quote.gross,
        lines,
    )


def _places(new: NewRevision, requisition: Requisition) -> list[RequisitionDelivery]:
    return [
        delivery_row(
            number,
            place,
            new.schools.get(place.school_id) if place.school_id is not None else None,
            requisition.authority,
        )
        for number, place in enumerate(new.placed.places, start=1)
    ]


def _write_lines(
    revision_id: int, place_ids: Sequence[int], new: NewRevision
) -> tuple[LineFacts, ...]:
    rows = insert(_line(revision_id, place_ids, priced, new) for priced in new.order.lines)
    shares = [
        _assignments(row, priced, new.ask.shares_of(priced.key), new.budgets)
        for row, priced in zip(rows, new.order.lines, strict=True)
    ]
    insert(share for of_line in shares for share in of_line)
    return tuple(
        _line_facts(row, priced, of_line, new)
        for row, priced, of_line in zip(rows, new.order.lines, shares, strict=True)
    )


def _line(
    revision_id: int, place_ids: Sequence[int], priced: PricedLine, new: NewRevision
) -> RequisitionLine:
    offer = priced.offer
    item = offer.listing.item
    return RequisitionLine(
        revision_id=revision_id,
        line_no=new.numbers[priced.key],
        delivery_id=place_ids[new.placed.number_of[priced.key] - 1],
        listing_id=offer.listing.pk,
        item_id=item.pk,
        price_version_id=offer.price_version_id,
        list_price_id=offer.list_price_id,
        terms_id=offer.terms.pk,
        title=offer.listing.article.name,
        quantity=priced.quantity,
        unit=item.unit,
        net_unit_price=priced.tier.net_unit_price,
        price_unit=offer.price_unit,
        periods=item.periods,
        tier_base=priced.tier_base,
        tax_category=priced.vat.category.value,
        tax_rate=priced.vat.rate,
        tax_reason=priced.vat.reason,
        net=priced.net,
        tax=priced.tax,
        gross=priced.gross,
    )


def _assignments(
    line: RequisitionLine,
    priced: PricedLine,
    shares: Sequence[Share],
    budgets: Mapping[int, Named],
) -> list[Assignment]:
    if not shares:
        return []
    try:
        require_whole(shares)
    except InvalidAssignment as error:
        raise InvalidAssignment(f"Zeile {line.line_no} („{line.title}“): {error}") from None
    parts = split(
        QuotedLine(priced.key, priced.net, priced.tax), [share.percent for share in shares]
    )
    rows = []
    for number, (share, part) in enumerate(zip(shares, parts, strict=True), start=1):
        named = budgets[share.budget_line_id]
        budget, percent = named.budget, named.deductible_percent
        deductible = round_half_up(part.tax * percent / HUNDRED)
        rows.append(
            Assignment(
                line_id=line.pk,
                number=number,
                payer_id=budget.budget_entity.organisation_id,
                budget_entity_id=budget.budget_entity.pk,
                budget_line_id=budget.pk,
                share_percent=share.percent,
                deductible_percent=percent,
                grant_no=budget.grant_no,
                net=part.net,
                tax=part.tax,
                gross=part.gross,
                bound=part.gross - deductible,
            )
        )
    return rows


def _line_facts(
    row: RequisitionLine, priced: PricedLine, shares: Sequence[Assignment], new: NewRevision
) -> LineFacts:
    lot = priced.offer.listing.item.award.lot
    return LineFacts(
        row.pk,
        row.line_no,
        row.listing_id,
        row.item_id,
        row.price_version_id,
        row.list_price_id,
        row.terms_id,
        row.title,
        row.quantity,
        row.unit,
        row.net_unit_price,
        row.price_unit,
        row.periods,
        row.tier_base,
        row.tax_category,
        row.tax_rate,
        row.net,
        row.tax,
        row.gross,
        LotOfLine(
            lot.pk,
            lot.allocation,
            lot.account_id,
            any(tie.position == priced.offer.listing.item.position for tie in new.ties),
        ),
        new.placed.places[new.placed.number_of[priced.key] - 1],
        tuple(
            AssignmentFacts(
                share.pk,
                share.number,
                share.share_percent,
                share.deductible_percent,
                share.grant_no,
                share.net,
                share.tax,
                share.gross,
                share.bound,
                new.budgets[share.budget_line_id].budget,
            )
            for share in shares
        ),
    )
