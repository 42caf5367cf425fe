"""Receiving, cancelling, confirming and refusing on the page of a call-off."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.parties.models import Role
from orders.models import CallOff
from tests.pages import PageWorld

# Session, user, memberships, navigation; call-off, lines, shares, successors, the reasons of
# the prices, the steps of the allocation, history.
QUERIES_OF_THE_PAGE = 15


@pytest.fixture
def call_off(pages: PageWorld) -> CallOff:
    return pages.issued().call_offs.get(supplier=pages.world.suppliers[0])


@pytest.fixture
def officer(pages: PageWorld) -> Client:
    return pages.client(pages.officer)


@pytest.fixture
def desk(pages: PageWorld) -> Client:
    return pages.as_role(Role.SUPPLIER_ORDERS)


def address(call_off: CallOff, step: str = "") -> str:
    return f"/abrufe/{call_off.pk}/{step}"


def text(client: Client, call_off: CallOff) -> str:
    answer = client.get(address(call_off))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_delivery_in_parts_and_the_rest_given_up(
    pages: PageWorld, officer: Client, call_off: CallOff
) -> None:
    line = call_off.lines.get()
    note = {"delivery_note": "LS-77", "received_on": ""}
    answer = officer.post(
        address(call_off, "wareneingang/"), {f"menge-{line.pk}": "12", "reason": "", **note}
    )
    assert answer.status_code == 302
    page = text(officer, call_off)
    assert "teilweise geliefert" in page
    assert "Zeile 1: 12, Lieferschein LS-77" in page
    assert "Restmenge aufgeben" in page
    assert str(pages.officer.user) in page

    officer.post(address(call_off, "stornieren/"), {"alles": "1", "reason": "Auslaufmodell"})
    page = text(officer, call_off)
    assert "mit Mindermenge abgeschlossen" in page
    assert "davon storniert 7.722,00" in page.replace("\u00a0", " ")
    assert "Zeile 1: 18 – Auslaufmodell" in page
    assert "Nächste Schritte" not in page


def test_more_than_open_is_refused_and_the_form_kept(officer: Client, call_off: CallOff) -> None:
    line = call_off.lines.get()
    answer = officer.post(
        address(call_off, "stornieren/"), {f"menge-{line.pk}": "31", "reason": "Zu viel bestellt"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Offen sind 30, angegeben 31" in page
    assert "Zu viel bestellt" in page
    assert call_off.cancellations.count() == 0


def test_what_is_missing_is_said_at_the_field(
    officer: Client, desk: Client, call_off: CallOff
) -> None:
    for client, step in ((officer, "stornieren/"), (desk, "ablehnen/")):
        answer = client.post(address(call_off, step), {"alles": "1", "reason": ""})
        assert answer.status_code == 422
        assert "zwingend erforderlich" in answer.content.decode()
    empty = officer.post(address(call_off, "wareneingang/"), {})
    assert empty.status_code == 422
    assert "mindestens einer Zeile" in empty.content.decode()


def test_the_second_click_hears_that_nothing_is_open(officer: Client, call_off: CallOff) -> None:
    form = {"alles": "1", "reason": "Bedarf entfallen"}
    assert officer.post(address(call_off, "stornieren/"), form).status_code == 302
    again = officer.post(address(call_off, "stornieren/"), form)
    assert again.status_code == 422
    assert "nichts mehr offen" in again.content.decode()
    assert call_off.cancellations.count() == 1


def test_the_supplier_confirms_and_sees_no_other_step(desk: Client, call_off: CallOff) -> None:
    page = text(desk, call_off)
    assert "Bestätigen" in page
    assert "Ablehnen" in page
    assert "Wareneingang erfassen" not in page
    assert desk.post(address(call_off, "bestaetigen/")).status_code == 302
    page = text(desk, call_off)
    assert "Vom Lieferanten bestätigt" in page
    assert "Nächste Schritte" not in page
    again = desk.post(address(call_off, "bestaetigen/"))
    assert again.status_code == 422


def test_the_supplier_refuses(desk: Client, officer: Client, call_off: CallOff) -> None:
    answer = desk.post(address(call_off, "ablehnen/"), {"reason": "Hersteller liefert nicht"})
    assert answer.status_code == 302
    page = text(officer, call_off)
    assert "Hersteller liefert nicht" in page
    assert "kein Abruf ist gefolgt" in page
    assert "kein Abruf ist gefolgt" not in text(desk, call_off)
    call_off.refresh_from_db()
    assert call_off.state == "refused"


def test_a_step_is_no_get(officer: Client, desk: Client, call_off: CallOff) -> None:
    for client, step in (
        (officer, "wareneingang/"),
        (officer, "stornieren/"),
        (desk, "bestaetigen/"),
        (desk, "ablehnen/"),
    ):
        assert client.get(address(call_off, step)).status_code == 405


def test_the_page_costs_the_same_after_any_history(officer: Client, call_off: CallOff) -> None:
    line = call_off.lines.get()

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(officer, call_off)
        return len(captured)

    before = count()
    for _ in range(3):
        officer.post(address(call_off, "wareneingang/"), {f"menge-{line.pk}": "1"})
        officer.post(
            address(call_off, "stornieren/"), {f"menge-{line.pk}": "1", "reason": "Bedarf"}
        )
    assert (before, count()) == (QUERIES_OF_THE_PAGE, QUERIES_OF_THE_PAGE)
