"""Who may act: one guard for ordering, agreements and catalogues, and it looks afresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from contracts.agreements.life import lifecycle
from contracts.catalogue import uploads
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.refusals import NotAllowed
from orders import requisitions
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


Act = tuple[Membership, Callable[[], object]]


def ordering(world: World) -> Act:
    draft = world.draft({0: 1})
    return world.officer, lambda: requisitions.submit(
        requisition_id=draft.pk, by=world.officer, now=NOW
    )


def agreements(world: World) -> Act:
    return world.manager, lambda: lifecycle.suspend_agreement(
        world.agreement.pk, reason="Prüfung", by=world.manager, now=NOW
    )


def catalogues(world: World) -> Act:
    keeper = person("katalog@lieferant.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE)
    return keeper, lambda: uploads.receive(
        by=keeper,
        award_id=world.awards[0].pk,
        filename="katalog.csv",
        content=b"Nummer;Bezeichnung;Preis",
        mapping={},
        now=NOW,
    )


def end(member: Membership, *, days_ago: int) -> None:
    """End it behind the back of whoever holds the object."""
    last = berlin_day(NOW) - timedelta(days=days_ago)
    Membership.objects.filter(pk=member.pk).update(valid_to=last)


def test_the_last_day_counts(world: World) -> None:
    end(world.officer, days_ago=0)
    require_role(world.officer, {Role.PROCUREMENT_OFFICER}, NOW)
    end(world.officer, days_ago=1)
    with pytest.raises(NotAllowed, match="heute nicht gültig"):
        require_role(world.officer, {Role.PROCUREMENT_OFFICER}, NOW)


def test_somebody_locked_out_does_not_act(world: World) -> None:
    world.officer.user.is_active = False
    world.officer.user.save(update_fields=["is_active"])
    with pytest.raises(NotAllowed, match="heute nicht gültig"):
        require_role(world.officer, {Role.PROCUREMENT_OFFICER}, NOW)


def test_another_role_is_told_whose_step_it_is(world: World) -> None:
    with pytest.raises(NotAllowed, match="der Rolle „Beschaffung oder Freigabe“ vorbehalten"):
        require_role(world.manager, {Role.PROCUREMENT_OFFICER, Role.APPROVER}, NOW)


@pytest.mark.parametrize("room", [ordering, agreements, catalogues])
def test_every_room_sees_that_a_membership_has_ended(
    world: World, room: Callable[[World], Act]
) -> None:
    by, act = room(world)
    end(by, days_ago=1)
    with pytest.raises(NotAllowed, match="heute nicht gültig"):
        act()


@pytest.mark.parametrize("room", [ordering, agreements, catalogues])
def test_the_same_act_goes_through_while_the_membership_holds(
    world: World, room: Callable[[World], Act]
) -> None:
    _, act = room(world)
    act()
