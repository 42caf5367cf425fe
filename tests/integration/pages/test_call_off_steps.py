"""Receiving, cancelling, confirming and refusing on the page of a call-off."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.parties.models import Role
from orders.models import CallOff
from tests.pages import PageWorld

# Session, user, memberships, navigation; call-off, lines, shares, successors, the reasons of
# the prices, the steps of the allocation, history.
QUERIES_OF_THE_PAGE = 14
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


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


def fresh() -> dict[str, str]:
    """The name of a form that was not sent before."""
    return {"formular": str(uuid4())}


def confirming(page: str) -> dict[str, str]:
    """What the page of the effect sends when it is confirmed."""
    return {**dict(HIDDEN.findall(page)), "bestaetigt": "1"}


def cancel(client: Client, call_off: CallOff, form: dict[str, str]) -> dict[str, str]:
    """Fill the form, read what it does, confirm; return what was sent at last."""
    shown = client.post(address(call_off, "stornieren/"), {**form, **fresh()})
    assert shown.status_code == 200
    sent = confirming(shown.content.decode())
    assert client.post(address(call_off, "stornieren/"), sent).status_code == 302
    return sent


def test_what_is_cancelled_is_shown_first(officer: Client, call_off: CallOff) -> None:
    form = {f"menge-{call_off.lines.get().pk}": "1", "reason": "Zu viel", **fresh()}
    page = officer.post(address(call_off, "stornieren/"), form).content.decode()
    assert "Noch ist nichts geschehen" in page
    assert call_off.cancellations.count() == 0
    sent = confirming(page)
    assert officer.post(address(call_off, "stornieren/"), sent).status_code == 302
    assert call_off.cancellations.get().lines.get().quantity == 1


def test_the_second_click_counts_nothing(officer: Client, call_off: CallOff) -> None:
    line = call_off.lines.get()
    receipt = {f"menge-{line.pk}": "5", "delivery_note": "LS", **fresh()}
    for _ in range(2):
        answer = officer.post(address(call_off, "wareneingang/"), receipt)
        assert (answer.status_code, answer["Location"]) == (302, address(call_off))
    sent = cancel(officer, call_off, {f"menge-{line.pk}": "4", "reason": "Zu viel"})
    assert officer.post(address(call_off, "stornieren/"), sent).status_code == 302
    progress = call_off.lines.get().progress
    assert (progress.delivered, progress.cancelled) == (5, 4)


def test_a_page_left_open_and_filled_anew_is_no_second_click(
    officer: Client, call_off: CallOff
) -> None:
    line, name = call_off.lines.get(), fresh()
    officer.post(address(call_off, "wareneingang/"), {f"menge-{line.pk}": "5", **name})
    again = officer.post(address(call_off, "wareneingang/"), {f"menge-{line.pk}": "3", **name})
    assert again.status_code == 422
    assert "mit anderen Mengen" in again.content.decode()
    assert call_off.lines.get().progress.delivered == 5


@pytest.mark.parametrize("name", ["", "kein Name"])
def test_a_form_without_a_name_does_nothing(officer: Client, call_off: CallOff, name: str) -> None:
    form = {"alles": "1", "reason": "Bedarf", "formular": name}
    for step in ("wareneingang/", "stornieren/"):
        answer = officer.post(address(call_off, step), form)
        assert answer.status_code == 422
        assert "Die Seite ist veraltet" in answer.content.decode()
    assert call_off.receipts.count() == call_off.cancellations.count() == 0


def test_a_delivery_in_parts_and_the_rest_given_up(
    pages: PageWorld, officer: Client, call_off: CallOff
) -> None:
    line = call_off.lines.get()
    note = {"delivery_note": "LS-77", "received_on": ""}
    answer = officer.post(
        address(call_off, "wareneingang/"),
        {f"menge-{line.pk}": "12", "reason": "", **note, **fresh()},
    )
    assert answer.status_code == 302
    page = text(officer, call_off)
    assert "teilweise geliefert" in page
    assert "Zeile 1: 12, Lieferschein LS-77" in page
    assert "Restmenge aufgeben" in page
    assert str(pages.officer.user) in page

    cancel(officer, call_off, {"alles": "1", "reason": "Auslaufmodell"})
    page = text(officer, call_off)
    assert "mit Mindermenge abgeschlossen" in page
    assert "davon storniert 7.722,00" in page.replace("\u00a0", " ")
    assert "Zeile 1: 18 – Auslaufmodell" in page
    assert "Nächste Schritte" not in page


def test_more_than_open_is_refused_and_the_form_kept(officer: Client, call_off: CallOff) -> None:
    line = call_off.lines.get()
    answer = officer.post(
        address(call_off, "stornieren/"),
        {f"menge-{line.pk}": "31", "reason": "Zu viel bestellt", **fresh()},
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
        answer = client.post(address(call_off, step), {"alles": "1", "reason": "", **fresh()})
        assert answer.status_code == 422
        assert "zwingend erforderlich" in answer.content.decode()
    empty = officer.post(address(call_off, "wareneingang/"), fresh())
    assert empty.status_code == 422
    assert "mindestens einer Zeile" in empty.content.decode()


def test_a_form_sent_after_everything_went_hears_that_nothing_is_open(
    officer: Client, call_off: CallOff
) -> None:
    form = {"alles": "1", "reason": "Bedarf entfallen"}
    cancel(officer, call_off, form)
    again = officer.post(address(call_off, "stornieren/"), {**form, **fresh()})
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
        officer.post(address(call_off, "wareneingang/"), {f"menge-{line.pk}": "1", **fresh()})
        cancel(officer, call_off, {f"menge-{line.pk}": "1", "reason": "Bedarf"})
    assert (before, count()) == (QUERIES_OF_THE_PAGE, QUERIES_OF_THE_PAGE)
