"""Two hundred submits at once over HTTP on a lot with room for fifty.

The server is the product's own, with several processes and threads. Where a window stands
open between reading and use, sixty at once meet in it as surely. The last test takes lock,
check and constraint away, in a database of its own, and has to go wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.urls import reverse

from contracts.ledger.models import LedgerEntry, LimitAccount
from contracts.ledger.replay import differences
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from tests.concurrency.web_server import Answer, WebServer, log_in, press_at_once, statuses
from tests.world import World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

PRICE = Decimal("429.00")
PAUSED = "tests.concurrency.paused_wsgi:application"


@dataclass(frozen=True)
class Storm:
    """So many submits at once, of one notebook each, on a lot that carries so many."""

    submits: int
    room: int

    def drafts(self) -> tuple[World, list[Requisition]]:
        """The budget is no obstacle."""
        world = build_world(lot_maximum=self.room * PRICE, budget=Decimal(10**7))
        return world, [world.draft({0: 1}) for _ in range(self.submits)]


STORM = Storm(200, 50)
IN_A_WINDOW = Storm(60, 15)


@pytest.fixture
def server(process_environment: dict[str, str], tmp_path: Path) -> Iterator[WebServer]:
    with WebServer(process_environment, tmp_path / "web.log") as started:
        yield started


def submit_all(server: WebServer, world: World, drafts: list[Requisition]) -> list[Answer]:
    cookie = log_in(world.officer)
    return press_at_once(
        server,
        [(cookie, reverse("frontend:requisition_submit", args=[draft.pk]), {}) for draft in drafts],
    )


def most_ever_bound(account: LimitAccount) -> Decimal:
    """The highest use the account ever had, by its entries in the order of its lock."""
    most = bound = Decimal(0)
    for held, posted in (
        LedgerEntry.objects.filter(account=account)
        .order_by("pk")
        .values_list("delta_held", "delta_posted")
    ):
        bound += held + posted
        most = max(most, bound)
    return most


def assert_exactly_the_room_is_taken(storm: Storm, answers: list[Answer], world: World) -> None:
    room = storm.room
    assert statuses(answers) == {302: room, 422: storm.submits - room}
    refusals = [answer.text for answer in answers if answer.status == 422]
    assert all("Los 1" in text and "Es fehlen 429,00" in text for text in refusals)
    states = Requisition.objects.filter(state=RequisitionState.SUBMITTED.value)
    assert states.count() == room
    lot = world.lots[0].account
    lot.refresh_from_db()
    assert (lot.held, lot.available) == (room * PRICE, Decimal(0))
    assert most_ever_bound(lot) == room * PRICE
    assert differences() == []


def test_exactly_as_many_succeed_as_fit(server: WebServer) -> None:
    world, drafts = STORM.drafts()
    assert_exactly_the_room_is_taken(STORM, submit_all(server, world, drafts), world)


def test_the_lock_closes_a_window_that_is_wide_open(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    world, drafts = IN_A_WINDOW.drafts()
    with WebServer(process_environment, tmp_path / "web.log", PAUSED) as server:
        answers = submit_all(server, world, drafts)
    assert_exactly_the_room_is_taken(IN_A_WINDOW, answers, world)


def test_without_lock_and_constraint_too_many_succeed(
    process_environment: dict[str, str], tmp_path: Path, owner: psycopg.Connection
) -> None:
    """Negative control: the same storm, a window that stands open, and no guard."""
    owner.execute("ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded")
    world, drafts = IN_A_WINDOW.drafts()
    environment = {**process_environment, "UNLOCKED": "1"}
    with WebServer(environment, tmp_path / "web.log", PAUSED) as server:
        answers = submit_all(server, world, drafts)
    assert statuses(answers)[302] > IN_A_WINDOW.room
    assert most_ever_bound(world.lots[0].account) > IN_A_WINDOW.room * PRICE
