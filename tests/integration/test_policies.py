"""Proposing, confirming and discarding an approval policy; what is said when it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from orders import requisitions
from orders.errors import (
    InvalidPolicy,
    InvalidPolicyDay,
    NotAllowed,
    NotFound,
    OpenProposal,
    OwnProposal,
    StaleProposal,
    UnchangedPolicy,
    UnsatisfiablePolicy,
)
from orders.models import ApprovalPolicy, ApprovalStep
from orders.signing import people, policies, policy_watch
from orders.signing.rules import Rule
from orders.signing.staff import SUBMITTING_ROLE
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

ONE = Rule(1, Decimal(0), Role.APPROVER, 1)
TREASURY = Rule(2, Decimal(5_000), Role.TREASURER, 1)
LIMIT = Decimal(10**8)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def treasurer(world: World) -> Membership:
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER, signing_limit=LIMIT)


def propose(
    by: Membership, rules: Sequence[Rule] = (ONE, TREASURY), days: int = 0
) -> ApprovalPolicy:
    return policies.propose(
        rules, valid_from=DAY + timedelta(days=days), note="Dienstanweisung 3", by=by, now=NOW
    )


def test_two_people_put_a_version_into_force(world: World, treasurer: Membership) -> None:
    proposed = propose(treasurer)
    assert policies.health(world.authority.pk, DAY).policy == world.policy
    policies.confirm(policy_id=proposed.pk, by=world.approver, now=NOW)
    assert policies.health(world.authority.pk, DAY).policy == proposed
    entries = AuditEntry.objects.filter(object_type="orders.approvalpolicy")
    assert [row.action for row in entries] == ["policy.proposed", "policy.confirmed"]
    assert entries[0].before["rules"] == ["Stufe 1 ab 0,00 EUR: 1 × Freigabe, Frist 7 Tage"]
    assert entries[1].after["rules"][1] == "Stufe 2 ab 5.000,00 EUR: 1 × Kämmerei, Frist 7 Tage"


def test_what_is_in_approval_keeps_its_steps(world: World, treasurer: Membership) -> None:
    before = world.submitted({0: 30})
    policies.confirm(policy_id=propose(treasurer).pk, by=world.approver, now=NOW)
    after = world.submitted({0: 31})
    roles = ApprovalStep.objects.order_by("requisition", "tier").values_list("requisition", "role")
    assert list(roles) == [
        (before.pk, Role.APPROVER),
        (after.pk, Role.APPROVER),
        (after.pk, Role.TREASURER),
    ]
    current = policies.health(world.authority.pk, DAY).policy
    assert current is not None
    assert policies.open_under_older(world.approver, current) == 1


def test_a_version_waits_for_its_day_and_begins_no_sooner_than_it_is_confirmed(
    world: World, treasurer: Membership
) -> None:
    proposed = propose(treasurer, days=3)
    policies.confirm(policy_id=proposed.pk, by=world.approver, now=NOW + timedelta(days=5))
    proposed.refresh_from_db()
    assert proposed.valid_from == DAY + timedelta(days=5)


def test_nobody_confirms_their_own_proposal_in_whatever_role(
    world: World, treasurer: Membership
) -> None:
    proposed = propose(treasurer)
    second = Membership.objects.create(
        user=treasurer.user,
        organisation=world.authority,
        role=Role.APPROVER,
        valid_from=DAY,
    )
    for by in (treasurer, second):
        with pytest.raises(OwnProposal):
            policies.confirm(policy_id=proposed.pk, by=by, now=NOW)


def test_only_one_proposal_waits(world: World, treasurer: Membership) -> None:
    propose(treasurer)
    with pytest.raises(OpenProposal, match=r"Fassung 2 von kasse@stadt-a\.example wartet"):
        propose(world.approver)


def test_a_withdrawn_proposal_is_over_and_its_number_stays(
    world: World, treasurer: Membership
) -> None:
    first = propose(treasurer)
    policies.withdraw(policy_id=first.pk, reason="Zu streng", by=world.approver, now=NOW)
    with pytest.raises(StaleProposal, match="verworfen"):
        policies.confirm(policy_id=first.pk, by=world.approver, now=NOW)
    assert propose(treasurer).version == 3


def test_a_confirmed_proposal_is_over(world: World, treasurer: Membership) -> None:
    proposed = propose(treasurer)
    policies.confirm(policy_id=proposed.pk, by=world.approver, now=NOW)
    with pytest.raises(StaleProposal, match=r"am 15\.06\.2026 um 11:00 Uhr von freigabe@"):
        policies.withdraw(policy_id=proposed.pk, reason="", by=treasurer, now=NOW)


def test_refused_rules_leave_nothing_behind(world: World, treasurer: Membership) -> None:
    entries = AuditEntry.objects.count()
    for refusal, rules in (
        (UnsatisfiablePolicy, [ONE, Rule(2, Decimal(5_000), Role.TREASURER, 2)]),
        (UnsatisfiablePolicy, [ONE, Rule(2, Decimal(5_000), Role.IT_OFFICER, 1)]),
        (InvalidPolicy, [TREASURY]),
        (InvalidPolicy, []),
        (UnchangedPolicy, [ONE]),
    ):
        with pytest.raises(refusal):
            propose(treasurer, rules)
    with pytest.raises(InvalidPolicyDay):
        propose(treasurer, days=-1)
    assert ApprovalPolicy.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_who_is_gone_on_the_first_day_does_not_count(world: World, treasurer: Membership) -> None:
    Membership.objects.filter(pk=treasurer.pk).update(valid_to=DAY + timedelta(days=2))
    propose(world.approver, days=2)
    policies.withdraw(
        policy_id=ApprovalPolicy.objects.latest("pk").pk, reason="", by=world.approver, now=NOW
    )
    with pytest.raises(UnsatisfiablePolicy, match="1 × Kämmerei"):
        propose(world.approver, days=3)


def test_satisfiability_is_asked_again_when_confirmed(world: World, treasurer: Membership) -> None:
    proposed = propose(treasurer)
    second = person("zweite@stadt-a.example", world.authority, Role.APPROVER, signing_limit=LIMIT)
    Membership.objects.filter(pk=treasurer.pk).update(signing_limit=None)
    with pytest.raises(UnsatisfiablePolicy):
        policies.confirm(policy_id=proposed.pk, by=second, now=NOW)


def test_only_keepers_of_the_same_authority(world: World, treasurer: Membership) -> None:
    proposed = propose(treasurer)
    abroad = person("kasse@stadt-b.example", world.other_authority, Role.TREASURER)
    with pytest.raises(NotFound):
        policies.confirm(policy_id=proposed.pk, by=abroad, now=NOW)
    with pytest.raises(NotFound):
        policies.withdraw(policy_id=proposed.pk, reason="", by=abroad, now=NOW)
    for call in (
        lambda: propose(world.officer),
        lambda: policies.confirm(policy_id=proposed.pk, by=world.officer, now=NOW),
        lambda: policies.withdraw(policy_id=proposed.pk, reason="", by=world.officer, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            call()


def faults_told() -> list[str]:
    rows = written().filter(key__startswith="mail:policy-faulty")
    return [row.payload["recipient"] for row in rows]


def test_a_change_of_people_is_flagged_and_told_once_per_set_of_faults(
    world: World, treasurer: Membership
) -> None:
    second = person("zweite@stadt-a.example", world.authority, Role.APPROVER, signing_limit=LIMIT)
    policies.confirm(policy_id=propose(treasurer).pk, by=world.approver, now=NOW)
    assert policy_watch.check(now=NOW) == 0
    people.set_signing_limit(
        membership_id=treasurer.pk, limit=Decimal(1_000), by=world.approver, now=NOW
    )
    (fault,) = policies.health(world.authority.pk, DAY).report.faults
    assert "Zeichnungsgrenze zu niedrig: kasse@stadt-a.example, 1.000,00 EUR" in fault.sentence
    assert [policy_watch.check(now=NOW) for _ in range(3)] == [1, 0, 0]
    keepers = {world.approver.user.email, treasurer.user.email, second.user.email}
    assert sorted(faults_told()) == sorted(keepers)
    people.set_signing_limit(membership_id=treasurer.pk, limit=LIMIT, by=world.approver, now=NOW)
    assert policy_watch.check(now=NOW) == 1
    people.set_signing_limit(
        membership_id=treasurer.pk, limit=Decimal(1_000), by=world.approver, now=NOW
    )
    assert policy_watch.check(now=NOW + timedelta(days=1)) == 1
    assert len(faults_told()) == 6  # the same set again, after it was gone


def test_what_comes_is_flagged_before_it_comes(world: World, treasurer: Membership) -> None:
    policies.confirm(policy_id=propose(treasurer).pk, by=world.approver, now=NOW)
    people.end_membership(
        membership_id=treasurer.pk, last_day=DAY + timedelta(days=9), by=world.approver, now=NOW
    )
    state = policies.health(world.authority.pk, DAY)
    assert state.report.faults == []
    assert state.alarms[0].startswith("Ab dem 25.06.2026: Stufe 2 ab 5.000,00 EUR verlangt")
    assert policies.health(world.authority.pk, DAY - timedelta(days=80)).alarms == []


def test_without_a_policy_that_is_the_alarm(world: World) -> None:
    assert policies.health(world.other_authority.pk, DAY).alarms == [
        "Es ist keine Freigaberegelung in Kraft; niemand kann einreichen."
    ]


def test_the_role_that_submits_is_the_one_the_requisitions_ask_for() -> None:
    assert requisitions.SUBMITTING_ROLES == (SUBMITTING_ROLE,)
