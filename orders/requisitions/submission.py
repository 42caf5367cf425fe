"""Submitting: re-quote, freeze net prices, ask the gates, hold every cap and every budget.

All in one transaction; see docs/placement.md for the order of the locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.agreements.prices.quotes import PricedOrder
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.allotting.checks import explained, require_submittable
from orders.binding import holds
from orders.errors import InvalidAssignment
from orders.finance import events
from orders.finance.facts import facts
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition, RequisitionLine, Side
from orders.models.event import EventType
from orders.signing.rules import CoSignature
from orders.signing.steps import expiry, write_steps
from orders.telling.notices import submission_notice
from orders.telling.outbox import tell
from orders.telling.watching import Happened, change

from .ask import Ask
from .creation import draft_of_basket, state_of
from .reading import ask_of, current_lines, locked, step_to
from .requoting import lock_first, moved, requote
from .revisions import involve, write_revision

SUBMITTING_ROLES = (Role.PROCUREMENT_OFFICER,)


@again
def submit_basket(*, by: Membership, ask: Ask, school_id: int | None, now: datetime) -> Requisition:
    """Turn the open basket into a submitted requisition in one transaction.

    Raises what `create_from_basket` and `submit` raise; the basket stays as it was then.
    """
    require_role(by, SUBMITTING_ROLES, now)
    with transaction.atomic():
        requisition, allotted = draft_of_basket(by, ask, school_id, now)
        lines = current_lines(requisition)
        if lock_first(requisition, lines, now=now):
            allotted = requote(requisition, lines, now=now)
            lines = _as_priced(requisition, lines, allotted.order, by, now)
        allotted.require_served()
        _submit(requisition, lines, allotted.order, by, now)
    return requisition


@again
def submit(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """Submit the current revision: everything is checked again and every limit is held.

    A price or a turn that moved since the draft makes a new revision, and so does
    submitting unchanged what was in approval before. Whoever submits stands on the asking
    side. Raises NotFound, NotAllowed, OwnRequest, IllegalTransition, InvalidAssignment,
    Blocked, LotFull, DeviceMissing, BelowMinimum, NoPolicy, NotEntitled, NobodyInTurn,
    LimitExceeded, AccountClosed; nothing is done then.
    """
    require_role(by, SUBMITTING_ROLES, now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        step_to(requisition, RequisitionState.SUBMITTED)
        lines = current_lines(requisition)
        lock_first(requisition, lines, now=now)
        known = [line.listing for line in lines]
        with explained(known, buyer_id=requisition.authority_id, now=now):
            allotted = requote(requisition, lines, now=now)
        allotted.require_served()
        order = allotted.order
        if moved(lines, order) or holds.were_held(lines):
            write_revision(requisition, ask_of(lines), order, by=by, now=now)
            lines = current_lines(requisition)
        elif lines[0].revision.editor_id != by.user_id:
            involve(requisition, by.user_id, Side.ASK)
        _submit(requisition, lines, order, by, now)
    return requisition


def _submit(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    order: PricedOrder,
    by: Membership,
    now: datetime,
) -> None:
    """Steps, events, mails, and last the holds: the limit rows are the hot ones."""
    require_assigned(lines)
    before = state_of(requisition)
    requisition.state = step_to(requisition, RequisitionState.SUBMITTED)
    cosign = require_submittable(order, buyer_id=requisition.authority_id, now=now)
    steps = open_round(requisition, lines, cosign, now=now)
    events.append(facts(EventType.RESERVATION, requisition, lines), now=now)
    submitted = change(requisition, Happened.SUBMITTED, now=now)
    tell([submission_notice(requisition, steps), submitted], now=now)
    record(
        requisition,
        "requisition.submitted",
        by=by,
        now=now,
        before=before,
        after=state_of(requisition),
        rule=f"policy:{steps[0].policy_id}",
    )
    holds.hold_all(requisition, lines, by=by, now=now)


def open_round(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    cosign: Sequence[CoSignature],
    *,
    now: datetime,
) -> list[ApprovalStep]:
    """Begin a round of approval for the current revision; return its steps, still to be told of.

    The requisition expires no sooner than its steps' deadlines together allow. Raises
    NoPolicy, and InvalidAssignment for the budget of another year.
    """
    _require_this_year(lines, berlin_day(now).year)
    requisition.submitted_revision = requisition.current_revision
    steps = write_steps(
        requisition,
        gross=lines[0].revision.gross,
        is_funded=any(row.grant_no for line in lines for row in line.assignments.all()),
        cosign=cosign,
        now=now,
    )
    requisition.submitted_at = now
    requisition.expires_at = expiry(steps, now=now)
    requisition.updated_at = now
    requisition.save(
        update_fields=["state", "submitted_revision", "submitted_at", "expires_at", "updated_at"]
    )
    return steps


def require_assigned(lines: Sequence[RequisitionLine]) -> None:
    """Raise InvalidAssignment, naming them, when lines have no budget."""
    bare = [line for line in lines if not line.assignments.all()]
    if bare:
        named = ", ".join(f"Zeile {line.line_no} („{line.title}“)" for line in bare[:5])
        more = f" und {len(bare) - 5} weitere" if len(bare) > 5 else ""
        raise InvalidAssignment(
            f"Ohne Haushaltsposition: {named}{more}. Bitte jeder Zeile eine zuordnen."
        )


def _require_this_year(lines: Sequence[RequisitionLine], year: int) -> None:
    """Raise InvalidAssignment for a draft that has outlived its budget (annuality)."""
    other = next(
        (
            (line, row.budget_line)
            for line in lines
            for row in line.assignments.all()
            if row.budget_line.fiscal_year != year
        ),
        None,
    )
    if other is not None:
        line, budget_line = other
        raise InvalidAssignment(
            f"Zeile {line.line_no} („{line.title}“) geht zulasten des Haushalts "
            f"{budget_line.fiscal_year}; einreichen lässt sich nur für {year}. Bitte ordnen Sie "
            "ihr eine Haushaltsposition dieses Jahres zu."
        )


def _as_priced(
    requisition: Requisition,
    lines: list[RequisitionLine],
    order: PricedOrder,
    by: Membership,
    now: datetime,
) -> list[RequisitionLine]:
    """The lines at the prices of *order*: a new revision when one has moved."""
    if not moved(lines, order):
        return lines
    write_revision(requisition, ask_of(lines), order, by=by, now=now)
    return current_lines(requisition)
