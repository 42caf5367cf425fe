"""Who would have to approve: the same steps as submitting writes, and everybody who can't."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import Gate, GateEffect, GateReason
from contracts.parties.models import Membership, Role
from orders import requisitions
from orders.errors import NotFound
from orders.models import ApprovalRule, ApprovalStep, Delegation
from orders.requisitions.required_signers import who_signs
from orders.signing.rules import CoSignature
from orders.signing.simulation import Question, simulate
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

LIMIT = Decimal(10**8)
HIGH = Decimal(10_000)


@pytest.fixture
def world() -> World:
    world = build_world()
    ApprovalRule.objects.create(
        policy=world.policy, tier=2, from_gross=Decimal(5_000), role=Role.TREASURER
    )
    return world


@pytest.fixture
def treasurer(world: World) -> Membership:
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER, signing_limit=LIMIT)


def test_the_steps_come_with_reason_and_people(world: World, treasurer: Membership) -> None:
    answer = simulate(Question(HIGH), by=world.officer, now=NOW)
    assert answer.is_satisfiable
    assert [(row.step.tier, row.role, row.can[0].name) for row in answer.steps] == [
        (1, "Freigabe", "freigabe@stadt-a.example"),
        (2, "Kämmerei", "kasse@stadt-a.example"),
    ]
    assert answer.steps[1].step.reason == "Betrag ab 5.000,00 EUR brutto"
    assert len(simulate(Question(Decimal(100)), by=world.officer, now=NOW).steps) == 1


def test_everybody_who_cannot_is_named_with_the_reason(world: World) -> None:
    def member(name: str, **more: object) -> Membership:
        row = person(f"{name}@stadt-a.example", world.authority, Role.TREASURER)
        Membership.objects.filter(pk=row.pk).update(**more)
        return row

    member("a-niedrig", signing_limit=Decimal(100))
    member("b-ohne")
    member("c-weg", signing_limit=LIMIT, valid_to=DAY - timedelta(days=1))
    member("d-neu", signing_limit=LIMIT, valid_from=DAY + timedelta(days=1))
    asked = member("e-fragt", signing_limit=LIMIT)
    signed = member("f-war", signing_limit=LIMIT)
    locked = member("g-gesperrt", signing_limit=LIMIT)
    locked.user.is_active = False
    locked.user.save()
    question = Question(HIGH, asked=frozenset({asked.user_id}), signed=frozenset({signed.user_id}))
    answer = simulate(question, by=world.officer, now=NOW)
    assert [why for _, why in answer.steps[1].cannot] == [
        "Zeichnungsgrenze 100,00 EUR",
        "hat keine Zeichnungsgrenze",
        "Mitgliedschaft endete am 14.06.2026",
        "Mitgliedschaft beginnt erst am 16.06.2026",
        "fordert an, bearbeitet oder reicht ein",
        "hat in dieser Runde schon unterschrieben",
        "Konto gesperrt",
    ]
    assert answer.obstacle.startswith("Stufe 2 ab 10.000,00 EUR verlangt 1 × Kämmerei")


def test_whoever_submits_is_left_out_of_the_count(world: World, treasurer: Membership) -> None:
    question = Question(HIGH, asked=frozenset({treasurer.user_id}))
    assert not simulate(question, by=world.officer, now=NOW).is_satisfiable


def test_deputies_stand_beside_those_they_substitute(world: World, treasurer: Membership) -> None:
    deputy = person("vertretung@stadt-a.example", world.authority, Role.IT_OFFICER)
    Delegation.objects.create(
        delegator=treasurer,
        delegator_person=treasurer.user,
        deputy=deputy.user,
        valid_from=DAY,
        valid_to=DAY,
        created_by=treasurer,
        created_at=NOW,
    )
    answer = simulate(Question(HIGH), by=world.officer, now=NOW)
    assert answer.steps[1].can[0].deputies == ("vertretung@stadt-a.example",)
    later = simulate(Question(HIGH), by=world.officer, now=NOW + timedelta(days=1))
    assert later.steps[1].can[0].deputies == ()


def test_a_co_signature_is_a_step(world: World, treasurer: Membership) -> None:
    requisition = CoSignature(Role.IT_OFFICER, "Ein Hindernis.")
    answer = simulate(Question(Decimal(1), cosign=(requisition,)), by=world.officer, now=NOW)
    assert [row.role for row in answer.steps] == ["Freigabe", "IT-Verantwortung"]
    assert "1 × IT-Verantwortung" in answer.obstacle


def test_a_draft_is_answered_as_submitting_would_write_it(
    world: World, treasurer: Membership
) -> None:
    Gate.objects.create(
        buyer=world.authority,
        item=world.items[0],
        reason=GateReason.STANDARD,
        explanation="Nicht im Standard",
        effect=GateEffect.COSIGN,
        cosign_role=Role.IT_OFFICER,
        valid_from=DAY,
        set_by=world.officer,
    )
    draft = world.draft({0: 30})
    _, answer = who_signs(draft.pk, by=world.officer, now=NOW)
    requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
    written = ApprovalStep.objects.order_by("tier", "role")
    assert [(row.step.tier, row.step.role, row.step.reason) for row in answer.steps] == [
        (row.tier, row.role, row.reason) for row in written
    ]


def test_a_round_is_answered_by_its_own_steps(world: World, treasurer: Membership) -> None:
    requisition = world.submitted({0: 30})
    world.policy.rules.all().delete()
    world.approve(requisition)
    _, answer = who_signs(requisition.pk, by=world.officer, now=NOW)
    first, second = answer.steps
    assert (first.given, first.still_needed) == (("freigabe@stadt-a.example",), 0)
    assert first.cannot == (
        ("freigabe@stadt-a.example", "hat in dieser Runde schon unterschrieben"),
    )
    assert (second.given, second.still_needed) == ((), 1)
    assert answer.is_satisfiable


def test_a_requisition_elsewhere_is_not_there(world: World) -> None:
    draft = world.draft({0: 1})
    with pytest.raises(NotFound):
        who_signs(draft.pk, by=world.outsider, now=NOW)


def test_no_policy_is_the_obstacle(world: World) -> None:
    answer = simulate(Question(Decimal(1)), by=world.outsider, now=NOW)
    assert answer.obstacle == "Für diesen Betrag gilt keine Freigaberegel."


def test_the_number_of_queries_does_not_grow_with_the_people(
    world: World, treasurer: Membership
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            simulate(Question(HIGH), by=world.officer, now=NOW)
        return len(captured)

    before = count()
    for number in range(20):
        person(f"p{number}@stadt-a.example", world.authority, Role.TREASURER, signing_limit=LIMIT)
    assert (before, count()) == (4, 4)  # policy, its rules, people, substitutions
