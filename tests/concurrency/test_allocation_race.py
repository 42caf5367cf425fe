"""Turns of a rotation are given once each, in ring order, whatever is approved at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from threading import Barrier

import pytest

from contracts.agreements.models import AllocationRule, RotationCounter
from contracts.ledger.models import LimitAccount
from orders import approvals
from orders.allotting.audit import deviations
from orders.binding import standing
from orders.call_offs.confirmations import refuse
from orders.errors import NobodyInTurn
from orders.models import AllocationStep, CallOff, Requisition
from orders.models.approval import Verdict
from orders.requisitions import submit
from tests.ranks import PRICE, Ranks, build_ranks
from tests.world import NOW

from .racing import PATIENCE, assert_books_are_clean, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

RUNNERS = 16
FEW = 4


def approving(ranks: Ranks, requisition: Requisition) -> Callable[[], object]:
    return lambda: approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.APPROVE,
        by=ranks.world.approver,
        now=NOW,
    )


def taken(ranks: Ranks) -> list[tuple[int | None, int]]:
    rows = AllocationStep.objects.filter(lot=ranks.lot, outcome="taken").select_related("award")
    return sorted((row.turn or 0, row.award.rank) for row in rows)


def assert_ring(ranks: Ranks, count: int) -> None:
    assert taken(ranks) == [(turn, (turn - 1) % 3 + 1) for turn in range(1, count + 1)]
    assert RotationCounter.objects.get().taken == CallOff.objects.count() == count
    assert deviations(ranks.lot.pk) == []
    assert_books_are_clean()


@pytest.mark.parametrize("maximum", [None, Decimal(100_000)])
def test_every_turn_is_given_once_and_in_order(maximum: Decimal | None) -> None:
    ranks = build_ranks(AllocationRule.ROTATION, maxima=[maximum] * 3)
    asked = [ranks.submitted() for _ in range(RUNNERS)]
    assert len(winners(race([approving(ranks, row) for row in asked]))) == RUNNERS
    assert_ring(ranks, RUNNERS)


def unlocked_counters(meeting: Barrier) -> Callable[[Collection[int]], dict[int, RotationCounter]]:
    """In place of `lock_counters`: reads without a lock and waits until all have read."""

    def read(lot_ids: Collection[int]) -> dict[int, RotationCounter]:
        rows = {row.lot_id: row for row in RotationCounter.objects.filter(lot_id__in=lot_ids)}
        meeting.wait(PATIENCE)
        return rows

    return read


def test_without_the_lock_a_turn_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control; the database refuses the second of the same number."""
    ranks = build_ranks(AllocationRule.ROTATION)
    RotationCounter.objects.create(lot=ranks.lot)
    asked = [ranks.submitted() for _ in range(FEW)]
    monkeypatch.setattr(standing, "lock_counters", unlocked_counters(Barrier(FEW)))
    outcomes = race([approving(ranks, row) for row in asked])
    assert len(winners(outcomes)) < FEW
    assert any("orders_turn_taken_once" in str(refusal) for refusal in losers(outcomes))
    with pytest.raises(AssertionError):
        assert_ring(ranks, FEW)


def test_what_the_first_rank_cannot_carry_goes_to_the_second() -> None:
    """Ten at once on a cap for four: four at rank 1, the others at rank 2, one nowhere."""
    ranks = build_ranks(
        AllocationRule.CASCADE, prices=[PRICE, PRICE], maxima=[4 * PRICE, 5 * PRICE]
    )
    drafts = [ranks.draft() for _ in range(10)]

    def submitting(draft: Requisition) -> Callable[[], object]:
        return lambda: submit(requisition_id=draft.pk, by=ranks.world.officer, now=NOW)

    outcomes = race([submitting(draft) for draft in drafts])
    assert len(winners(outcomes)) == 9
    assert {type(refusal) for refusal in losers(outcomes)} == {NobodyInTurn}
    caps = LimitAccount.objects.filter(award__lot=ranks.lot).order_by("award__rank")
    assert [row.held for row in caps] == [400, 500]
    assert_books_are_clean()


def test_refusals_and_approvals_at_once_do_not_deadlock() -> None:
    ranks = build_ranks(AllocationRule.CASCADE, maxima=[100 * PRICE] * 3)
    issued = [ranks.issued() for _ in range(6)]
    asked = [ranks.submitted() for _ in range(6)]
    acts = [approving(ranks, row) for row in asked]
    acts += [
        lambda pk=row.pk: refuse(call_off_id=pk, reason="Nein", by=ranks.desks[0], now=NOW)
        for row in issued
    ]
    assert losers(race(acts)) == []
    caps = LimitAccount.objects.filter(award__lot=ranks.lot).order_by("award__rank")
    assert [row.posted for row in caps] == [600, 600, 0]
    assert deviations(ranks.lot.pk) == []
    assert_books_are_clean()
