"""An uploaded CSV or XLSX file as the text that would have been pasted.

From there on a file is treated like a pasted text, and the person can correct it on the
page: line n of the text is row n of the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from contracts.catalogue.readers import FileRejected, Limits, open_table, plain
from orders.errors import TableRejected

from .rows import Columns, find_columns

MAX_BYTES = 2 * 2**20
MAX_LINES = 10_000
MAX_COLUMNS = 100
_LIMITS = Limits(max_bytes=MAX_BYTES, max_rows=MAX_LINES, max_columns=MAX_COLUMNS)
_WANTED = ("Artikelnummer", "Nummer", "Art.-Nr.", "GTIN", "Menge", "Anzahl", "Stück")

_SENTENCES = {
    "file_empty": "Die Datei ist leer. Bitte eine Datei mit Nummern und Mengen wählen.",
    "too_many_rows": (
        "Die Datei hat mehr als {limit} Zeilen. Bitte in mehrere Dateien zu je 2.000 aufteilen."
    ),
    "too_many_columns": (
        "Die Tabelle hat mehr als {limit} Spalten. Gebraucht werden nur Artikelnummer und Menge."
    ),
    "zip_bomb": (
        "Die Excel-Datei entpackt sich auf ein Vielfaches ihrer Größe und wird nicht geöffnet. "
        "Bitte nur das Blatt mit Nummern und Mengen als neue XLSX-Datei speichern."
    ),
}
_NO_TABLE = (
    "Die Datei ist keine lesbare Tabelle. Bitte als CSV (UTF-8, mit Semikolon getrennt) oder als "
    "Excel-Datei (XLSX) speichern: erste Spalte Artikelnummer, zweite Spalte Menge."
)
_OLD_EXCEL = (
    "Das alte Excel-Format (XLS) wird nicht gelesen. Bitte in Excel über „Speichern unter“ als "
    "XLSX speichern und diese Datei wählen."
)
_OLD_EXCEL_STARTS_WITH = b"\xd0\xcf\x11\xe0"
_OTHER_FORMATS = ("format_unknown", "xml_not_bmecat", "xml_not_well_formed")

Cell = str | Decimal


def text_of_file(content: bytes) -> str:
    """The rows of the first sheet, a line each: number, tab, quantity.

    The columns are found by their headings (Artikelnummer, Nummer, Art.-Nr., GTIN; Menge,
    Anzahl, Stück), else the first two are taken. Raises TableRejected.
    """
    if content.startswith(_OLD_EXCEL_STARTS_WITH):
        raise TableRejected(_OLD_EXCEL)
    try:
        table = open_table(io.BytesIO(content), wanted=_WANTED, limits=_LIMITS)
        return "\n".join(_lines(table.rows()))
    except FileRejected as error:
        raise TableRejected(_sentence(error)) from error


def _lines(rows: Iterable[tuple[int, Sequence[Cell]]]) -> list[str]:
    lines: list[str] = []
    columns: Columns | None = None
    for number, cells in rows:
        if number > MAX_LINES:
            raise FileRejected("too_many_rows", limit="10.000")
        if len(cells) > MAX_COLUMNS:
            raise FileRejected("too_many_columns", limit=MAX_COLUMNS)
        texts = [_text(cell) for cell in cells]
        lines += [""] * (number - 1 - len(lines))
        if not any(texts):
            continue
        if columns is None:
            columns = find_columns(texts) or Columns()
        lines.append("\t".join(_pair(texts, columns)))
    return lines


def _pair(texts: Sequence[str], columns: Columns) -> list[str]:
    pair = [
        texts[place] if place < len(texts) else "" for place in (columns.number, columns.quantity)
    ]
    return pair if any(pair) else ["", ""]


def _text(cell: Cell) -> str:
    """A cell on one line. 1.234 of a spreadsheet is a fraction, never 1,234 pieces."""
    if isinstance(cell, Decimal):
        whole, _, rest = plain(cell).partition(".")
        return f"{whole},{rest}0" if rest else whole
    return " ".join(cell.split())


def _sentence(error: FileRejected) -> str:
    if error.fault in _OTHER_FORMATS:
        return _NO_TABLE
    sentence = _SENTENCES.get(error.fault)
    return sentence.format(**error.details) if sentence is not None else error.message
