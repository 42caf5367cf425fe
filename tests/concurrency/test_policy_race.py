"""Two people at once on an authority's policy, and on who may still decide.

The authority's row decides about the policy, the membership's row about its end: the loser
reads what the other did. Behind the first stand unique and check constraints: with the lock
taken away the loser's refusal is another one, but no second proposal comes to be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from contracts.parties.models import Membership, Organisation, Role
from orders import approvals, requisitions
from orders.approvals import decisions
from orders.errors import NotAllowed, OpenProposal, StaleProposal
from orders.models import ApprovalPolicy, ApprovalStep, Decision, Requisition
from orders.models.approval import Verdict
from orders.signing import people, policies, voices
from orders.signing.rules import Rule
from tests.world import DAY, NOW, World, build_world, person

from .racing import PATIENCE, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

LIMIT = Decimal(10**8)
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def keepers(world: World) -> list[Membership]:
    """Two more besides the approver."""
    return [
        person(f"kasse-{n}@stadt-a.example", world.authority, Role.TREASURER, signing_limit=LIMIT)
        for n in (1, 2)
    ]


def proposing(by: Membership, days: int = 3) -> Callable[[], object]:
    rules = [Rule(1, Decimal(0), Role.APPROVER, 1, days=days)]
    return lambda: policies.propose(rules, valid_from=DAY, note="", by=by, now=NOW)


def confirming(policy: ApprovalPolicy, by: Membership) -> Callable[[], object]:
    return lambda: policies.confirm(policy_id=policy.pk, by=by, now=NOW)


def withdrawing(policy: ApprovalPolicy, by: Membership) -> Callable[[], object]:
    return lambda: policies.withdraw(policy_id=policy.pk, reason="", by=by, now=NOW)


def ending(member: Membership, by: Membership) -> Callable[[], object]:
    return lambda: people.end_membership(
        membership_id=member.pk, last_day=YESTERDAY, by=by, now=NOW
    )


def approving(requisition: Requisition, by: Membership) -> Callable[[], object]:
    return lambda: approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.APPROVE,
        by=by,
        now=NOW,
    )


def proposed(by: Membership, days: int = 3) -> ApprovalPolicy:
    policy = proposing(by, days)()
    assert isinstance(policy, ApprovalPolicy)
    return policy


def assert_one_won(outcomes: list[object], refusal: type[Exception]) -> BaseException:
    assert len(winners(outcomes)) == 1
    lost = losers(outcomes)
    assert {type(error) for error in lost} == {refusal}
    return lost[0]


def test_of_two_proposals_one_waits_and_the_other_is_told_whose(
    world: World, keepers: list[Membership]
) -> None:
    lost = assert_one_won(race([proposing(by) for by in keepers]), OpenProposal)
    waiting = ApprovalPolicy.objects.get(confirmed_at__isnull=True)
    assert str(waiting.proposer) in str(lost)


def test_two_confirmations_put_one_version_into_force(
    world: World, keepers: list[Membership]
) -> None:
    policy = proposed(world.approver)
    lost = assert_one_won(race([confirming(policy, by) for by in keepers]), StaleProposal)
    policy.refresh_from_db()
    assert str(policy.confirmer) in str(lost)


def test_confirmed_or_withdrawn_never_both(world: World, keepers: list[Membership]) -> None:
    first, second = keepers
    for _ in range(3):
        policy = proposed(world.approver)
        acts = [confirming(policy, first), withdrawing(policy, second)]
        assert_one_won(race(acts), StaleProposal)
        policy.refresh_from_db()
        if policy.confirmed_at is not None:
            break


def unlocked_authority(meeting: Barrier) -> Callable[[Membership], Organisation]:
    """In place of the lock: reads, and waits until the other has read too."""

    def read(by: Membership) -> Organisation:
        row = Organisation.objects.get(pk=by.organisation_id)
        meeting.wait(PATIENCE)
        return row

    return read


def unlocked_proposal(meeting: Barrier) -> Callable[[int, Membership], ApprovalPolicy]:
    read_first = policies._proposal

    def read(policy_id: int, by: Membership) -> ApprovalPolicy:
        policy = read_first(policy_id, by)
        meeting.wait(PATIENCE)
        return policy

    return read


def test_without_the_lock_both_confirm(
    world: World, keepers: list[Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    policy = proposed(world.approver)
    monkeypatch.setattr(policies, "_locked_authority", unlocked_authority(Barrier(2)))
    monkeypatch.setattr(policies, "_proposal", unlocked_proposal(Barrier(2)))
    outcomes = race([confirming(policy, by) for by in keepers])
    with pytest.raises(AssertionError):
        assert_one_won(outcomes, StaleProposal)


def test_without_the_lock_the_constraint_leaves_one_proposal(
    world: World, keepers: list[Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proof of the second guard."""
    monkeypatch.setattr(policies, "_locked_authority", unlocked_authority(Barrier(2)))
    outcomes = race([proposing(by, days) for days, by in enumerate(keepers, start=2)])
    assert len(winners(outcomes)) == 1
    assert ApprovalPolicy.objects.filter(confirmed_at__isnull=True).count() == 1


def test_what_is_submitted_while_a_version_begins_follows_one_of_them(
    world: World, keepers: list[Membership]
) -> None:
    for turn in range(4):
        policy = proposed(world.approver, days=3 + turn)
        draft = world.draft({0: 3})
        acts: list[Callable[[], object]] = [
            confirming(policy, keepers[0]),
            lambda draft=draft: requisitions.submit(
                requisition_id=draft.pk, by=world.officer, now=NOW
            ),
        ]
        assert len(winners(race(acts if turn % 2 else acts[::-1]))) == 2
        (step,) = ApprovalStep.objects.filter(requisition=draft)
        (rule,) = step.policy.rules.all()
        assert (step.days, step.role) == (rule.days, rule.role)


def assert_in_one_order(outcomes: list[object], requisition: Requisition) -> None:
    """Approved before the end, or refused after it; the membership has ended either way."""
    approval, end = outcomes
    assert not isinstance(end, BaseException)
    assert approval is None or isinstance(approval, (Requisition, NotAllowed))
    decided = Decision.objects.filter(requisition=requisition).count()
    assert decided == (0 if isinstance(approval, NotAllowed) else 1)


def test_an_approval_and_the_end_of_the_membership_have_one_order(
    world: World, keepers: list[Membership]
) -> None:
    for turn in range(4):
        member = person(
            f"freigabe-{turn}@stadt-a.example", world.authority, Role.APPROVER, signing_limit=LIMIT
        )
        requisition = world.submitted({0: 3})
        acts = [approving(requisition, member), ending(member, keepers[0])]
        assert_in_one_order(race(acts), requisition)


def test_the_end_waits_for_the_decision_under_way(
    world: World, keepers: list[Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a decision holds the membership, its end is not written; without the lock it is."""
    requisition = world.submitted({0: 3})
    ended_during = _ends_during_decision(world, keepers[0], requisition, monkeypatch)
    assert ended_during is False
    assert Decision.objects.count() == 1


def test_without_the_share_lock_the_end_overtakes_the_decision(
    world: World, keepers: list[Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(voices, "valid_while_deciding", _valid_unlocked)
    requisition = world.submitted({0: 3})
    assert _ends_during_decision(world, keepers[0], requisition, monkeypatch) is True


def _valid_unlocked(
    known: Collection[Membership], now: object, *, alone: bool
) -> dict[int, Membership]:
    rows = Membership.objects.filter(pk__in=[row.pk for row in known])
    return {row.pk: row for row in rows.select_related("user", "organisation")}


def _ends_during_decision(
    world: World, keeper: Membership, requisition: Requisition, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Let the keeper end the approver's membership while the decision is half done."""
    half_done, tried = Barrier(2), Barrier(2)
    seen: list[bool] = []
    speak = decisions._speak

    def paused(*args: object, **kwargs: object) -> None:
        half_done.wait(PATIENCE)
        tried.wait(PATIENCE)
        speak(*args, **kwargs)

    def end_with_little_patience() -> object:
        half_done.wait(PATIENCE)
        try:
            with _lock_timeout():
                ending(world.approver, keeper)()
            seen.append(True)
        except OperationalError:
            seen.append(False)
        tried.wait(PATIENCE)
        return None

    monkeypatch.setattr(decisions, "_speak", paused)
    outcomes = race([approving(requisition, world.approver), end_with_little_patience])
    assert losers(outcomes) == []
    return seen == [True]


@contextmanager
def _lock_timeout() -> Iterator[None]:
    """Within it, waiting for a lock gives up soon."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")
        try:
            yield
        finally:
            cursor.execute("SET lock_timeout = 0")


def test_two_keepers_who_end_each_other_take_turns(world: World, keepers: list[Membership]) -> None:
    first, second = keepers
    outcomes = race([ending(first, second), ending(second, first)])
    assert_one_won(outcomes, NotAllowed)
    assert Membership.objects.valid_on(DAY).filter(pk__in=[first.pk, second.pk]).count() == 1
