"""What the supplier makes of a call-off: confirm or refuse it, or let the time run out.

What a refusal or a time-out means for the next rank is the allocation rule's to say
(`orders.call_offs.cascade`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.agreements.models import AllocationRule
from contracts.agreements.serialised import lock_buyer
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from contracts.sweeps.runner import Sweep
from orders.call_offs.cancel_facts import ties_to
from orders.call_offs.cascade import pass_on
from orders.call_offs.reading import (
    lock_requisition_of,
    locked_call_off,
    supplied_call_offs,
    translated,
)
from orders.consequences import Step
from orders.errors import CommentMissing, ConfirmationOver
from orders.lifecycle import CallOffState, call_off_step
from orders.models import CallOff, CancellationCause
from orders.plan import Plan
from orders.telling.notices import confirmation_notice

CONFIRMING_ROLES = (Role.SUPPLIER_ORDERS,)
TIME_OUTS = Sweep("call_offs.time_out", "Nicht bestätigte Abrufe zurücknehmen", CallOff)


@again
def confirm(*, call_off_id: int, by: Membership, now: datetime) -> CallOff:
    """The supplier's order desk confirms: the call-off will be delivered.

    In a cascade silence past `confirm_by` is a no, from that midnight on and not from when the
    sweep comes by. Raises NotFound, NotAllowed, ConfirmationOver and IllegalTransition.
    """
    require_role(by, CONFIRMING_ROLES, now)
    with transaction.atomic():
        call_off = locked_call_off(call_off_id, supplied_call_offs(by))
        before = call_off.state
        _require_in_time(call_off, now)
        call_off.state = call_off_step(call_off.state, CallOffState.CONFIRMED)
        call_off.updated_at = now
        call_off.save(update_fields=["state", "updated_at"])
        plan = Plan(by, now)
        plan.follow(
            Step.CONFIRMED,
            call_off,
            told=[confirmation_notice(call_off)],
            before={"state": before},
            after={"state": call_off.state},
        )
        plan.carry_out()
    return call_off


@again
def refuse(*, call_off_id: int, reason: str, by: Membership, now: datetime) -> CallOff:
    """The supplier's order desk refuses, with its reason; everything it bound is free again.

    Raises NotFound, NotAllowed, CommentMissing, NothingOpen and IllegalTransition: what was
    confirmed or delivered cannot be refused any more.
    """
    require_role(by, CONFIRMING_ROLES, now)
    if not reason.strip():
        raise CommentMissing("Bitte begründen Sie, warum Sie den Abruf ablehnen.")
    with translated(), transaction.atomic():
        _lock_ahead(call_off_id)
        call_off = locked_call_off(call_off_id, supplied_call_offs(by))
        call_off_step(call_off.state, CallOffState.REFUSED)
        pass_on(call_off, cause=CancellationCause.REFUSED, reason=reason, by=by, now=now)
    return call_off


def _lock_ahead(call_off_id: int) -> None:
    """What the next rank needs besides, in the order of the house: before the call-off."""
    requisition = lock_requisition_of(call_off_id)
    if requisition is not None and ties_to(call_off_id):
        lock_buyer(requisition.authority_id)


def _require_in_time(call_off: CallOff, now: datetime) -> None:
    by = call_off.confirm_by
    waits = call_off.state == CallOffState.ISSUED.value
    in_cascade = call_off.lot.allocation == AllocationRule.CASCADE
    if waits and in_cascade and by is not None and by < berlin_day(now):
        raise ConfirmationOver(
            f"Der Abruf {call_off.number} war bis {by:%d.%m.%Y} zu bestätigen und geht an den "
            "nächsten Rang."
        )


def time_out_due(*, now: datetime) -> int:
    """Take call-offs of cascades back that were not confirmed in time; return how many.

    One transaction each, checked again on the locked row.
    """
    due = CallOff.objects.filter(
        state=CallOffState.ISSUED.value,
        confirm_by__lt=berlin_day(now),
        lot__allocation=AllocationRule.CASCADE,
    )
    keys = due.order_by("pk").values_list("pk", flat=True)
    return TIME_OUTS.run(keys, lambda pk: _time_out(pk, now), now=now).done


def _time_out(call_off_id: int, now: datetime) -> int:
    with translated(), transaction.atomic():
        _lock_ahead(call_off_id)
        call_off = locked_call_off(call_off_id, CallOff.objects.all())
        if call_off.state != CallOffState.ISSUED.value:
            return 0
        pass_on(
            call_off,
            cause=CancellationCause.TIMED_OUT,
            reason=f"Bis {call_off.confirm_by:%d.%m.%Y} nicht bestätigt",
            by=None,
            now=now,
        )
    return 1
