"""States and transitions of requisitions and call-offs, checked at import time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class IllegalTransition(Exception):
    """The state does not allow this step."""

    def __init__(self, current: str, wanted: str) -> None:
        self.current = current
        self.wanted = wanted
        super().__init__(f"Aus „{current}“ führt kein Weg nach „{wanted}“.")


class LabelledState(Enum):
    """A state with its German label."""

    label: str

    def __new__(cls, code: str, label: str) -> LabelledState:
        member = object.__new__(cls)
        member._value_ = code
        member.label = label
        return member


class RequisitionState(LabelledState):
    DRAFT = ("draft", "Entwurf")
    SUBMITTED = ("submitted", "in Freigabe")
    APPROVED = ("approved", "freigegeben")
    PARTLY_APPROVED = ("partly_approved", "teilweise freigegeben")
    REJECTED = ("rejected", "abgelehnt")
    RETURNED = ("returned", "zur Überarbeitung")
    WITHDRAWN = ("withdrawn", "zurückgezogen")
    EXPIRED = ("expired", "verfallen")


class CallOffState(LabelledState):
    ISSUED = ("issued", "erteilt")
    CONFIRMED = ("confirmed", "bestätigt")
    CHANGED = ("changed", "geändert")
    REFUSED = ("refused", "abgelehnt")
    PARTLY_DELIVERED = ("partly_delivered", "teilweise geliefert")
    DELIVERED = ("delivered", "geliefert")
    INVOICED = ("invoiced", "berechnet")
    CLOSED = ("closed", "abgeschlossen")
    CLOSED_SHORT = ("closed_short", "mit Mindermenge abgeschlossen")
    CANCELLED = ("cancelled", "storniert")


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
    _C.PARTLY_DELIVERED: frozenset({_C.DELIVERED, _C.CLOSED_SHORT}),
    _C.DELIVERED: frozenset({_C.INVOICED}),
    _C.INVOICED: frozenset({_C.CLOSED}),
    _C.REFUSED: frozenset(),
    _C.CLOSED: frozenset(),
    _C.CLOSED_SHORT: frozenset(),
    _C.CANCELLED: frozenset(),
}

if set(REQUISITION_TRANSITIONS) != set(_R) or set(CALL_OFF_TRANSITIONS) != set(_C):
    raise TypeError("Every state must name the states it leads to.")


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
