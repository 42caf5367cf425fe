"""A second click fills the basket no second time, and says so."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from orders.basket import baskets
from tests.pages import PageWorld
from tests.shopping_lists import shared_list

FORM = re.compile(r'name="formular" value="([0-9a-f-]{36})"')
ALREADY = "Diese Auswahl liegt schon im Bedarfskorb"


@pytest.fixture
def client(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


def form_on(page: str) -> str:
    return FORM.findall(page)[0]


def sent_twice(client: Client, address: str, data: dict[str, object]) -> str:
    """What the second answer says."""
    first = client.post(address, data, follow=True).content.decode()
    assert ALREADY not in first
    return client.post(address, data, follow=True).content.decode()


def held(pages: PageWorld) -> dict[int, int]:
    return dict(baskets.quantities(pages.officer))


def test_a_quick_order(pages: PageWorld, client: Client) -> None:
    typed = {"text": "A-1;3\nGIBT-ES-NICHT;1"}
    form = form_on(client.post("/schnellerfassung/", typed).content.decode())
    second = sent_twice(client, "/schnellerfassung/uebernehmen/", {**typed, "formular": form})
    assert ALREADY in second
    assert held(pages) == {pages.world.listings[0].pk: 3}


def test_a_shared_list(pages: PageWorld, client: Client) -> None:
    listing = pages.world.listings[0].pk
    row = shared_list(pages)
    form = form_on(client.get(f"/merklisten/{row.pk}/").content.decode())
    data = {f"menge_{listing}": "5", "formular": form}
    assert ALREADY in sent_twice(client, f"/merklisten/{row.pk}/uebernehmen/", data)
    assert held(pages) == {listing: 5}


def test_an_order_once_more(pages: PageWorld, client: Client) -> None:
    old = pages.draft()
    address = f"/anforderungen/{old.pk}/nachbestellen/"
    form = form_on(client.get(address).content.decode())
    listing = pages.world.listings[0].pk
    assert ALREADY in sent_twice(client, address, {f"menge_{listing}-1": "7", "formular": form})
    assert held(pages) == {listing: 7}


@pytest.mark.parametrize("address", ["/katalog/?q=Notebooks", "/katalog/{listing}/"])
def test_an_article(pages: PageWorld, client: Client, address: str) -> None:
    listing = pages.world.listings[0].pk
    form = form_on(client.get(address.format(listing=listing)).content.decode())
    data = {"listing": listing, "quantity": 2, "formular": form}
    assert ALREADY in sent_twice(client, "/bedarfskorb/hinzufuegen/", data)
    assert held(pages) == {listing: 2}


def test_the_page_shown_anew_adds_anew(pages: PageWorld, client: Client) -> None:
    listing = pages.world.listings[0].pk
    for _ in range(2):
        form = form_on(client.get(f"/katalog/{listing}/").content.decode())
        client.post(
            "/bedarfskorb/hinzufuegen/", {"listing": listing, "quantity": 2, "formular": form}
        )
    assert held(pages) == {listing: 4}


def test_a_form_without_a_name_adds_each_time(pages: PageWorld, client: Client) -> None:
    listing = pages.world.listings[0].pk
    for name in ("", "kein Name"):
        client.post(
            "/bedarfskorb/hinzufuegen/", {"listing": listing, "quantity": 2, "formular": name}
        )
    assert held(pages) == {listing: 4}
