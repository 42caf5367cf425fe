"""Revisions of a requisition as plain facts, and what two of them differ in."""

from __future__ import annotations

from collections.abc import Sequence

from orders.errors import NotFound
from orders.models import Assignment, Requisition, RequisitionDelivery, RequisitionLine

from .difference import (
    DeliveryFacts,
    Difference,
    LineFacts,
    PriceFacts,
    RevisionFacts,
    ShareFacts,
    compare,
)
from .reading import lines_of


def difference(requisition: Requisition, *, before: int, after: int) -> Difference:
    """What became of revision *before* in revision *after*; raises NotFound.

    The requisition comes from a query that knows the actor's organisation.
    """
    return compare(_facts(requisition, before), _facts(requisition, after))


def _facts(requisition: Requisition, number: int) -> RevisionFacts:
    lines = lines_of(requisition, number)
    if not lines:
        raise NotFound(f"Eine Fassung {number} dieser Anforderung gibt es nicht.")
    return facts_of(lines)


def facts_of(lines: Sequence[RequisitionLine]) -> RevisionFacts:
    """The revision of the lines (of `lines_of`) as plain facts."""
    head = lines[0].revision
    return RevisionFacts(
        number=head.number,
        title=head.title,
        justification=head.justification,
        needed_by=head.needed_by,
        net=head.net,
        tax=head.tax,
        gross=head.gross,
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: RequisitionLine) -> LineFacts:
    return LineFacts(
        number=line.line_no,
        title=line.title,
        quantity=line.quantity,
        unit=line.unit,
        price=PriceFacts(line.net_unit_price, line.price_unit),
        net=line.net,
        supplier=line.listing.item.award.supplier.name,
        delivery=delivery_facts(line.delivery) if line.delivery is not None else None,
        shares=tuple(_share(row) for row in line.assignments.all()),
    )


def delivery_facts(row: RequisitionDelivery) -> DeliveryFacts:
    """A place of delivery as plain facts."""
    return DeliveryFacts(
        name=row.name,
        address=", ".join(filter(None, (row.street, f"{row.postcode} {row.city}".strip()))),
        contact=row.contact,
        phone=row.phone,
        earliest=row.earliest,
        latest=row.latest,
        time_from=row.time_from,
        time_until=row.time_until,
        note=row.note,
    )


def _share(row: Assignment) -> ShareFacts:
    line = row.budget_line
    return ShareFacts(
        entity=row.budget_entity.name,
        budget_line=f"{line.budget_product}.{line.gl_account} {line.title}",
        percent=row.share_percent,
        deductible_percent=row.deductible_percent,
    )
