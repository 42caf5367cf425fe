"""Last signatures over the same accounts, met in opposite order, do not wait for each other."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count
from threading import Barrier

import pytest
from django.db import OperationalError

from contracts.ledger.models import LimitAccount
from orders import approvals
from orders.binding import holds
from orders.models import CallOff, Requisition
from orders.models.approval import Verdict
from tests.world import NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, losers, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def signatures(world: World, number: int) -> list[Callable[[], Requisition]]:
    orders = [{0: 1, 1: 1}, {1: 1, 0: 1}]
    rows = [world.submitted(orders[place % 2]) for place in range(number)]
    return [
        lambda pk=row.pk: approvals.decide(  # type: ignore[misc]
            requisition_id=pk, revision_no=1, verdict=Verdict.APPROVE, by=world.approver, now=NOW
        )
        for row in rows
    ]


def test_issues_over_two_lots_in_opposite_order_do_not_deadlock() -> None:
    assert losers(race(signatures(build_world(), 6))) == []
    assert CallOff.objects.count() == 12
    assert_books_are_clean()


def test_accounts_locked_one_by_one_do_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the second one begins at the other end."""
    acts, meeting, turns = signatures(build_world(), 2), Barrier(2), count()

    def one_by_one(account_ids: Collection[int]) -> dict[int, LimitAccount]:
        accounts: dict[int, LimitAccount] = {}
        for pk in sorted(account_ids, reverse=next(turns) == 1):
            accounts[pk] = LimitAccount.objects.select_for_update(no_key=True).get(pk=pk)
            if len(accounts) == 1:
                meeting.wait(PATIENCE)
        return accounts

    monkeypatch.setattr(holds, "lock", one_by_one)
    (refusal,) = losers(race(acts))
    assert isinstance(refusal, OperationalError), refusal
    assert "deadlock" in str(refusal)
    assert_books_are_clean()
