"""What a new revision needs: whether its budgets and places may be named, how its lines count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import count

from django.db import connection
from django.db.models import Max, Q, QuerySet

from contracts.agreements.facts.shapes import Shelf
from contracts.agreements.prices.ordering import PricedOrder
from contracts.clock import berlin_day
from contracts.parties.models import Membership, School
from orders.errors import InvalidAssignment, OwnRequest
from orders.facts import Place, RevisionFacts
from orders.models import (
    Assignment,
    BudgetLine,
    Involvement,
    Requisition,
    RequisitionLine,
    RevisionKind,
    Side,
)

from .acting_on import Named, read_budgets
from .ask import Ask
from .deliveries import named_schools, placed, read_schools, require_ahead
from .writing import NewRevision

NOT_ASSIGNABLE = "Die Haushaltsposition gehört nicht zum laufenden Haushalt Ihrer Organisation."


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


def new_revision(
    requisition: Requisition,
    ask: Ask,
    order: PricedOrder,
    previous: RevisionFacts | None,
    shelf: Shelf,
    *,
    kind: RevisionKind = RevisionKind.EDIT,
    by: Membership,
    now: datetime,
) -> NewRevision:
    """Read what the next revision needs and see that it may name it, before anything is written.

    What *previous* (the current revision) names already may stay, whoever edits now. A line
    whose key is the number of a line of the revision before keeps this number. Raises
    InvalidAssignment, UnknownSchool, InvalidDelivery.
    """
    today = berlin_day(now)
    where = placed(ask, order, requisition.school_id)
    require_ahead(ask, where.places, today, previous)
    return NewRevision(
        ask,
        order,
        where,
        _schools(where.places, requisition, by),
        _budgets(ask, order, previous, by, today),
        _numbers(requisition, [line.key for line in order.lines], previous),
        shelf.ties,
        kind,
    )


def repeated(
    requisition: Requisition,
    ask: Ask,
    order: PricedOrder,
    previous: RevisionFacts,
    shelf: Shelf,
) -> NewRevision:
    """The next revision where nothing is named anew: acts of the house carry over what was
    released, without the checks of a form.
    """
    where = placed(ask, order, requisition.school_id)
    return NewRevision(
        ask,
        order,
        where,
        named_schools(where.places),
        read_budgets(_wanted(ask, order), shelf.on),
        _numbers(requisition, [line.key for line in order.lines], previous),
        shelf.ties,
    )


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


def _budgets(
    ask: Ask,
    order: PricedOrder,
    previous: RevisionFacts | None,
    by: Membership,
    on: date,
) -> dict[int, Named]:
    """The budget lines named; the same rule as `assignable`, over what was read."""
    wanted = _wanted(ask, order)
    used = _used(previous)
    found = {
        pk: named
        for pk, named in read_budgets(wanted, on).items()
        if pk in used
        or (
            named.budget.budget_entity.organisation_id == by.organisation_id
            and named.budget.fiscal_year == on.year
            and (by.school_id is None or named.school_id in (None, by.school_id))
        )
    }
    if wanted - found.keys():
        raise InvalidAssignment(NOT_ASSIGNABLE)
    return found


def _wanted(ask: Ask, order: PricedOrder) -> set[int]:
    return {share.budget_line_id for line in order.lines for share in ask.shares_of(line.key)}


def _used(previous: RevisionFacts | None) -> set[int]:
    lines = previous.lines if previous is not None else ()
    return {row.budget_line.pk for line in lines for row in line.assignments}


def _schools(
    places: Iterable[Place], requisition: Requisition, by: Membership
) -> dict[int, School]:
    return read_schools(places, requisition if requisition.pk else None, by)


def _numbers(
    requisition: Requisition, keys: Sequence[str], previous: RevisionFacts | None
) -> dict[str, int]:
    """The line number per key: kept where the line was there, else one never used before."""
    if previous is None:
        return {key: number for number, key in enumerate(keys, start=1)}
    known = {line.key: line.line_no for line in previous.lines}
    if known.keys() >= set(keys):
        return {key: known[key] for key in keys}
    return dict(_counted(keys, known, count(_last_number(requisition, known.values()) + 1)))


def _last_number(requisition: Requisition, known: Collection[int]) -> int:
    """The highest number that a line ever had; a draft that follows another has only its lines."""
    if not requisition.pk:
        return max(known, default=0)
    rows = RequisitionLine.objects.filter(revision__requisition=requisition)
    return rows.aggregate(last=Max("line_no"))["last"] or 0


def _counted(
    keys: Sequence[str], known: Mapping[str, int], fresh: Iterator[int]
) -> Iterator[tuple[str, int]]:
    for key in keys:
        yield key, known[key] if key in known else next(fresh)
