"""Proposing and releasing a successor on the pages; what used the old article leads to it."""

from __future__ import annotations

import pytest
from django.test import Client

from contracts.agreements.models import Listing, SuccessorProposal
from contracts.catalogue import successors
from contracts.parties.models import Role
from tests.pages import PageWorld
from tests.successors import propose_successor

NAME = "Notebook der nächsten Reihe"
FORM = {
    "replaces": "A-1",
    "supplier_aid": "A-1-NEU",
    "name": NAME,
    "statement": "Schnellerer Prozessor, sonst gleich",
    "net_unit_price": "420.00",
}


@pytest.fixture
def keeper(pages: PageWorld) -> Client:
    return pages.as_role(Role.SUPPLIER_CATALOGUE)


@pytest.fixture
def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


@pytest.fixture
def officer(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


def replaced(pages: PageWorld) -> Listing:
    """The first article, replaced; returns its successor's listing."""
    proposal = propose_successor(pages.world, pages.people[Role.SUPPLIER_CATALOGUE], now=pages.now)
    return successors.release(
        proposal_id=proposal.pk, by=pages.people[Role.CONTRACT_MANAGER], now=pages.now
    )


def test_from_the_proposal_to_the_shelf(
    pages: PageWorld, keeper: Client, manager: Client, officer: Client
) -> None:
    made = keeper.post("/nachfolger/vorschlagen/", FORM)
    proposal = SuccessorProposal.objects.get()
    assert made["Location"] == f"/nachfolger/{proposal.pk}/"
    assert "Freigeben" not in keeper.get(made["Location"]).content.decode()
    page = manager.get(made["Location"]).content.decode()
    assert "Schnellerer Prozessor" in page
    assert "Freigeben" in page
    assert manager.post(f"/nachfolger/{proposal.pk}/freigeben/").status_code == 302
    assert "Heute gelistet" in manager.get(made["Location"]).content.decode()
    assert NAME in officer.get("/katalog/", {"q": "notebook"}).content.decode()
    again = manager.post(f"/nachfolger/{proposal.pk}/freigeben/")
    assert again.status_code == 422
    assert "bereits freigegeben" in again.content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"replaces": "A-2"}, "ist von Ihnen nichts gelistet"),
        ({"net_unit_price": "430"}, "höchstens so viel kosten"),
        ({"supplier_aid": "A-1"}, "führen Sie schon"),
        ({"statement": ""}, "zwingend erforderlich"),
    ],
)
def test_what_does_not_fit_is_said(
    pages: PageWorld, keeper: Client, changed: dict[str, str], words: str
) -> None:
    answer = keeper.post("/nachfolger/vorschlagen/", {**FORM, **changed})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SuccessorProposal.objects.exists()


def test_a_rejection_tells_the_supplier_why(
    pages: PageWorld, keeper: Client, manager: Client
) -> None:
    proposal = propose_successor(pages.world, pages.people[Role.SUPPLIER_CATALOGUE], now=pages.now)
    address = f"/nachfolger/{proposal.pk}/"
    assert manager.post(f"{address}ablehnen/", {"reason": ""}).status_code == 422
    manager.post(f"{address}ablehnen/", {"reason": "Weniger Anschlüsse"})
    assert "Weniger Anschlüsse" in keeper.get(address).content.decode()


def test_the_list_comes_as_a_file_too(pages: PageWorld, manager: Client) -> None:
    replaced(pages)
    assert NAME in manager.get("/nachfolger/").content.decode()
    assert NAME not in manager.get("/nachfolger/", {"stand": "rejected"}).content.decode()
    file = b"".join(manager.get("/nachfolger/", {"format": "csv"}).streaming_content).decode()
    assert f"A-1;Notebooks;A-1-NEU;{NAME}" in file


def test_everything_that_used_the_old_article_leads_to_the_new_one(
    pages: PageWorld, officer: Client
) -> None:
    requisition = pages.issued()
    call_off = requisition.call_offs.get(supplier=pages.world.suppliers[0])
    pages.fill_basket(3)
    new = replaced(pages)
    link = f'href="/katalog/{new.pk}/"'
    for address in (
        f"/anforderungen/{requisition.pk}/",
        f"/abrufe/{call_off.pk}/",
        "/bedarfskorb/",
    ):
        page = officer.get(address).content.decode()
        assert link in page, address
        assert NAME in page, address
    old = officer.get(f"/katalog/{pages.world.listings[0].pk}/")
    assert (old.status_code, old["Location"]) == (302, f"/katalog/{new.pk}/")
    assert (
        f"durch das Nachfolgemodell {NAME} ersetzt"
        in officer.get(f"/katalog/{new.pk}/").content.decode()
    )


def test_who_is_not_entitled_hears_of_neither(pages: PageWorld) -> None:
    replaced(pages)
    outsider = pages.client(pages.world.outsider)
    assert outsider.get(f"/katalog/{pages.world.listings[0].pk}/").status_code == 404
