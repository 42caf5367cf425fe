"""CSV as German spreadsheets read it: semicolon, decimal comma, UTF-8 with a mark."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import StreamingHttpResponse

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
