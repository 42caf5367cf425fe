"""A deadlock is repeated, and else answered by "please repeat"; never by an error.

The act holds its requisition and wants the accounts; the opponent holds an account and wants the
requisition. PostgreSQL takes back the one that waits longer, and that is the act.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from django.db import OperationalError, transaction

from contracts import retrying
from contracts.ledger.models import LimitAccount
from contracts.retrying import PleaseRepeat
from contracts.sweeps.models import SweepFailure
from orders import requisitions
from orders.models import Requisition
from tests.world import NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, race, until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]


@pytest.fixture
def unrepeated() -> None:
    """Here acts are repeated, as they are in the product."""


@pytest.fixture
def world() -> World:
    return build_world()


def collide(world: World, row: Requisition, act: Act) -> object:
    """Let the act run into the opponent; what became of it."""
    held = Event()

    def opponent() -> None:
        with transaction.atomic():
            LimitAccount.objects.select_for_update().get(pk=world.budget_line.binding_account_id)
            held.set()
            until_somebody_waits()
            Requisition.objects.select_for_update().get(pk=row.pk)

    def late_act() -> object:
        assert held.wait(PATIENCE)
        return act()

    outcome, opponents = race([late_act, opponent])
    assert opponents is None
    return outcome


def withdrawing(world: World, row: Requisition) -> Act:
    return lambda: requisitions.withdraw(requisition_id=row.pk, by=world.officer, now=NOW)


def state_of(row: Requisition) -> str:
    row.refresh_from_db()
    assert_books_are_clean()
    return row.state


def test_a_deadlock_is_repeated(world: World) -> None:
    row = world.submitted({0: 3})
    assert isinstance(collide(world, row, withdrawing(world, row)), Requisition)
    assert state_of(row) == "withdrawn"


def test_one_that_keeps_colliding_is_asked_to_repeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.submitted({0: 3})
    monkeypatch.setattr(retrying, "TRIES", 1)
    refusal = collide(world, row, withdrawing(world, row))
    assert isinstance(refusal, PleaseRepeat)
    assert state_of(row) == "submitted"


def test_without_the_repetition_it_is_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    row = world.submitted({0: 3})
    monkeypatch.setattr(retrying, "collided", lambda _error: False)
    refusal = collide(world, row, withdrawing(world, row))
    assert isinstance(refusal, OperationalError)
    assert "deadlock detected" in str(refusal)
    assert state_of(row) == "submitted"


def test_within_a_transaction_nothing_is_repeated(world: World) -> None:
    row = world.submitted({0: 3})

    def inside() -> object:
        with transaction.atomic():
            return withdrawing(world, row)()

    assert isinstance(collide(world, row, inside), OperationalError)
    assert state_of(row) == "submitted"


def test_a_sweep_repeats_it_at_once(world: World) -> None:
    row = world.submitted({0: 3})
    assert row.expires_at is not None
    assert collide(world, row, lambda: requisitions.expire_due(now=row.expires_at)) == 1
    assert not SweepFailure.objects.exists()
    assert state_of(row) == "expired"
