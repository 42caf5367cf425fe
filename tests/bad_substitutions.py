"""Bad input about substitutions and sittings, for the table in docs/bad-input.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from contracts.parties.models import Membership, Role
from orders import approvals
from orders.approvals.committees import set_committee_date
from orders.models.approval import Verdict
from orders.signing import delegations
from tests.delegations import stand_in
from tests.world import DAY, NOW, World, person

Case = Callable[[World], Callable[[], object]]


def _deputy(world: World) -> Membership:
    return person("vertretung@stadt-a.example", world.authority, Role.IT_OFFICER)


def _decided(*, days: int, revoked: bool = False) -> Case:
    """A deputy decides so many days after the day of the substitution."""

    def act(world: World) -> Callable[[], object]:
        deputy = _deputy(world)
        row = stand_in(deputy, world.approver)
        requisition = world.submitted({0: 1})
        if revoked:
            delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW)
        return lambda: approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            delegation_id=row.pk,
            by=deputy,
            now=NOW + timedelta(days=days),
        )

    return act


def _days(first: date, last: date) -> Case:
    def act(world: World) -> Callable[[], object]:
        deputy = _deputy(world)
        return lambda: stand_in(deputy, world.approver, valid_from=first, valid_to=last)

    return act


def _overlapping(world: World) -> Callable[[], object]:
    stand_in(_deputy(world), world.approver)
    other = person("andere@stadt-a.example", world.authority, Role.TREASURER)
    return lambda: stand_in(other, world.approver)


def _foreign(world: World) -> Callable[[], object]:
    return lambda: stand_in(world.outsider, world.approver)


def _sitting(days: int) -> Case:
    def act(world: World) -> Callable[[], object]:
        world.policy.rules.update(committee="Hauptausschuss")
        requisition = world.submitted({0: 1})
        return lambda: set_committee_date(
            requisition_id=requisition.pk,
            step_id=requisition.steps.get().pk,
            sitting_on=DAY + timedelta(days=days),
            by=world.officer,
            now=NOW,
        )

    return act


SUBSTITUTIONS: dict[str, Case] = {
    "substitution that has expired": _decided(days=1),
    "substitution that was revoked": _decided(days=0, revoked=True),
    "substitution that begins yesterday": _days(DAY - timedelta(days=1), DAY),
    "substitution that ends before it begins": _days(DAY, DAY - timedelta(days=1)),
    "substitution longer than a year": _days(DAY, DAY + timedelta(days=366)),
    "two substitutes on one day": _overlapping,
    "substitute from another authority": _foreign,
    "sitting of a committee gone by": _sitting(-1),
}
