"""Whom a person acts for, whatever membership they use at the moment."""

from __future__ import annotations

from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership


def acts_for(person_id: int, organisation_id: int, now: datetime) -> bool:
    """Whether the person has a membership of the organisation in force today."""
    return (
        Membership.objects.valid_on(berlin_day(now))
        .filter(user_id=person_id, organisation_id=organisation_id)
        .exists()
    )
