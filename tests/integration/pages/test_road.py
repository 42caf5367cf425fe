"""The road in pages: search, basket, requisition, approval, call-offs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from orders.basket import baskets
from orders.models import CallOff, Requisition
from tests.pages import TITLE, PageWorld
from tests.requisition_pages import filled

SPLIT = {
    "kontierung-TOTAL_FORMS": "3",
    "kontierung-INITIAL_FORMS": "3",
    "kontierung-1-budget_line": "",
    "kontierung-1-percent": "",
    "kontierung-2-budget_line": "",
    "kontierung-2-percent": "",
}


def requisition(pages: PageWorld, **changed: str) -> dict[str, str]:
    """What a person fills in below the basket."""
    return {
        **SPLIT,
        "title": TITLE,
        "justification": "Neue Klassen",
        "school": str(pages.world.school.pk),
        "needed_by": "",
        "kontierung-0-budget_line": str(pages.budget_line.pk),
        "kontierung-0-percent": "100",
        **changed,
    }


@pytest.fixture
def officer(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


def test_from_search_to_call_offs(pages: PageWorld, officer: Client) -> None:
    listing = pages.world.listings[0]
    found = officer.get("/katalog/", {"q": "notebook"})
    assert f'href="/katalog/{listing.pk}/"' in found.content.decode()

    added = officer.post(
        "/bedarfskorb/hinzufuegen/",
        {"listing": listing.pk, "quantity": "30", "next": "/katalog/?q=notebook"},
    )
    assert (added.status_code, added["Location"]) == (302, "/katalog/?q=notebook")
    assert baskets.quantities(pages.officer) == [(listing.pk, 30)]

    made = officer.post("/bedarfskorb/anfordern/", requisition(pages))
    draft = Requisition.objects.get()
    assert made["Location"] == f"/anforderungen/{draft.pk}/"

    sent = officer.post(f"/anforderungen/{draft.pk}/einreichen/")
    assert sent.status_code == 302
    draft.refresh_from_db()
    assert draft.state == "submitted"

    approver = pages.client(pages.approver)
    assert draft.number in approver.get("/freigaben/").content.decode()
    decided = approver.post(
        f"/freigaben/{draft.pk}/",
        {"revision_no": "1", "verdict": "approve", "comment": ""},
    )
    assert decided["Location"] == "/freigaben/"
    call_off = CallOff.objects.get()
    assert call_off.net == 30 * Decimal(429)
    page = officer.get(f"/abrufe/{call_off.pk}/").content.decode()
    assert "429,0000" in page
    assert "Warum dieser Preis?" in page


def test_an_exact_number_opens_the_article(pages: PageWorld, officer: Client) -> None:
    answer = officer.get("/katalog/", {"q": "a-1"})
    assert answer["Location"] == f"/katalog/{pages.world.listings[0].pk}/"


def test_get_never_decides(pages: PageWorld) -> None:
    submitted = pages.submitted()
    page = pages.client(pages.approver).get(
        f"/freigaben/{submitted.pk}/?verdict=approve&revision_no=1"
    )
    assert page.status_code == 200
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_a_refused_submit_names_the_missing_amount(pages: PageWorld, officer: Client) -> None:
    draft = pages.draft(1100)
    page = officer.post(f"/anforderungen/{draft.pk}/einreichen/")
    missing = 1100 * Decimal("411.50") * Decimal("1.19") + 890 * Decimal("1.07") - 500_000
    german = f"{missing:,.2f}".translate(str.maketrans(",.", ".,"))
    assert page.status_code == 422
    assert f"Es fehlen {german}" in page.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_refusal_without_comment_keeps_what_was_typed(pages: PageWorld) -> None:
    submitted = pages.submitted()
    page = pages.client(pages.approver).post(
        f"/freigaben/{submitted.pk}/",
        {"revision_no": "1", "verdict": "reject", "comment": "  "},
    )
    assert page.status_code == 422
    assert "begründen" in page.content.decode()
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_a_requisition_with_a_wrong_split_keeps_what_was_typed(
    pages: PageWorld, officer: Client
) -> None:
    pages.fill_basket()
    page = officer.post(
        "/bedarfskorb/anfordern/", requisition(pages, **{"kontierung-0-percent": "60"})
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "Die Anteile ergeben 60 statt 100 Prozent." in text
    assert f'value="{TITLE}"' in text
    assert not Requisition.objects.exists()


def test_the_split_reaches_the_assignments(pages: PageWorld, officer: Client) -> None:
    pages.fill_basket()
    officer.post(
        "/bedarfskorb/anfordern/",
        requisition(
            pages,
            **{
                "kontierung-0-percent": "60",
                "kontierung-1-budget_line": str(pages.budget_line.pk),
                "kontierung-1-percent": "40",
            },
        ),
    )
    line = Requisition.objects.get().revisions.get().lines.get()
    assert [row.share_percent for row in line.assignments.all()] == [60, 40]


def test_the_effect_is_shown_and_nothing_is_written(pages: PageWorld, officer: Client) -> None:
    pages.fill_basket(1000)
    for headers in ({}, {"HX-Request": "true"}):
        page = officer.post("/bedarfskorb/wirkung/", requisition(pages), headers=headers)
        assert "danach frei" in page.content.decode()
        assert "10.315,00" in page.content.decode()
    assert not Requisition.objects.exists()


def test_an_article_that_left_the_shelf_can_be_taken_out(pages: PageWorld, officer: Client) -> None:
    pages.fill_basket()
    listing = pages.world.listings[0]
    type(listing).objects.filter(pk=listing.pk).update(is_listed=False)
    assert "Nicht mehr abrufbar" in officer.get("/bedarfskorb/").content.decode()
    officer.post(f"/bedarfskorb/menge/{listing.pk}/", {"quantity": "0"})
    assert baskets.quantities(pages.officer) == []


def test_an_edit_is_a_new_revision(pages: PageWorld, officer: Client) -> None:
    draft = pages.draft()
    address = f"/anforderungen/{draft.pk}/bearbeiten/"
    shown = officer.get(address)
    sent = filled(shown.context["form"], base=1, menge_1=10, menge_2=0)
    assert officer.post(address, sent).status_code == 302
    draft.refresh_from_db()
    lines = draft.revisions.get(number=draft.current_revision).lines.all()
    assert draft.current_revision == 2
    first = pages.world.listings[0].pk
    assert [(line.listing_id, line.quantity) for line in lines] == [(first, 10)]


def test_withdrawing_frees_the_budget(pages: PageWorld, officer: Client) -> None:
    submitted = pages.submitted()
    officer.post(f"/anforderungen/{submitted.pk}/zurueckziehen/")
    pages.budget_line.own_account.refresh_from_db()
    assert pages.budget_line.own_account.bound == 0
