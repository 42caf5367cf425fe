"""Requisitions on their pages: long ones, edits in between, places, shares, hand-over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from contracts.agreements.models import AwardTerms, ItemRole, PriceBasis
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.catalogue.indexing import reindex
from contracts.clock import berlin_day
from contracts.parties.models import BudgetEntity, Membership, Role, School
from frontend.formatting import format_money
from orders import requisitions
from orders.basket import baskets
from orders.binding.budgets import Dimensions, create_line
from orders.models import BudgetLine, Requisition
from orders.requisitions.drafting import draft_of, with_quantities
from tests.integration.test_stops import list_item
from tests.pages import PageWorld
from tests.requisition_pages import filled, long_draft, more_listings
from tests.world import NOW, person

# Session, user, memberships, navigation; the requisition, its lines with assignments,
# what was cut, minimum orders, successors, terms, steps, revisions, papers, history.
DETAIL_QUERIES = 16
EDITOR_QUERIES = 8
DIFFERENCE_QUERIES = 10
PLACES_QUERIES = 8
SHARES_QUERIES = 8


@pytest.fixture
def officer(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


@pytest.fixture
def school(pages: PageWorld) -> Membership:
    return person(
        "schule@stadt-a.example",
        pages.world.authority,
        Role.SCHOOL_REQUESTER,
        school=pages.world.school,
    )


@pytest.fixture
def other_school(pages: PageWorld) -> School:
    return School.objects.create(
        authority=pages.world.authority, name="Oberschule B", school_no="100003", contact="Büro"
    )


@pytest.fixture
def second_budget(pages: PageWorld) -> BudgetLine:
    """A line in the books of another holder, kept by the same authority."""
    entity = BudgetEntity.objects.create(
        organisation=pages.world.authority, code="land", name="Land"
    )
    return create_line(
        budget_entity=entity,
        fiscal_year=pages.now.year,
        title="Digitalpakt",
        dimensions=Dimensions(budget_product="9", gl_account="1"),
        appropriation=Decimal(90_000),
        document="Bescheid",
        by=None,
        now=NOW,
    )


def address(requisition: Requisition, step: str = "") -> str:
    return f"/anforderungen/{requisition.pk}/{step}"


def lines(requisition: Requisition) -> list[tuple[int, int, str]]:
    """(number, quantity, recipient) of the current revision."""
    requisition.refresh_from_db()
    return [
        (line.line_no, line.quantity, line.delivery.name)
        for line in requisitions.current_lines(requisition)
    ]


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("", DETAIL_QUERIES),
        ("bearbeiten/", EDITOR_QUERIES),
        ("fassungen/", DIFFERENCE_QUERIES),
        ("lieferorte/", PLACES_QUERIES),
        ("kontierung/", SHARES_QUERIES),
    ],
)
def test_500_lines_take_no_more_queries_than_5(
    pages: PageWorld, officer: Client, step: str, expected: int
) -> None:
    listings = more_listings(pages, 500)
    short = long_draft(pages, listings[:5], now=pages.now)
    long = long_draft(pages, listings, now=pages.now)
    for requisition in (short, long):
        old = draft_of(requisitions.current_lines(requisition))
        requisitions.revise(
            requisition_id=requisition.pk,
            base_revision=1,
            ask=old.ask,
            wanted=with_quantities(old, {"1": 2}).wanted,
            by=pages.officer,
            now=pages.now,
        )
    found = [count(officer, address(requisition, step)) for requisition in (short, long)]
    assert found == [expected] * 2


def test_a_page_holds_50_lines_and_the_sums_of_all(pages: PageWorld, officer: Client) -> None:
    requisition = long_draft(pages, more_listings(pages, 120), now=pages.now)
    last = officer.get(address(requisition), {"seite": "3"}).content.decode()
    assert "Notebook 101" in last
    assert "Notebook 100" not in last
    assert "100 weitere Zeilen auf anderen Seiten" in last
    gross = requisition.revisions.get().gross
    assert f"{gross:,.2f}".translate(str.maketrans(",.", ".,")) in last
    rows = b"".join(officer.get(address(requisition), {"format": "csv"}).streaming_content).decode()
    assert len(rows.splitlines()) == 121
    book = load_workbook(BytesIO(officer.get(address(requisition), {"format": "xlsx"}).content))
    assert book.active.max_row == 121


def test_an_edit_of_one_page_leaves_the_others(pages: PageWorld, officer: Client) -> None:
    requisition = long_draft(pages, more_listings(pages, 60), now=pages.now)
    form = officer.get(address(requisition, "bearbeiten/"), {"seite": "2"}).context["form"]
    sent = filled(form, base=1, seite=2, menge_55=9, weg_56="on", title="Neu")
    assert officer.post(address(requisition, "bearbeiten/"), sent).status_code == 302
    after = {number: quantity for number, quantity, _ in lines(requisition)}
    assert (after[55], 56 in after, after[1], len(after)) == (9, False, 1, 59)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "1,5", "1000000000", "viele", ""])
def test_a_quantity_nobody_can_mean_stays_beside_its_field(
    pages: PageWorld, officer: Client, quantity: str
) -> None:
    requisition = pages.draft()
    form = officer.get(address(requisition, "bearbeiten/")).context["form"]
    answer = officer.post(
        address(requisition, "bearbeiten/"), filled(form, base=1, menge_1=quantity)
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"menge_1"}
    assert requisition.revisions.count() == 1


def test_what_came_in_between_is_told_and_nothing_typed_is_lost(
    pages: PageWorld, officer: Client
) -> None:
    requisition = pages.draft()
    form = officer.get(address(requisition, "bearbeiten/")).context["form"]
    mine = filled(form, base=1, menge_1=12, title="Mein Betreff")
    theirs = filled(form, base=1, weg_2="on")
    assert officer.post(address(requisition, "bearbeiten/"), theirs).status_code == 302
    answer = officer.post(address(requisition, "bearbeiten/"), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Entfallen ist Zeile 2" in page
    assert 'value="Mein Betreff"' in page
    again = filled(answer.context["form"], base=2)
    assert again["menge_1"] in (12, "12")
    assert officer.post(address(requisition, "bearbeiten/"), again).status_code == 302
    assert [(number, quantity) for number, quantity, _ in lines(requisition)] == [(1, 12)]


@pytest.mark.parametrize("base", ["x", "²", "0", "9" * 30])
def test_an_edit_of_what_never_was_a_revision_is_not_saved(
    pages: PageWorld, officer: Client, base: str
) -> None:
    requisition = pages.draft()
    form = officer.get(address(requisition, "bearbeiten/")).context["form"]
    answer = officer.post(address(requisition, "bearbeiten/"), filled(form, base=base, menge_1=12))
    assert answer.status_code == 422
    assert "Inzwischen gibt es Fassung 1" in answer.content.decode()
    assert requisition.revisions.count() == 1


def test_in_approval_the_page_first_says_what_the_change_does(
    pages: PageWorld, officer: Client
) -> None:
    requisition = pages.submitted()
    edit = address(requisition, "bearbeiten/")
    form = officer.get(edit).context["form"]
    for quantity, words in ((20, "Die Unterschriften bleiben gültig"), (40, "beginnt von vorn")):
        answer = officer.post(edit, filled(form, base=1, menge_1=quantity))
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert requisition.revisions.count() == 1
    yes = answer.context["change"].confirmation
    other = officer.post(edit, filled(form, base=1, menge_1=41, bestaetigt=yes))
    assert other.status_code == 200  # a yes to 40 is no yes to 41
    assert officer.post(edit, filled(form, base=1, menge_1=40, bestaetigt=yes)).status_code == 302
    requisition.refresh_from_db()
    assert (requisition.current_revision, requisition.submitted_revision) == (2, 2)


def test_a_line_is_added_by_number_like_another(pages: PageWorld, officer: Client) -> None:
    requisition = pages.draft()
    more_listings(pages, 1)
    add = address(requisition, "zeilen/hinzufuegen/")
    sent = {"base": 1, "neu-number": "l-1", "neu-quantity": 3, "neu-like": 1}
    assert officer.post(add, sent).status_code == 302
    assert lines(requisition)[-1] == (3, 3, "Grundschule A")
    added = requisitions.current_lines(requisition)[-1]
    assert [row.budget_line for row in added.assignments.all()] == [pages.budget_line]
    unknown = officer.post(add, sent | {"base": 2, "neu-number": "X-99"})
    assert unknown.status_code == 422
    assert "kein Artikel eindeutig" in unknown.content.decode()


def test_adding_a_line_keeps_what_was_typed_above(pages: PageWorld, officer: Client) -> None:
    requisition = pages.draft()
    more_listings(pages, 1)
    edit = address(requisition, "bearbeiten/")
    form = officer.get(edit).context["form"]
    sent = filled(form, base=1, menge_1=12) | {"neu-quantity": 3, "neu-like": 1}
    without_number = officer.post(edit, sent | {"neu-number": "", "hinzu": "1"})
    assert without_number.status_code == 422
    assert without_number.context["form"]["menge_1"].value() == "12"
    assert officer.post(edit, sent | {"neu-number": "L-1", "hinzu": "1"}).status_code == 302
    assert [row[:2] for row in lines(requisition)] == [(1, 12), (2, 100), (3, 3)]


def test_a_day_that_is_over_is_refused_unless_it_came_to_pass(
    pages: PageWorld, officer: Client
) -> None:
    requisition = pages.draft()
    edit = address(requisition, "bearbeiten/")
    form = officer.get(edit).context["form"]
    late = officer.post(edit, filled(form, base=1, needed_by="2025-01-31"))
    assert late.status_code == 422
    assert "Der 31.01.2025 ist vorbei." in late.content.decode()
    places = address(requisition, "lieferorte/")
    sent = filled(officer.get(places).context["places"], base=1)
    assert officer.post(places, sent | {"ort-0-latest": "2025-01-31"}).status_code == 422
    earlier = replace(pages, now=pages.now - timedelta(days=10))
    soon = berlin_day(pages.now) - timedelta(days=5)
    known = earlier.draft(needed_by=soon)
    edit = address(known, "bearbeiten/")
    form = officer.get(edit).context["form"]
    assert officer.post(edit, filled(form, base=1, menge_1=12)).status_code == 302


def test_a_typed_number_is_added_by_every_way_of_saving(pages: PageWorld, officer: Client) -> None:
    requisition = pages.draft()
    more_listings(pages, 1)
    edit = address(requisition, "bearbeiten/")
    form = officer.get(edit).context["form"]
    sent = filled(form, base=1, weg_1="on")
    sent |= {"neu-number": "L-1", "neu-quantity": 3, "neu-like": 1}
    assert officer.post(edit, sent).status_code == 302
    assert [row[:2] for row in lines(requisition)] == [(2, 100), (3, 3)]
    added = requisitions.current_lines(requisition)[-1]
    assert [row.budget_line for row in added.assignments.all()] == [pages.budget_line]


def test_the_surcharge_is_added_with_one_click(pages: PageWorld, officer: Client) -> None:
    world = pages.world
    AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(500))
    spec = ItemSpec("1.9", "Zuschlag", basis=PriceBasis.FIXED, role=ItemRole.SURCHARGE)
    item = list_item(world, spec, [TierRow(1, Decimal("25.0000"))])
    reindex([row.pk for row in item.listings.all()])
    requisition = pages.draft(1)
    page = officer.get(address(requisition)).content.decode()
    assert "Es fehlen 71,00\u00a0€ bis 500,00\u00a0€ netto." in page
    number = item.listings.get().article.supplier_aid
    assert f'name="neu-number" value="{number}"' in page
    sent = {"base": 1, "neu-number": number, "neu-quantity": 1, "neu-like": 1}
    assert officer.post(address(requisition, "zeilen/hinzufuegen/"), sent).status_code == 302
    assert "Es fehlen" not in officer.get(address(requisition)).content.decode()


def test_a_line_is_split_over_schools(
    pages: PageWorld, officer: Client, other_school: School
) -> None:
    requisition = pages.draft()
    split = address(requisition, "zeilen/1/aufteilen/")
    home = pages.world.school.pk
    sent = {"base": 1, f"menge_{home}": 18, f"menge_{other_school.pk}": 11}
    refused = officer.post(split, sent)
    assert refused.status_code == 422
    assert "Verteilt sind 29 von 30." in refused.content.decode()
    sent[f"menge_{other_school.pk}"] = 12
    assert officer.post(split, sent).status_code == 302
    assert lines(requisition) == [
        (1, 18, "Grundschule A"),
        (2, 100, "Grundschule A"),
        (3, 12, "Oberschule B"),
    ]
    parts = requisitions.current_lines(requisition)
    assert parts[2].delivery.contact == "Büro"  # from the school's own data
    assert parts[2].net_unit_price == parts[0].net_unit_price


def test_a_foreign_school_is_no_place(pages: PageWorld, officer: Client) -> None:
    foreign = School.objects.create(
        authority=pages.world.other_authority, name="Fremde Schule", school_no="9"
    )
    requisition = pages.draft()
    form = officer.get(address(requisition, "lieferorte/")).context["places"]
    sent = filled(form, base=1) | {"ort-0-school": foreign.pk}
    answer = officer.post(address(requisition, "lieferorte/"), sent)
    assert answer.status_code == 422
    assert "school" in answer.context["places"].forms[0].errors
    assert (
        "Fremde Schule"
        not in officer.get(address(requisition, "zeilen/1/aufteilen/")).content.decode()
    )


def test_lines_go_to_places_by_their_numbers(
    pages: PageWorld, officer: Client, other_school: School
) -> None:
    requisition = pages.draft()
    page = address(requisition, "lieferorte/")
    sent = filled(officer.get(page).context["places"], base=1)
    sent |= {
        "ort-0-lines": "1",
        "ort-1-school": other_school.pk,
        "ort-1-lines": "1-2",
        "ort-1-time_from": "08:00",
    }
    refused = officer.post(page, sent)
    assert refused.status_code == 422
    assert "Das Zeitfenster braucht Beginn und Ende." in refused.content.decode()
    sent["ort-1-time_until"] = "13:00"
    assert "Zeile 1 geht schon" in officer.post(page, sent).content.decode()
    sent["ort-1-lines"] = ""
    assert "welche Zeilen hierhin" in officer.post(page, sent).content.decode()
    sent["ort-1-lines"] = "2"
    assert officer.post(page, sent).status_code == 302
    assert [name for _, _, name in lines(requisition)] == ["Grundschule A", "Oberschule B"]
    shown = officer.get(address(requisition)).content.decode()
    assert "08:00 bis 13:00" in shown


def test_shares_over_two_holders_to_the_cent(
    pages: PageWorld, officer: Client, second_budget: BudgetLine
) -> None:
    requisition = pages.draft()
    page = address(requisition, "kontierung/")
    sent = filled(officer.get(page).context["shares"], base=1, zeilen="1")
    sent |= {
        "kontierung-0-percent": "33.3333",
        "kontierung-1-budget_line": second_budget.pk,
        "kontierung-1-percent": "66.6666",
    }
    refused = officer.post(page, sent)
    assert refused.status_code == 422
    assert "percent" in refused.context["shares"].forms[1].errors
    assert "Die Anteile ergeben 99,9999 statt 100 Prozent." in refused.content.decode()
    sent["kontierung-1-percent"] = "66.6667"
    preview = officer.post(page, sent | {"vorschau": "1"})
    assert preview.status_code == 200
    shown = [row.net for row in preview.context["preview"]]
    assert requisition.revisions.count() == 1
    assert officer.post(page, sent).status_code == 302
    requisition.refresh_from_db()
    first, second = requisitions.current_lines(requisition)
    assert [row.net for row in first.assignments.all()] == shown
    assert sum(shown) == first.net
    assert [row.budget_entity.name for row in first.assignments.all()] == ["Stadt A", "Land"]
    assert [row.share_percent for row in second.assignments.all()] == [100]
    page_text = officer.get(address(requisition)).content.decode()
    assert "Land 2" in page_text  # the effect names the holder and the year
    assert "66,6667" in page_text


def test_a_row_more_keeps_what_was_typed(pages: PageWorld, officer: Client) -> None:
    requisition = pages.draft()
    page = address(requisition, "kontierung/")
    shares = officer.get(page).context["shares"]
    sent = filled(shares, base=1, zeilen="", mehr="1") | {"kontierung-0-percent": "12.5"}
    answer = officer.post(page, sent)
    assert answer.status_code == 200
    grown = answer.context["shares"]
    assert len(grown.forms) == len(shares.forms) + 1
    assert grown.forms[0]["percent"].value() == "12.5"
    assert requisition.revisions.count() == 1


def test_a_school_leaves_the_budget_to_procurement_and_hands_over(
    pages: PageWorld, officer: Client, school: Membership
) -> None:
    baskets.set_quantity(
        by=school, listing_id=pages.world.listings[0].pk, quantity=2, now=pages.now
    )
    client = pages.client(school)
    shown = client.get("/bedarfskorb/")
    assert "überlassen Sie der Beschaffung" in shown.content.decode()
    sent = filled(
        shown.context["head"], shown.context["place"], shown.context["split"], title="Bedarf"
    )
    assert (
        client.post("/bedarfskorb/anfordern/", sent | {"schritt": "uebergeben"}).status_code == 302
    )
    requisition = Requisition.objects.get()
    assert requisition.handed_over_by == school
    assert (
        client.get(address(requisition, "bearbeiten/")).status_code == 302
    )  # no longer the school's
    listed = officer.get("/anforderungen/?bei=beschaffung").content.decode()
    assert requisition.number in listed
    assert "von Schulen übergeben" in officer.get("/").content.decode()

    assert "Kontierung festlegen" in officer.get(address(requisition)).content.decode()
    refused = officer.post(address(requisition, "einreichen/"))
    assert "Ohne Haushaltsposition: Zeile 1" in refused.content.decode()
    assert officer.post(address(requisition, "zurueckgeben/"), {"reason": " "}).status_code == 422
    assert (
        officer.post(address(requisition, "zurueckgeben/"), {"reason": "Wofür?"}).status_code == 302
    )
    page = client.get(address(requisition)).content.decode()
    assert "hat die Anforderung zurückgegeben" in page
    assert page.index("Wofür?") < page.index('id="zeilen"')
    assert client.post(address(requisition, "uebergeben/")).status_code == 302
    page = client.get(address(requisition)).content.decode()
    assert "an die Beschaffung gegeben" in page
    assert "hat die Anforderung zurückgegeben" not in page


def test_procurement_submits_from_the_basket_at_once(pages: PageWorld, officer: Client) -> None:
    pages.fill_basket()
    shown = officer.get("/bedarfskorb/")
    parts = [shown.context[name] for name in ("head", "place", "split")]
    sent = filled(*parts, title="Bedarf", schritt="einreichen")
    assert officer.post("/bedarfskorb/anfordern/", sent).status_code == 422  # without a budget
    sent["kontierung-0-budget_line"] = pages.budget_line.pk
    assert officer.post("/bedarfskorb/anfordern/", sent).status_code == 302
    assert Requisition.objects.get().state == "submitted"


def test_withdrawing_asks_first_and_keeps_the_reason(pages: PageWorld, officer: Client) -> None:
    requisition = pages.submitted()
    assert officer.get(address(requisition, "zurueckziehen/")).status_code == 200
    requisition.refresh_from_db()
    assert requisition.state == "submitted"
    sent = {"reason": "Spende bekommen"}
    assert officer.post(address(requisition, "zurueckziehen/"), sent).status_code == 302
    assert "Spende bekommen" in officer.get(address(requisition)).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("stand=draft", 2),
        ("eigene=1", 2),
        ("bei=beschaffung", 1),
        ("nummer=Bedarf", 1),
        ("schule=999", 0),
        ("stand=unsinn&schule=abc&seite=x", 3),
    ],
)
def test_the_list_filters_and_sums(
    pages: PageWorld, officer: Client, school: Membership, query: str, found: int
) -> None:
    pages.draft()
    pages.submitted()
    baskets.set_quantity(
        by=school, listing_id=pages.world.listings[0].pk, quantity=2, now=pages.now
    )
    requisitions.hand_over_basket(
        by=school, ask=requisitions.Ask(title="Bedarf"), school_id=None, now=pages.now
    )
    answer = officer.get(f"/anforderungen/?{query}")
    rows = list(answer.context["page"])
    assert len(rows) == found
    total = format_money(sum((row.gross for row in rows), Decimal(0)))
    assert (f'data-label="Summe">{total}<' in answer.content.decode()) == bool(rows)


def test_an_unknown_revision_is_not_there(pages: PageWorld, officer: Client) -> None:
    requisition = pages.draft()
    assert officer.get(address(requisition, "fassungen/?von=1&bis=9")).status_code == 404
    assert officer.get(address(requisition, "fassungen/?von=x")).status_code == 200


def test_a_call_off_says_where_each_line_goes(pages: PageWorld) -> None:
    call_off = pages.issued().call_offs.get(supplier=pages.world.suppliers[0])
    page = pages.as_role(Role.SUPPLIER_ORDERS).get(f"/abrufe/{call_off.pk}/").content.decode()
    assert "Grundschule A" in page
