"""What a buyer's program may read: its authority's rows, and for a school its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet

from contracts.parties.models import Membership
from orders.models import (
    ApprovalStep,
    Assignment,
    CallOff,
    Decision,
    DecisionLine,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
)
from orders.requisitions import visible_requisitions


@dataclass(frozen=True, slots=True)
class Opened:
    """A requisition with its current revision."""

    requisition: Requisition
    revision: RequisitionRevision


def heads(by: Membership) -> QuerySet[Requisition]:
    """Requisitions with what their heads show: two queries for any number."""
    current = RequisitionRevision.objects.filter(number=F("requisition__current_revision"))
    return (
        visible_requisitions(by)
        .select_related("school", "created_by__user")
        .prefetch_related(Prefetch("revisions", current, to_attr="current"))
    )


def whole(by: Membership) -> QuerySet[Requisition]:
    """Requisitions with everything: eight queries whatever the number of lines."""
    revision = RequisitionRevision.objects.filter(
        number=F("requisition__current_revision")
    ).prefetch_related(Prefetch("lines", _lines()))
    return (
        visible_requisitions(by)
        .select_related("school", "created_by__user")
        .prefetch_related(
            Prefetch("revisions", revision, to_attr="current"),
            Prefetch("steps", _steps(), to_attr="round"),
            Prefetch("call_offs", CallOff.objects.select_related("supplier").order_by("pk")),
        )
    )


def opened(row: Requisition) -> Opened:
    """A row of `heads` or `whole` with its revision beside it."""
    return Opened(row, row.current[0])


def call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs of the authority with what their heads show: one query."""
    rows = CallOff.objects.filter(authority_id=by.organisation_id)
    if by.school_id is not None:
        rows = rows.filter(requisition__school_id=by.school_id)
    return rows.select_related(
        "authority", "school", "supplier", "requisition", "lot__agreement", "award", "terms"
    )


def _lines() -> QuerySet[RequisitionLine]:
    assignments = Assignment.objects.select_related("budget_line").order_by("number")
    return (
        RequisitionLine.objects.select_related(
            "delivery__school",
            "item",
            "listing__article__supplier",
            "listing__item__award__lot__agreement",
        )
        .prefetch_related(Prefetch("assignments", assignments))
        .order_by("line_no")
    )


def _steps() -> QuerySet[ApprovalStep]:
    """Those of the round that is under way, or was last."""
    cuts = DecisionLine.objects.select_related("line").order_by("line__line_no")
    decisions = (
        Decision.objects.select_related("person", "on_behalf_of")
        .prefetch_related(Prefetch("lines", cuts))
        .order_by("pk")
    )
    return (
        ApprovalStep.objects.filter(revision_no=F("requisition__submitted_revision"))
        .prefetch_related(Prefetch("decisions", decisions))
        .order_by("tier", "pk")
    )
