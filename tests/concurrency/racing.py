"""Races over real connections: every runner has a thread and a database session of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from django.db import connection, connections, transaction

from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences

T = TypeVar("T")
PATIENCE = 30


def race(acts: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Start all at once; return each result, or the exception it ended with.

    A statement that waits longer than the patience is cancelled by the server, so a
    hang shows as an OperationalError and not as a test that never ends.
    """
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = '{PATIENCE}s'")
            start.wait(PATIENCE)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]


def winners(outcomes: Iterable[T | BaseException]) -> list[T]:
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


def losers(outcomes: Iterable[object]) -> list[BaseException]:
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


def one_into_the_other(first: Callable[[], T], second: Callable[[], T]) -> list[T | BaseException]:
    """Let *second* run into the open transaction of *first*; what became of them, in order.

    The first one commits as soon as the second waits for it, or is done without waiting.
    """
    began, ended = Event(), Event()

    def begin() -> T:
        try:
            with transaction.atomic():
                done = first()
                began.set()
                until_somebody_waits(ended)
                return done
        finally:
            began.set()

    def follow() -> T:
        try:
            assert began.wait(PATIENCE)
            return second()
        finally:
            ended.set()

    return race([begin, follow])


def until_somebody_waits(or_is_set: Event | None = None) -> None:
    """Return when a session of this database waits for a lock, or the event is set."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if or_is_set is not None and or_is_set.is_set():
            return
        with connection.cursor() as cursor:
            # The view is a snapshot that lasts as long as the caller's transaction.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise TimeoutError("nobody waits for a lock")


def unlocked_accounts(meeting: Barrier) -> Callable[[Iterable[int]], dict[int, LimitAccount]]:
    """In place of `lock_accounts`: reads without a lock, then waits until all have read."""

    def read(account_ids: Iterable[int]) -> dict[int, LimitAccount]:
        rows = LimitAccount.objects.filter(pk__in=set(account_ids)).order_by("pk")
        accounts = {row.pk: row for row in rows}
        meeting.wait(PATIENCE)
        return accounts

    return read


def assert_books_are_clean() -> None:
    assert differences() == []
