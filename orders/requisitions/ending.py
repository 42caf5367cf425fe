"""How a requisition ends without a call-off: withdrawn, expired, rejected; or goes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.audit.record import record
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again
from contracts.sweeps.runner import Sweep
from orders.binding import holds
from orders.finance import events
from orders.finance.facts import facts, releases
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from orders.models.event import EventType
from orders.telling.notices import outcome_notice
from orders.telling.outbox import tell
from orders.telling.watching import ended

from .creation import ASKING_ROLES, state_of
from .reading import current_lines, locked, step_to

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
        release(requisition, RequisitionState.WITHDRAWN, by=by, now=now, reason=words)
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
        is_due = requisition.expires_at is not None and requisition.expires_at <= now
        if requisition.state != RequisitionState.SUBMITTED.value or not is_due:
            return False
        release(requisition, RequisitionState.EXPIRED, by=None, now=now, reason="Frist")
        return True


def release(
    requisition: Requisition,
    state: RequisitionState,
    *,
    by: Membership | None,
    now: datetime,
    reason: str,
) -> None:
    """End (or return) a locked requisition and free what it held, with its finance events."""
    before = state_of(requisition)
    was_held = requisition.state == RequisitionState.SUBMITTED.value
    requisition.state = step_to(requisition, state)
    requisition.decided_at = now
    requisition.updated_at = now
    requisition.save(update_fields=["state", "decided_at", "updated_at"])
    lines = current_lines(requisition)
    if was_held:
        reserved = facts(EventType.RESERVATION, requisition, lines, approver=by)
        events.append(releases(reserved), now=now)
    tell([outcome_notice(requisition, reason), ended(requisition, now=now)], now=now)
    record(
        requisition,
        f"requisition.{state.value}",
        by=by,
        now=now,
        before=before,
        after=state_of(requisition),
        reason=reason,
    )
    if was_held:
        holds.void_all(lines, by=by, now=now)
