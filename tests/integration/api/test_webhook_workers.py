"""Two workers and one endpoint: never at once, never lost."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from api.webhooks import sending
from tests.api_client import program
from tests.webhook_calls import endpoint
from tests.webhook_receiver import Receiver, Reply
from tests.world import NOW, build_world


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
class TestTwoWorkers:
    def test_they_never_send_to_one_endpoint_at_once(self, receiver: Receiver) -> None:
        """Each message arrives once, one after another, whoever sends it."""
        self._prepare(receiver, drafts=6)
        receiver.replies = [Reply(200, wait=0.1)]
        self._race(4)
        assert len(receiver.received) == 6
        assert len({row.headers["webhook-id"] for row in receiver.received}) == 6
        assert receiver.most_at_once == 1

    def test_without_the_lock_they_would(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The negative control: the row lock alone keeps one delivery from two senders."""
        monkeypatch.setattr(sending, "_alone_with", lambda _endpoint_id: True)
        self._prepare(receiver, drafts=6)
        receiver.replies = [Reply(200, wait=0.1)]
        self._race(4)
        assert receiver.most_at_once > 1
        assert len({row.headers["webhook-id"] for row in receiver.received}) == 6
        assert len(receiver.received) == 6

    def test_a_worker_that_dies_while_sending_leaves_it_to_the_next(
        self, receiver: Receiver
    ) -> None:
        self._prepare(receiver, drafts=1)
        with transaction.atomic():
            assert sending.send_due(now=NOW) == 1
            transaction.set_rollback(True)
        assert sending.send_due(now=NOW) == 1
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]

    def _prepare(self, receiver: Receiver, *, drafts: int) -> None:
        world = build_world()
        endpoint(program(world.officer), receiver)
        for _ in range(drafts):
            world.draft({0: 1})
        sending.fan_out(now=NOW)

    def _race(self, workers: int) -> None:
        def work() -> None:
            try:
                for _ in range(40):
                    sending.send_due(now=NOW)
                    time.sleep(0.02)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
