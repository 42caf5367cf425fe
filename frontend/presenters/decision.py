"""The page of a decision: lines by page with what is granted of them, and what surrounds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from contracts.agreements.allocation.allotment import Selection
from contracts.refusals import Refusal
from frontend.forms.decision import Cuts
from frontend.presenters.requisitions import LineGroup, groups
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionLine
from orders.models.approval import Decision, Verdict
from orders.requisitions import outlook

LINES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with what is typed beside it."""

    line: RequisitionLine
    granted: str
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The lines of a future call-off on this page; the sums are those of all its lines."""

    group: LineGroup
    rows: Sequence[ShownLine]

    @property
    def hidden_count(self) -> int:
        """How many lines of the call-off are on other pages."""
        return len(self.group.lines) - len(self.rows)


@dataclass(frozen=True, slots=True)
class DecisionLines:
    """One page of lines; `elsewhere` is what was typed beside lines of other pages."""

    page: Page[RequisitionLine]
    groups: Sequence[ShownGroup]
    elsewhere: Sequence[ShownLine]
    cut_count: int


def decision_lines(
    lines: Sequence[RequisitionLine], cuts: Cuts, page_no: str | int | None
) -> DecisionLines:
    """Lines in the order of their call-offs, `LINES_PER_PAGE` at a time."""
    whole = groups(lines)
    ordered = [line for group in whole for line in group.lines]
    page = Paginator(ordered, LINES_PER_PAGE).get_page(page_no)
    here = {line.pk for line in page.object_list}
    shown = [
        ShownGroup(group, [_shown(line, cuts) for line in group.lines if line.pk in here])
        for group in whole
    ]
    return DecisionLines(
        page=page,
        groups=[group for group in shown if group.rows],
        elsewhere=[
            _shown(line, cuts)
            for line in ordered
            if line.pk not in here and cuts.touched(line.line_no)
        ],
        cut_count=len(cuts.grants),
    )


def _shown(line: RequisitionLine, cuts: Cuts) -> ShownLine:
    number = line.line_no
    return ShownLine(line, cuts.quantity(number), cuts.reason(number), cuts.errors.get(number, ""))


def turns(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> Sequence[Selection]:
    """Who would get the lines today; what is not orderable says so when it is decided."""
    if requisition.state != RequisitionState.SUBMITTED.value:
        return []
    try:
        return outlook(requisition, lines, now=now)
    except Refusal:
        return []


def last_approved_revision(requisition: Requisition) -> int | None:
    """The revision that somebody approved last, in whatever round, if it is not the current."""
    decision = (
        Decision.objects.filter(requisition=requisition, verdict=Verdict.APPROVE)
        .order_by("-decided_at", "-pk")
        .first()
    )
    if decision is None:
        return None
    number = decision.granted_revision or decision.revision_no
    return number if number != requisition.current_revision else None
