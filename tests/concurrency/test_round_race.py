"""Deciding while the round changes: withdrawn, expired, edited, cut, decided by another.

Whoever comes second waits for the requisition's row and is told what the first one did, who
it was and when. With the guard taken away each race ends otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from contracts.agreements.models import AllocationRule
from contracts.agreements.prices.ordering import Wanted
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import Chosen, Grant, Outcome, Result, decisions
from orders.binding import standing
from orders.errors import NotAllowed, StaleRevision
from orders.lifecycle import IllegalTransition
from orders.models import ApprovalRule, CallOff, Decision, Requisition
from orders.models.approval import Verdict
from orders.requisitions import ending, exchanges
from tests.properties.mutation import spoilt_copy
from tests.ranks import build_ranks
from tests.world import NOW, World, build_world, person

from .racing import (
    PATIENCE,
    assert_books_are_clean,
    losers,
    one_into_the_other,
    race,
    winners,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]
LATE = NOW + timedelta(days=20)
GROSS = Decimal("510.51")  # of one notebook
COUNTERS = (
    "    counters = lock_counters("
    "{pk for pk, rule in lots.items() if rule == AllocationRule.ROTATION})\n"
)
ACCOUNTS = "    locked = holds.lock(accounts)\n"
COUNTERS_LAST = ((COUNTERS + ACCOUNTS, ACCOUNTS + COUNTERS),)


@pytest.fixture
def world() -> World:
    made = build_world()
    made.extra["second"] = person(
        "zweite@stadt-a.example", made.authority, Role.APPROVER, signing_limit=Decimal(10**8)
    )
    return made


def second(world: World) -> Membership:
    found = world.extra["second"]
    assert isinstance(found, Membership)
    return found


def two_signatures(world: World) -> None:
    world.policy.rules.update(signers=2)


def deciding(
    row: Requisition,
    by: Membership,
    granted: int | None = None,
    verdict: Verdict = Verdict.APPROVE,
) -> Act:
    """*granted* pieces of the first line, or all of it."""
    grants = {1: Grant(granted, "Reicht aus.")} if granted is not None else {}
    return lambda: approvals.decide(
        requisition_id=row.pk,
        revision_no=1,
        verdict=verdict,
        comment="" if verdict is Verdict.APPROVE else "Kein Bedarf.",
        grants=grants,
        by=by,
        now=NOW,
    )


def editing(world: World, row: Requisition, quantity: int) -> Act:
    return lambda: requisitions.revise(
        requisition_id=row.pk,
        base_revision=1,
        ask=world.ask(),
        wanted=[Wanted("1", world.listings[0].pk, quantity)],
        by=world.officer,
        now=NOW,
    )


def withdrawing(world: World, row: Requisition) -> Act:
    return lambda: requisitions.withdraw(requisition_id=row.pk, by=world.officer, now=NOW)


def expiring() -> Act:
    return lambda: requisitions.expire_due(now=LATE)


def assert_told(refusal: object, kind: type[Exception], *words: str) -> None:
    """The second one got this refusal, and its sentence has these words."""
    assert type(refusal) is kind, refusal
    for word in words:
        assert word in str(refusal), str(refusal)


def assert_held(world: World, quantity: int) -> None:
    """The budget holds so many notebooks."""
    account = LimitAccount.objects.get(pk=world.budget_line.binding_account_id)
    assert account.held == quantity * GROSS
    assert_books_are_clean()


def test_a_decision_after_a_withdrawal_is_told_who_withdrew(world: World) -> None:
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(withdrawing(world, row), deciding(row, world.approver))
    assert_told(
        outcomes[1],
        IllegalTransition,
        row.number,
        "zurückgezogen",
        str(world.officer.user),
        "15.06.2026, 11:00 Uhr",
    )
    assert_held(world, 0)


def test_a_withdrawal_after_the_last_signature_is_told_who_signed(world: World) -> None:
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(deciding(row, world.approver), withdrawing(world, row))
    assert_told(outcomes[1], IllegalTransition, "freigegeben", str(world.approver.user))
    assert CallOff.objects.count() == 1
    assert_held(world, 0)


def test_a_decision_after_the_expiry_is_told_of_the_deadline(world: World) -> None:
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(expiring(), deciding(row, world.approver))
    assert outcomes[0] == 1
    assert_told(outcomes[1], IllegalTransition, "verfallen", "durch Fristablauf")
    assert_held(world, 0)


def two_tiers(world: World) -> Requisition:
    """Signed in the second tier, later than the first deadline allowed to foresee."""
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER, days=30)
    row = world.submitted({0: 3})
    Requisition.objects.filter(pk=row.pk).update(expires_at=LATE)
    return row


def test_an_expiry_after_a_signature_sees_the_later_deadline(world: World) -> None:
    row = two_tiers(world)
    outcomes = one_into_the_other(deciding(row, world.approver), expiring())
    assert outcomes[1] == 0
    row.refresh_from_db()
    assert row.state == "submitted"
    assert_held(world, 3)


def test_an_expiry_that_does_not_look_again_ends_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    row = two_tiers(world)
    edit = (" or not is_over(requisition, now)", "")
    monkeypatch.setattr(ending, "_expire", spoilt_copy(ending, (edit,))._expire)
    outcomes = one_into_the_other(deciding(row, world.approver), expiring())
    assert outcomes[1] == 1


@pytest.mark.parametrize("quantity", [2, 4])
def test_a_decision_after_an_edit_is_told_of_the_new_revision(world: World, quantity: int) -> None:
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(editing(world, row, quantity), deciding(row, world.approver))
    assert_told(outcomes[1], StaleRevision, "Fassung 2", "prüfen Sie")
    assert not Decision.objects.exists()
    assert_held(world, quantity)


@pytest.mark.parametrize("quantity", [2, 4])
def test_a_decision_that_does_not_compare_the_revision_signs_unread(
    world: World, quantity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    row = world.submitted({0: 3})
    monkeypatch.setattr(decisions, "require_read", lambda *_: None)
    outcomes = one_into_the_other(editing(world, row, quantity), deciding(row, world.approver))
    assert len(winners(outcomes)) == 2
    assert CallOff.objects.get().lines.get().quantity == quantity


@pytest.mark.parametrize(("quantity", "counts"), [(2, True), (4, False)])
def test_an_edit_after_a_signature_keeps_it_for_less_only(
    world: World, quantity: int, counts: bool
) -> None:
    two_signatures(world)
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(deciding(row, world.approver), editing(world, row, quantity))
    assert len(winners(outcomes)) == 2
    row.refresh_from_db()
    assert (row.current_revision, row.submitted_revision) == (2, 1 if counts else 2)
    signed = Decision.objects.filter(requisition=row, round_no=row.submitted_revision)
    assert signed.count() == (1 if counts else 0)
    assert_held(world, quantity)


def test_an_edit_after_the_last_signature_is_refused(world: World) -> None:
    row = world.submitted({0: 3})
    outcomes = one_into_the_other(deciding(row, world.approver), editing(world, row, 2))
    assert_told(outcomes[1], NotAllowed, "freigegeben")
    assert CallOff.objects.get().lines.get().quantity == 3


def test_of_two_cuts_at_once_one_counts(world: World) -> None:
    two_signatures(world)
    row = world.submitted({0: 5})
    acts = [deciding(row, world.approver, 4), deciding(row, second(world), 3)]
    outcomes = race(acts)
    (done,) = winners(outcomes)
    (refusal,) = losers(outcomes)
    assert_told(refusal, StaleRevision, "Fassung 2")
    assert isinstance(done, Requisition)
    assert_held(world, 4 if outcomes[0] is done else 3)


def test_two_cuts_of_one_revision_count_where_nobody_compares(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the second one reads a line that is no longer what it was."""
    two_signatures(world)
    row = world.submitted({0: 5})
    monkeypatch.setattr(decisions, "require_read", lambda *_: None)
    acts = deciding(row, world.approver, 4), deciding(row, second(world), 3)
    assert len(winners(one_into_the_other(*acts))) == 2
    row.refresh_from_db()
    assert row.current_revision == 3


def test_one_of_many_that_somebody_else_decided_is_told_apart(world: World) -> None:
    rows = [world.submitted({0: 1}) for _ in range(3)]

    def deciding_all() -> list[Result]:
        return approvals.decide_many(
            chosen=[Chosen(row.pk, 1) for row in rows],
            verdict=Verdict.APPROVE,
            by=second(world),
            now=NOW,
        )

    outcomes = one_into_the_other(
        deciding(rows[1], world.approver, verdict=Verdict.REJECT), deciding_all
    )
    results = outcomes[1]
    assert isinstance(results, list)
    assert [result.outcome for result in results] == [
        Outcome.ISSUED,
        Outcome.REFUSED,
        Outcome.ISSUED,
    ]
    assert_told(results[1].refusal, IllegalTransition, "abgelehnt", str(world.approver.user))
    assert CallOff.objects.count() == 2
    assert_held(world, 0)


def test_cuts_edits_and_last_signatures_over_one_rotation_do_not_deadlock() -> None:
    """Buyer, counters, then all accounts at once: also where a cut is the last signature."""
    ranks = build_ranks(AllocationRule.ROTATION, maxima=[Decimal(100_000)] * 3)
    world = ranks.world
    rows = [ranks.submitted(5) for _ in range(12)]

    def lowering(row: Requisition) -> Act:
        (line,) = requisitions.current_lines(row)
        return lambda: requisitions.revise(
            requisition_id=row.pk,
            base_revision=1,
            ask=requisitions.ask_of([line]),
            wanted=[Wanted("1", line.listing_id, 2)],
            by=world.officer,
            now=NOW,
        )

    kinds: tuple[Callable[[Requisition], Act], ...] = (
        lambda row: deciding(row, world.approver, 3),
        lambda row: deciding(row, world.approver),
        lowering,
    )
    outcomes = race([kinds[number % 3](row) for number, row in enumerate(rows)])
    assert losers(outcomes) == []
    assert CallOff.objects.count() == 8
    assert_books_are_clean()


def test_a_cut_that_leaves_the_counters_for_later_does_deadlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: one holds the accounts and wants the counter, the other the reverse."""
    ranks = build_ranks(AllocationRule.ROTATION, maxima=[Decimal(100_000)] * 3)
    rows = [ranks.submitted(5) for _ in range(2)]
    accounts, counters = Event(), Event()
    in_order, lock_counters = standing.stand_still, standing.lock_counters
    spoilt = spoilt_copy(standing, COUNTERS_LAST)

    def after_the_accounts(lot_ids: Collection[int]) -> object:
        accounts.set()
        counters.wait(PATIENCE)
        return lock_counters(lot_ids)

    def before_the_accounts(lot_ids: Collection[int]) -> object:
        found = lock_counters(lot_ids)
        counters.set()
        accounts.wait(PATIENCE)
        return found

    def stand_still(*args: Any, requisition_id: int, **kwargs: Any) -> object:
        stand = spoilt.stand_still if requisition_id == rows[0].pk else in_order
        return stand(*args, requisition_id=requisition_id, **kwargs)

    monkeypatch.setattr(spoilt, "lock_counters", after_the_accounts)
    monkeypatch.setattr(standing, "lock_counters", before_the_accounts)
    monkeypatch.setattr(exchanges, "stand_still", stand_still)
    approver = ranks.world.approver
    outcomes = race([deciding(rows[0], approver, 3), deciding(rows[1], approver)])
    (refusal,) = losers(outcomes)
    assert isinstance(refusal, OperationalError), refusal
    assert "deadlock" in str(refusal)
    assert_books_are_clean()
