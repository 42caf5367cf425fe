"""No limit is oversold, whatever comes at once; and the races can fail (docs/ledger.md).

Two guards stand before every limit: the check on the locked rows, and the constraint
(caps) or trigger (budgets) of the database. Each is switched off alone, and the limit
still holds; with both off the same race oversells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from threading import Barrier

import psycopg
import pytest
from django.db import OperationalError

from contracts.ledger import movements
from contracts.ledger.errors import LimitExceeded
from contracts.ledger.models import LimitAccount
from orders import requisitions
from orders.models import FinanceEvent, Requisition
from tests.world import NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, losers, race, unlocked_accounts, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

RUNNERS = 24
FEW = 6
ROOM = 2
NOTEBOOK = Decimal("510.51")  # 429.00 net with 19 % VAT
NO_CAP = "ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded"
NO_BUDGET_GUARD = "DROP TRIGGER ledger_budget_not_overdrawn ON ledger_limitaccount"

WorldMaker = Callable[[], World]


def world_with_a_tight_cap() -> World:
    return build_world(notebook_quantity=ROOM)


def world_with_a_tight_budget() -> World:
    return build_world(budget=ROOM * NOTEBOOK)


WORLDS = (world_with_a_tight_cap, world_with_a_tight_budget)
GUARDS = tuple(zip(WORLDS, (NO_CAP, NO_BUDGET_GUARD), strict=True))


def tight_account(world: World) -> LimitAccount:
    """The one account that carries two notebooks and no more."""
    cap, budget = world.items[0].account, world.budget_line.own_account
    account = cap if cap.limit_amount == ROOM else budget
    account.refresh_from_db()
    return account


def submit_at_once(world: World, drafts: Iterable[Requisition]) -> list[object]:
    def submit(pk: int) -> Callable[[], object]:
        return lambda: requisitions.submit(requisition_id=pk, by=world.officer, now=NOW)

    return race([submit(draft.pk) for draft in drafts])


@pytest.mark.parametrize("make_world", WORLDS)
def test_exactly_what_fits_gets_through(make_world: WorldMaker) -> None:
    world = make_world()
    outcomes = submit_at_once(world, [world.draft({0: 1}) for _ in range(RUNNERS)])

    assert len(winners(outcomes)) == ROOM
    for refusal in losers(outcomes):
        assert isinstance(refusal, LimitExceeded), refusal
        (gap,) = refusal.shortfalls
        assert gap.account_id == tight_account(world).pk
    assert tight_account(world).available == 0
    assert_books_are_clean()
    states = Requisition.objects.values_list("state", flat=True)
    assert sorted(states) == ["draft"] * (RUNNERS - ROOM) + ["submitted"] * ROOM
    assert FinanceEvent.objects.count() == ROOM
    late = world.draft({0: 1})
    with pytest.raises(LimitExceeded):
        requisitions.submit(requisition_id=late.pk, by=world.officer, now=NOW)


def test_what_is_given_back_is_sold_once_more() -> None:
    world = world_with_a_tight_cap()
    first = world.submitted({0: 2})
    drafts = [world.draft({0: 1}) for _ in range(FEW)]
    assert winners(submit_at_once(world, drafts)) == []
    requisitions.withdraw(requisition_id=first.pk, by=world.officer, now=NOW)
    assert len(winners(submit_at_once(world, drafts))) == ROOM
    assert tight_account(world).available == 0
    assert_books_are_clean()


def test_two_lots_in_opposite_order_do_not_deadlock() -> None:
    world = build_world(notebook_quantity=10)
    orders = [{0: 1, 1: 1}, {1: 1, 0: 1}]
    drafts = [world.draft(orders[number % 2]) for number in range(RUNNERS)]
    assert _first_lot(drafts[0]) != _first_lot(drafts[1])

    outcomes = submit_at_once(world, drafts)

    assert len(winners(outcomes)) == 10
    assert {type(refusal) for refusal in losers(outcomes)} == {LimitExceeded}
    assert_books_are_clean()


def test_without_the_order_of_locks_they_do_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: rows locked one by one, as they come."""
    world = build_world()
    drafts = [world.draft({0: 1, 1: 1}), world.draft({1: 1, 0: 1})]
    meeting = Barrier(len(drafts))

    def one_by_one(account_ids: Iterable[int]) -> dict[int, LimitAccount]:
        accounts: dict[int, LimitAccount] = {}
        for pk in account_ids:
            accounts[pk] = LimitAccount.objects.select_for_update(no_key=True).get(pk=pk)
            if len(accounts) == 1:
                meeting.wait(PATIENCE)
        return accounts

    monkeypatch.setattr(movements, "lock_accounts", one_by_one)
    outcomes = submit_at_once(world, drafts)
    assert len(winners(outcomes)) == 1
    (refusal,) = losers(outcomes)
    assert isinstance(refusal, OperationalError)
    assert "deadlock detected" in str(refusal)


@pytest.mark.parametrize(("make_world", "switch_off"), GUARDS)
def test_the_check_on_locked_rows_holds_alone(
    make_world: WorldMaker, switch_off: str, owner: psycopg.Connection
) -> None:
    owner.execute(switch_off)
    world = make_world()
    outcomes = submit_at_once(world, [world.draft({0: 1}) for _ in range(FEW)])
    assert len(winners(outcomes)) == ROOM
    assert {type(refusal) for refusal in losers(outcomes)} == {LimitExceeded}
    assert_books_are_clean()


@pytest.mark.parametrize("make_world", WORLDS)
def test_the_database_holds_alone(make_world: WorldMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without locks the rows of one order may deadlock; more than two never pass."""
    world = make_world()
    drafts = [world.draft({0: 1}) for _ in range(FEW)]
    monkeypatch.setattr(movements, "lock_accounts", unlocked_accounts(Barrier(FEW)))
    outcomes = submit_at_once(world, drafts)
    assert 1 <= len(winners(outcomes)) <= ROOM
    assert {type(refusal) for refusal in losers(outcomes)} <= {LimitExceeded, OperationalError}
    assert tight_account(world).available >= 0
    assert_books_are_clean()


@pytest.mark.parametrize(("make_world", "switch_off"), GUARDS)
def test_without_both_the_same_race_oversells(
    make_world: WorldMaker,
    switch_off: str,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: the race is able to find what the guards prevent."""
    owner.execute(switch_off)
    world = make_world()
    drafts = [world.draft({0: 1}) for _ in range(FEW)]
    monkeypatch.setattr(movements, "lock_accounts", unlocked_accounts(Barrier(FEW)))
    outcomes = submit_at_once(world, drafts)
    assert len(winners(outcomes)) > ROOM
    assert tight_account(world).available < 0


def _first_lot(requisition: Requisition) -> int:
    first = requisitions.current_lines(requisition)[0]
    return first.item.award.lot_id
