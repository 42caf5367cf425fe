"""Pasted lines `number;quantity` to rows and findings. Pure.

Every line becomes exactly one of three: a row, a finding, or skipped (blank, or the header).
A line that can't be read keeps nobody else's from being read (docs/quick-order.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_ROWS = 2_000
MAX_QUANTITY = 1_000_000
MAX_NUMBER_LENGTH = 60

NUMBER, QUANTITY = "Nummer", "Menge"
_SEPARATORS = ("\t", ";", "|", ",")
_FOREIGN_SEPARATOR = re.compile(r"[^:=]+[:=]\s*\d+", re.ASCII)
_UNIT = re.compile(r"\s*(?:stücke?|stk\.?|st\.?|x|×)$", re.IGNORECASE)
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[. '’\u00a0\u202f]\d{3})+", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_DECIMALS = re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+),(\d+)|(\d+)\.(\d+)", re.ASCII)
_SIGN = re.compile(r"[\W_]")
_NO_DIGIT = re.compile(r"\D", re.ASCII)
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]|\u00ef\u00bf\u00bd")

# By precedence: "Nr." may be the running number of a table that has article numbers too.
NUMBER_HEADINGS = (
    "artikelnummer", "artikelnr", "artnr", "artnummer", "lieferantenartikelnummer",
    "bestellnummer", "bestellnr", "gtin", "ean", "herstellernummer", "artikel", "nummer", "nr",
    "position",
)  # fmt: skip
QUANTITY_HEADINGS = ("menge", "anzahl", "stück", "stk", "bestellmenge", "quantity", "qty")


class RowCode(StrEnum):
    """Why a line can't be taken; `MESSAGES` has the sentence."""

    NUMBER_MISSING = "number_missing"
    NUMBER_TOO_LONG = "number_too_long"
    TEXT_GARBLED = "text_garbled"
    SEPARATOR_UNKNOWN = "separator_unknown"
    SEPARATOR_AMBIGUOUS = "separator_ambiguous"
    QUANTITY_ZERO = "quantity_zero"
    QUANTITY_NEGATIVE = "quantity_negative"
    QUANTITY_FRACTIONAL = "quantity_fractional"
    QUANTITY_AMBIGUOUS = "quantity_ambiguous"
    QUANTITY_NOT_NUMERIC = "quantity_not_numeric"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    TOO_MANY_ROWS = "too_many_rows"


_ONE_UP = "Bitte eine ganze Zahl ab 1 angeben"
MESSAGES = {
    RowCode.NUMBER_MISSING: "Die Artikelnummer fehlt. Bitte die Nummer vor die Menge schreiben.",
    RowCode.NUMBER_TOO_LONG: (
        f"Die Nummer hat mehr als {MAX_NUMBER_LENGTH} Zeichen. Bitte je Zeile nur eine Nummer "
        "und eine Menge angeben."
    ),
    RowCode.TEXT_GARBLED: (
        "Die Zeile enthält beschädigte Zeichen. Bitte die Datei mit dem Zeichensatz UTF-8 neu "
        "speichern."
    ),
    RowCode.SEPARATOR_UNKNOWN: (
        "Nummer und Menge sind mit „{value}“ getrennt. Bitte ein Semikolon verwenden: Nummer;Menge."
    ),
    RowCode.SEPARATOR_AMBIGUOUS: (
        "In der Zeile stehen mehrere Kommas; was Nummer und was Menge ist, ist nicht zu erkennen. "
        "Bitte Nummer und Menge mit einem Semikolon trennen."
    ),
    RowCode.QUANTITY_ZERO: f"Die Menge ist 0. {_ONE_UP}, oder die Zeile weglassen.",
    RowCode.QUANTITY_NEGATIVE: f"Die Menge {{value}} ist negativ. {_ONE_UP}.",
    RowCode.QUANTITY_FRACTIONAL: f"Die Menge {{value}} ist keine ganze Zahl. {_ONE_UP}.",
    RowCode.QUANTITY_AMBIGUOUS: (
        "Die Menge {value} kann Tausender oder Nachkommastellen bedeuten. Bitte ohne Komma "
        "schreiben."
    ),
    RowCode.QUANTITY_NOT_NUMERIC: f"„{{value}}“ ist keine Menge. {_ONE_UP}.",
    RowCode.QUANTITY_TOO_LARGE: (
        "Die Menge {value} ist größer als 1.000.000. Bitte die Menge prüfen."
    ),
    RowCode.TOO_MANY_ROWS: (
        "Es werden höchstens 2.000 Zeilen auf einmal gelesen. Bitte diese Zeile mit den "
        "folgenden in einem zweiten Schritt erfassen."
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line that was read: its number in the text, an article number, pieces."""

    row: int
    number: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A line that was not: what stood there, in which column, why, and what to do."""

    row: int
    number: str
    quantity: str
    column: str
    code: RowCode
    message: str

    @property
    def read(self) -> str:
        """What stood there."""
        return f"{self.number};{self.quantity}" if self.quantity else self.number


@dataclass(frozen=True, slots=True)
class Parsed:
    """All lines of a text; `skipped` are the blank ones and the header."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing but blank lines and a header."""
        return not self.rows and not self.findings


class BadQuantity(ValueError):
    """The text is no quantity; `code` and `sentence` say why."""

    def __init__(self, code: RowCode, value: str) -> None:
        self.code = code
        self.sentence = message(code, value)
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where number and quantity stand in a row of cells."""

    number: int = 0
    quantity: int = 1


def parse(text: str) -> Parsed:
    """Read the lines of a pasted text; the separator is told line by line."""
    return parse_cells(_lines(text))


def parse_cells(lines: Iterator[tuple[int, Sequence[str]]]) -> Parsed:
    """Read numbered lines that are cells already."""
    rows: list[Row] = []
    findings: list[Finding] = []
    skipped: list[int] = []
    columns: Columns | None = None
    for row, cells in lines:
        if not any(cells):
            skipped.append(row)
            continue
        if columns is None:
            header = find_columns(cells)
            columns = header or Columns()
            if header is not None:
                skipped.append(row)
                continue
        number, quantity = _at(cells, columns.number), _at(cells, columns.quantity)
        if len(rows) + len(findings) >= MAX_ROWS:
            findings.append(_finding(row, RowCode.TOO_MANY_ROWS, number, quantity))
            continue
        found = _judged(row, number, quantity)
        if isinstance(found, Row):
            rows.append(found)
        else:
            findings.append(found)
    return Parsed(tuple(rows), tuple(findings), tuple(skipped))


def find_columns(cells: Sequence[str]) -> Columns | None:
    """The columns by their headings; None when the row is no header.

    A quantity without a heading is expected to the right of the number.
    """
    names = [_SIGN.sub("", cell.casefold()) for cell in cells]
    number = next((names.index(name) for name in NUMBER_HEADINGS if name in names), None)
    quantity = next((names.index(name) for name in QUANTITY_HEADINGS if name in names), None)
    if number is None and quantity is None:
        return None
    if number is None:
        number = 0 if quantity else 1
    return Columns(number, number + 1 if quantity is None else quantity)


def parse_quantity(text: str) -> int:
    """Read a whole number of pieces from 0 to 1,000,000, thousands written with a point.

    Raises BadQuantity; 0 is for the caller to judge.
    """
    core = _UNIT.sub("", text.strip())
    if core[:1] in "-−–" and any(character.isdigit() for character in core):
        raise BadQuantity(RowCode.QUANTITY_NEGATIVE, text)
    if _WHOLE.fullmatch(core):
        return _limited(_NO_DIGIT.sub("", core), text)
    if _AMBIGUOUS.fullmatch(core):
        raise BadQuantity(RowCode.QUANTITY_AMBIGUOUS, text)
    decimal = _DECIMALS.fullmatch(core)
    if decimal is None:
        raise BadQuantity(RowCode.QUANTITY_NOT_NUMERIC, text)
    whole, rest = decimal[1] or decimal[3], decimal[2] or decimal[4]
    if rest.strip("0"):
        raise BadQuantity(RowCode.QUANTITY_FRACTIONAL, text)
    return _limited(_NO_DIGIT.sub("", whole), text)


def message(code: RowCode, value: str = "") -> str:
    """The sentence of a code; a long value is cut."""
    return MESSAGES[code].format(value=value if len(value) <= 40 else f"{value[:40]}…")


def _limited(digits: str, text: str) -> int:
    digits = digits.lstrip("0") or "0"
    if len(digits) > len(str(MAX_QUANTITY)) or int(digits) > MAX_QUANTITY:
        raise BadQuantity(RowCode.QUANTITY_TOO_LARGE, text)
    return int(digits)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        yield number, _split(line.removeprefix("\ufeff"))


def _split(line: str) -> list[str]:
    """The cells of a line; one with several commas stays whole, to be refused."""
    separator = next((sign for sign in _SEPARATORS if sign in line), None)
    is_told = separator is not None and (separator != "," or line.count(",") == 1)
    cells = line.split(separator) if is_told else [line]
    return [cell.strip().strip('"').strip() for cell in cells]


def _judged(row: int, number: str, quantity: str) -> Row | Finding:
    code = _fault_of_number(number)
    if code is not None:
        value = ":" if ":" in number else "="
        return _finding(row, code, number, quantity, column=NUMBER, value=value)
    if not quantity:
        return Row(row, number, 1)
    try:
        pieces = parse_quantity(quantity)
    except BadQuantity as error:
        return Finding(row, number, quantity, QUANTITY, error.code, error.sentence)
    if pieces == 0:
        return _finding(row, RowCode.QUANTITY_ZERO, number, quantity, column=QUANTITY)
    return Row(row, number, pieces)


def _fault_of_number(number: str) -> RowCode | None:
    if not number:
        return RowCode.NUMBER_MISSING
    if _UNREADABLE.search(number):
        return RowCode.TEXT_GARBLED
    if number.count(",") > 1:
        return RowCode.SEPARATOR_AMBIGUOUS
    if _FOREIGN_SEPARATOR.fullmatch(number):
        return RowCode.SEPARATOR_UNKNOWN
    return RowCode.NUMBER_TOO_LONG if len(number) > MAX_NUMBER_LENGTH else None


def _finding(
    row: int, code: RowCode, number: str, quantity: str, *, column: str = "", value: str = ""
) -> Finding:
    return Finding(row, number, quantity, column, code, message(code, value))


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
