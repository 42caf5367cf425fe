"""Call-offs as their supplier reads them."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from contracts.parties.models import Role, School
from orders.call_offs import cancellations, goods_receipts
from orders.models import CallOff
from tests.api_client import Program, program
from tests.world import DAY, NOW, World, person

pytestmark = pytest.mark.django_db
CALL_OFFS = "/api/v1/supplier/call-offs"
QUERIES_OF_A_LIST = 3  # token, client, call-offs with their heads
QUERIES_OF_ONE = 4  # token, client, call-off, lines with item and progress


def test_a_supplier_sees_what_was_issued_to_it(issued: World, sales: Program) -> None:
    (head,) = sales.get(CALL_OFFS).json()["items"]
    call_off = CallOff.objects.get(supplier=issued.suppliers[0])
    assert head["number"] == call_off.number
    assert (head["agreement"], head["lot"], head["award"]) == ("RV-TEST", 1, "Z-1")
    assert head["buyer"]["code"] == "stadt-a"
    assert head["delivery"]["school_no"] == "100001"
    assert (head["net"], head["gross"], head["currency"]) == ("12870.00", "15315.30", "EUR")
    assert head["issued_at"] == "2026-06-15T09:00:00Z"


def test_one_call_off_comes_with_lines_that_sum_to_it(issued: World, sales: Program) -> None:
    (head,) = sales.get(CALL_OFFS).json()["items"]
    body = sales.get(f"{CALL_OFFS}/{head['number']}").json()
    (line,) = body["lines"]
    assert (line["quantity"], line["net_unit_price"], line["tax_rate"]) == (30, "429.0000", "19.00")
    assert (line["delivered"], line["cancelled"], line["open"]) == (0, 0, 30)
    for amount in ("net", "tax", "gross"):
        assert sum(Decimal(row[amount]) for row in body["lines"]) == Decimal(body[amount])
    assert body["terms"]["payment_days"] == 30
    assert {name: body[name] for name in head} == head


def test_each_line_says_where_and_when_to_deliver(world: World) -> None:
    """What was left empty when asking comes from the school's own data, frozen then."""
    School.objects.filter(pk=world.school.pk).update(
        contact="Sekretariat",
        phone="030 23125-001",
        delivery_from=time(7, 30),
        delivery_until=time(13),
        delivery_note="Eingang über den Hof",
    )
    call_off = world.approve(world.submitted({0: 1})).call_offs.get()
    School.objects.filter(pk=world.school.pk).update(phone="")
    sales = program(person("auftrag@l1.example", world.suppliers[0], Role.SUPPLIER_ORDERS))
    (line,) = sales.get(f"{CALL_OFFS}/{call_off.number}").json()["lines"]
    assert line["delivery"] == {
        "name": "Grundschule A",
        "street": "",
        "postcode": "",
        "city": "",
        "contact": "Sekretariat",
        "phone": "030 23125-001",
        "earliest": None,
        "latest": None,
        "time_from": "07:30",
        "time_until": "13:00",
        "note": "Eingang über den Hof",
    }


def test_nobody_is_named_in_a_call_off(issued: World, sales: Program) -> None:
    (head,) = sales.get(CALL_OFFS).json()["items"]
    text = sales.get(f"{CALL_OFFS}/{head['number']}").content.decode()
    for member in (issued.officer, issued.approver):
        assert member.user.email not in text


def test_a_call_off_of_another_supplier_does_not_exist(issued: World, sales: Program) -> None:
    foreign = CallOff.objects.get(supplier=issued.suppliers[1])
    answer = sales.get(f"{CALL_OFFS}/{foreign.number}")
    unknown = sales.get(f"{CALL_OFFS}/gibt-es-nicht")
    assert answer.status_code == unknown.status_code == 404
    assert answer.json()["detail"] == unknown.json()["detail"]
    assert sales.get(f"{CALL_OFFS}/%00").status_code == 404


def test_the_same_call_off_is_not_sent_twice(issued: World, sales: Program) -> None:
    (head,) = sales.get(CALL_OFFS).json()["items"]
    url = f"{CALL_OFFS}/{head['number']}"
    tag = sales.get(url)["ETag"]
    assert sales.get(url, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize("count", [1, 4])
def test_a_list_costs_the_same_for_any_number_of_rows(
    world: World, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        world.approve(world.submitted({0: 1}))
    sales = program(person("auftrag@l1.example", world.suppliers[0], Role.SUPPLIER_ORDERS))
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        items = sales.get(CALL_OFFS).json()["items"]
    assert len(items) == count
    with django_assert_num_queries(QUERIES_OF_ONE):
        sales.get(f"{CALL_OFFS}/{items[0]['number']}")


def number_of(sales: Program) -> str:
    (head,) = sales.get(CALL_OFFS).json()["items"]
    return str(head["number"])


def test_confirming_once_and_then_it_cannot_be_refused(issued: World, sales: Program) -> None:
    url = f"{CALL_OFFS}/{number_of(sales)}"
    answer = sales.post(f"{url}:confirm", key="eins")
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    again = sales.post(f"{url}:confirm", key="eins")
    assert again.json() == answer.json()
    assert again["Idempotency-Replayed"] == "true"
    for action, body in (("confirm", None), ("refuse", {"reason": "Doch nicht"})):
        refused = sales.post(f"{url}:{action}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")


def test_refusing_needs_a_reason_and_gives_everything_back(issued: World, sales: Program) -> None:
    url = f"{CALL_OFFS}/{number_of(sales)}:refuse"
    assert sales.post(url, {}).json()["code"] == "validation_failed"
    body = sales.post(url, {"reason": "Hersteller liefert nicht"}).json()
    assert body["state"] == "refused"
    assert [(row["cancelled"], row["open"]) for row in body["lines"]] == [(30, 0)]
    issued.lots[0].account.refresh_from_db()
    assert issued.lots[0].account.posted == 0


def test_what_changed_comes_again_with_updated_since(issued: World, sales: Program) -> None:
    call_off = CallOff.objects.get(supplier=issued.suppliers[0])
    line = call_off.lines.get()
    later = NOW + timedelta(days=3)
    since = {"updated_since": (NOW + timedelta(days=1)).isoformat()}
    assert sales.get(f"{CALL_OFFS}?{urlencode(since)}").json()["items"] == []
    goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities={line.pk: 10},
        received_on=DAY,
        token=uuid4(),
        by=issued.officer,
        now=later,
    )
    cancellations.cancel(
        call_off_id=call_off.pk,
        quantities={line.pk: 5},
        reason="Bedarf entfallen",
        token=uuid4(),
        by=issued.officer,
        now=later,
    )
    (head,) = sales.get(f"{CALL_OFFS}?{urlencode(since)}").json()["items"]
    assert (head["state"], head["updated_at"]) == ("partly_delivered", "2026-06-18T09:00:00Z")
    (row,) = sales.get(f"{CALL_OFFS}/{head['number']}").json()["lines"]
    assert (row["delivered"], row["cancelled"], row["open"]) == (10, 5, 15)
