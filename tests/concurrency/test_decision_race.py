"""Two people at once on one requisition: one outcome, one set of holds and call-offs.

The lock on the requisition row decides; the loser finds the state changed. Behind it
stand the unique references of the ledger and of the finance events: with the lock taken
away the loser's refusal is no longer a decent one, but nothing is booked twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from contracts.ledger.models import LedgerEntry
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import decisions
from orders.errors import AlreadyDecided
from orders.lifecycle import IllegalTransition
from orders.models import CallOff, Decision, FinanceEvent, Requisition
from orders.models.approval import Verdict
from orders.requisitions import submission
from tests.world import NOW, World, build_world, person

from .racing import PATIENCE, assert_books_are_clean, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

RUNNERS = 8
HOLDS = 4  # of one line: item, lot, agreement, budget


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def second_approver(world: World) -> Membership:
    return person(
        "zweite@stadt-a.example", world.authority, Role.APPROVER, signing_limit=Decimal(10**8)
    )


def submitting(world: World, draft: Requisition) -> Callable[[], object]:
    return lambda: requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)


def withdrawing(world: World, requisition: Requisition) -> Callable[[], object]:
    return lambda: requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)


def deciding(
    requisition: Requisition, by: Membership, verdict: Verdict = Verdict.APPROVE
) -> Callable[[], object]:
    return lambda: approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=verdict,
        comment="" if verdict is Verdict.APPROVE else "Bitte Bedarf prüfen.",
        by=by,
        now=NOW,
    )


def assert_one_won(outcomes: list[object]) -> None:
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {IllegalTransition}


def assert_books_match(*requisitions_: Requisition) -> None:
    """Held while in approval, posted with one call-off when approved, else free."""
    found = Counter(LedgerEntry.objects.exclude(kind="adjust").values_list("kind", flat=True))
    found += Counter(FinanceEvent.objects.values_list("type", flat=True))
    found["call-off"] = CallOff.objects.count()
    expected: Counter[str] = Counter()
    for requisition in requisitions_:
        requisition.refresh_from_db()
        expected += Counter({"hold": HOLDS, "RESERVATION": 1})
        if requisition.state == "approved":
            expected += Counter({"post": HOLDS, "COMMITMENT": 1, "call-off": 1})
        elif requisition.state != "submitted":
            expected["void"] += HOLDS
        if requisition.state != "submitted":
            expected["RESERVATION_RELEASE"] += 1
    assert +found == expected
    assert_books_are_clean()


def test_a_requisition_is_submitted_once(world: World) -> None:
    draft = world.draft({0: 3})
    assert_one_won(race([submitting(world, draft)] * RUNNERS))
    assert_books_match(draft)


def test_two_approvers_at_once_issue_once(world: World, second_approver: Membership) -> None:
    requisition = world.submitted({0: 3})
    people = [world.approver, second_approver]
    assert_one_won(race([deciding(requisition, by) for by in people]))
    assert Decision.objects.count() == 1
    assert_books_match(requisition)


def test_a_double_click_of_one_approver_issues_once(world: World) -> None:
    requisition = world.submitted({0: 3})
    assert_one_won(race([deciding(requisition, world.approver)] * RUNNERS))
    assert_books_match(requisition)


def test_two_signatures_at_once_both_count_and_issue_once(
    world: World, second_approver: Membership
) -> None:
    world.policy.rules.update(signers=2)
    requisition = world.submitted({0: 3})
    people = [world.approver, second_approver]
    assert len(winners(race([deciding(requisition, by) for by in people]))) == 2
    assert Decision.objects.count() == 2
    assert_books_match(requisition)


def test_one_person_does_not_sign_for_two(world: World) -> None:
    world.policy.rules.update(signers=2)
    requisition = world.submitted({0: 3})
    outcomes = race([deciding(requisition, world.approver)] * RUNNERS)
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {AlreadyDecided}
    assert_books_match(requisition)


def test_approval_and_rejection_at_once_have_one_outcome(
    world: World, second_approver: Membership
) -> None:
    requisition = world.submitted({0: 3})
    acts = [
        deciding(requisition, world.approver),
        deciding(requisition, second_approver, Verdict.REJECT),
    ]
    assert_one_won(race(acts))
    assert_books_match(requisition)


def test_approval_and_withdrawal_at_once_have_one_outcome(world: World) -> None:
    asked = [world.submitted({0: 3}) for _ in range(6)]
    for turn, requisition in enumerate(asked):
        acts = [deciding(requisition, world.approver), withdrawing(world, requisition)]
        assert_one_won(race(acts if turn % 2 else acts[::-1]))
    assert_books_match(*asked)


def test_approval_and_expiry_at_once_have_one_outcome(world: World) -> None:
    requisition = world.submitted({0: 3})
    late = NOW + timedelta(days=30)
    outcomes = race(
        [deciding(requisition, world.approver), lambda: requisitions.expire_due(now=late)]
    )
    approved = not isinstance(outcomes[0], BaseException)
    assert outcomes[1] == (0 if approved else 1)
    assert approved or isinstance(outcomes[0], IllegalTransition)
    assert_books_match(requisition)


def unlocked_requisition(meeting: Barrier) -> Callable[[int, Membership], Requisition]:
    """In place of `locked`: reads without a lock and waits until the other has read too."""

    def read(requisition_id: int, by: Membership) -> Requisition:
        rows = requisitions.visible_requisitions(by)
        row = rows.select_related("authority", "created_by__user").get(pk=requisition_id)
        meeting.wait(PATIENCE)
        return row

    return read


def test_without_the_lock_the_double_submit_is_seen_and_still_books_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, and the proof of the second guard."""
    draft = world.draft({0: 3})
    monkeypatch.setattr(submission, "locked", unlocked_requisition(Barrier(2)))
    outcomes = race([submitting(world, draft)] * 2)
    with pytest.raises(AssertionError):
        assert_one_won(outcomes)
    assert len(winners(outcomes)) == 1
    assert_books_match(draft)


def test_without_the_lock_two_approvals_are_seen_and_still_issue_once(
    world: World, second_approver: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, and the proof of the second guard."""
    requisition = world.submitted({0: 3})
    monkeypatch.setattr(decisions, "locked", unlocked_requisition(Barrier(2)))
    outcomes = race([deciding(requisition, by) for by in (world.approver, second_approver)])
    with pytest.raises(AssertionError):
        assert_one_won(outcomes)
    assert len(winners(outcomes)) == 1
    assert_books_match(requisition)
