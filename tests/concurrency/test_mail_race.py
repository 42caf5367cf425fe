"""Two workers on one outbox: a row lock holds each message, and the other worker skips it.

Behind it the keys of the outbox: with the lock taken away a mail goes out twice, but a notice
is still expanded into one mail for each person.
"""

from __future__ import annotations

from collections import Counter
from threading import Barrier, Event

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from orders import mails
from orders.mails import worker
from orders.models import OutboxMessage
from tests.mails import written
from tests.world import NOW, World, build_world

from .racing import PATIENCE, losers, race, until_somebody_waits, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORKERS = 4
REQUISITIONS = 5


@pytest.fixture
def world() -> World:
    return build_world()


def sent(mailoutbox: list[EmailMessage]) -> Counter[str]:
    """How often each mail went out, by its Message-ID."""
    return Counter(mail.extra_headers["Message-ID"] for mail in mailoutbox)


def test_workers_at_once_send_each_mail_once(world: World, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(REQUISITIONS):
        world.submitted({0: 1})
    outcomes = race([lambda: mails.send_due(now=NOW)] * WORKERS)
    assert not losers(outcomes)
    mails.send_due(now=NOW)  # what one worker wrote after the others had looked
    assert set(sent(mailoutbox).values()) == {1}
    assert len(mailoutbox) == REQUISITIONS
    assert not mails.failing(tries=1).exists()


@pytest.mark.usefixtures("waiting_mail")
def test_who_looked_too_late_does_not_put_a_mail_off(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL locks the row that a claim finds changed, and keeps it until the claim ends."""
    waiting = worker._waiting
    claimed, looked, ended = Event(), Event(), Event()

    def look() -> None:
        assert claimed.wait(PATIENCE)
        with transaction.atomic():
            OutboxMessage.objects.select_for_update().get(kind="mail")
            looked.set()
            until_somebody_waits(ended)

    def read(pk: int) -> OutboxMessage | None:
        claimed.set()
        assert looked.wait(PATIENCE)
        return waiting(pk)

    def deliver() -> int:
        try:
            return mails.deliver_due(now=NOW)
        finally:
            ended.set()

    monkeypatch.setattr(worker, "_waiting", read)
    assert race([deliver, look]) == [1, None]
    assert len(mailoutbox) == 1


@pytest.fixture
def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers choose a message without a lock, and wait until the other has read it too."""
    meeting = Barrier(2)

    def claim(kind: str, _now: object) -> int | None:
        rows = OutboxMessage.objects.filter(kind=kind, done_at__isnull=True).order_by("pk")
        return rows.values_list("pk", flat=True).first()

    def read(pk: int) -> OutboxMessage | None:
        message = OutboxMessage.objects.get(pk=pk)
        meeting.wait(PATIENCE)
        return message

    monkeypatch.setattr(worker, "_claim", claim)
    monkeypatch.setattr(worker, "_waiting", read)


@pytest.fixture
def waiting_mail(world: World) -> None:
    """A mail that nobody has sent."""
    world.submitted({0: 1})
    assert written().count() == 1


@pytest.fixture
def waiting_notice(world: World) -> None:
    """A notice that nobody has expanded."""
    world.submitted({0: 1})


@pytest.mark.usefixtures("waiting_mail", "_without_lock")
def test_without_the_lock_a_mail_goes_out_twice(mailoutbox: list[EmailMessage]) -> None:
    """Negative control."""
    assert not losers(race([lambda: mails.deliver_due(now=NOW)] * 2))
    assert list(sent(mailoutbox).values()) == [2]


@pytest.mark.usefixtures("waiting_notice", "_without_lock")
def test_without_the_lock_a_notice_is_expanded_twice_into_one_mail_each() -> None:
    """The second guard."""
    outcomes = race([lambda: mails.expand_due(now=NOW)] * 2)
    assert sum(winners(outcomes)) == 2
    assert OutboxMessage.objects.filter(kind="mail").count() == 1
