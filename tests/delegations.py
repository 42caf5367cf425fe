"""Substitutions for tests."""

from __future__ import annotations

from datetime import date, datetime

from contracts.parties.models import Membership
from orders.models import Delegation
from orders.signing import delegations
from tests.world import DAY, NOW


def stand_in(
    deputy: Membership,
    delegator: Membership,
    *,
    valid_from: date = DAY,
    valid_to: date = DAY,
    now: datetime = NOW,
) -> Delegation:
    """`delegator` lets `deputy` sign on these days."""
    return delegations.delegate(
        membership_id=delegator.pk,
        deputy_person_id=deputy.user_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason="Urlaub",
        by=delegator,
        now=now,
    )
