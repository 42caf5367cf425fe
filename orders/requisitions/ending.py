"""How a requisition ends without a call-off: withdrawn, expired, rejected; or goes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.agreements.facts.reading import read_shelf
from contracts.clock import BERLIN, berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again
from contracts.sweeps.runner import Sweep
from orders.binding import holds
from orders.consequences import ENDS
from orders.errors import RequisitionOver
from orders.finance.facts import releases, reservations
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from orders.plan import Plan
from orders.telling.notices import outcome_notice

from .acting_on import locked, read_revision, state_of, step_to
from .creation import ASKING_ROLES

EXPIRIES = Sweep("requisitions.expire", "Überfällige Anforderungen verfallen lassen", Requisition)


@again
def withdraw(
    *, requisition_id: int, by: Membership, now: datetime, reason: str = ""
) -> Requisition:
    """Take a requisition back; whatever it held is free again, the reason is kept.

    Raises NotFound, NotAllowed or IllegalTransition.
    """
    require_role(by, ASKING_ROLES, now)
    words = reason.strip() or "zurückgezogen"
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        plan = Plan(by, now)
        release(plan, requisition, RequisitionState.WITHDRAWN, reason=words)
    return requisition


def expire_due(*, now: datetime) -> int:
    """Let overdue requisitions expire, one transaction each; return how many did."""
    due = Requisition.objects.filter(
        state=RequisitionState.SUBMITTED.value, expires_at__lte=now
    ).values_list("pk", flat=True)
    return EXPIRIES.run(due, lambda pk: _expire(pk, now), now=now).done


def _expire(requisition_id: int, now: datetime) -> bool:
    """Let one expire unless it was decided, or its deadline extended, in the meantime."""
    with transaction.atomic():
        requisition = (
            Requisition.objects.select_for_update(no_key=True, of=("self",))
            .select_related("authority", "created_by__user")
            .get(pk=requisition_id)
        )
        if requisition.state != RequisitionState.SUBMITTED.value or not is_over(requisition, now):
            return False
        release(Plan(None, now), requisition, RequisitionState.EXPIRED, reason="Frist")
        return True


def require_running(requisition: Requisition, now: datetime) -> None:
    """Raise RequisitionOver for what is submitted and has expired."""
    if requisition.state == RequisitionState.SUBMITTED.value and is_over(requisition, now):
        expires = requisition.expires_at or now
        raise RequisitionOver(
            f"Die Anforderung {requisition.number} ist am "
            f"{expires.astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr verfallen. Besteht der Bedarf noch, "
            "stellen Sie sie bitte neu."
        )


def is_over(requisition: Requisition, now: datetime) -> bool:
    """Whether its time has run out, whether or not the sweep has come by yet."""
    return requisition.expires_at is not None and requisition.expires_at <= now


def release(plan: Plan, requisition: Requisition, state: RequisitionState, *, reason: str) -> None:
    """End (or return) a locked requisition and free what it held; carries the plan out.

    The limits come last: their rows are the hot ones.
    """
    before = state_of(requisition)
    was_held = requisition.state == RequisitionState.SUBMITTED.value
    requisition.state = step_to(requisition, state)
    requisition.decided_at = plan.now
    requisition.updated_at = plan.now
    requisition.save(update_fields=["state", "current_revision", "decided_at", "updated_at"])
    revision = read_revision(requisition.pk, requisition.current_revision)
    shelf = read_shelf(
        revision.listing_ids(), buyer_id=requisition.authority_id, on=berlin_day(plan.now)
    )
    freed = releases(reservations(requisition, revision.lines, shelf, approver=plan.by))
    plan.follow(
        ENDS[state],
        requisition,
        events=freed if was_held else (),
        told=[outcome_notice(requisition, reason)],
        before=before,
        after=state_of(requisition),
        reason=reason,
    )
    plan.carry_out()
    if was_held:
        holds.void(holds.open_holds(revision.lines), shelf, by=plan.by, now=plan.now)
