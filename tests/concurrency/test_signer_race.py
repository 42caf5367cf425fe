"""Deciding while the right to decide changes: substitution, membership, limit, policy.

A decision keeps the rows it leans on until it is over. Whoever ends them waits: what was
decided before stays, and nothing is decided after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.parties import acting
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import decisions
from orders.errors import InvalidDelegation, NotAllowed, SigningLimitExceeded
from orders.models import ApprovalPolicy, Decision, Delegation, Requisition
from orders.models.approval import Verdict
from orders.requisitions import submission
from orders.signing import delegations, people, policies, steps, voices
from orders.signing.rules import Rule
from tests.properties.mutation import Edits, spoilt_copy
from tests.world import DAY, NOW, World, build_world, person

from .racing import assert_books_are_clean, losers, one_into_the_other, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]
YESTERDAY = DAY - timedelta(days=1)
LOCK: Edits = ((" FOR SHARE", ""),)
LOCK_OF_ROWS: Edits = (("   FOR SHARE OF member", ""),)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def keeper(world: World) -> Membership:
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER)


@pytest.fixture
def deputy(world: World) -> Membership:
    return person(
        "vertretung@stadt-a.example", world.authority, Role.IT_OFFICER, signing_limit=Decimal(1)
    )


def deciding(row: Requisition, by: Membership, delegation: Delegation | None = None) -> Act:
    return lambda: approvals.decide(
        requisition_id=row.pk,
        revision_no=1,
        verdict=Verdict.APPROVE,
        delegation_id=delegation.pk if delegation is not None else None,
        by=by,
        now=NOW,
    )


def delegated(world: World, deputy: Membership) -> Delegation:
    return delegations.delegate(
        membership_id=world.approver.pk,
        deputy_person_id=deputy.user_id,
        valid_from=DAY,
        valid_to=DAY,
        reason="",
        by=world.approver,
        now=NOW,
    )


def revoking(world: World, delegation: Delegation) -> Act:
    return lambda: delegations.revoke(delegation_id=delegation.pk, by=world.approver, now=NOW)


def ending(member: Membership, keeper: Membership) -> Act:
    return lambda: people.end_membership(
        membership_id=member.pk, last_day=YESTERDAY, by=keeper, now=NOW
    )


def lowering(member: Membership, keeper: Membership) -> Act:
    return lambda: people.set_signing_limit(
        membership_id=member.pk, limit=Decimal(100), by=keeper, now=NOW
    )


def assert_released(row: Requisition, *, is_released: bool) -> None:
    row.refresh_from_db()
    assert row.state == ("approved" if is_released else "submitted")
    assert Decision.objects.count() == int(is_released)
    assert_books_are_clean()


def test_a_decision_after_a_revocation_is_told_who_revoked(
    world: World, deputy: Membership
) -> None:
    row, delegation = world.submitted({0: 1}), delegated(world, deputy)
    _, refusal = one_into_the_other(revoking(world, delegation), deciding(row, deputy, delegation))
    assert isinstance(refusal, InvalidDelegation), refusal
    assert f"aufgehoben ({world.approver.user}, 15.06.2026, 11:00 Uhr)" in str(refusal)
    assert_released(row, is_released=False)


def test_a_revocation_waits_for_the_decision_and_leaves_it(
    world: World, deputy: Membership
) -> None:
    row, delegation = world.submitted({0: 1}), delegated(world, deputy)
    outcomes = one_into_the_other(deciding(row, deputy, delegation), revoking(world, delegation))
    assert len(winners(outcomes)) == 2
    delegation.refresh_from_db()
    assert delegation.revoked_at is not None
    assert_released(row, is_released=True)


def test_without_the_lock_a_decision_passes_a_revocation(
    world: World, deputy: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both go through, though the revocation came first."""
    row, delegation = world.submitted({0: 1}), delegated(world, deputy)
    monkeypatch.setattr(decisions, "voice_to_decide", spoilt_copy(voices, LOCK).voice_to_decide)
    outcomes = one_into_the_other(revoking(world, delegation), deciding(row, deputy, delegation))
    assert len(winners(outcomes)) == 2


def test_a_decision_after_the_end_of_the_membership_is_refused(
    world: World, keeper: Membership
) -> None:
    row = world.submitted({0: 1})
    _, refusal = one_into_the_other(ending(world.approver, keeper), deciding(row, world.approver))
    assert isinstance(refusal, NotAllowed), refusal
    assert "Sie galt bis zum 14.06.2026" in str(refusal)
    assert_released(row, is_released=False)


def test_a_deputy_after_the_end_of_the_membership_substituted_is_refused(
    world: World, keeper: Membership, deputy: Membership
) -> None:
    row, delegation = world.submitted({0: 1}), delegated(world, deputy)
    _, refusal = one_into_the_other(
        ending(world.approver, keeper), deciding(row, deputy, delegation)
    )
    assert isinstance(refusal, InvalidDelegation), refusal
    assert str(world.approver.user) in str(refusal)
    assert_released(row, is_released=False)


def test_the_end_of_a_membership_waits_for_the_decision_and_leaves_it(
    world: World, keeper: Membership
) -> None:
    row = world.submitted({0: 1})
    outcomes = one_into_the_other(deciding(row, world.approver), ending(world.approver, keeper))
    assert len(winners(outcomes)) == 2
    assert_released(row, is_released=True)


def test_a_decision_after_a_lower_limit_is_refused(world: World, keeper: Membership) -> None:
    row = world.submitted({0: 1})
    _, refusal = one_into_the_other(lowering(world.approver, keeper), deciding(row, world.approver))
    assert isinstance(refusal, SigningLimitExceeded), refusal
    assert "100,00 EUR" in str(refusal)
    assert_released(row, is_released=False)


@pytest.mark.parametrize("change", [ending, lowering])
def test_without_the_lock_a_decision_passes_the_change(
    change: Callable[[Membership, Membership], Act],
    world: World,
    keeper: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: both go through, though the change came first."""
    row = world.submitted({0: 1})
    unlocked = spoilt_copy(acting, LOCK_OF_ROWS).valid_while_deciding
    monkeypatch.setattr(voices, "valid_while_deciding", unlocked)
    outcomes = one_into_the_other(change(world.approver, keeper), deciding(row, world.approver))
    assert len(winners(outcomes)) == 2


def proposed(world: World, keeper: Membership) -> ApprovalPolicy:
    """From today on two approvers sign."""
    for number in range(2):
        person(
            f"freigabe{number}@stadt-a.example",
            world.authority,
            Role.APPROVER,
            signing_limit=Decimal(10**8),
        )
    rule = Rule(1, Decimal(0), Role.APPROVER, 2)
    return policies.propose([rule], valid_from=DAY, note="Vier Augen", by=keeper, now=NOW)


def confirming(world: World, policy: ApprovalPolicy) -> Act:
    return lambda: policies.confirm(policy_id=policy.pk, by=world.approver, now=NOW)


def submitting(world: World, draft: Requisition) -> Act:
    return lambda: requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)


def test_a_round_keeps_the_policy_it_was_submitted_under(world: World, keeper: Membership) -> None:
    """The new version asks for two signatures; what is in approval needs the one."""
    rows = [world.submitted({0: 1}) for _ in range(2)]
    policy = proposed(world, keeper)
    acts = [confirming(world, policy), *(deciding(row, world.approver) for row in rows)]
    assert losers(race(acts)) == []
    for row in rows:
        row.refresh_from_db()
        assert row.state == "approved"
        assert row.steps.get().policy_id == world.policy.pk


def test_a_submission_follows_one_version_whole(world: World, keeper: Membership) -> None:
    """What is not confirmed yet, or not committed, is not followed; after it, it is."""
    drafts = [world.draft({0: 1}) for _ in range(2)]
    policy = proposed(world, keeper)
    outcomes = one_into_the_other(confirming(world, policy), submitting(world, drafts[0]))
    assert len(winners(outcomes)) == 2
    submitting(world, drafts[1])()
    asked = [(row.steps.get().policy_id, row.steps.get().signers) for row in drafts]
    assert asked == [(world.policy.pk, 1), (policy.pk, 2)]


def test_a_proposal_that_counts_at_once_is_seen(
    world: World, keeper: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the version of one person would ask others already."""
    draft, policy = world.draft({0: 1}), proposed(world, keeper)
    edit = (("                       AND confirmed_at IS NOT NULL\n", ""),)
    monkeypatch.setattr(submission, "read_rules", spoilt_copy(steps, edit).read_rules)
    one_into_the_other(confirming(world, policy), submitting(world, draft))
    assert draft.steps.get().policy_id == policy.pk
