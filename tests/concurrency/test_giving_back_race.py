"""Cancel, receive and cancel at once on one call-off: one outcome, never more than ordered.

The lock on the call-off's row decides who comes first; behind it stands the constraint
on the progress of a line. With both off the same race delivers and cancels the same goods.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from django.db.models import QuerySet

from contracts.ledger.models import LimitAccount
from orders.call_offs import cancellations, goods_receipts
from orders.errors import MoreThanOpen, NothingOpen
from orders.models import CallOff, CallOffLineProgress, Cancellation, GoodsReceipt
from tests.world import DAY, NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

ORDERED = 10
NO_CHECK = "ALTER TABLE orders_callofflineprogress DROP CONSTRAINT orders_line_not_over_ordered"


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def call_off(world: World) -> CallOff:
    world.approve(world.submitted({0: ORDERED}))
    return CallOff.objects.get()


def cancel(world: World, call_off: CallOff) -> Callable[[], object]:
    return lambda: cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=None,
        reason="Nein",
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def receive(world: World, call_off: CallOff, quantity: int = ORDERED) -> Callable[[], object]:
    line = call_off.lines.get()
    return lambda: goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities={line.pk: quantity},
        received_on=DAY,
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def without_lock(call_off_id: int, _within: QuerySet[CallOff]) -> CallOff:
    """In place of `locked_call_off`."""
    return CallOff.objects.get(pk=call_off_id)


def lines_together(meeting: Barrier, real: Callable[[CallOff], list]) -> Callable[[CallOff], list]:
    """In place of `lines_of`: everybody reads the progress before anybody writes it."""

    def read(call_off: CallOff) -> list:
        lines = real(call_off)
        meeting.wait(PATIENCE)
        return lines

    return read


def switch_off_the_lock(monkeypatch: pytest.MonkeyPatch, runners: int) -> None:
    meeting = Barrier(runners)
    for module in (cancellations, goods_receipts):
        monkeypatch.setattr(module, "locked_call_off", without_lock)
        monkeypatch.setattr(module, "lines_of", lines_together(meeting, module.lines_of))


def test_the_same_goods_come_or_are_cancelled_but_not_both(world: World, call_off: CallOff) -> None:
    acts = [cancel(world, call_off), receive(world, call_off), cancel(world, call_off)]
    outcomes = race(acts)

    (winner,) = winners(outcomes)
    assert {type(refusal) for refusal in losers(outcomes)} == {NothingOpen}
    progress = CallOffLineProgress.objects.get()
    account = LimitAccount.objects.get(pk=world.items[0].account_id)
    call_off.refresh_from_db()
    if isinstance(winner, GoodsReceipt):
        assert (progress.delivered, progress.cancelled) == (ORDERED, 0)
        assert (account.posted, call_off.state) == (ORDERED, "delivered")
    else:
        assert (progress.delivered, progress.cancelled) == (0, ORDERED)
        assert (account.posted, call_off.state) == (0, "cancelled")
    assert_books_are_clean()


def test_a_part_that_comes_first_leaves_the_rest_to_the_cancellation(
    world: World, call_off: CallOff
) -> None:
    outcomes = race([cancel(world, call_off), *[receive(world, call_off, 1)] * 4])
    progress = CallOffLineProgress.objects.get()
    assert progress.open == 0
    assert progress.delivered == len(winners(outcomes)) - 1
    assert LimitAccount.objects.get(pk=world.items[0].account_id).posted == progress.delivered
    assert_books_are_clean()


def test_without_the_lock_the_constraint_holds_alone(
    world: World, call_off: CallOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off_the_lock(monkeypatch, 2)
    outcomes = race([cancel(world, call_off), receive(world, call_off)])
    assert len(winners(outcomes)) == 1
    (refusal,) = losers(outcomes)
    assert isinstance(refusal, MoreThanOpen)
    assert CallOffLineProgress.objects.get().open == 0
    assert_books_are_clean()


def test_the_lock_holds_alone(world: World, call_off: CallOff, owner: psycopg.Connection) -> None:
    owner.execute(NO_CHECK)
    race([cancel(world, call_off), receive(world, call_off), cancel(world, call_off)])
    assert CallOffLineProgress.objects.get().open == 0


def test_without_both_the_same_goods_come_and_are_cancelled(
    world: World,
    call_off: CallOff,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: the race is able to find what the two guards prevent."""
    owner.execute(NO_CHECK)
    switch_off_the_lock(monkeypatch, 2)
    outcomes = race([cancel(world, call_off), receive(world, call_off)])
    assert len(winners(outcomes)) == 2
    assert CallOffLineProgress.objects.get().open == -ORDERED
    assert Cancellation.objects.count() == GoodsReceipt.objects.count() == 1
