"""Price proposals of a supplier's program, and how each bad one is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contracts.agreements.models import FrameworkAgreement, PriceChange, PriceVersion
from contracts.clock import berlin_day
from tests.api_client import Program
from tests.price_changes import Bargain, bargain, discount_item
from tests.world import World

pytestmark = pytest.mark.django_db
PROPOSALS = "/api/v1/supplier/price-proposals"
QUERIES_OF_A_LIST = 4  # token, client, proposals, their tiers


@pytest.fixture
def deal(world: World) -> Bargain:
    made = bargain(world)
    made.terms(rise_earliest_on=None)  # the API's clock is today's
    return made


def in_days(days: int) -> str:
    return (berlin_day(timezone.now()) + timedelta(days=days)).isoformat()


def body(**changed: Any) -> dict[str, Any]:
    given = {
        "award": "Z-1",
        "item": "1.1",
        "currency": "EUR",
        "effective_from": in_days(40),
        "evidence": "Herstellerschreiben vom 1. Juni",
        "tiers": [
            {"from_quantity": 1, "net_unit_price": "440.0000"},
            {"from_quantity": 100, "net_unit_price": "420.0000"},
        ],
    }
    return {name: value for name, value in {**given, **changed}.items() if value is not None}


def test_a_rise_waits_and_can_be_followed(deal: Bargain, catalogue: Program) -> None:
    answer = catalogue.post(PROPOSALS, body())
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["route"], made["percent"]) == ("proposed", "two_people", "2.56")
    assert (made["agreement"], made["lot"], made["award"], made["item"]) == (
        "RV-TEST", 1, "Z-1", "1.1",
    )  # fmt: skip
    assert (made["currency"], made["tiers"][1]["net_unit_price"]) == ("EUR", "420.0000")
    assert answer["Location"].endswith(f"{PROPOSALS}/{made['number']}")
    one = catalogue.get(f"{PROPOSALS}/{made['number']}")
    assert one.json() == made
    assert catalogue.get(answer["Location"], If_None_Match=one["ETag"]).status_code == 304
    assert catalogue.get(PROPOSALS).json()["items"] == [made]


def test_a_fall_holds_at_once(deal: Bargain, catalogue: Program) -> None:
    tiers = [{"from_quantity": 1, "net_unit_price": "400.0000"}]
    made = catalogue.post(PROPOSALS, body(tiers=tiers)).json()
    assert (made["state"], made["route"]) == ("accepted", "automatic")
    assert PriceVersion.objects.filter(change__number=made["number"]).exists()


def test_a_list_price_is_proposed_for_its_article(deal: Bargain, catalogue: Program) -> None:
    discount_item(deal.world)
    given = body(item="1.9", article="Z-9", list_price="51.0000", tiers=None)
    made = catalogue.post(PROPOSALS, given).json()
    assert (made["article"], made["list_price"], made["tiers"]) == ("Z-9", "51.0000", [])


def test_the_same_key_proposes_once(deal: Bargain, catalogue: Program) -> None:
    first = catalogue.post(PROPOSALS, body(), key="meins-1")
    second = catalogue.post(PROPOSALS, body(), key="meins-1")
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert PriceChange.objects.count() == 1
    assert catalogue.post(PROPOSALS, body(), key=None).status_code == 400


def test_what_is_open_is_withdrawn_once(deal: Bargain, catalogue: Program) -> None:
    number = catalogue.post(PROPOSALS, body()).json()["number"]
    assert catalogue.post(f"{PROPOSALS}/{number}:withdraw").json()["state"] == "withdrawn"
    again = catalogue.post(f"{PROPOSALS}/{number}:withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_another_supplier_sees_nothing_of_it(
    deal: Bargain, catalogue: Program, other_catalogue: Program
) -> None:
    number = catalogue.post(PROPOSALS, body()).json()["number"]
    assert other_catalogue.get(PROPOSALS).json()["items"] == []
    assert other_catalogue.get(f"{PROPOSALS}/{number}").status_code == 404
    assert other_catalogue.post(f"{PROPOSALS}/{number}:withdraw").status_code == 404


def tier(price: object, quantity: object = 1) -> dict[str, object]:
    return {"from_quantity": quantity, "net_unit_price": price}


FIVE = [tier("440.00001")]
BAD: tuple[tuple[str, dict[str, Any], int, str, str], ...] = (
    ("five decimals", {"tiers": FIVE}, 422, "invalid_price", "#/tiers/0/net_unit_price"),
    ("zero", {"tiers": [tier("0")]}, 422, "invalid_price", "#/tiers/0/net_unit_price"),
    (
        "negative",
        {"tiers": [tier("440"), tier("-1", 100)]},
        422,
        "invalid_price",
        "#/tiers/1/net_unit_price",
    ),
    ("no number", {"tiers": [tier("viel")]}, 422, "invalid", "#/tiers/0/net_unit_price"),
    ("not finite", {"tiers": [tier("NaN")]}, 422, "invalid", "#/tiers/0/net_unit_price"),
    (
        "tiers out of order",
        {"tiers": [tier("420", 100), tier("440")]},
        422,
        "tiers_out_of_order",
        "#/tiers",
    ),
    ("no tier", {"tiers": []}, 422, "unsuitable_prices", "#/tiers"),
    (
        "a discount for a fixed price",
        {"tiers": [{"from_quantity": 1, "discount_percent": "5"}]},
        422,
        "unsuitable_prices",
        "#/tiers",
    ),
    ("dollars", {"currency": "USD"}, 422, "unsupported_currency", "#/currency"),
    (
        "yesterday",
        {"effective_from": in_days(-1)},
        422,
        "effective_date_past",
        "#/effective_from",
    ),
    ("no day", {"effective_from": "morgen"}, 422, "invalid", "#/effective_from"),
    ("no evidence", {"evidence": " "}, 422, "blank", "#/evidence"),
    ("a foreign award", {"award": "Z-2"}, 422, "unknown_award", "#/award"),
    ("no such item", {"item": "9.9"}, 422, "unknown_item", "#/item"),
    ("no such article", {"article": "X", "list_price": "5"}, 422, "unknown_article", "#/article"),
    (
        "what holds anyway",
        {"tiers": [tier("429"), tier("411.5", 100)]},
        422,
        "nothing_changes",
        "#/tiers",
    ),
    ("price unit zero", {"price_unit": 0}, 422, "min_value", "#/price_unit"),
)


@pytest.mark.parametrize(("changed", "status", "code", "pointer"), [r[1:] for r in BAD],
                         ids=[r[0] for r in BAD])  # fmt: skip
def test_bad_input_is_pointed_at(
    deal: Bargain,
    catalogue: Program,
    changed: dict[str, Any],
    status: int,
    code: str,
    pointer: str,
) -> None:
    answer = catalogue.post(PROPOSALS, body(**changed))
    problem = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    (entry,) = problem["errors"]
    assert (entry["pointer"], entry["code"]) == (pointer, code)
    assert problem["code"] in {code, "validation_failed"}
    assert entry["detail"].endswith((".", "?"))
    assert not PriceChange.objects.exists()


def test_a_version_that_begins_later_is_in_the_way(deal: Bargain, catalogue: Program) -> None:
    given = body(tiers=[tier("400")], effective_from=in_days(60))
    assert catalogue.post(PROPOSALS, given).status_code == 201
    problem = catalogue.post(PROPOSALS, body(tiers=[tier("390")])).json()
    assert (problem["status"], problem["code"]) == (409, "overlapping_prices")
    assert problem["errors"][0]["pointer"] == "#/effective_from"


def test_a_second_open_proposal_is_refused(deal: Bargain, catalogue: Program) -> None:
    number = catalogue.post(PROPOSALS, body()).json()["number"]
    problem = catalogue.post(PROPOSALS, body()).json()
    assert (problem["status"], problem["code"]) == (409, "change_pending")
    assert number in problem["detail"]


def test_an_ended_agreement_has_no_price_to_change(deal: Bargain, catalogue: Program) -> None:
    FrameworkAgreement.objects.update(
        state="ended", end_reason="decision", ended_on=berlin_day(timezone.now())
    )
    problem = catalogue.post(PROPOSALS, body()).json()
    assert (problem["status"], problem["code"]) == (409, "agreement_ended")


@pytest.mark.parametrize("count", [1, 4])
def test_a_list_costs_the_same_for_any_number_of_rows(
    deal: Bargain, catalogue: Program, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        tiers = [tier(str(400 - number))]
        catalogue.post(PROPOSALS, body(tiers=tiers, effective_from=in_days(40 + number)))
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(catalogue.get(PROPOSALS).json()["items"]) == count
