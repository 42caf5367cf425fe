"""Lists as CSV and XLSX: same rows, typed cells, no formula from text."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

from django.test import RequestFactory
from openpyxl import load_workbook

from frontend.downloads import export_urls, table_download, wants_export

HEAD = ("Nummer", "Betrag", "Tag", "Zeit")
ROWS = [("=1+1", Decimal("12.50"), date(2026, 6, 15), datetime(2026, 6, 15, 9, tzinfo=UTC))]


def _request(query: str):
    return RequestFactory().get(f"/liste/?{query}")


def test_a_workbook_keeps_types_and_never_a_formula() -> None:
    response = table_download(_request("format=xlsx"), "liste", HEAD, ROWS)
    assert response["Content-Disposition"] == 'attachment; filename="liste.xlsx"'
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]] == list(HEAD)
    first, amount, day, moment = sheet[2]
    assert (first.value, first.data_type) == ("=1+1", "s")
    assert (amount.value, amount.data_type) == (12.5, "n")
    assert day.value.date() == date(2026, 6, 15)
    assert moment.value == datetime(2026, 6, 15, 11)  # noqa: DTZ001 - Berlin, without a zone


def test_csv_defuses_what_a_spreadsheet_would_run() -> None:
    response = table_download(_request("format=csv"), "liste", HEAD, ROWS)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("'=1+1;12,50;15.06.2026;")


def test_addresses_of_the_files_keep_the_filter_and_drop_the_page() -> None:
    request = _request("stand=listed&seite=3")
    assert not wants_export(request)
    assert export_urls(request) == [
        ("CSV", "?stand=listed&format=csv"),
        ("XLSX", "?stand=listed&format=xlsx"),
    ]
