"""The Kaufhaus: pages, filled basket to issued call-offs, importing a catalogue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.ours.clones import clone  # noqa: E402
from benchmarks.ours.world import BenchWorld, build, buyer, shelf  # noqa: E402
from benchmarks.worker import Benchmark, serve  # noqa: E402
from contracts.catalogue import publication, uploads  # noqa: E402
from contracts.parties.models import Membership  # noqa: E402
from orders import approvals, requisitions  # noqa: E402
from orders.basket import baskets  # noqa: E402
from orders.models import CallOff, Requisition  # noqa: E402
from orders.models.approval import Verdict  # noqa: E402
from orders.requisitions import Ask, Share  # noqa: E402

ORDER_LINES = 5


class Browse:
    """Category page by the test client, signed in: entitled, faceted, priced."""

    def __init__(self, articles: int) -> None:
        self.units = 10
        world = build()
        shelf(world, articles)
        self.client = Client()
        self.client.force_login(world.officer.user)

    def prepare_round(self) -> None:
        """Nothing to make."""

    def work(self) -> None:
        for _ in range(self.units):
            response = self.client.get("/katalog/", {"gruppe": "Gruppe 1"})
            if response.status_code != 200 or b"Notebook" not in response.content:
                raise RuntimeError(f"unexpected answer {response.status_code}")


class Placement:
    """Filled basket to issued call-off: caps, quota, budget, approval, audit, events."""

    def __init__(self) -> None:
        self.units = 20
        self.now = timezone.now()
        self.world = build()
        self.listings = shelf(self.world, ORDER_LINES)
        self.officers = [buyer(self.world, number) for number in range(self.units)]

    def prepare_round(self) -> None:
        for officer in self.officers:
            self._fill(officer)

    def capture(self) -> dict[str, Any]:
        """Every statement of one placement, submit and approval apart; `benchmarks.bare`."""
        officer = self.officers[0]
        acts: tuple[list[str], list[str]] = ([], [])
        self._fill(officer)
        with connection.execute_wrapper(_noting(acts[0])):
            asked = self._submit(officer, self.now)
        with connection.execute_wrapper(_noting(acts[1])):
            self._approve(asked, self.now)
        self._fill(officer)  # what the repetitions lock
        return {"acts": acts}

    def work(self) -> None:
        before = CallOff.objects.count()
        for officer in self.officers:
            self._place(officer)
        if CallOff.objects.count() != before + self.units:
            raise RuntimeError("a call-off is missing")

    def _fill(self, officer: Membership) -> None:
        for listing in self.listings:
            baskets.set_quantity(by=officer, listing_id=listing.pk, quantity=3, now=timezone.now())

    def _place(self, officer: Membership) -> None:
        now = timezone.now()
        self._approve(self._submit(officer, now), now)

    def _submit(self, officer: Membership, now: datetime) -> Requisition:
        ask = Ask(title="Notebooks", shares={"": [Share(self.world.budget_line.pk)]})
        return requisitions.submit_basket(by=officer, ask=ask, school_id=None, now=now)

    def _approve(self, asked: Requisition, now: datetime) -> None:
        approvals.decide(
            requisition_id=asked.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            by=self.world.approver,
            now=now,
        )


class Inbox:
    """The page of what waits for a signature: lines, budget effect and reason per row."""

    def __init__(self, waiting: int) -> None:
        self.units = 10
        world = build()
        asked = _asked(world, lines=3)
        clone(asked, waiting - 1)
        self.client = Client()
        self.client.force_login(world.approver.user)

    def prepare_round(self) -> None:
        """Nothing to make."""

    def work(self) -> None:
        for _ in range(self.units):
            _get(self.client, "/freigaben/", b"Notebooks")


class LongRequisition:
    """The page of a requisition of many lines, as procurement reads it."""

    def __init__(self, lines: int) -> None:
        self.units = 10
        world = build()
        self.address = f"/anforderungen/{_asked(world, lines=lines).pk}/"
        self.client = Client()
        self.client.force_login(world.officer.user)

    def prepare_round(self) -> None:
        """Nothing to make."""

    def work(self) -> None:
        for _ in range(self.units):
            _get(self.client, self.address, b"Notebook 1")


def _noting(statements: list[str]) -> Callable[..., Any]:
    """Notes each statement with its values, whoever binds them."""

    def note(execute: Callable[..., Any], statement: str, values: Any, *rest: Any) -> Any:
        result = execute(statement, values, *rest)
        text = psycopg.ClientCursor(connection.connection).mogrify(statement, values)
        statements.append(text)
        return result

    return note


def _asked(world: BenchWorld, *, lines: int) -> Requisition:
    """A submitted requisition of that many lines."""
    now = timezone.now()
    ask = Ask(title="Notebooks", shares={"": [Share(world.budget_line.pk)]})
    for listing in shelf(world, lines):
        baskets.set_quantity(by=world.officer, listing_id=listing.pk, quantity=3, now=now)
    return requisitions.submit_basket(by=world.officer, ask=ask, school_id=None, now=now)


def _get(client: Client, address: str, word: bytes) -> None:
    response = client.get(address)
    if response.status_code != 200 or word not in response.content:
        raise RuntimeError(f"unexpected answer {response.status_code}")


class Import:
    """A supplier's CSV: received, read, checked, compared, submitted, published, indexed."""

    def __init__(self, rows: int) -> None:
        self.units = rows
        self.round = 0
        self.world = build()
        self.content = b""

    def prepare_round(self) -> None:
        self.round += 1
        rows = [
            f"S{self.round}-{row};Notebook {self.round}-{row};Werk {row % 40};Gruppe;429,00"
            for row in range(self.units)
        ]
        self.content = "\n".join(["Nummer;Name;Hersteller;Gruppe;Preis", *rows]).encode()

    def work(self) -> None:
        now = timezone.now()
        mapping = {
            "columns": {
                "supplier_aid": "Nummer",
                "name": "Name",
                "manufacturer": "Hersteller",
                "product_group": "Gruppe",
                "price": "Preis",
            }
        }
        upload = uploads.receive(
            by=self.world.supplier_clerk,
            award_id=self.world.award.pk,
            filename="katalog.csv",
            content=self.content,
            mapping=mapping,
            now=now,
        )
        uploads.check(upload.pk, now=now)
        uploads.submit(upload_id=upload.pk, by=self.world.supplier_clerk, now=now)
        publication.publish(upload_id=upload.pk, by=self.world.manager, now=now)


def make(name: str, size: int | None) -> Benchmark:
    if name == "browse":
        return Browse(size or 20_000)
    if name == "placement":
        return Placement()
    if name == "inbox":
        return Inbox(size or 5_000)
    if name == "long-requisition":
        return LongRequisition(size or 500)
    return Import(size or 5_000)


if __name__ == "__main__":
    serve(make)
