"""Term and split over the fiscal years of a charge per period, from request to call-off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, Listing, PriceBasis
from contracts.agreements.writing.setup import ItemSpec, TierRow, write_item, write_price
from contracts.clock import berlin_day, working_days_after
from contracts.parties.models import Role
from orders import requisitions
from orders.basket import baskets
from orders.call_offs.service_terms import ServiceTerm, asked_terms
from orders.models import CallOffLine, Requisition
from orders.requisitions import Ask, Share, current_lines
from tests.pages import PageWorld
from tests.world import NOW


@pytest.fixture
def platform(pages: PageWorld) -> Listing:
    """A learning platform for three years at 2.40 a year, on the shelf of the second lot."""
    world = pages.world
    item = write_item(
        world.awards[1],
        ItemSpec(
            number="2.2",
            title="Lernplattform",
            basis=PriceBasis.FIXED,
            periods=3,
            vat_class="standard",
        ),
        by=world.manager,
        now=NOW,
    )
    tiers = (TierRow(1, net_unit_price=Decimal("2.4000")),)
    write_price(
        item, tiers, valid_from=date(2026, 1, 1), source="Zuschlag", by=world.manager, now=NOW
    )
    article = Article.objects.create(
        supplier=world.suppliers[1], supplier_aid="LP-1", name="Lernplattform", updated_at=NOW
    )
    (listing,) = list_articles([(item, article)], supplier=world.suppliers[1], now=NOW)
    return listing


def asked(pages: PageWorld, platform: Listing, *, needed_by: date | None) -> Requisition:
    """A submitted requisition over ten platforms and a book."""
    officer, now = pages.officer, pages.now
    for listing in (platform, pages.world.listings[1]):
        baskets.set_quantity(by=officer, listing_id=listing.pk, quantity=10, now=now)
    ask = replace(Ask(title="Plattform"), needed_by=needed_by)
    ask = replace(ask, shares={"": [Share(pages.budget_line.pk)]})
    draft = requisitions.create_from_basket(by=officer, ask=ask, school_id=None, now=now)
    return requisitions.submit(requisition_id=draft.pk, by=officer, now=now)


def seen(pages: PageWorld, role: Role, address: str) -> str:
    answer = pages.as_role(role).get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_the_split_is_shown_from_the_request_to_the_call_off(
    pages: PageWorld, platform: Listing
) -> None:
    year = berlin_day(pages.now).year + 1
    requisition = asked(pages, platform, needed_by=date(year, 8, 1))
    term = f"Leistung 01.08.{year} bis 31.07.{year + 3} (36 Monate)"
    split = (
        f"Aufteilung auf Haushaltsjahre, netto: {year}: 10,00 €, {year + 1}: 24,00 €, "
        f"{year + 2}: 24,00 €, {year + 3}: 14,00 €"
    )
    address = f"/anforderungen/{requisition.pk}/"
    for page in (
        seen(pages, Role.PROCUREMENT_OFFICER, address),
        seen(pages, Role.APPROVER, f"/freigaben/{requisition.pk}/"),
    ):
        assert page.count(term) == page.count(split) == 1

    pages.world.approve(requisition, now=pages.now)
    line, book = CallOffLine.objects.order_by("-item__number")
    assert (line.service_from, line.service_to) == (date(year, 8, 1), date(year + 3, 7, 31))
    assert (book.service_from, book.service_to) == (None, None)
    assert term in seen(pages, Role.PROCUREMENT_OFFICER, address)
    page = seen(pages, Role.PROCUREMENT_OFFICER, f"/abrufe/{line.call_off_id}/")
    assert page.count(term) == page.count(split) == 1


def test_how_years_bear_a_service_is_the_buyers_business(
    pages: PageWorld, platform: Listing
) -> None:
    requisition = asked(pages, platform, needed_by=None)
    pages.world.approve(requisition, now=pages.now)
    call_off = requisition.call_offs.get()
    page = seen(pages, Role.CONTRACT_MANAGER, f"/abrufe/{call_off.pk}/")
    assert f"Leistung {call_off.delivery_by:%d.%m.%Y} bis" in page
    assert "Haushaltsjahre" not in page


def test_a_term_moves_with_the_day_until_it_is_issued(pages: PageWorld, platform: Listing) -> None:
    requisition = asked(pages, platform, needed_by=None)
    later = date(2040, 1, 2)
    (expected,) = asked_terms(current_lines(requisition), on=later).values()
    assert expected == ServiceTerm(working_days_after(later, 10), 36)

    pages.world.approve(requisition, now=pages.now)
    (issued,) = asked_terms(current_lines(requisition), on=later).values()
    assert issued == ServiceTerm(requisition.call_offs.get().delivery_by, 36)
