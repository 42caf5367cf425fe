"""A POST happens once per key, whatever is repeated and however it races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from api.idempotency import KEPT_FOR, forget_old
from api.models import IdempotencyRecord
from api.tasks import forget_old_answers
from contracts.parties.models import Role
from orders.finance.exports import sequence_all
from orders.models import FeedAcknowledgement
from tests.api_client import Program, program
from tests.world import NOW, World, build_world, person

ACKNOWLEDGE = "/api/v1/finance/stadt-a/events:acknowledge"


@pytest.mark.django_db
@pytest.mark.usefixtures("issued")
class TestOneAfterAnother:
    @pytest.mark.parametrize("key", [None, " ", "ä", "x" * 256])
    def test_without_a_usable_key_nothing_happens(self, finance: Program, key: str | None) -> None:
        answer = finance.post(ACKNOWLEDGE, {"seq": 1}, key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        assert not FeedAcknowledgement.objects.exists()

    def test_the_stored_answer_comes_back(self, finance: Program) -> None:
        first = finance.post(ACKNOWLEDGE, {"seq": 1}, key="k-1")
        again = finance.post(ACKNOWLEDGE, {"seq": 1}, key="k-1")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again["Content-Type"] == first["Content-Type"] == "application/json"
        assert again["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert FeedAcknowledgement.objects.count() == 1

    def test_a_refusal_is_repeated_as_it_was(self, issued: World, finance: Program) -> None:
        first = finance.post(ACKNOWLEDGE, {"seq": 99}, key="k-1")
        issued.submitted({0: 1})
        again = finance.post(ACKNOWLEDGE, {"seq": 99}, key="k-1")
        assert first.status_code == 404
        assert (again.status_code, again.content) == (404, first.content)
        assert again["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("url", "body"),
        [(ACKNOWLEDGE, {"seq": 2}), ("/api/v1/finance/stadt-a/events:refuse", {"seq": 1})],
    )
    def test_a_key_belongs_to_one_request(
        self, finance: Program, url: str, body: dict[str, object]
    ) -> None:
        finance.post(ACKNOWLEDGE, {"seq": 1}, key="k-1")
        answer = finance.post(url, body, key="k-1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert FeedAcknowledgement.objects.count() == 1

    def test_another_client_has_keys_of_its_own(self, issued: World, finance: Program) -> None:
        second = program(person("kasse2@stadt-a.example", issued.authority, Role.TREASURER))
        finance.post(ACKNOWLEDGE, {"seq": 1}, key="k-1")
        answer = second.post(ACKNOWLEDGE, {"seq": 2}, key="k-1")
        assert answer.status_code == 201
        assert FeedAcknowledgement.objects.count() == 2

    def test_old_answers_are_forgotten(self, finance: Program) -> None:
        finance.post(ACKNOWLEDGE, {"seq": 1}, key="k-1")
        now = timezone.now()
        assert forget_old(now=now + KEPT_FOR - timedelta(minutes=1)) == 0
        assert forget_old(now=now + KEPT_FOR + timedelta(minutes=1)) == 1
        assert not IdempotencyRecord.objects.exists()

    def test_forgetting_is_scheduled(self) -> None:
        assert settings.CELERY_BEAT_SCHEDULE["forget-answers"]["task"] == forget_old_answers.name
        assert forget_old_answers() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
class TestAtTheSameTime:
    @pytest.fixture
    def caller(self) -> Program:
        world = build_world()
        world.approve(world.submitted({0: 1}))
        sequence_all(now=NOW)
        return program(person("kasse@stadt-a.example", world.authority, Role.TREASURER))

    def test_the_second_is_told_that_the_first_is_under_way(
        self, caller: Program, owner: psycopg.Connection
    ) -> None:
        """The first stands still inside its transaction while the second comes."""
        with ThreadPoolExecutor(2) as pool:
            with owner.transaction():
                owner.execute("LOCK TABLE orders_feedacknowledgement IN EXCLUSIVE MODE")

                def acknowledge():
                    return caller.post(ACKNOWLEDGE, {"seq": 1}, key="k")

                first = pool.submit(_in_thread, acknowledge)
                _wait_for_a_blocked_session(owner)
                second = pool.submit(_in_thread, acknowledge).result(timeout=10)
                other = caller.get("/api/v1/finance/stadt-a/events")
            answer = first.result(timeout=10)
        assert (second.status_code, second.json()["code"]) == (409, "request_in_flight")
        assert other.status_code == 200
        assert answer.status_code == 201
        replayed = caller.post(ACKNOWLEDGE, {"seq": 1}, key="k")
        assert replayed.content == answer.content
        assert FeedAcknowledgement.objects.count() == 1

    def test_of_many_at_once_one_does_the_work(self, caller: Program) -> None:
        for round_ in range(5):
            barrier = threading.Barrier(4)

            def call(key: str = f"k-{round_}", barrier: threading.Barrier = barrier):
                barrier.wait()
                return caller.post(ACKNOWLEDGE, {"seq": 1}, key=key)

            with ThreadPoolExecutor(4) as pool:
                answers = [
                    future.result(timeout=10)
                    for future in [pool.submit(_in_thread, call) for _ in range(4)]
                ]
            done = [answer for answer in answers if answer.status_code == 201]
            assert {answer.status_code for answer in answers} <= {201, 409}
            assert len({answer.content for answer in done}) == 1
            assert FeedAcknowledgement.objects.count() == round_ + 1


def _in_thread(call: Callable[[], object]) -> object:
    """Run on a connection of this thread's own and give it back."""
    try:
        return call()
    finally:
        connection.close()


def _wait_for_a_blocked_session(owner: psycopg.Connection) -> None:
    deadline = timezone.now() + timedelta(seconds=10)
    while timezone.now() < deadline:
        row = owner.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted "
            "AND relation = 'orders_feedacknowledgement'::regclass"
        ).fetchone()
        if row and row[0]:
            return
    pytest.fail("The first request never came to the locked table.")
