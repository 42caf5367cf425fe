"""States and transitions of requisitions and call-offs, checked at import time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contracts.refusals import WrongState


class IllegalTransition(WrongState):
    """The state does not allow this step."""

    def __init__(self, current: str, wanted: str, what: str = "", since: str = "") -> None:
        self.current = current
        self.wanted = wanted
        subject = f"{what}: " if what else ""
        details = f" ({since})" if since else ""
        super().__init__(
            f"{subject}Der Stand ist „{current}“{details}; "
            f"„{wanted}“ ist von dort aus nicht möglich."
        )

    def of(self, what: str, since: str) -> IllegalTransition:
        """The same, naming what is in this state, and who brought it there when."""
        return IllegalTransition(self.current, self.wanted, what, since)


class RequisitionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """The German word people read."""
        return _REQUISITION_LABELS[self]


class CallOffState(StrEnum):
    ISSUED = "issued"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    REFUSED = "refused"
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    INVOICED = "invoiced"
    CLOSED = "closed"
    CLOSED_SHORT = "closed_short"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The German word people read."""
        return _CALL_OFF_LABELS[self]


_REQUISITION_LABELS: Mapping[RequisitionState, str] = {
    RequisitionState.DRAFT: "Entwurf",
    RequisitionState.SUBMITTED: "in Freigabe",
    RequisitionState.APPROVED: "freigegeben",
    RequisitionState.PARTLY_APPROVED: "teilweise freigegeben",
    RequisitionState.REJECTED: "abgelehnt",
    RequisitionState.RETURNED: "zur Überarbeitung",
    RequisitionState.WITHDRAWN: "zurückgezogen",
    RequisitionState.EXPIRED: "verfallen",
}
_CALL_OFF_LABELS: Mapping[CallOffState, str] = {
    CallOffState.ISSUED: "erteilt",
    CallOffState.CONFIRMED: "bestätigt",
    CallOffState.CHANGED: "geändert",
    CallOffState.REFUSED: "abgelehnt",
    CallOffState.PARTLY_DELIVERED: "teilweise geliefert",
    CallOffState.DELIVERED: "geliefert",
    CallOffState.INVOICED: "berechnet",
    CallOffState.CLOSED: "abgeschlossen",
    CallOffState.CLOSED_SHORT: "mit Mindermenge abgeschlossen",
    CallOffState.CANCELLED: "storniert",
}

_R = RequisitionState
REQUISITION_TRANSITIONS: Mapping[RequisitionState, frozenset[RequisitionState]] = {
    _R.DRAFT: frozenset({_R.SUBMITTED, _R.WITHDRAWN}),
    _R.SUBMITTED: frozenset(
        {_R.APPROVED, _R.PARTLY_APPROVED, _R.REJECTED, _R.RETURNED, _R.WITHDRAWN, _R.EXPIRED}
    ),
    _R.RETURNED: frozenset({_R.SUBMITTED, _R.WITHDRAWN}),
    _R.APPROVED: frozenset(),
    _R.PARTLY_APPROVED: frozenset(),
    _R.REJECTED: frozenset(),
    _R.WITHDRAWN: frozenset(),
    _R.EXPIRED: frozenset(),
}

_C = CallOffState
CALL_OFF_TRANSITIONS: Mapping[CallOffState, frozenset[CallOffState]] = {
    _C.ISSUED: frozenset(
        {_C.CONFIRMED, _C.CHANGED, _C.REFUSED, _C.PARTLY_DELIVERED, _C.DELIVERED, _C.CANCELLED}
    ),
    _C.CONFIRMED: frozenset({_C.CHANGED, _C.PARTLY_DELIVERED, _C.DELIVERED, _C.CANCELLED}),
    _C.CHANGED: frozenset({_C.CONFIRMED, _C.PARTLY_DELIVERED, _C.DELIVERED, _C.CANCELLED}),
    _C.PARTLY_DELIVERED: frozenset({_C.PARTLY_DELIVERED, _C.DELIVERED, _C.CLOSED_SHORT}),
    _C.DELIVERED: frozenset({_C.INVOICED}),
    _C.INVOICED: frozenset({_C.CLOSED}),
    _C.REFUSED: frozenset(),
    _C.CLOSED: frozenset(),
    _C.CLOSED_SHORT: frozenset(),
    _C.CANCELLED: frozenset(),
}

if set(REQUISITION_TRANSITIONS) != set(_R) or set(CALL_OFF_TRANSITIONS) != set(_C):
    raise TypeError("Every state must name the states it leads to.")
if set(_REQUISITION_LABELS) != set(_R) or set(_CALL_OFF_LABELS) != set(_C):
    raise TypeError("Every state needs its German label.")


def requisition_step(current: str, wanted: RequisitionState) -> str:
    """Return the stored value of *wanted*, or raise IllegalTransition."""
    state = _R(current)
    if wanted not in REQUISITION_TRANSITIONS[state]:
        raise IllegalTransition(state.label, wanted.label)
    return str(wanted.value)


def call_off_step(current: str, wanted: CallOffState) -> str:
    """Return the stored value of *wanted*, or raise IllegalTransition."""
    state = _C(current)
    if wanted not in CALL_OFF_TRANSITIONS[state]:
        raise IllegalTransition(state.label, wanted.label)
    return str(wanted.value)


OPEN_CALL_OFFS = frozenset(
    state
    for state, following in CALL_OFF_TRANSITIONS.items()
    if following & {_C.CANCELLED, _C.CLOSED_SHORT}
)
"""States in which something can still be delivered or taken back."""


def after_delivery(current: str, *, left: int) -> str:
    """The stored state once goods came in and `left` pieces are open; see `call_off_step`."""
    return call_off_step(current, _C.PARTLY_DELIVERED if left else _C.DELIVERED)


def after_taking_back(current: str, *, left: int, delivered: int, gone: CallOffState) -> str:
    """The stored state once open pieces were taken back and `left` of them remain.

    With nothing left it is `gone` where nothing was delivered, else closed short; with
    something left the state stays. Raises IllegalTransition.
    """
    if left and _C(current) in OPEN_CALL_OFFS:
        return current
    return call_off_step(current, _C.CLOSED_SHORT if delivered else gone)
