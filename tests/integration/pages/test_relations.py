"""The page of ties: set, refused at the field, undone, exported; a constant number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.agreements.models import ItemRelation, PriceBasis, RelationKind
from contracts.agreements.writing.relations import Tie, relate
from contracts.agreements.writing.setup import ItemSpec, write_item
from contracts.parties.models import Role
from tests.pages import PageWorld, build_pages
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> PageWorld:
    return build_pages()


@pytest.fixture
def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


def address(pages: PageWorld, name: str = "agreement_relations", *more: int) -> str:
    return reverse(f"frontend:{name}", args=[pages.world.agreement.pk, *more])


def test_a_tie_is_entered_seen_by_buyers_and_removed(pages: PageWorld, manager: Client) -> None:
    world = pages.world
    form = {
        "item": world.items[1].pk,
        "to_item": world.items[0].pk,
        "kind": RelationKind.REQUIRES,
        "quantity": 1,
    }
    assert manager.post(address(pages, "relation_create"), form).status_code == 302
    relation = ItemRelation.objects.get()
    buyer = pages.as_role(Role.PROCUREMENT_OFFICER)
    text = buyer.get(address(pages)).content.decode()
    assert "nur zusammen mit" in text
    assert "Entfernen" not in text
    shown = buyer.get(reverse("frontend:article", args=[world.listings[1].pk]))
    assert f"nur zusammen mit: {world.items[0].title}" in shown.content.decode()
    file = buyer.get(address(pages) + "?format=csv")
    assert "nur zusammen mit" in b"".join(file.streaming_content).decode()
    gone = manager.post(address(pages, "relation_remove", relation.pk))
    assert (gone.status_code, ItemRelation.objects.count()) == (302, 0)


def test_a_refusal_stands_at_its_field_and_keeps_the_input(
    pages: PageWorld, manager: Client
) -> None:
    item = pages.world.items[0].pk
    form = {"item": item, "to_item": item, "kind": RelationKind.ACCESSORY, "quantity": 2}
    answer = manager.post(address(pages, "relation_create"), form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Eine Position kann sich nicht auf sich beziehen." in text
    assert 'value="2"' in text
    assert not ItemRelation.objects.exists()


def test_a_foreign_tie_does_not_exist(pages: PageWorld, manager: Client) -> None:
    assert manager.post(address(pages, "relation_remove", 10**6)).status_code == 404


def test_the_number_of_queries_does_not_grow(pages: PageWorld) -> None:
    """One for the ties and one to count them, whatever their number."""
    reader = pages.as_role(Role.REVIEWER)
    counts = []
    for number in range(3):
        spec = ItemSpec(f"1.7{number}", "Hülle", basis=PriceBasis.FIXED)
        cover = write_item(pages.world.awards[0], spec, by=pages.world.manager, now=NOW)
        relate(
            Tie(cover.pk, pages.world.items[0].pk, RelationKind.ACCESSORY),
            by=pages.world.manager,
            now=NOW,
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reader.get(address(pages)).status_code == 200
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 10
