"""Successor proposals by a supplier's program."""

from __future__ import annotations

import pytest

from contracts.agreements.models import SuccessorProposal
from contracts.catalogue import successors
from tests.api_client import Program
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
PROPOSALS = "/api/v1/supplier/successor-proposals"
BODY = {
    "award": "Z-1",
    "item": "1.1",
    "replaces": "A-1",
    "supplier_aid": "A-1-NEU",
    "name": "Notebook der nächsten Reihe",
    "statement": "Schnellerer Prozessor, sonst gleich",
    "net_unit_price": "420.0000",
}


def test_a_proposal_is_kept_and_read_again(world: World, catalogue: Program) -> None:
    answer = catalogue.post(PROPOSALS, BODY, key="eins")
    made = answer.json()
    assert answer.status_code == 201
    assert (made["state"], made["net_unit_price"], made["replaces"]) == (
        "proposed",
        "420.0000",
        "A-1",
    )
    assert catalogue.post(PROPOSALS, BODY, key="eins").json() == made
    assert SuccessorProposal.objects.count() == 1
    successors.reject(
        proposal_id=made["id"], reason="Weniger Anschlüsse", by=world.manager, now=NOW
    )
    (row,) = catalogue.get(PROPOSALS).json()["items"]
    assert (row["state"], row["reason"]) == ("rejected", "Weniger Anschlüsse")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"net_unit_price": "430"}, 422, "price_higher"),
        ({"supplier_aid": "A-1"}, 409, "article_number_taken"),
        ({"statement": ""}, 422, "validation_failed"),
        ({"replaces": "A-9"}, 422, "unknown_article"),
        ({"net_unit_price": "0"}, 422, "validation_failed"),
    ],
)
def test_what_does_not_fit_has_its_code(
    world: World, catalogue: Program, changed: dict[str, str], status: int, code: str
) -> None:
    answer = catalogue.post(PROPOSALS, {**BODY, **changed})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not SuccessorProposal.objects.exists()


def test_one_proposal_at_a_time(catalogue: Program) -> None:
    catalogue.post(PROPOSALS, BODY)
    answer = catalogue.post(PROPOSALS, {**BODY, "supplier_aid": "A-1-ZWEI"})
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_pending")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_any_number_of_rows(
    world: World, catalogue: Program, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        made = catalogue.post(PROPOSALS, {**BODY, "supplier_aid": f"N-{number}"}).json()
        successors.reject(proposal_id=made["id"], reason="Nein", by=world.manager, now=NOW)
    with django_assert_num_queries(3):  # token, client, proposals with their heads
        assert len(catalogue.get(PROPOSALS).json()["items"]) == count
