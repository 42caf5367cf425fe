"""Races on the ledger itself: a hold ends once, a post is taken back once, a stop counts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from contracts.ledger import movements, statements
from contracts.ledger.errors import (
    AccountClosed,
    HoldAlreadyResolved,
    LimitBelowUse,
    ReverseTooLarge,
)
from contracts.ledger.models import (
    AccountKind,
    ClosedReason,
    EntryKind,
    LedgerEntry,
    LimitAccount,
    Unit,
)
from contracts.ledger.movements import (
    adjust,
    hold,
    open_account,
    reverse,
    set_open,
    settle,
    transfer,
)
from contracts.ledger.requests import Hold, Post, Reverse
from tests.world import NOW

from .racing import (
    PATIENCE,
    assert_books_are_clean,
    losers,
    one_into_the_other,
    race,
    unlocked_accounts,
    until_somebody_waits,
    winners,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

RUNNERS = 8
UNCHECKED_REVERSES = (
    "IF is_reversing AND EXISTS (",
    "IF false AND EXISTS (",
)


@pytest.fixture
def account() -> LimitAccount:
    return opened(AccountKind.LOT_VALUE)


def opened(kind: AccountKind) -> LimitAccount:
    return open_account(
        kind=kind,
        unit=Unit.EUR,
        title=kind.label,
        limit=Decimal(1000),
        document="Zuschlag",
        by=None,
        now=NOW,
    )


def held(account: LimitAccount, reference: str, amount: int = 100) -> int:
    ids = hold([Hold(account.pk, Decimal(amount), reference)], by=None, now=NOW)
    return ids[f"{account.pk}:{reference}"]


def posted(account: LimitAccount, reference: str) -> int:
    pk = held(account, reference)
    settle(posts=[Post(pk, Decimal(100), reference)], by=None, now=NOW)
    return LedgerEntry.objects.get(kind=EntryKind.POST, resolves_id=pk).pk


def ending(hold_id: int) -> list[Callable[[], None]]:
    """Post and release one hold, under references that do not collide."""
    posts = [
        lambda number=number: settle(
            posts=[Post(hold_id, Decimal(100), f"post {number}")], by=None, now=NOW
        )
        for number in range(RUNNERS - 1)
    ]
    return [*posts, lambda: settle(voids=[hold_id], by=None, now=NOW)]


def taking_back(post_id: int) -> list[Callable[[], None]]:
    return [
        lambda number=number: reverse(
            [Reverse(post_id, Decimal(60), f"storno {number}")], by=None, now=NOW
        )
        for number in range(RUNNERS)
    ]


def setting(account: LimitAccount) -> list[Callable[[], None]]:
    return [
        lambda limit=limit: adjust(
            account.pk,
            new_limit=Decimal(limit),
            document="Nachtrag",
            reference=f"Nachtrag {limit}",
            by=None,
            now=NOW,
        )
        for limit in (1200, 1500)
    ]


def giving(giver: LimitAccount, taker: LimitAccount) -> list[Callable[[], None]]:
    """Two transfers of 400 each."""
    return [
        lambda number=number: transfer(
            from_account_id=giver.pk,
            to_account_id=taker.pk,
            amount=Decimal(400),
            document="Umbuchung",
            reference=f"Umbuchung {number}",
            by=None,
            now=NOW,
        )
        for number in range(2)
    ]


def test_a_hold_ends_once(account: LimitAccount) -> None:
    held(account, "a")
    outcomes = race(ending(held(account, "b")))
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {HoldAlreadyResolved}
    account.refresh_from_db()
    assert account.held == 100
    assert_books_are_clean()


def test_without_the_index_a_hold_ends_twice(
    account: LimitAccount, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: open holds are read before the lock, so the index has to refuse."""
    held(account, "a")
    both = ending(held(account, "b"))[:2]
    meeting = Barrier(len(both))
    read = movements._open_holds

    def read_together(hold_ids: list[int]) -> dict[int, LedgerEntry]:
        found = read(hold_ids)
        meeting.wait(PATIENCE)
        return found

    monkeypatch.setattr(movements, "_open_holds", read_together)
    owner.execute("DROP INDEX ledger_hold_resolved_once")
    assert len(winners(race(both))) == 2


def test_a_post_is_taken_back_once(account: LimitAccount) -> None:
    posted(account, "a")
    outcomes = race(taking_back(posted(account, "b")))
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {ReverseTooLarge}
    account.refresh_from_db()
    assert account.posted == 140
    assert_books_are_clean()


def test_without_the_bound_a_post_is_taken_back_again(
    account: LimitAccount, owner: psycopg.Connection
) -> None:
    """Negative control: the bound in the trigger is what refuses the second."""
    posted(account, "a")
    post = posted(account, "b")
    (source,) = owner.execute(
        "SELECT pg_get_functiondef('ledger_apply_entries'::regproc)"
    ).fetchone() or ("",)
    old, new = UNCHECKED_REVERSES
    assert source.count(old) == 1
    owner.execute(source.replace(old, new))
    assert len(winners(race(taking_back(post)[:2]))) == 2


def test_a_stop_cannot_be_overtaken_by_a_hold(account: LimitAccount) -> None:
    outcome = _hold_while_stopping(account)
    assert isinstance(outcome, AccountClosed)
    assert not LedgerEntry.objects.filter(kind=EntryKind.HOLD).exists()


def test_without_the_lock_a_hold_overtakes_the_stop(
    account: LimitAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the mutant 'lock removed' dies here."""
    unlocked = statements.LOCK_ACCOUNTS.replace("FOR NO KEY UPDATE", "")
    assert unlocked != statements.LOCK_ACCOUNTS
    monkeypatch.setattr(statements, "LOCK_ACCOUNTS", unlocked)
    assert not isinstance(_hold_while_stopping(account), BaseException)


def test_of_two_new_limits_one_counts(account: LimitAccount) -> None:
    assert len(winners(race(setting(account)))) == 2
    account.refresh_from_db()
    assert account.limit_amount in (1200, 1500)
    assert_books_are_clean()


def test_without_the_lock_two_new_limits_add_up(
    account: LimitAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: each books its difference to the limit it has read."""
    monkeypatch.setattr(movements, "lock_accounts", unlocked_accounts(Barrier(2)))
    assert len(winners(race(setting(account)))) == 2
    account.refresh_from_db()
    assert account.limit_amount == 1700


def freezing(account: LimitAccount) -> list[Callable[[], None]]:
    """Two freezes of 200 and 300."""
    return [
        lambda amount=amount: movements.adjust_by(
            account.pk,
            delta=Decimal(-amount),
            document="Sperre",
            reference=f"Sperre {amount}",
            by=None,
            now=NOW,
        )
        for amount in (200, 300)
    ]


def test_two_freezes_at_once_both_count() -> None:
    budget = opened(AccountKind.BUDGET)
    assert len(winners(race(freezing(budget)))) == 2
    budget.refresh_from_db()
    assert budget.limit_amount == 500
    assert_books_are_clean()


def test_a_freeze_computed_from_a_limit_read_before_loses_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: what a freeze leaves is worked out before the row is locked."""
    budget, meeting = opened(AccountKind.BUDGET), Barrier(2)

    def from_what_was_read(account_id: int, *, delta: Decimal, **rest: object) -> None:
        limit = LimitAccount.objects.get(pk=account_id).limit_amount
        meeting.wait(PATIENCE)
        adjust(account_id, new_limit=limit + delta, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(movements, "adjust_by", from_what_was_read)
    assert len(winners(race(freezing(budget)))) == 2
    budget.refresh_from_db()
    assert budget.limit_amount > 500


def _book_while_suspending(account: LimitAccount) -> object:
    """A suspension that has the row, and a post of what is held that waits for it."""
    hold_id = held(account, "a")

    def suspend() -> None:
        set_open([account.pk], is_open=False, reason=ClosedReason.SUSPENDED)

    def book() -> None:
        settle(posts=[Post(hold_id, Decimal(100), "a")], by=None, now=NOW)

    return one_into_the_other(suspend, book)[1]


def test_a_suspension_cannot_be_overtaken_by_a_post(account: LimitAccount) -> None:
    assert isinstance(_book_while_suspending(account), AccountClosed)
    account.refresh_from_db()
    assert (account.held, account.posted) == (100, 0)


def test_without_the_lock_a_post_overtakes_the_suspension(
    account: LimitAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the post reads the row as it was before the suspension commits."""
    unlocked = statements.LOCK_ACCOUNTS.replace("FOR NO KEY UPDATE", "")
    monkeypatch.setattr(statements, "LOCK_ACCOUNTS", unlocked)
    assert not isinstance(_book_while_suspending(account), BaseException)


def test_a_budget_gives_its_limit_away_once() -> None:
    """A budget may be frozen below its use, so no constraint stands behind the check."""
    giver, taker = opened(AccountKind.BUDGET), opened(AccountKind.BUDGET)
    held(giver, "a", amount=600)
    outcomes = race(giving(giver, taker))
    assert len(winners(outcomes)) == 1
    assert [type(refusal) for refusal in losers(outcomes)] == [LimitBelowUse]
    giver.refresh_from_db()
    assert giver.available == 0
    assert_books_are_clean()


def test_without_the_lock_a_budget_gives_more_than_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: both have read that 400 are left to give."""
    giver, taker = opened(AccountKind.BUDGET), opened(AccountKind.BUDGET)
    held(giver, "a", amount=600)
    monkeypatch.setattr(movements, "lock_accounts", unlocked_accounts(Barrier(2)))
    assert len(winners(race(giving(giver, taker)))) == 2
    giver.refresh_from_db()
    assert giver.available < 0


def test_transfers_in_both_directions_do_not_deadlock(account: LimitAccount) -> None:
    other = opened(AccountKind.LOT_VALUE)
    acts = [
        lambda pair=pair, number=number: transfer(
            from_account_id=pair[0].pk,
            to_account_id=pair[1].pk,
            amount=Decimal(1),
            document="Umbuchung",
            reference=f"Umbuchung {number}",
            by=None,
            now=NOW,
        )
        for number in range(RUNNERS)
        for pair in [(account, other) if number % 2 else (other, account)]
    ]
    assert len(winners(race(acts))) == RUNNERS
    account.refresh_from_db()
    assert account.limit_amount == 1000
    assert_books_are_clean()


def test_all_accounts_are_locked_in_order_by_one_statement(account: LimitAccount) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        movements.lock_accounts([account.pk, account.pk])
    (statement,) = [row["sql"] for row in queries if "ledger_limitaccount" in row["sql"]]
    assert statement.split()[-7:] == ["ORDER", "BY", "id", "FOR", "NO", "KEY", "UPDATE"]


def _hold_while_stopping(account: LimitAccount) -> object:
    """Stop the account, let a hold run into the open transaction, commit the stop."""
    outcomes: list[object] = []

    def run() -> None:
        outcomes.extend(race([lambda: held(account, "late")]))

    thread = Thread(target=run)
    with transaction.atomic():
        set_open([account.pk], is_open=False, reason=ClosedReason.SUSPENDED)
        thread.start()
        until_somebody_waits()
    thread.join(PATIENCE)
    connections.close_all()
    (outcome,) = outcomes
    return outcome
