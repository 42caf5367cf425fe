"""The finance feed over HTTP: gapless, byte for byte, to the cent."""

from __future__ import annotations

import base64
import hashlib
import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from orders.event_types import EventType
from orders.finance.exports import sequence_all
from orders.models import CallOff, FeedAcknowledgement, FinanceEvent
from tests.api_client import Program
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
FEED = "/api/v1/finance/stadt-a/events"
QUERIES_OF_A_LIST = 5  # token, client, budget entity, feed, events


def _pull(finance: Program, limit: int, after: int = 0) -> list[dict[str, object]]:
    items, url = [], f"{FEED}?after={after}&limit={limit}"
    while url:
        body = finance.get(url).json()
        items += body["items"]
        url = body["next"]
    return items


@pytest.mark.parametrize("limit", [1, 2, 4, 6, 200])
def test_reading_on_leaves_no_gap(issued: World, finance: Program, limit: int) -> None:
    assert [row["seq"] for row in _pull(finance, limit)] == [1, 2, 3, 4, 5, 6]


def test_reading_on_after_the_last_gives_nothing_until_there_is_more(
    issued: World, finance: Program
) -> None:
    body = finance.get(f"{FEED}?after=6").json()
    assert body == {"items": [], "next": None, "prev": None, "last_seq": 6}
    issued.submitted({0: 1})
    sequence_all(now=NOW)
    assert [row["seq"] for row in _pull(finance, 200, after=6)] == [7]


def test_the_events_sum_to_the_orders(issued: World, finance: Program) -> None:
    events = [row["event"] for row in _pull(finance, 2)]
    committed = [Decimal(row["gross"]) for row in events if row["type"] == "COMMITMENT"]
    assert sum(committed) == sum(row.gross for row in CallOff.objects.all()) != 0
    reserved = [Decimal(row["gross"]) for row in events if row["type"].startswith("RESERV")]
    assert sum(reserved) == 0
    assert {row["budget_entity_id"] for row in events} == {"stadt-a"}


def test_an_event_is_served_byte_for_byte(issued: World, finance: Program) -> None:
    content = finance.get(FEED).content.decode()
    for event in FinanceEvent.objects.all():
        assert f'"event":{event.payload}}}' in content


def test_a_client_can_check_the_chain_by_itself(issued: World, finance: Program) -> None:
    content = finance.get(FEED).content.decode()
    previous = "0" * 64
    for row in json.loads(content)["items"]:
        start = content.index('"event":', content.index(f'"seq":{row["seq"]},')) + len('"event":')
        _, end = json.JSONDecoder().raw_decode(content, start)
        payload_hash = hashlib.sha256(content[start:end].encode()).hexdigest()
        assert payload_hash == row["payload_hash"]
        link = f"{previous}:{row['seq']}:{payload_hash}"
        previous = hashlib.sha256(link.encode()).hexdigest()
        assert previous == row["chain_hash"]


def test_an_answer_is_what_the_schema_says(issued: World, finance: Program) -> None:
    described = json.loads(finance.get("/api/v1/openapi.json").content)
    operation = described["paths"]["/api/v1/finance/{budget_entity}/events"]["get"]
    shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
    judge = Draft202012Validator(described | shape, format_checker=FormatChecker())
    body = finance.get(FEED).json()
    judge.validate(body)
    event = described["components"]["schemas"]["FinanceEventShape"]
    types = described["components"]["schemas"]["FinanceEventShapeTypeEnum"]
    assert types["enum"] == EventType.values
    assert set(body["items"][0]["event"]) == set(event["properties"]) == set(event["required"])
    body["items"][0]["event"]["gross"] = 1.5
    assert not judge.is_valid(body)


def test_persons_are_pseudonyms(issued: World, finance: Program) -> None:
    content = finance.get(FEED).content.decode()
    assert issued.officer.user.email not in content
    assert '"requester":"p-' in content


def test_booking_is_acknowledged(issued: World, finance: Program) -> None:
    answer = finance.post(f"{FEED}:acknowledge", {"seq": 4})
    assert answer.status_code == 201
    row = FeedAcknowledgement.objects.get()
    assert (row.seq, row.accepted, row.feed_id) == (4, True, issued.entity.pk)
    assert answer.json()["seq"] == 4
    assert answer.json()["at"].endswith("Z")


def test_refusing_needs_a_reason(issued: World, finance: Program) -> None:
    answer = finance.post(f"{FEED}:refuse", {"seq": 4})
    assert answer.status_code == 422
    assert [row["pointer"] for row in answer.json()["errors"]] == ["#/reason"]
    answer = finance.post(f"{FEED}:refuse", {"seq": 4, "reason": "Sachkonto gesperrt"})
    assert answer.status_code == 201
    assert FeedAcknowledgement.objects.get().reason == "Sachkonto gesperrt"


@pytest.mark.parametrize(
    ("body", "status"), [({}, 422), ({"seq": 0}, 422), ({"seq": "x"}, 422), ({"seq": 7}, 404)]
)
def test_only_given_numbers_can_be_acknowledged(
    issued: World, finance: Program, body: dict[str, object], status: int
) -> None:
    assert finance.post(f"{FEED}:acknowledge", body).status_code == status
    assert not FeedAcknowledgement.objects.exists()


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=201", "limit=0", "after=1e3"])
def test_parameters_are_read_strictly(issued: World, finance: Program, query: str) -> None:
    assert finance.get(f"{FEED}?{query}").status_code == 400


def test_budget_entities_show_how_far_their_feed_goes(issued: World, finance: Program) -> None:
    body = finance.get("/api/v1/finance/budget-entities").json()
    assert body["items"] == [{"code": "stadt-a", "name": "Stadt A", "last_seq": 6}]


@pytest.mark.parametrize("text", ["a\x00", "a\ud800"])
def test_a_cursor_that_no_database_could_hold_is_refused(finance: Program, text: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(["n", text, "1"]).encode()).decode()
    answer = finance.get(f"/api/v1/finance/budget-entities?cursor={cursor}")
    assert answer.status_code == 400


@pytest.mark.parametrize("limit", [1, 6])
def test_a_page_costs_the_same_for_any_number_of_events(
    issued: World, finance: Program, limit: int, django_assert_num_queries
) -> None:
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(finance.get(f"{FEED}?limit={limit}").json()["items"]) == limit
    with django_assert_num_queries(3):  # token, client, entities with their feeds
        finance.get("/api/v1/finance/budget-entities")
