"""The page of the price sheet: check, errors as a file, take over, samples."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from contracts.agreements.models import ContractItem, FrameworkAgreement
from contracts.parties.models import Role
from tests.pages import PageWorld
from tests.price_sheets import build_draft, csv_sheet, row

SUPPLIER = {"supplier": "lieferant-1"}
SOUND = csv_sheet(row(**SUPPLIER, max_quantity=10), row(**SUPPLIER, from_quantity=5, price="400"))
BROKEN = csv_sheet(row(**SUPPLIER, price="-1"), row(**SUPPLIER, position="2", lot=9))


@pytest.fixture
def draft(pages: PageWorld) -> FrameworkAgreement:
    agreement, _ = build_draft(pages.world.manager)
    return agreement


@pytest.fixture
def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


def address(agreement: FrameworkAgreement) -> str:
    return f"/vereinbarungen/{agreement.pk}/preisblatt/"


def send(client: Client, agreement: FrameworkAgreement, content: bytes, step: str) -> HttpResponse:
    file = SimpleUploadedFile("preisblatt.csv", content)
    return client.post(address(agreement), {"file": file, "schritt": step})


def positions(agreement: FrameworkAgreement) -> int:
    return ContractItem.objects.filter(award__lot__agreement=agreement).count()


def test_a_sound_sheet_is_checked_and_then_taken_over(
    manager: Client, draft: FrameworkAgreement
) -> None:
    checked = send(manager, draft, SOUND, "pruefen")
    assert checked.status_code == 200
    page = checked.content.decode()
    assert "Die Prüfung ist ohne Fehler: 2 Zeilen" in page
    assert positions(draft) == 0

    taken = send(manager, draft, SOUND, "uebernehmen")
    assert taken["Location"] == f"/vereinbarungen/{draft.pk}/positionen/"
    assert positions(draft) == 1
    assert "1 Positionen angelegt" in manager.get(taken["Location"]).content.decode()
    again = send(manager, draft, SOUND, "uebernehmen")
    assert "nichts geändert" in manager.get(again["Location"]).content.decode()


def test_a_draft_leads_to_the_page(
    pages: PageWorld, manager: Client, draft: FrameworkAgreement
) -> None:
    listed = pages.world.agreement
    assert address(draft) in manager.get(f"/vereinbarungen/{draft.pk}/").content.decode()
    assert address(listed) not in manager.get(f"/vereinbarungen/{listed.pk}/").content.decode()


@pytest.mark.parametrize("step", ["pruefen", "uebernehmen"])
def test_errors_are_shown_by_row_and_column(
    manager: Client, draft: FrameworkAgreement, step: str
) -> None:
    answer = send(manager, draft, BROKEN, step)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "2 Fehler" in page
    assert "Der Preis -1 ist negativ." in page
    assert "lot_unknown" in page
    assert positions(draft) == 0


def test_the_errors_come_as_a_file(manager: Client, draft: FrameworkAgreement) -> None:
    answer = send(manager, draft, BROKEN, "fehler")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[:3] for line in rows] == [
        ["Zeile", "Spalte", "Fehlercode"],
        ["2", "Nettopreis", "price_negative"],
        ["3", "Los", "lot_unknown"],
    ]


def test_without_a_file_nothing_happens(manager: Client, draft: FrameworkAgreement) -> None:
    answer = manager.post(address(draft), {"schritt": "uebernehmen"})
    assert answer.status_code == 422
    assert positions(draft) == 0


def test_a_listed_agreement_says_why_not(pages: PageWorld, manager: Client) -> None:
    page = manager.get(address(pages.world.agreement)).content.decode()
    assert "Kein Preisblatt möglich" in page
    assert 'type="file"' not in page
    before = positions(pages.world.agreement)
    answer = send(manager, pages.world.agreement, SOUND, "uebernehmen")
    assert answer.status_code == 422
    assert positions(pages.world.agreement) == before


def test_the_samples_open(manager: Client) -> None:
    text = manager.get("/vereinbarungen/preisblatt-muster.csv")
    assert text.content.startswith(b"\xef\xbb\xbfLos;Lieferant;")
    book = manager.get("/vereinbarungen/preisblatt-muster.xlsx")
    assert book["Content-Disposition"] == 'attachment; filename="preisblatt-muster.xlsx"'
    assert load_workbook(io.BytesIO(book.content)).active["A1"].value == "Los"  # type: ignore[index]
    assert manager.get("/vereinbarungen/preisblatt-muster.ods").status_code == 404
