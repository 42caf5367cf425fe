"""Bad requisitions over HTTP: each wrong place is pointed at, and nothing is left behind."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from contracts.agreements.gates.register import GateScope, GateSpec, set_gate
from contracts.agreements.models import BuyerEntitlement, GateReason
from orders.models import Requisition
from tests.api_client import Program, program
from tests.bad_requisition_requests import CASES
from tests.buyer_requests import REQUISITIONS, block, line, requisition
from tests.database_state import contents
from tests.integration.test_bad_input import documented
from tests.webhook_calls import WEBHOOKS
from tests.world import DAY, NOW, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("case", CASES)
def test_a_bad_request_is_refused_as_the_docs_say(world: World, buyer: Program, case: str) -> None:
    body = CASES[case].make(world)
    before = contents()
    answer = buyer.post(REQUISITIONS, body)
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    (entry,) = problem["errors"]
    assert (entry["code"], entry["detail"]) == documented()[case]
    assert entry["pointer"] == CASES[case].pointer
    assert contents() == before


@pytest.mark.parametrize(
    "body", [b"[" * 5000, b'{"title": "\\ud800"}', b'{"events": ["\\ud800"]}', b"{"]
)
def test_json_that_nobody_can_keep_is_refused(buyer: Program, body: bytes) -> None:
    for url in (REQUISITIONS, WEBHOOKS):
        answer = buyer.post(url, body)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_cursor_of_nothing_but_brackets_is_refused(buyer: Program) -> None:
    cursor = base64.urlsafe_b64encode(b"[" * 2000).decode()
    assert buyer.get(f"{REQUISITIONS}?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("case", [name for name in CASES if "unknown school" not in name])
def test_a_bad_revision_is_refused_in_the_same_words(
    world: World, buyer: Program, case: str
) -> None:
    url = buyer.post(REQUISITIONS, requisition(world))["Location"]
    body = CASES[case].make(world)
    before = contents()
    answer = buyer.change("PUT", url, body, tag="*")
    (entry,) = answer.json()["errors"] or [{"pointer": "", "code": answer.json()["code"]}]
    assert answer.status_code in {403, 422}
    assert entry["code"] in {documented()[case][0], "not_entitled"}
    assert contents() == before


def test_every_bad_place_is_named_at_once(world: World, buyer: Program) -> None:
    lines = [
        line(world, 0, 1),
        {"article": 999_999_999, "quantity": 1},
        line(world, 1, 1, delivery={"school_no": "000000"}),
        line(world, 1, 1, assignments=[{"budget_line": 999_999_999}]),
    ]
    problem = buyer.post(REQUISITIONS, requisition(world, lines=lines)).json()
    assert [(row["pointer"], row["code"]) for row in problem["errors"]] == [
        ("#/lines/1/article", "unknown_article"),
        ("#/lines/2/delivery/school_no", "unknown_school"),
        ("#/lines/3/assignments/0/budget_line", "invalid_assignment"),
    ]
    assert not Requisition.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "7", '{"title": 7, "lines": {}}', '{"title": "x", "lines": [1, null, []]}'],
)
def test_what_is_no_requisition_is_refused(world: World, buyer: Program, text: str) -> None:
    answer = buyer.post(REQUISITIONS, json.loads(text) if text else "kein JSON")
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "value", [True, None, 1e300, 2**70, {"supplier": "x"}, {"number": 5}, [1], "1\x00"]
)
@pytest.mark.parametrize("name", ["article", "quantity", "line_no", "assignments", "delivery"])
def test_odd_values_are_refused_or_taken_never_a_defect(
    world: World, buyer: Program, name: str, value: Any
) -> None:
    body = requisition(world, lines=[{**line(world), name: value}])
    assert buyer.post(REQUISITIONS, body).status_code in {201, 400, 422}


def test_percentages_of_absurd_size_are_refused(world: World, buyer: Program) -> None:
    for percent in ("1E+999999", "1E-999999", "NaN", "Infinity", 10**40):
        rows = [{"budget_line": world.budget_line.pk, "percent": percent}]
        answer = buyer.post(REQUISITIONS, requisition(world, assignments=rows))
        assert answer.status_code == 422, percent


def test_an_article_of_an_agreement_without_the_buyer_is_as_unknown_as_none(
    world: World, buyer: Program
) -> None:
    BuyerEntitlement.objects.filter(buyer=world.authority).delete()
    scope = GateScope(article_id=world.listings[0].article_id)
    spec = GateSpec(scope, GateReason.SAFETY, "Geheimer Grund", "Akte 7", DAY)
    set_gate(spec, by=world.manager, now=NOW)
    for article in (world.listings[0].pk, {"supplier": "lieferant-1", "number": "A-1"}, 10**9):
        body = requisition(world, lines=[{"article": article, "quantity": 1}])
        (entry,) = buyer.post(REQUISITIONS, body).json()["errors"]
        assert (entry["code"], entry["detail"]) == documented()["api: unknown article"]


def test_what_stands_in_the_way_at_submission_is_told_as_in_the_browser(
    world: World, buyer: Program
) -> None:
    url = buyer.post(REQUISITIONS, requisition(world, 1, 1))["Location"]
    block(world, 1)
    before = contents()
    answer = buyer.post(f"{url}:submit")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "blocked")
    assert "Netzteil wird heiß" in problem["errors"][0]["detail"]
    assert contents() == before


def test_a_limit_that_does_not_suffice_is_told_with_what_is_missing(
    world: World, buyer: Program
) -> None:
    url = buyer.post(REQUISITIONS, requisition(world, 2_000))["Location"]
    problem = buyer.post(f"{url}:submit").json()
    assert (problem["status"], problem["code"]) == (409, "limit_exceeded")
    (gap,) = problem["shortfalls"]
    assert gap["available"] == "500000.00"


def test_another_authority_finds_nothing(
    world: World, buyer: Program, foreign_buyer: Program
) -> None:
    url = buyer.post(REQUISITIONS, requisition(world))["Location"]
    assert foreign_buyer.get(url).status_code == 404
    for action in ("submit", "withdraw"):
        assert foreign_buyer.post(f"{url}:{action}").status_code == 404
    assert foreign_buyer.change("PUT", url, requisition(world), tag="*").status_code == 404


def test_suppliers_and_buyers_stay_on_their_sides(
    issued: World, buyer: Program, sales: Program, catalogue: Program
) -> None:
    """They hold the same scopes by now."""
    for url in ("/api/v1/supplier/call-offs", "/api/v1/supplier/articles"):
        answer = buyer.get(url)
        assert (answer.status_code, answer.json()["code"]) == (
            (403, "not_allowed") if "call-offs" in url else (403, "insufficient_scope")
        )
    for caller in (sales, catalogue):
        for url in (REQUISITIONS, "/api/v1/buyer/call-offs", "/api/v1/buyer/budget-lines"):
            assert caller.get(url).status_code == 403
    number = sales.get("/api/v1/supplier/call-offs").json()["items"][0]["number"]
    assert buyer.post(f"/api/v1/supplier/call-offs/{number}:confirm").status_code == 403
    assert program(issued.approver).get(REQUISITIONS).status_code == 403
