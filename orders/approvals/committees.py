"""The day on which a committee sits: time runs from there, not from when the turn came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from contracts.audit.record import record
from contracts.clock import berlin_day, days_later
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.errors import InvalidSitting, NotAllowed
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition
from orders.requisitions import locked
from orders.signing.rules import STEP_DAYS, days_before, days_of_tiers
from orders.signing.signers import SIGNING_ROLES, roles_of
from orders.signing.steps import deadline_of, extend_expiry, steps_of_round
from orders.telling.notices import sitting_notice
from orders.telling.outbox import tell

MOST_DAYS_AHEAD = 366
"""A sitting further away would bind money for longer than a budget lasts."""


@again
def set_committee_date(
    *, requisition_id: int, step_id: int, sitting_on: date, by: Membership, now: datetime
) -> ApprovalStep:
    """Note when the committee of a step sits; the deadline follows, and so does the expiry.

    The step ends its days after the sitting, and never sooner than without one; what comes
    after it moves along, and the requisition expires no sooner than all of it allows. Noting
    the day that is noted changes nothing. By procurement, or whoever may sign the step.
    Raises NotFound, NotAllowed, InvalidSitting.
    """
    require_role(by, SIGNING_ROLES, now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        steps = list(steps_of_round(requisition).select_for_update(no_key=True).order_by("pk"))
        step = _step(requisition, steps, step_id)
        if not may_note_sitting(step, by):
            raise NotAllowed("Die Sitzung vermerkt die Beschaffung oder wer die Stufe zeichnet.")
        _require_day(sitting_on, berlin_day(now))
        if step.committee_on == sitting_on:
            return step
        before = {"sitting": _iso(step.committee_on), "deadline": step.deadline.isoformat()}
        step.committee_on = sitting_on
        _move(requisition, steps, step, now)
        tell([sitting_notice(step, now=now)], now=now)
        record(
            requisition,
            "requisition.sitting_noted",
            by=by,
            now=now,
            before=before,
            after={
                "step": step.pk,
                "sitting": sitting_on.isoformat(),
                "deadline": step.deadline.isoformat(),
            },
            reason=f"{step.committee}: Sitzung am {sitting_on:%d.%m.%Y}",
        )
    return step


def may_note_sitting(step: ApprovalStep, by: Membership) -> bool:
    """Whether the actor is procurement, or of a role that may sign the step."""
    return by.role == Role.PROCUREMENT_OFFICER or by.role in roles_of(step)


def awaits_sitting(requisition: Requisition, step: ApprovalStep) -> bool:
    """Whether a step of the requisition's round still waits for a committee."""
    is_open = requisition.state == RequisitionState.SUBMITTED.value and step.completed_at is None
    return is_open and step.committee != ""


def _step(requisition: Requisition, steps: Sequence[ApprovalStep], step_id: int) -> ApprovalStep:
    if requisition.state != RequisitionState.SUBMITTED.value:
        raise InvalidSitting(
            f"Die Anforderung ist {requisition.get_state_display()}; "
            "eine Sitzung lässt sich nur vermerken, solange sie in der Freigabe ist."
        )
    step = next((row for row in steps if row.pk == step_id), None)
    if step is None or step.completed_at is not None:
        raise InvalidSitting("Über diese Stufe ist schon entschieden, oder sie ist nicht mehr da.")
    if not step.committee:
        raise InvalidSitting("Diese Stufe wartet auf kein Gremium.")
    return step


def _require_day(sitting_on: date, today: date) -> None:
    if sitting_on < today:
        raise InvalidSitting(f"Der {sitting_on:%d.%m.%Y} ist vorbei; vermerkt wird, was kommt.")
    if sitting_on > today + timedelta(days=MOST_DAYS_AHEAD):
        raise InvalidSitting(
            f"Die Sitzung liegt mehr als {MOST_DAYS_AHEAD} Tage voraus; so lange lassen sich "
            "Mittel nicht vormerken."
        )


def _move(
    requisition: Requisition, steps: Sequence[ApprovalStep], step: ApprovalStep, now: datetime
) -> None:
    """Move the deadline of the step, the forecasts of the tiers after it, and the expiry."""
    days = days_of_tiers((row.tier, row.days) for row in steps)
    since = step.opened_at
    if since is None:
        submitted = requisition.submitted_at or now
        since = days_later(submitted, days_before(days, step.tier))
    step.deadline = deadline_of(step, since=since)
    beside = [row for row in steps if row.tier == step.tier and row.completed_at is None]
    ends = max(row.deadline for row in beside)
    following = [row for row in steps if row.tier > step.tier]
    for row in following:
        between = days_before(days, row.tier) - days_before(days, step.tier) - days[step.tier]
        row.deadline = deadline_of(row, since=days_later(ends, between))
    ApprovalStep.objects.bulk_update([step, *following], ["committee_on", "deadline"])
    last = max(row.deadline for row in [*beside, *following])
    extend_expiry(requisition, days_later(last, STEP_DAYS))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
