"""Lists as files: CSV as German spreadsheets read it (semicolon, decimal comma, UTF-8 with
a mark), or XLSX.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from contracts.clock import BERLIN
from frontend.formatting import format_day, format_moment

Cell = str | int | Decimal | date | datetime | None
_BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_cell(value: Cell) -> str:
    """One cell; text that a spreadsheet would run as a formula is defused by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_moment(value).replace("\u00a0", " ")
    if isinstance(value, date):
        return format_day(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def csv_download(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """Stream the rows as a download called *name*."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
        yield _BYTE_ORDER_MARK + writer.writerow(head)
        for row in rows:
            yield writer.writerow([csv_cell(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_download(name: str, content: bytes, media_type: str) -> HttpResponse:
    """A file as it was kept or made: always a download, never a page of ours."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_download(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with the rows as a workbook of one sheet; numbers and dates stay such.

    Text is written as text, whatever it begins with: no cell becomes a formula. Control
    characters, which no workbook holds, are shown as such.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    sheet.freeze_panes = "A2"
    sheet.append(list(head))
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=_XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(BERLIN).replace(tzinfo=None)  # a workbook knows no zones
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
    cell.data_type = "s"
    return cell


EXPORT_FORMATS = ("csv", "xlsx")


def wants_export(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file (`?format=csv` or `xlsx`)."""
    return request.GET.get("format") in EXPORT_FORMATS


def table_download(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    """Answer with the list in the format asked for; *name* comes without its ending."""
    if request.GET.get("format") == "xlsx":
        return xlsx_download(f"{name}.xlsx", head, rows)
    return csv_download(f"{name}.csv", head, rows)


def export_urls(request: HttpRequest, list_url: str = "") -> list[tuple[str, str]]:
    """(label, address) of the current list in each format, its filters kept; see `list_page`."""
    found = []
    for form in EXPORT_FORMATS:
        query = request.GET.copy()
        query.pop("seite", None)
        query["format"] = form
        found.append((form.upper(), f"{list_url}?{query.urlencode()}"))
    return found
