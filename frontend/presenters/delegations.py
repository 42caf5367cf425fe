"""Substitutions as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.parties.models import Membership
from orders.models import Delegation
from orders.signing.delegations import KEEPERS, may_revoke


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """`reason` is told to those concerned and to the keepers only: it may be an illness."""

    delegation: Delegation
    state: str
    variant: str
    reason: str
    may_revoke: bool


def delegation_rows(
    delegations: Iterable[Delegation], *, by: Membership, on: date
) -> list[DelegationRow]:
    """The rows of the list, in their order."""
    return [_row(delegation, by, on) for delegation in delegations]


def _row(delegation: Delegation, by: Membership, on: date) -> DelegationRow:
    state, variant = standing(delegation, on)
    people = (delegation.delegator_person_id, delegation.deputy_id)
    concerned = by.user_id in people or by.role in KEEPERS
    is_open = delegation.revoked_at is None and delegation.valid_to >= on
    return DelegationRow(
        delegation,
        state,
        variant,
        delegation.reason if concerned else "",
        is_open and may_revoke(delegation, by),
    )


def standing(delegation: Delegation, on: date) -> tuple[str, str]:
    """Where a substitution stands on the day, and the variant of its badge."""
    if delegation.revoked_at is not None:
        return "aufgehoben", "neutral"
    if delegation.valid_to < on:
        return "abgelaufen", "neutral"
    return ("läuft", "success") if delegation.valid_from <= on else ("beginnt noch", "info")
