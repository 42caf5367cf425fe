"""Submits and cancellations at once, database sessions cut off, the server killed with -9.

Whoever is interrupted presses again, as people do. Never may the lot be over its limit;
afterwards the books are clean, every document agrees with them, and exactly the rest fits.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences
from orders.lifecycle import CallOffState, RequisitionState
from orders.models import CallOff, Cancellation, Requisition
from shop.services.addresses import Addresses
from shop.services.roles import in_database
from tests.concurrency.test_storm import PRICE, most_ever_bound, submit_all
from tests.concurrency.web_server import Answer, WebServer, log_in, statuses
from tests.world import World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

ROOM = 40
ISSUED = 20
SUBMITS = 30
SPARE = ROOM + 1
PERSISTENCE = 60
MOST_KILLS = 25
MARK = "kaufhaus-chaos"
HIDDEN = re.compile(r'type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"')


@pytest.fixture
def world() -> World:
    return build_world(lot_maximum=ROOM * PRICE, budget=Decimal(10**7))


@pytest.fixture
def server(process_environment: dict[str, str], tmp_path: Path) -> Iterator[WebServer]:
    """The product's server; its database sessions carry a name to be found by."""
    environment = {**process_environment, "PGAPPNAME": MARK}
    with WebServer(environment, tmp_path / "web.log") as started:
        yield started


class SessionKiller:
    """Ends the server's database sessions in the middle of their transactions."""

    def __init__(self, services: Addresses) -> None:
        self.url = in_database(services.database_admin_url, settings.DATABASES["default"]["NAME"])
        self.ended = 0
        self.stop = Event()

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as admin:
            while self.ended < MOST_KILLS and not self.stop.wait(0.1):
                killed = admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = %s"
                    " AND xact_start IS NOT NULL ORDER BY random() LIMIT 1",
                    [MARK],
                ).fetchall()
                self.ended += len(killed)


def persist(server: WebServer, cookie: str, path: str, form: dict[str, str]) -> list[Answer]:
    """Press until the house gives a definite answer: done, or refused."""
    answers = []
    end = time.monotonic() + PERSISTENCE
    while time.monotonic() < end:
        answers.append(server.press(cookie, path, **form))
        if answers[-1].status in (302, 422):
            return answers
        time.sleep(0.1)
    raise TimeoutError(f"{path}: {statuses(answers)}")


def confirming(world: World, pk: int) -> tuple[str, dict[str, str]]:
    """The form that confirms a cancellation whose effect was read before the storm."""
    path = reverse("frontend:call_off_cancel", args=[pk])
    client = Client(HTTP_COOKIE=log_in(world.officer))
    form = {"alles": "1", "reason": "Bedarf entfallen", "formular": str(uuid4())}
    shown = client.post(path, form)
    assert shown.status_code == 200, shown.content.decode()
    return path, {**dict(HIDDEN.findall(shown.content.decode())), "bestaetigt": "1"}


def storm(server: WebServer, world: World, drafts: list[Requisition]) -> list[list[Answer]]:
    """All submits and all cancellations at once, with the server killed in between."""
    cookie = log_in(world.officer)
    presses = [
        (reverse("frontend:requisition_submit", args=[draft.pk]), {}) for draft in drafts
    ] + [confirming(world, pk) for pk in CallOff.objects.values_list("pk", flat=True)]
    with ThreadPoolExecutor(len(presses)) as pool:
        futures = [pool.submit(persist, server, cookie, path, form) for path, form in presses]
        for _ in range(2):
            time.sleep(1)
            server.kill()
            server.start()
        return [future.result() for future in futures]


def test_nothing_is_lost_or_double_whatever_dies(
    server: WebServer, world: World, services: Addresses
) -> None:
    for _ in range(ISSUED):
        world.approve(world.submitted({0: 1}))
    drafts = [world.draft({0: 1}) for _ in range(SUBMITS)]
    spare = [world.draft({0: 1}) for _ in range(SPARE)]
    killer = SessionKiller(services)
    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(killer.run)
        try:
            courses = storm(server, world, drafts)
        finally:
            killer.stop.set()
        killing.result()

    tries = statuses(answer for course in courses for answer in course)
    assert killer.ended > 0
    assert tries[0] > 0, "nobody noticed that the server was killed"
    assert tries.keys() <= {0, 302, 422, 500, 502, 503}
    assert_the_books_are_right(world)

    lot = world.lots[0].account
    rest = int(lot.available / PRICE)
    assert statuses(submit_all(server, world, spare[:rest])) == {302: rest}
    assert statuses(submit_all(server, world, spare[rest : rest + 1])) == {422: 1}
    assert_the_books_are_right(world)
    assert lot_after(world).available == 0


def lot_after(world: World) -> LimitAccount:
    lot = world.lots[0].account
    lot.refresh_from_db()
    return lot


def assert_the_books_are_right(world: World) -> None:
    """Never over; the replay is clean; what is bound is what the documents say."""
    lot = lot_after(world)
    assert most_ever_bound(lot) <= ROOM * PRICE
    assert differences() == []
    waiting = Requisition.objects.filter(state=RequisitionState.SUBMITTED.value).count()
    cancelled = CallOff.objects.filter(state=CallOffState.CANCELLED.value).count()
    assert (lot.held, lot.posted) == (waiting * PRICE, (ISSUED - cancelled) * PRICE)
    assert Cancellation.objects.count() == cancelled == ISSUED
