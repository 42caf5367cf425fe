"""Writing an immutable revision: priced lines, their account assignments, their deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import count

from django.db import connection
from django.db.models import Max, Q, QuerySet

from contracts.agreements.prices.quotes import PricedLine, PricedOrder
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import QuotedLine, round_half_up, split
from orders.errors import InvalidAssignment, OwnRequest
from orders.models import (
    Assignment,
    BudgetLine,
    Involvement,
    Requisition,
    RequisitionDelivery,
    RequisitionLine,
    RequisitionRevision,
    RevisionKind,
    Side,
)

from .ask import HUNDRED, Ask, Share, require_whole
from .deliveries import write_deliveries

NOT_ASSIGNABLE = "Die Haushaltsposition gehört nicht zum laufenden Haushalt Ihrer Organisation."
_SIDES = {RevisionKind.EDIT: Side.ASK, RevisionKind.CUT: Side.APPROVE}


def involve(requisition: Requisition, person_id: int, side: Side) -> None:
    """Put a person on a side of the requisition, once and for ever.

    Raises OwnRequest when the person stands on the other side already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_involvement (requisition_id, person_id, side)"
            " VALUES (%s, %s, %s) ON CONFLICT (requisition_id, person_id) DO NOTHING",
            [requisition.pk, person_id, side.value],
        )
        if cursor.rowcount == 1:
            return
    known = Involvement.objects.get(requisition=requisition, person_id=person_id)
    if known.side != side.value:
        raise OwnRequest(
            "Wer angefordert oder bearbeitet hat, kann nicht entscheiden, und umgekehrt."
        )


def write_revision(
    requisition: Requisition,
    ask: Ask,
    order: PricedOrder,
    *,
    kind: RevisionKind = RevisionKind.EDIT,
    by: Membership,
    now: datetime,
) -> RequisitionRevision:
    """Append the next revision with its lines, deliveries and assignments.

    The editor joins the asking side; whoever cuts while deciding, the approving side. A line
    whose key is the number of a line of the revision before keeps this number.
    Raises OwnRequest, InvalidAssignment, UnknownSchool, InvalidDelivery.
    """
    involve(requisition, by.user_id, _SIDES[kind])
    budget_lines = _budget_lines(requisition, order, ask, by, now)
    numbers = _numbers(requisition, [line.key for line in order.lines])
    requisition.current_revision += 1
    requisition.updated_at = now
    revision = RequisitionRevision.objects.create(
        requisition=requisition,
        number=requisition.current_revision,
        kind=kind,
        edited_by=by,
        editor_id=by.user_id,
        edited_at=now,
        title=ask.title,
        justification=ask.justification,
        needed_by=ask.needed_by,
        net=order.quote.net,
        tax=order.quote.tax,
        gross=order.quote.gross,
    )
    places = write_deliveries(revision, ask, order, by=by)
    lines = RequisitionLine.objects.bulk_create(
        [_line(revision, numbers[line.key], line, places[line.key]) for line in order.lines]
    )
    Assignment.objects.bulk_create(
        assignment
        for line, priced in zip(lines, order.lines, strict=True)
        for assignment in _assignments(line, priced, ask.shares_of(priced.key), budget_lines)
    )
    requisition.save(update_fields=["current_revision", "updated_at"])
    return revision


def _numbers(requisition: Requisition, keys: Sequence[str]) -> dict[str, int]:
    """The line number per key: kept where the line was there, else one never used before."""
    if requisition.current_revision == 0:
        return {key: number for number, key in enumerate(keys, start=1)}
    rows = RequisitionLine.objects.filter(revision__requisition=requisition)
    before = rows.filter(revision__number=requisition.current_revision)
    known = {str(number): number for number in before.values_list("line_no", flat=True)}
    last = rows.aggregate(last=Max("line_no"))["last"] or 0
    return dict(_counted(keys, known, count(last + 1)))


def _counted(
    keys: Sequence[str], known: Mapping[str, int], fresh: Iterator[int]
) -> Iterator[tuple[str, int]]:
    for key in keys:
        yield key, known[key] if key in known else next(fresh)


def assignable(
    by: Membership, on: date, requisition: Requisition | None = None
) -> QuerySet[BudgetLine]:
    """Budget lines that may be named: the authority's of this year, and for a school those
    open to it. Later years need a commitment authority, earlier ones are over.

    What the current revision is assigned to stays, whoever edits now.
    """
    rows = BudgetLine.objects.filter(budget_entity__organisation_id=by.organisation_id)
    is_open = Q(fiscal_year=on.year)
    if by.school_id is not None:
        is_open &= Q(school_id=by.school_id) | Q(school__isnull=True)
    if requisition is not None:
        used = Assignment.objects.filter(
            line__revision__requisition=requisition,
            line__revision__number=requisition.current_revision,
        )
        is_open |= Q(pk__in=used.values("budget_line_id"))
    return rows.filter(is_open)


def _budget_lines(
    requisition: Requisition, order: PricedOrder, ask: Ask, by: Membership, now: datetime
) -> dict[int, BudgetLine]:
    wanted = {share.budget_line_id for line in order.lines for share in ask.shares_of(line.key)}
    rows = assignable(by, berlin_day(now), requisition).filter(pk__in=wanted)
    found = {row.pk: row for row in rows.select_related("budget_entity")}
    if wanted - found.keys():
        raise InvalidAssignment(NOT_ASSIGNABLE)
    return found


def _line(
    revision: RequisitionRevision, number: int, priced: PricedLine, delivery: RequisitionDelivery
) -> RequisitionLine:
    item = priced.offer.listing.item
    return RequisitionLine(
        revision=revision,
        line_no=number,
        delivery=delivery,
        listing=priced.offer.listing,
        item=item,
        price_version_id=priced.offer.price_version_id,
        list_price_id=priced.offer.list_price_id,
        terms=priced.offer.terms,
        title=priced.offer.listing.article.name,
        quantity=priced.quantity,
        unit=item.unit,
        net_unit_price=priced.tier.net_unit_price,
        price_unit=priced.offer.price_unit,
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
    budget_lines: Mapping[int, BudgetLine],
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
        budget_line = budget_lines[share.budget_line_id]
        deductible = round_half_up(part.tax * share.deductible_percent / HUNDRED)
        rows.append(
            Assignment(
                line=line,
                number=number,
                payer_id=budget_line.budget_entity.organisation_id,
                budget_entity=budget_line.budget_entity,
                budget_line=budget_line,
                share_percent=share.percent,
                deductible_percent=share.deductible_percent,
                grant_no=budget_line.grant_no,
                net=part.net,
                tax=part.tax,
                gross=part.gross,
                bound=part.gross - deductible,
            )
        )
    return rows
