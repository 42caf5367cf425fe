"""Many submitted requisitions, copied from one that went through the domain.

The copies hold no money: they are there to be listed.
"""

from __future__ import annotations

from copy import copy
from typing import Any, TypeVar

from django.db.models import Model

from orders.models import (
    ApprovalStep,
    Assignment,
    Involvement,
    Requisition,
    RequisitionDelivery,
    RequisitionLine,
    RequisitionRevision,
)

BATCH = 1_000
Row = TypeVar("Row", bound=Model)


def clone(first: Requisition, count: int) -> None:
    """Copy the submitted requisition and all it consists of, `count` times."""
    for start in range(0, count, BATCH):
        _clone(first, range(start, min(start + BATCH, count)))


def _clone(first: Requisition, numbers: range) -> None:
    requisitions = [_copy(first, number=f"{first.number[:3]}C-{number:08d}") for number in numbers]
    Requisition.objects.bulk_create(requisitions)
    people = list(Involvement.objects.filter(requisition=first))
    Involvement.objects.bulk_create(
        Involvement(requisition=requisition, person_id=row.person_id, side=row.side)
        for requisition in requisitions
        for row in people
    )
    steps = list(ApprovalStep.objects.filter(requisition=first))
    ApprovalStep.objects.bulk_create(
        _copy(step, requisition=requisition) for requisition in requisitions for step in steps
    )
    revision = RequisitionRevision.objects.get(requisition=first, number=first.current_revision)
    revisions = RequisitionRevision.objects.bulk_create(
        [_copy(revision, requisition=requisition) for requisition in requisitions]
    )
    place = RequisitionDelivery.objects.get(revision=revision)
    places = RequisitionDelivery.objects.bulk_create(
        [_copy(place, revision=fresh) for fresh in revisions]
    )
    lines = list(RequisitionLine.objects.filter(revision=revision))
    fresh_lines = RequisitionLine.objects.bulk_create(
        [
            _copy(line, revision=fresh, delivery=there)
            for fresh, there in zip(revisions, places, strict=True)
            for line in lines
        ]
    )
    shares = {row.line_id: row for row in Assignment.objects.filter(line__in=lines)}
    Assignment.objects.bulk_create(
        _copy(shares[lines[position % len(lines)].pk], line=line)
        for position, line in enumerate(fresh_lines)
    )


def _copy(row: Row, **changes: Any) -> Row:
    fresh = copy(row)
    fresh.pk = None
    fresh._state = copy(row._state)  # noqa: SLF001 - a row of its own, not yet saved
    fresh._state.adding = True  # noqa: SLF001
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh
