"""The pages say whose turn it is and why, each to whom it concerns."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import AllocationRule
from contracts.parties.models import Membership, Role
from frontend.actor import SESSION_KEY
from orders.basket import baskets
from orders.call_offs.confirmations import refuse
from orders.models import CallOff
from tests.ranks import PRICE, Ranks, build_ranks
from tests.world import NOW, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the clock; the world is one of its day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def client(member: Membership) -> Client:
    browser = Client()
    browser.force_login(member.user)
    session = browser.session
    session[SESSION_KEY] = member.pk
    session.save()
    return browser


def page(member: Membership, address: str) -> str:
    answer = client(member).get(address)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def steps_address(ranks: Ranks) -> str:
    return f"/vereinbarungen/{ranks.lot.agreement_id}/vergabeschritte/"


def test_basket_requisition_and_call_off_tell_the_decision() -> None:
    ranks = build_ranks(AllocationRule.CASCADE, maxima=[Decimal(250), None, None])
    officer = ranks.world.officer
    ranks.put(3)
    text = page(officer, "/bedarfskorb/")
    assert "Rang 1 Haus A hat von seinem Höchstwert nur noch 250,00 EUR frei" in text
    assert "gleichwertig mit dem Artikel in Ihrem Bedarfskorb" in text
    assert f'action="/bedarfskorb/menge/{ranks.listings[0].pk}/"' in text
    requisition = ranks.draft(3)
    assert "der Abruf geht an Rang 2 Haus B" in page(officer, f"/anforderungen/{requisition.pk}/")
    call_off = ranks.issued(3)
    text = page(officer, f"/abrufe/{call_off.pk}/")
    assert "Warum dieser Lieferant?" in text
    assert "eigener Höchstwert ausgeschöpft" in text
    desk = page(ranks.desks[1], f"/abrufe/{call_off.pk}/")
    assert "erhält den Abruf" in desk
    assert "Haus A" not in desk


def test_a_basket_nobody_can_serve_says_so() -> None:
    ranks = build_ranks(AllocationRule.CASCADE, maxima=[PRICE] * 3)
    ranks.put(3)
    assert "Kein Lieferant an der Reihe" in page(ranks.world.officer, "/bedarfskorb/")


def test_an_article_out_of_turn_leads_to_the_one_in_turn() -> None:
    ranks = build_ranks(AllocationRule.ROTATION)
    officer = ranks.world.officer
    text = page(officer, f"/katalog/{ranks.listings[2].pk}/")
    assert "Ein anderer Lieferant ist an der Reihe" in text
    assert f'href="/katalog/{ranks.listings[0].pk}/"' in text
    first = page(officer, f"/katalog/{ranks.listings[0].pk}/")
    assert "Ein anderer Lieferant ist an der Reihe" not in first
    client(officer).post(
        "/bedarfskorb/hinzufuegen/", {"listing": ranks.listings[2].pk, "quantity": 2}
    )
    assert baskets.quantities(officer) == [(ranks.listings[0].pk, 2)]


def test_the_page_of_steps_shows_each_what_concerns_them() -> None:
    ranks = build_ranks(AllocationRule.CASCADE)
    world = ranks.world
    first = ranks.issued()
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    second = CallOff.objects.get(follows=first)
    auditor = person("rpa@stadt-a.example", world.authority, Role.AUDITOR)
    for reader in (world.manager, world.officer, auditor):
        text = page(reader, steps_address(ranks))
        assert first.number in text
        assert second.number in text
        assert "Nicht lieferbar" in text
    instead = page(world.officer, f"/abrufe/{first.pk}/")
    assert f'Statt dieses Abrufs gilt der Abruf <a href="/abrufe/{second.pk}/">' in instead
    assert "Statt dieses Abrufs" not in page(ranks.desks[0], f"/abrufe/{first.pk}/")
    loser = page(ranks.desks[0], steps_address(ranks))
    assert "Nicht lieferbar" in loser
    assert "nächster Abruf" not in loser
    second_desk = page(ranks.desks[1], steps_address(ranks))
    assert "an der Reihe" in second_desk
    assert "hat abgelehnt" not in second_desk
    keeper = person("katalog@rang-2.example", second.supplier, Role.SUPPLIER_CATALOGUE)
    assert f'href="/abrufe/{second.pk}/"' in second_desk
    assert f'href="/abrufe/{second.pk}/"' not in page(keeper, steps_address(ranks))
    third = page(ranks.desks[2], steps_address(ranks))
    assert "Noch keine Vergabeschritte" in third
    assert client(world.outsider).get(steps_address(ranks)).status_code == 404


def test_the_steps_come_as_a_file() -> None:
    ranks = build_ranks(AllocationRule.ROTATION)
    call_off = ranks.issued()
    answer = client(ranks.world.manager).get(f"{steps_address(ranks)}?format=csv&los=1")
    text = b"".join(answer.streaming_content).decode()
    assert f"{call_off.number};{call_off.requisition.number};1;Haus A;erhält den Abruf" in text
    desk = client(ranks.desks[0]).get(f"{steps_address(ranks)}?format=csv")
    assert call_off.requisition.number not in b"".join(desk.streaming_content).decode()


def test_the_number_of_queries_does_not_grow() -> None:
    ranks = build_ranks(AllocationRule.ROTATION)
    ranks.issued()
    browser = client(ranks.world.manager)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(steps_address(ranks)).status_code == 200
        return len(captured)

    before = count()
    for _ in range(4):
        ranks.issued()
    # session, user, memberships; the agreement, its lots, their turns; count and page
    assert (before, count()) == (7, 7)
