"""A house with many placements behind it: places, and reads its lists.

Operations: `build` makes the world and one placement and says which rows it consists of,
`measure` places and reads some more and answers with the milliseconds of each step, `check`
replays the ledger.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.db.models import Field, Model, UUIDField  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.ours.world import build, buyer, shelf  # noqa: E402
from contracts.audit.models import AuditEntry  # noqa: E402
from contracts.ledger.models import LedgerEntry  # noqa: E402
from contracts.ledger.replay import differences  # noqa: E402
from contracts.parties.models import Membership, Role, User  # noqa: E402
from orders import approvals, requisitions  # noqa: E402
from orders.basket import baskets  # noqa: E402
from orders.finance.exports import sequence_all  # noqa: E402
from orders.models import CallOff, OutboxMessage, Requisition  # noqa: E402
from orders.models.approval import Verdict  # noqa: E402
from orders.requisitions import Ask, Share  # noqa: E402

LINES = 5
# What stands once in a house, however much is ordered.
_STANDING = {
    "ApprovalPolicy", "ApprovalRule", "BasketOwner", "BudgetLine", "BudgetPool", "Feed",
    "ShippingAddress",
}  # fmt: skip
_NAMED = {"object_id": "shifted", "seq": "counted", "reference": "reference"}
PAGES = {
    "requisitions": ("officer", "/anforderungen/"),
    "call_offs": ("officer", "/abrufe/"),
    "inbox": ("approver", "/freigaben/"),
    "feed": ("treasurer", "/finanzfeed/"),
    "budgets": ("treasurer", "/haushalt/"),
    "start": ("officer", "/"),
    "supplied": ("supplier", "/abrufe/"),
    "drawn_on": ("manager", "/abrufe/"),
    "agreement": ("manager", "/vereinbarungen/{agreement}/"),
}


class House:
    """The world of the benchmarks, and one who reads every list."""

    def __init__(self) -> None:
        self.world = build()
        self.listings = shelf(self.world, LINES)
        world = self.world
        people = {
            "officer": world.officer,
            "approver": world.approver,
            "treasurer": _colleague(world.officer, Role.TREASURER),
            "supplier": _colleague(world.supplier_clerk, Role.SUPPLIER_ORDERS),
            "manager": world.manager,
        }
        self.clients = {name: Client() for name in people}
        for name, member in people.items():
            self.clients[name].force_login(member.user)
        self.count = 0

    def build(self) -> dict[str, Any]:
        """One placement, numbered in the feed; its rows by table, and what tells them apart."""
        self._place(buyer(self.world, 0), {})
        sequence_all(now=timezone.now())
        OutboxMessage.objects.update(done_at=timezone.now())
        return {"tables": [_table(model, rows) for model, rows in _rows()], "lines": LINES}

    def measure(self, placements: int) -> dict[str, Any]:
        """Milliseconds of each step and page, as often as there are placements."""
        took: dict[str, list[float]] = {}
        for _ in range(placements):
            self.count += 1
            self._place(buyer(self.world, self.count), took)
            for name, (who, address) in PAGES.items():
                _timed(took, name, lambda who=who, address=address: self._get(who, address))
        return took

    def check(self) -> dict[str, Any]:
        started = time.perf_counter()
        if found := differences():
            raise RuntimeError(f"The books are wrong: {found[:3]}")
        return {
            "entries": LedgerEntry.objects.count(),
            "call_offs": CallOff.objects.count(),
            "replay_seconds": round(time.perf_counter() - started, 1),
        }

    def _place(self, officer: Membership, took: dict[str, list[float]]) -> None:
        now = timezone.now()
        for listing in self.listings:
            baskets.set_quantity(by=officer, listing_id=listing.pk, quantity=3, now=now)
        ask = Ask(title="Notebooks", shares={"": [Share(self.world.budget_line.pk)]})
        asked: list[Requisition] = []
        _timed(
            took,
            "submit",
            lambda: asked.append(
                requisitions.submit_basket(by=officer, ask=ask, school_id=None, now=now)
            ),
        )
        _timed(
            took,
            "approve",
            lambda: approvals.decide(
                requisition_id=asked[0].pk,
                revision_no=1,
                verdict=Verdict.APPROVE,
                by=self.world.approver,
                now=now,
            ),
        )

    def _get(self, who: str, address: str) -> None:
        address = address.format(agreement=self.world.award.lot.agreement_id)
        if self.clients[who].get(address).status_code != 200:
            raise RuntimeError(f"unexpected answer at {address}")


def _colleague(known: Membership, role: Role) -> Membership:
    return Membership.objects.create(
        user=User.objects.create_user(f"{role}@{known.organisation.code}.example"),
        organisation=known.organisation,
        role=role,
        valid_from=known.valid_from,
    )


def _timed(took: dict[str, list[float]], name: str, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    took.setdefault(name, []).append(round((time.perf_counter() - started) * 1000, 2))


def _rows() -> Iterator[tuple[type[Model], Any]]:
    """Every table that the placement wrote to, with its rows."""
    models = [
        *apps.get_app_config("orders").get_models(),
        *apps.get_app_config("order").get_models(),
    ]
    for model in models:
        rows = model._default_manager.order_by("pk")  # noqa: SLF001
        if model.__name__ not in _STANDING and rows.exists():
            yield model, rows
    yield AuditEntry, AuditEntry.objects.filter(object_type__startswith="orders.")
    yield LedgerEntry, LedgerEntry.objects.filter(kind__in=("hold", "post"))


def _table(model: type[Model], rows: Any) -> dict[str, Any]:
    local = model._meta.local_concrete_fields  # noqa: SLF001
    fields = [field for field in local if not field.generated]
    key = model._meta.pk_fields[0]  # noqa: SLF001 - of two columns, the first is a requisition
    return {
        "table": model._meta.db_table,  # noqa: SLF001
        "keys": list(rows.values_list(key.attname, flat=True)),
        "key": key.column,
        "columns": {field.column: _kind(field) for field in fields},
    }


def _kind(field: Field[Any, Any]) -> str:
    """How a copy's value follows from the first: see `benchmarks.million`."""
    if field.is_relation:
        return f"to:{field.related_model._meta.db_table}"  # type: ignore[union-attr]  # noqa: SLF001
    if field.primary_key:
        return "shifted"
    if field.column in _NAMED or not field.unique:
        return _NAMED.get(field.column, "same")
    if isinstance(field, UUIDField):
        return "uuid"
    return "short" if (field.max_length or 0) < 40 else "long"


def serve() -> None:
    """Answer one operation per line until the input ends."""
    house = House()
    for line in sys.stdin:
        call = json.loads(line)
        print(json.dumps(getattr(house, call.pop("operation"))(**call)))
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
