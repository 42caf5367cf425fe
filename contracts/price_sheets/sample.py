"""The sample file that is offered beside the form: every kind of row once."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from openpyxl import Workbook

from .columns import COLUMNS, HEADINGS

SAMPLE_FORMATS = ("csv", "xlsx")
SHEET_TITLE = "Preisblatt"
_BYTE_ORDER_MARK = "\ufeff"
_WIDTH = 16  # characters of a column on the screen

Value = str | int | Decimal

_AWARD: dict[str, Value] = {
    "lot": 1, "supplier": "spreeblick", "rank": 1, "reference": "Z-2026-01",
    "unit": "C62", "price_unit": 1, "currency": "EUR", "vat_class": "standard", "periods": 1,
}  # fmt: skip
_NOTEBOOK: dict[str, Value] = {
    **_AWARD, "position": "1.1", "title": "Notebook 14 Zoll", "product_group": "Notebooks",
    "basis": "Festpreis", "max_quantity": 24000, "article_number": "NB-14",
    "manufacturer": "Musterhersteller", "gtin": "4012345000108",
}  # fmt: skip
_ROWS: tuple[dict[str, Value], ...] = (
    {**_NOTEBOOK, "from_quantity": 1, "price": Decimal("429.00")},
    {**_NOTEBOOK, "from_quantity": 100, "price": Decimal("411.50")},
    {
        **_AWARD, "position": "1.2", "title": "Kabelbinder", "product_group": "Zubehör",
        "basis": "Festpreis", "price": Decimal("4.5000"), "price_unit": 100,
        "article_number": "KB-100",
    },
    {
        **_AWARD, "position": "1.3", "title": "Garantie, 4 Jahre", "product_group": "Garantie",
        "basis": "Festpreis", "price": Decimal("12.90"), "periods": 4, "period_months": 12,
    },
    {
        **_AWARD, "position": "1.4", "title": "Zubehör aus dem Katalog",
        "product_group": "Zubehör", "basis": "Nachlass", "discount": Decimal("12.5"),
        "remark": "auf den Listenpreis des Lieferanten",
    },
    {
        **_AWARD, "position": "1.5", "title": "Klassensatz, 30 Notebooks mit Wagen",
        "product_group": "Notebooks", "basis": "Bündel", "price": Decimal("13990.00"),
        "max_quantity": 200,
    },
)  # fmt: skip


def sample_sheet(kind: str) -> bytes:
    """Return the sample as `csv` (UTF-8 with a mark, semicolons) or `xlsx`; else ValueError.

    It names lot 1 and the supplier `spreeblick`; both have to exist before it is imported.
    """
    if kind == "csv":
        return _csv().encode()
    if kind == "xlsx":
        return _xlsx()
    raise ValueError(f"No sample of this kind: {kind}")


def _csv() -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS.values())
    for row in _ROWS:
        writer.writerow([_german(row.get(field, "")) for field in HEADINGS])
    return _BYTE_ORDER_MARK + text.getvalue()


def _german(value: Value) -> str:
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)


def _xlsx() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET_TITLE)
    sheet.freeze_panes = "A2"
    for index in range(len(COLUMNS)):
        sheet.column_dimensions[_letter(index)].width = _WIDTH
    sheet.append([column.heading for column in COLUMNS])
    for row in _ROWS:
        sheet.append([row.get(field) for field in HEADINGS])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _letter(index: int) -> str:
    """The name of a column, counted from 0; there are fewer than 26."""
    return chr(ord("A") + index)
