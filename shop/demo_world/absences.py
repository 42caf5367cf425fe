"""Who is away in the demo, and who signs instead; what time has done meanwhile."""

from __future__ import annotations

from datetime import timedelta

from orders.approvals import deadlines
from orders.signing import delegations

from .days import Days
from .people import People

DAYS_AWAY = 10


def substitute(people: People, days: Days) -> None:
    """The mayor is away; whoever else approves signs for her, above the own limit too."""
    mayor = people["buergermeisterin"]
    delegations.delegate(
        membership_id=mayor.pk,
        deputy_person_id=people["freigabe"].user_id,
        valid_from=days.today,
        valid_to=days.today + timedelta(days=DAYS_AWAY),
        reason="Urlaub",
        by=mayor,
        now=days.seeded_at,
    )


def let_time_pass(days: Days) -> None:
    """Remind and escalate as beat has done every morning."""
    for ago in range(DAYS_AWAY, 0, -1):
        deadlines.watch(now=days.ago(ago, 7))
    deadlines.watch(now=days.seeded_at)
