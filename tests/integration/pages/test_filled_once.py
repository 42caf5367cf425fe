"""A second click counts no second time: what is filled says so, what is written is shown again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from contracts.agreements.models import ContractModification, Gate
from contracts.clock import berlin_day
from contracts.parties.models import Role
from orders.basket import baskets
from tests.pages import PageWorld
from tests.price_changes import legal_figures
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


def test_an_article_onto_a_shared_list(pages: PageWorld, client: Client) -> None:
    row, listing = shared_list(pages), pages.world.listings[0].pk
    data = {"list": row.pk, "listing": listing, "quantity": 2}
    for total in (7, 9):  # the list begins with five; the page shown anew adds anew
        form = form_on(
            client.get(f"/katalog/{listing}/").content.decode().split("/merklisten/hinzufuegen/")[1]
        )
        sent = {**data, "formular": form}
        assert "2 × auf „Standardausstattung“ gemerkt." in twice(
            client, "/merklisten/hinzufuegen/", sent
        )
        assert "steht schon auf der Merkliste" in twice(client, "/merklisten/hinzufuegen/", sent)
        assert row.lines.get().quantity == total


def twice(client: Client, address: str, data: dict[str, object]) -> str:
    return client.post(address, data, follow=True).content.decode()


def gates_of(pages: PageWorld) -> list[tuple[str, str]]:
    return list(Gate.objects.values_list("explanation", "reason"))


def test_a_gate(pages: PageWorld) -> None:
    client = pages.as_role(Role.CONTRACT_MANAGER)
    data: dict[str, object] = {
        "reason": "suspension",
        "effect": "warn",
        "lot": pages.world.lots[0].pk,
        "explanation": "Lieferverzug seit Mai",
        "evidence": "Schreiben vom 1.6.",
        "valid_from": berlin_day(pages.now).isoformat(),
        "formular": form_on(client.get("/hindernisse/setzen/").content.decode()),
    }
    for _ in range(2):
        assert "Das Hindernis ist gesetzt." in twice(client, "/hindernisse/setzen/", data)
    assert gates_of(pages) == [("Lieferverzug seit Mai", "suspension")]

    filled_anew = client.post("/hindernisse/setzen/", {**data, "explanation": "Rückruf"})
    assert filled_anew.status_code == 422
    shown = filled_anew.content.decode()
    assert "Dieses Formular ist schon gesendet" in shown
    again = {**data, "explanation": "Rückruf", "formular": form_on(shown)}
    twice(client, "/hindernisse/setzen/", again)
    assert len(gates_of(pages)) == 2


def test_an_opt_out(pages: PageWorld, client: Client) -> None:
    address = "/hindernisse/opt-outs/erklaeren/"
    data: dict[str, object] = {
        "lot": pages.world.lots[0].pk,
        "contract": "Vertrag 4711",
        "explanation": "Restlaufzeit",
        "valid_to": (berlin_day(pages.now) + timedelta(days=30)).isoformat(),
        "formular": form_on(client.get(address).content.decode()),
    }
    for _ in range(2):
        assert "Das Opt-out gilt ab heute." in twice(client, address, data)
    assert gates_of(pages) == [("Restlaufzeit", "opt_out")]


def test_an_entry_of_the_register(pages: PageWorld) -> None:
    legal_figures()
    client = pages.as_role(Role.CONTRACT_MANAGER)
    page = f"/vereinbarungen/{pages.world.agreement.pk}/vertragsaenderungen/"
    data: dict[str, object] = {
        "kind": "cap",
        "ground": "de_minimis",
        "scope": f"lot:{pages.world.lots[0].pk}",
        "value": "150000",
        "description": "Mehrbedarf",
        "formular": form_on(client.get(page).content.decode()),
    }
    for _ in range(2):
        assert " ist vorgeschlagen." in twice(client, f"{page}eintragen/", data)
    row = ContractModification.objects.get()

    filled_anew = client.post(f"{page}eintragen/", {**data, "value": "2000"})
    assert filled_anew.status_code == 422
    assert f"hat {row.number} vorgeschlagen" in filled_anew.content.decode()
    assert ContractModification.objects.get() == row
