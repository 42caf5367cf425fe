"""Many decisions at once: each in its own transaction, each with its result."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.agreements.models import AllocationRule
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import Chosen, Outcome, Result
from orders.errors import (
    CommentMissing,
    NotAllowed,
    NotFound,
    NothingChosen,
    ResolutionMissing,
    SigningLimitExceeded,
    StaleRevision,
    TooManyAtOnce,
)
from orders.lifecycle import IllegalTransition
from orders.models import ApprovalRule, ApprovalStep, CallOff, Decision, Delegation, Requisition
from orders.models.approval import Verdict
from tests.database_state import contents
from tests.integration.test_cuts import second_tier
from tests.ranks import build_ranks, close
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def many(
    rows: list[Requisition],
    by: Membership,
    verdict: Verdict = Verdict.APPROVE,
    comment: str = "",
    delegation_id: int | None = None,
) -> list[Result]:
    return approvals.decide_many(
        chosen=[Chosen(row.pk, row.current_revision) for row in rows],
        verdict=verdict,
        comment=comment,
        delegation_id=delegation_id,
        by=by,
        now=NOW,
    )


def outcomes(results: list[Result]) -> list[Outcome]:
    return [row.outcome for row in results]


def test_each_is_issued_with_its_call_offs(world: World) -> None:
    rows = [world.submitted({0: 1}), world.submitted({0: 2, 1: 3})]
    results = many(rows, world.approver)
    assert outcomes(results) == [Outcome.ISSUED, Outcome.ISSUED]
    assert [len(row.call_offs) for row in results] == [1, 2]
    assert [row.number for row in results] == [row.number for row in rows]


def test_one_refusal_does_not_touch_the_others(world: World) -> None:
    rows = [world.submitted({0: quantity}) for quantity in (1, 2, 3)]
    requisitions.withdraw(requisition_id=rows[1].pk, by=world.officer, now=NOW)
    results = many(rows, world.approver)
    assert outcomes(results) == [Outcome.ISSUED, Outcome.REFUSED, Outcome.ISSUED]
    assert isinstance(results[1].refusal, IllegalTransition)
    assert "zurückgezogen" in str(results[1].refusal)
    assert "beschaffung@stadt-a.example" in str(results[1].refusal)
    assert CallOff.objects.count() == 2
    rows[1].refresh_from_db()
    assert rows[1].state == "withdrawn"


def test_the_result_names_every_way_it_can_go(world: World) -> None:
    """Above the limit, another revision, a resolution, the next signature, nobody's."""
    ApprovalRule.objects.create(
        policy=world.policy,
        tier=1,
        role=Role.APPROVER,
        from_gross=Decimal(50_000),
        committee="Hauptausschuss",
    )
    ApprovalRule.objects.create(
        policy=world.policy, tier=2, role=Role.TREASURER, from_gross=Decimal(10_000)
    )
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(70_000))
    rows = [world.submitted({0: quantity}) for quantity in (1, 25, 115, 150, 2)]
    chosen = [Chosen(row.pk, row.current_revision) for row in rows]
    chosen[4] = Chosen(rows[4].pk, 7)
    chosen.append(Chosen(10**6, 1))
    results = approvals.decide_many(
        chosen=chosen, verdict=Verdict.APPROVE, by=world.approver, now=NOW
    )
    assert outcomes(results) == [Outcome.ISSUED, Outcome.SIGNED, *[Outcome.REFUSED] * 4]
    assert [type(row.refusal) for row in results[2:]] == [
        ResolutionMissing,
        ResolutionMissing,
        StaleRevision,
        NotFound,
    ]


def test_above_the_limit_the_row_is_refused(world: World) -> None:
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(1000))
    results = many([world.submitted({0: 1}), world.submitted({0: 3})], world.approver)
    assert outcomes(results) == [Outcome.ISSUED, Outcome.REFUSED]
    assert isinstance(results[1].refusal, SigningLimitExceeded)


def test_what_became_dearer_goes_back() -> None:
    """The first rank is stopped since, and the next one is dearer."""
    ranks = build_ranks(
        AllocationRule.CASCADE,
        prices=[Decimal(100), Decimal(101), Decimal(101)],
        maxima=[Decimal(10_000)] * 3,
    )
    requisition = ranks.submitted(3)
    close(ranks, 1)
    (result,) = many([requisition], ranks.world.approver)
    assert result.outcome is Outcome.SENT_BACK
    requisition.refresh_from_db()
    assert requisition.state == "returned"


def test_the_same_box_twice_is_decided_once(world: World) -> None:
    requisition = world.submitted({0: 1})
    assert len(many([requisition, requisition], world.approver)) == 1
    assert Decision.objects.count() == 1


def test_rejecting_needs_a_comment_and_writes_it_to_each(world: World) -> None:
    rows = [world.submitted({0: 1}), world.submitted({0: 2})]
    before = contents()
    with pytest.raises(CommentMissing):
        many(rows, world.approver, Verdict.REJECT, " ")
    assert contents() == before
    results = many(rows, world.approver, Verdict.REJECT, "Kein Bedarf")
    assert outcomes(results) == [Outcome.REJECTED, Outcome.REJECTED]
    assert {row.comment for row in Decision.objects.all()} == {"Kein Bedarf"}


@pytest.mark.parametrize(("count", "refusal"), [(0, NothingChosen), (101, TooManyAtOnce)])
def test_none_and_too_many_decide_nothing(
    world: World, count: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        approvals.decide_many(
            chosen=[Chosen(pk, 1) for pk in range(count)],
            verdict=Verdict.APPROVE,
            by=world.approver,
            now=NOW,
        )


def test_a_substitute_signs_for_the_absent_person(world: World) -> None:
    deputy = second_tier(world)
    ApprovalRule.objects.filter(role=Role.TREASURER).delete()
    delegation = Delegation.objects.create(
        delegator=world.approver,
        delegator_person=world.approver.user,
        deputy=deputy.user,
        valid_from=DAY,
        valid_to=DAY,
        created_by=world.approver,
        created_at=NOW,
    )
    rows = [world.submitted({0: 1}), world.submitted({0: 2})]
    own = many(rows[:1], deputy)
    assert isinstance(own[0].refusal, NotAllowed)
    assert outcomes(many(rows, deputy, delegation_id=delegation.pk)) == [Outcome.ISSUED] * 2
    assert {row.on_behalf_of_id for row in Decision.objects.all()} == {world.approver.user_id}


def test_the_counts_of_all_voices_come_in_one_query(
    world: World, django_assert_num_queries: object
) -> None:
    deputy = second_tier(world)
    Delegation.objects.create(
        delegator=world.approver,
        delegator_person=world.approver.user,
        deputy=deputy.user,
        valid_from=DAY,
        valid_to=DAY,
        created_by=world.approver,
        created_at=NOW,
    )
    rows = [world.submitted({0: 1}), world.submitted({0: 2}), world.submitted({0: 3})]
    many(rows[:1], world.approver)
    voices = approvals.voices(deputy, DAY)
    with django_assert_num_queries(1):  # type: ignore[operator]
        counts = approvals.waiting_counts(voices)
    assert list(counts.values()) == [1, 2]


def test_an_approver_without_limit_has_nothing_to_count(world: World) -> None:
    world.submitted({0: 1})
    bare = person("ohne@stadt-a.example", world.authority, Role.APPROVER)
    voices = approvals.voices(bare, DAY)
    assert approvals.waiting_counts(voices) == {None: 0}
    assert approvals.above_limit(voices[0]).count() == 1
    assert ApprovalStep.objects.count() == 1
