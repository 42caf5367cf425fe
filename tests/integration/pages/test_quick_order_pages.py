"""Quick order, shared lists and re-order on the page: without script, nothing typed is lost."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.agreements.life import lifecycle
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article
from contracts.parties.models import Role
from orders import quick_order, requisitions
from orders.basket import baskets
from orders.models import ShoppingList
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists
from tests.pages import PageWorld
from tests.shopping_lists import NAME, shared_list
from tests.world import NOW, person

PATH = "/schnellerfassung/"


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def client(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


def test_pasted_lines_are_shown_in_groups_and_nothing_is_stored(
    pages: PageWorld, client: Client
) -> None:
    Article.objects.update(mpn="MX-1")
    text = "A-1;3\nMX-1;2\nGIBT-ES-NICHT;1\nA-2;0"
    shown = words(client.post(PATH, {"text": text}))
    for part in ("Erkannt", "Mehrdeutig", "Nicht übernehmbar", "Die Menge ist 0", "1.287,00"):
        assert part in shown, part
    assert "GIBT-ES-NICHT" in shown
    assert baskets.quantities(pages.officer) == []


def test_a_preview_goes_into_the_basket_with_choices_and_quantities(
    pages: PageWorld, client: Client
) -> None:
    Article.objects.update(mpn="MX-1")
    one, two = (row.pk for row in pages.world.listings)
    sent = {"text": "A-1;3\nMX-1;2", "menge_1": "4", "wahl_2": str(two), "menge_2": "2"}
    recounted = words(client.post(PATH, sent))
    assert 'value="4"' in recounted
    assert "1.733,80" in recounted  # 4 × 429.00 and 2 × 8.90
    answer = client.post(f"{PATH}uebernehmen/", sent, follow=True)
    assert "2 verschiedene Artikel liegen im Bedarfskorb" in words(answer)
    assert dict(baskets.quantities(pages.officer)) == {one: 4, two: 2}


def test_a_choice_made_at_first_sight_goes_into_the_basket_at_once(
    pages: PageWorld, client: Client
) -> None:
    Article.objects.update(mpn="MX-1")
    assert "In den Bedarfskorb" in words(client.post(PATH, {"text": "MX-1;2"}))
    without = client.post(f"{PATH}uebernehmen/", {"text": "MX-1;2"})
    assert without.status_code == 422
    assert "Es ist nichts ausgewählt" in words(without)
    two = pages.world.listings[1].pk
    client.post(f"{PATH}uebernehmen/", {"text": "MX-1;2", "wahl_1": str(two)})
    assert baskets.quantities(pages.officer) == [(two, 2)]
    assert "In den Bedarfskorb" not in words(client.post(PATH, {"text": "GIBT-ES-NICHT;2"}))


@pytest.mark.parametrize("step", ["", "uebernehmen/", "anhaengen/"])
def test_a_wrong_quantity_keeps_everything(pages: PageWorld, client: Client, step: str) -> None:
    sent = {"text": "A-1;3\nA-2;2", "menge_1": "2,5", "menge_2": "7", "anforderung": ""}
    answer = client.post(PATH + step, sent)
    assert answer.status_code == 422
    shown = words(answer)
    assert "Die Menge 2,5 ist keine ganze Zahl" in shown
    assert 'value="2,5"' in shown
    assert 'value="7"' in shown
    assert "A-1;3" in shown
    assert baskets.quantities(pages.officer) == []


def test_a_file_is_read_and_can_be_corrected_on_the_page(client: Client) -> None:
    file = SimpleUploadedFile(
        "bedarf.csv", "Menge,Artikelnummer\r\n12,A-1\r\nx,A-2\r\n".encode("utf-16")
    )
    shown = words(client.post(PATH, {"text": "", "file": file}))
    assert 'value="12"' in shown
    assert "„x“ ist keine Menge" in shown
    assert "A-2 x" in shown  # the tab of the text area


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": " \n"}, "Bitte Nummern und Mengen eingeben"),
        ({"text": "A-1;3", "file": (b"%PDF-1.7", "x.pdf")}, "Die Datei ist keine lesbare Tabelle"),
        ({"text": "A-1;3", "file": (b"", "x.csv")}, "leer"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    client: Client, sent: dict[str, object], sentence: str
) -> None:
    if "file" in sent:
        content, name = sent["file"]  # type: ignore[misc]
        sent = {**sent, "file": SimpleUploadedFile(name, content)}
    answer = client.post(PATH, sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert str(sent["text"]).strip() in words(answer)


def test_the_lines_left_come_as_a_file_that_can_be_uploaded_again(client: Client) -> None:
    sent = {"text": "A-1;3\nX-1;5\nA-2;zwei"}
    answer = client.post(f"{PATH}offen/", sent)
    content = b"".join(answer.streaming_content)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [row[:3] for row in rows[1:]] == [["2", "X-1", "5"], ["3", "A-2", "zwei"]]
    assert all(row[3] for row in rows[1:])
    again = SimpleUploadedFile("offen.csv", content)
    assert "X-1 5" in words(client.post(PATH, {"text": "", "file": again}))


def test_articles_are_appended_to_a_draft_once(pages: PageWorld, client: Client) -> None:
    draft = pages.draft()
    shown = words(client.post(PATH, {"text": "A-2;7"}))
    value = f"{draft.pk}:1"
    assert f'value="{value}"' in shown
    sent = {"text": "A-2;7", "anforderung": value}
    answer = client.post(f"{PATH}anhaengen/", sent)
    assert answer["Location"] == f"/anforderungen/{draft.pk}/"
    draft.refresh_from_db()
    assert len(requisitions.current_lines(draft)) == 3
    stale = client.post(f"{PATH}anhaengen/", sent)
    assert stale.status_code == 422
    assert "Inzwischen gibt es Fassung 2" in words(stale)
    assert "A-2;7" in words(stale)


def test_without_a_draft_chosen_nothing_happens(client: Client) -> None:
    answer = client.post(f"{PATH}anhaengen/", {"text": "A-2;7", "anforderung": "x"})
    assert answer.status_code == 422
    assert "Bitte wählen Sie den Entwurf" in words(answer)


def test_a_list_is_made_of_the_basket_used_changed_and_retired(
    pages: PageWorld, client: Client
) -> None:
    pages.fill_basket(5)
    assert "Als Merkliste speichern" in words(client.get("/bedarfskorb/"))
    sent = {"name": "Mein Korb", "audience": "own"}
    answer = client.post("/merklisten/neu/?aus=korb", sent, follow=True)
    row = ShoppingList.objects.get()
    listing = pages.world.listings[0].pk
    assert "2.145,00" in words(answer)
    taken = client.post(f"/merklisten/{row.pk}/uebernehmen/", {f"menge_{listing}": "2"})
    assert taken["Location"] == "/bedarfskorb/"
    assert baskets.quantities(pages.officer) == [(listing, 7)]
    client.post(f"/merklisten/{row.pk}/mengen/", {f"menge_{listing}": "9"})
    assert row.lines.get().quantity == 9
    again = client.post("/merklisten/neu/", sent)
    assert again.status_code == 422
    assert "bereits eine Merkliste dieses Namens" in words(again)
    client.post(f"/merklisten/{row.pk}/bearbeiten/", {"name": "Anders", "audience": "authority"})
    assert "Anders" in words(pages.as_role(Role.SCHOOL_REQUESTER).get("/merklisten/"))
    client.post(f"/merklisten/{row.pk}/loeschen/")
    assert client.get(f"/merklisten/{row.pk}/").status_code == 404


def test_wrong_quantities_of_a_list_are_kept(pages: PageWorld, client: Client) -> None:
    row, listing = shared_list(pages), pages.world.listings[0].pk
    for step, typed in (("mengen", "-3"), ("mengen", ""), ("uebernehmen", "1,5")):
        answer = client.post(f"/merklisten/{row.pk}/{step}/", {f"menge_{listing}": typed})
        assert answer.status_code == 422
        assert f'value="{typed}"' in words(answer)
    assert row.lines.get().quantity == 5
    assert baskets.quantities(pages.officer) == []


def test_an_article_goes_onto_a_list_from_its_page(pages: PageWorld, client: Client) -> None:
    row, listing = shared_list(pages), pages.world.listings[1].pk
    assert NAME in words(client.get(f"/katalog/{listing}/"))
    sent = {"list": row.pk, "listing": listing, "quantity": "3"}
    answer = client.post("/merklisten/hinzufuegen/", sent, follow=True)
    assert f"auf „{NAME}“ gemerkt" in words(answer)
    assert row.lines.get(listing=listing).quantity == 3
    wrong = client.post("/merklisten/hinzufuegen/", {**sent, "quantity": "0"}, follow=True)
    assert "eine Menge ab 1" in words(wrong)


def test_an_old_list_says_why_and_what_instead(pages: PageWorld, client: Client) -> None:
    row, listing = shared_list(pages), pages.world.listings[0].pk
    lifecycle.end_by_decision(
        pages.world.agreement.pk, reason="Neue Ausschreibung", by=pages.world.manager, now=pages.now
    )
    assert "Die Rahmenvereinbarung RV-TEST ist beendet" in words(
        client.get(f"/merklisten/{row.pk}/")
    )
    answer = client.post(f"/merklisten/{row.pk}/uebernehmen/", {f"menge_{listing}": "2"})
    assert answer.status_code == 422
    assert "Nichts davon ist heute abrufbar" in words(answer)


def test_a_requisition_is_ordered_once_more(pages: PageWorld, client: Client) -> None:
    old = pages.issued()
    one, two = (row.pk for row in pages.world.listings)
    assert f"/anforderungen/{old.pk}/nachbestellen/" in words(
        client.get(f"/anforderungen/{old.pk}/")
    )
    address = f"/anforderungen/{old.pk}/nachbestellen/"
    assert "zu denselben Preisen" in words(client.get(address))
    bad = client.post(address, {f"menge_{one}-1": "x", f"menge_{two}-2": "4"})
    assert bad.status_code == 422
    assert 'value="4"' in words(bad)
    client.post(address, {f"menge_{one}-1": "", f"menge_{two}-2": "4"})
    assert baskets.quantities(pages.officer) == [(two, 4)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lists_and_comparisons_come_as_files(pages: PageWorld, client: Client, form: str) -> None:
    row, old = shared_list(pages), pages.issued()
    for address in (
        "/merklisten/",
        f"/merklisten/{row.pk}/",
        f"/anforderungen/{old.pk}/nachbestellen/",
    ):
        answer = client.get(f"{address}?format={form}")
        assert "attachment" in answer["Content-Disposition"]
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert content


def count(client: Client, address: str, data: dict[str, object] | None = None) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address) if data is None else client.post(address, data)
    assert answer.status_code in (200, 302)
    return len(captured)


def test_queries_do_not_grow_with_rows_lists_and_lines(pages: PageWorld, client: Client) -> None:
    world = pages.world
    articles = Article.objects.bulk_create(
        [
            Article(
                supplier=world.suppliers[0],
                supplier_aid=f"B-{number}",
                name=f"Notebook {number}",
                updated_at=NOW,
            )
            for number in range(300)
        ]
    )
    listed = list_articles(
        [(world.items[0], row) for row in articles], supplier=world.suppliers[0], now=NOW
    )
    pages.draft()
    pages.fill_basket(1)
    counts = []
    for size in (3, 300):
        text = "\n".join(f"B-{number};2" for number in range(size))
        row = lists.create(
            lists.ListHead(f"Liste {size}", ListAudience.AUTHORITY),
            quantities={listing.pk: 2 for listing in listed[:size]},
            by=pages.officer,
            now=pages.now,
        )
        for number in range(size // 10):
            shared_list(pages, f"Weitere {number}")
        counts.append(
            {
                "preview": count(client, PATH, {"text": text}),
                "take": count(client, f"{PATH}uebernehmen/", {"text": text}),
                "lists": count(client, "/merklisten/"),
                "list": count(client, f"/merklisten/{row.pk}/"),
                "take list": count(
                    client, f"/merklisten/{row.pk}/uebernehmen/", {"umfang": "alles"}
                ),
            }
        )
    pinned = {"preview": 16, "take": 24, "lists": 6, "list": 15, "take list": 16}
    assert counts == [pinned, pinned]


def test_a_quick_order_of_2000_lines_is_previewed(pages: PageWorld, client: Client) -> None:
    text = "\n".join(f"X-{number};1" for number in range(2_001))
    shown = words(client.post(PATH, {"text": text}))
    assert "Es werden höchstens 2.000 Zeilen" in shown


def test_a_school_sees_its_own_drafts_only(pages: PageWorld) -> None:
    pages.draft()
    teacher = person(
        "lehrerin@stadt-a.example",
        pages.world.authority,
        Role.SCHOOL_REQUESTER,
        school=pages.world.school,
    )
    assert len(quick_order.open_drafts(teacher, pages.now)) == 1
    other = person("fern@stadt-b.example", pages.world.other_authority, Role.PROCUREMENT_OFFICER)
    assert quick_order.open_drafts(other, pages.now) == []
