"""The number of queries of a page does not grow with what it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article
from contracts.catalogue.indexing import reindex
from contracts.parties.models import Role
from orders.finance.exports import sequence_all
from tests.gate_pages import gate_targets, more_gates
from tests.pages import PageWorld
from tests.world import NOW

# Each page: session, person with memberships and what the navigation counts, plus its own.
PAGES: dict[str, tuple[Role, int]] = {
    "/": (Role.PROCUREMENT_OFFICER, 10),
    "/katalog/": (Role.PROCUREMENT_OFFICER, 14),
    "/bedarfskorb/": (Role.PROCUREMENT_OFFICER, 12),
    "/hindernisse/": (Role.CONTRACT_MANAGER, 5),
    "/hindernisse/opt-outs/": (Role.PROCUREMENT_OFFICER, 7),
    "/ausstattung/": (Role.IT_OFFICER, 6),
    "/ausstattung/pakete/": (Role.PROCUREMENT_OFFICER, 12),
    "/anforderungen/": (Role.PROCUREMENT_OFFICER, 7),
    "/freigaben/": (Role.APPROVER, 7),
    "/abrufe/": (Role.PROCUREMENT_OFFICER, 6),
    "/vereinbarungen/": (Role.CONTRACT_MANAGER, 4),
    "/haushalt/": (Role.TREASURER, 6),
    "/finanzfeed/": (Role.TREASURER, 8),
}


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def grow(pages: PageWorld) -> None:
    """More of everything the lists show."""
    world = pages.world
    articles = [
        Article.objects.create(
            supplier=world.suppliers[0],
            supplier_aid=f"B-{number}",
            name=f"Notebook {number}",
            updated_at=NOW,
        )
        for number in range(5)
    ]
    listed = list_articles(
        [(world.items[0], article) for article in articles], supplier=world.suppliers[0], now=NOW
    )
    reindex([row.pk for row in listed])
    pages.issued()
    pages.submitted()
    pages.submitted()
    pages.draft()
    sequence_all(now=NOW)
    more_gates(pages, first=3)
    world.listings += listed
    for index in range(2, 5):
        pages.fill_basket(3, listing=index)


@pytest.mark.parametrize("address", PAGES)
def test_queries_are_pinned_and_constant(pages: PageWorld, address: str) -> None:
    role, expected = PAGES[address]
    pages.issued()
    pages.submitted()
    sequence_all(now=NOW)
    pages.fill_basket()
    gate_targets(pages)
    more_gates(pages, first=0)
    client = pages.as_role(role)
    before = count(client, address)
    grow(pages)
    pages.fill_basket()
    assert (before, count(client, address)) == (expected, expected)
