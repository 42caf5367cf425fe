"""Whoever belongs to one school signs for that school only, in whoever's name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role, School
from orders import approvals
from orders.errors import NotAllowed, NotFound
from orders.models import Delegation, Requisition
from orders.models.approval import Verdict
from orders.requisitions.required_signers import who_signs
from orders.signing.policies import health
from orders.signing.signers import could_sign
from orders.signing.steps import steps_of_round
from orders.signing.voices import Voice, voice_of
from tests.mails import written
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db
LIMIT = Decimal(10**6)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def head(world: World) -> Membership:
    """An approver of another school than the one that asks."""
    other = School.objects.create(authority=world.authority, name="Gesamtschule B", school_no="2")
    return person(
        "leitung@b.example", world.authority, Role.APPROVER, school=other, signing_limit=LIMIT
    )


def decide(
    requisition: Requisition, by: Membership, delegation_id: int | None = None
) -> Requisition:
    return approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.APPROVE,
        delegation_id=delegation_id,
        by=by,
        now=NOW,
    )


def test_of_another_school_it_neither_sees_nor_signs(world: World, head: Membership) -> None:
    requisition = world.submitted({0: 1})
    assert not approvals.inbox(head).exists()
    assert not approvals.above_limit(Voice(head, head)).exists()
    with pytest.raises(NotFound):
        decide(requisition, head)


def test_of_its_own_school_it_does(world: World, head: Membership) -> None:
    Membership.objects.filter(pk=head.pk).update(school=world.school)
    head.refresh_from_db()
    requisition = world.submitted({0: 1})
    assert approvals.inbox(head).get() == requisition
    assert decide(requisition, head).state == "approved"


def test_nor_does_a_deputy_in_its_name(world: World, head: Membership) -> None:
    deputy = person("kaemmerei@stadt-a.example", world.authority, Role.TREASURER)
    day = berlin_day(NOW)
    delegation = Delegation.objects.create(
        delegator=head,
        delegator_person=head.user,
        deputy=deputy.user,
        valid_from=day,
        valid_to=day,
        created_by=head,
        created_at=NOW,
    )
    requisition = world.submitted({0: 1})
    voice = voice_of(deputy, delegation.pk, on=day)
    assert not approvals.inbox(voice).exists()
    with pytest.raises(NotAllowed, match="nur für ihre eigene Schule"):
        decide(requisition, deputy, delegation.pk)
    assert not requisition.decisions.exists()


def test_nor_is_it_asked_written_to_or_counted_on(world: World, head: Membership) -> None:
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=None)
    requisition = world.submitted({0: 1})
    on = berlin_day(NOW)
    assert could_sign(requisition, list(steps_of_round(requisition)), gross=Decimal(1), on=on) == []
    assert not written().filter(payload__recipient=head.user.email).exists()
    _, answer = who_signs(requisition.pk, by=world.officer, now=NOW)
    assert not answer.is_satisfiable
    assert str(head.user) not in str(answer.steps)
    assert health(world.authority.pk, on).report.faults


def test_nor_does_procurement_of_another_school_hear_of_it(world: World) -> None:
    other = School.objects.create(authority=world.authority, name="Gesamtschule B", school_no="2")
    desk = person("einkauf@b.example", world.authority, Role.PROCUREMENT_OFFICER, school=other)
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=None)
    world.submitted({0: 1})  # nobody can sign: procurement is told
    told = written().filter(payload__subject__icontains="niemand kann freigeben")
    assert told.filter(payload__recipient=world.officer.user.email).exists()
    assert not told.filter(payload__recipient=desk.user.email).exists()
