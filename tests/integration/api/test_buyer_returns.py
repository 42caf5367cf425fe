"""Receipts and cancellations by a buyer's program: shown before, counted once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from api.models import IdempotencyRecord
from contracts.agreements.models import ItemRelation, PriceBasis, RelationKind
from contracts.agreements.writing.setup import ItemSpec, TierRow
from orders.models import CallOff, Cancellation, GoodsReceipt
from tests.api_client import Program
from tests.database_state import contents
from tests.integration.test_stops import list_item
from tests.world import World

pytestmark = pytest.mark.django_db
REASON = {"reason": "Nicht mehr gebraucht"}
DAY = {"received_on": "2026-06-15"}


@pytest.fixture
def url(issued: World) -> str:
    """The call-off over 30 notebooks."""
    call_off = CallOff.objects.get(supplier=issued.suppliers[0])
    return f"/api/v1/buyer/call-offs/{call_off.number}"


def some(quantity: int, line_no: int = 1) -> dict[str, Any]:
    return {"lines": [{"line_no": line_no, "quantity": quantity}]}


def test_a_receipt_in_part_and_the_rest_cancelled(url: str, buyer: Program) -> None:
    arrived = buyer.post(f"{url}:receive", {**some(10), **DAY, "delivery_note": "L-1"})
    assert arrived.status_code == 200, arrived.content
    (line,) = arrived.json()["lines"]
    assert (arrived.json()["state"], line["delivered"], line["open"]) == (
        "partly_delivered",
        10,
        20,
    )
    assert GoodsReceipt.objects.get().delivery_note == "L-1"
    gone = buyer.post(f"{url}:cancel", REASON)
    (line,) = gone.json()["lines"]
    assert (line["delivered"], line["cancelled"], line["open"]) == (10, 20, 0)
    assert gone["ETag"] == buyer.get(url)["ETag"]


def test_a_cancellation_is_shown_before_and_writes_nothing_then(url: str, buyer: Program) -> None:
    before = contents()
    effect = buyer.get(f"{url}/cancellation-effect?line=1:10").json()
    assert contents() == before
    assert effect == {
        **some(10),
        "net_back": "4290.00",
        "net_kept": "8580.00",
        "lost_tiers": [],
        "refusals": [],
    }
    done = buyer.post(f"{url}:cancel", {"lines": effect["lines"], **REASON})
    assert done.json()["lines"][0]["cancelled"] == 10


@pytest.mark.parametrize("line", ["", "1", "1:", ":5", "x:5", "1:²", "1:0", f"1:{10**30}"])
def test_what_names_no_line_and_quantity_is_refused(url: str, buyer: Program, line: str) -> None:
    answer = buyer.get(f"{url}/cancellation-effect?line={line}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


def test_what_hangs_on_a_device_must_be_named(world: World, buyer: Program) -> None:
    spec = ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED)
    warranty = list_item(world, spec, [TierRow(1, Decimal("30.0000"))])
    ItemRelation.objects.create(item=warranty, to_item=world.items[0], kind=RelationKind.REQUIRES)
    world.listings.append(warranty.listings.get())
    call_off = world.approve(world.submitted({0: 3, 2: 3})).call_offs.get()
    url = f"/api/v1/buyer/call-offs/{call_off.number}"
    device = call_off.lines.get(item=world.items[0]).line_no
    refused = buyer.post(f"{url}:cancel", {**some(2, device), **REASON})
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_revision")
    effect = buyer.get(f"{url}/cancellation-effect?line={device}:2").json()
    assert [row["quantity"] for row in effect["lines"]] == [2, 2]
    done = buyer.post(f"{url}:cancel", {"lines": effect["lines"], **REASON})
    assert [row["open"] for row in done.json()["lines"]] == [1, 1]


@pytest.mark.parametrize("act", ["receive", "cancel"])
@pytest.mark.parametrize("forgotten", [False, True])
def test_sent_twice_counts_once(url: str, buyer: Program, act: str, *, forgotten: bool) -> None:
    """Also when the stored answer is gone: the key itself is kept with what was recorded."""
    body = {**some(10), **(DAY if act == "receive" else REASON)}
    first = buyer.post(f"{url}:{act}", body, key="einmal")
    if forgotten:
        IdempotencyRecord.objects.all().delete()
    again = buyer.post(f"{url}:{act}", body, key="einmal")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.json()["lines"][0]["open"] == 20
    rows = GoodsReceipt if act == "receive" else Cancellation
    assert rows.objects.count() == 1
    other = buyer.post(f"{url}:{act}", body, key="noch-einmal")
    assert other.json()["lines"][0]["open"] == 10


def test_a_forgotten_key_with_other_quantities_is_refused(url: str, buyer: Program) -> None:
    buyer.post(f"{url}:receive", {**some(10), **DAY}, key="einmal")
    IdempotencyRecord.objects.all().delete()
    refused = buyer.post(f"{url}:receive", {**some(5), **DAY}, key="einmal")
    assert (refused.status_code, refused.json()["code"]) == (409, "sent_before")


@pytest.mark.parametrize("act", ["receive", "cancel"])
@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (some(1, line_no=7), "#/lines/0/line_no"),
        ({"lines": some(1)["lines"] * 2}, "#/lines/1/line_no"),
        (some(0), "#/lines/0/quantity"),
        ({"lines": []}, "#/lines"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    url: str, buyer: Program, act: str, wrong: dict[str, Any], pointer: str
) -> None:
    answer = buyer.post(f"{url}:{act}", {**wrong, **DAY, **REASON})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [row["pointer"] for row in answer.json()["errors"]] == [pointer]
    assert not GoodsReceipt.objects.exists()
    assert not Cancellation.objects.exists()


def test_more_than_is_open_is_refused(url: str, buyer: Program) -> None:
    for act, given in (("receive", DAY), ("cancel", REASON)):
        refused = buyer.post(f"{url}:{act}", {**some(31), **given})
        assert refused.json()["code"] == "more_than_open"


def test_a_call_off_of_others_does_not_exist(url: str, foreign_buyer: Program) -> None:
    assert foreign_buyer.get(f"{url}/cancellation-effect").status_code == 404
    for act in ("receive", "cancel"):
        assert foreign_buyer.post(f"{url}:{act}", {**DAY, **REASON}).status_code == 404


def test_a_school_receives_and_does_not_cancel(url: str, school_program: Program) -> None:
    assert school_program.post(f"{url}:receive", DAY).json()["state"] == "delivered"
    assert school_program.post(f"{url}:cancel", REASON).status_code == 403
