"""What follows from each step: finance event, audit action, notice, word to programs. Pure.

One table, checked at import like the lifecycle; no act writes these by hand (`orders.plan`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orders.event_types import EventType
from orders.lifecycle import CallOffState, RequisitionState
from orders.telling.notices import Template
from orders.telling.watching import Happened

_E, _T, _H = EventType, Template, Happened


class Step(StrEnum):
    """A step of a requisition or a call-off; the value is its word in the audit trail."""

    CREATED = "requisition.created"
    REVISED = "requisition.revised"
    HANDED_OVER = "requisition.handed_over"
    HANDED_BACK = "requisition.handed_back"
    RECALLED = "requisition.recalled"
    SUBMITTED = "requisition.submitted"
    SIGNED = "requisition.decision.approve"
    COSIGN_ADDED = "requisition.cosign_added"
    CUT = "requisition.cut"
    VETOED = "requisition.decision.reject"
    SENT_BACK = "requisition.decision.return"
    APPROVED = "requisition.approved"
    PARTLY_APPROVED = "requisition.partly_approved"
    REJECTED = "requisition.rejected"
    RETURNED = "requisition.returned"
    WITHDRAWN = "requisition.withdrawn"
    EXPIRED = "requisition.expired"
    ISSUED = "call_off.issued"
    CONFIRMED = "call_off.confirmed"
    REFUSED = "call_off.refused"
    TIMED_OUT = "call_off.timed_out"
    PASSED_ON = "call_off.passed_on"
    CANCELLED = "call_off.cancelled"
    PARTLY_CANCELLED = "call_off.partly_cancelled"
    CLOSED_SHORT = "call_off.closed_short"
    PARTLY_DELIVERED = "call_off.partly_delivered"
    DELIVERED = "call_off.delivered"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a step brings with it; events and notices are those it may bring, no others.

    `is_audited` is off where another step of the same act is the one in the trail.
    """

    events: frozenset[EventType] = frozenset()
    told: frozenset[Template] = frozenset()
    happened: Happened | None = None
    is_audited: bool = True


def _then(
    *,
    events: tuple[EventType, ...] = (),
    told: tuple[Template, ...] = (),
    happened: Happened | None = None,
    is_audited: bool = True,
) -> Consequence:
    return Consequence(frozenset(events), frozenset(told), happened, is_audited)


_EXCHANGED = (_E.RESERVATION_RELEASE, _E.RESERVATION)
_FREED = (_E.RESERVATION_RELEASE,)
_TAKEN_BACK = _then(events=(_E.COMMITMENT_REVERSAL,), told=(_T.CALL_OFF_TAKEN_BACK,))

CONSEQUENCES: Mapping[Step, Consequence] = {
    Step.CREATED: _then(happened=_H.CREATED),
    # in approval it exchanges what is reserved, and may open a new round
    Step.REVISED: _then(events=_EXCHANGED, told=(_T.SUBMITTED,), happened=_H.REVISED),
    Step.HANDED_OVER: _then(told=(_T.HANDED_OVER,), happened=_H.HANDED_OVER),
    Step.HANDED_BACK: _then(told=(_T.HANDED_BACK,), happened=_H.HANDED_BACK),
    Step.RECALLED: _then(happened=_H.HANDED_BACK),
    Step.SUBMITTED: _then(events=(_E.RESERVATION,), told=(_T.SUBMITTED,), happened=_H.SUBMITTED),
    Step.SIGNED: _then(told=(_T.SUBMITTED,), happened=_H.DECIDED),
    Step.COSIGN_ADDED: _then(),
    Step.CUT: _then(events=_EXCHANGED, is_audited=False),
    Step.VETOED: _then(happened=_H.DECIDED),
    Step.SENT_BACK: _then(happened=_H.DECIDED),
    Step.APPROVED: _then(events=_FREED, told=(_T.OUTCOME,), happened=_H.APPROVED, is_audited=False),
    Step.PARTLY_APPROVED: _then(
        events=_FREED, told=(_T.OUTCOME,), happened=_H.PARTLY_APPROVED, is_audited=False
    ),
    Step.REJECTED: _then(events=_FREED, told=(_T.OUTCOME,), happened=_H.REJECTED),
    Step.RETURNED: _then(events=_FREED, told=(_T.OUTCOME,), happened=_H.RETURNED),
    Step.WITHDRAWN: _then(events=_FREED, told=(_T.OUTCOME,), happened=_H.WITHDRAWN),
    Step.EXPIRED: _then(events=_FREED, told=(_T.OUTCOME,), happened=_H.EXPIRED),
    Step.ISSUED: _then(events=(_E.COMMITMENT,), told=(_T.CALL_OFF,)),
    Step.CONFIRMED: _then(told=(_T.CALL_OFF_CONFIRMED,)),
    Step.REFUSED: _TAKEN_BACK,
    Step.TIMED_OUT: _TAKEN_BACK,
    # the refusal or time-out is in the trail, and its outcome in the steps of the allocation
    Step.PASSED_ON: _then(told=(_T.NEXT_RANK,), is_audited=False),
    Step.CANCELLED: _TAKEN_BACK,
    Step.PARTLY_CANCELLED: _TAKEN_BACK,
    Step.CLOSED_SHORT: _TAKEN_BACK,
    Step.PARTLY_DELIVERED: _then(events=(_E.GOODS_RECEIPT,)),
    Step.DELIVERED: _then(events=(_E.GOODS_RECEIPT,)),
}

ENDS: Mapping[RequisitionState, Step] = {
    RequisitionState.APPROVED: Step.APPROVED,
    RequisitionState.PARTLY_APPROVED: Step.PARTLY_APPROVED,
    RequisitionState.REJECTED: Step.REJECTED,
    RequisitionState.RETURNED: Step.RETURNED,
    RequisitionState.WITHDRAWN: Step.WITHDRAWN,
    RequisitionState.EXPIRED: Step.EXPIRED,
}
"""The step that leads a requisition out of approval."""

_LEADING = {RequisitionState.DRAFT: Step.CREATED, RequisitionState.SUBMITTED: Step.SUBMITTED}
_LATER = frozenset({CallOffState.CHANGED, CallOffState.INVOICED, CallOffState.CLOSED})
"""States whose steps come with what leads into them."""

if set(CONSEQUENCES) != set(Step):
    raise TypeError("Every step must say what follows from it.")
if set(ENDS) | set(_LEADING) != set(RequisitionState):
    raise TypeError("Every state of a requisition needs the step that leads into it.")
if {f"call_off.{state.value}" for state in set(CallOffState) - _LATER} - set(Step):
    raise TypeError("Every state of a call-off needs the step that leads into it.")
