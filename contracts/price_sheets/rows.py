"""One row of a price sheet, read and checked by itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from contracts.agreements.models import PriceBasis
from contracts.catalogue.readers import (
    Findings,
    RowIssue,
    article_number,
    fields,
    has_only_printable,
    parse_number,
    parse_whole,
    plain,
    single_line,
)

from .codes import MESSAGES, SheetCode
from .columns import HEADINGS

Cell = str | Decimal
Validity = tuple[date, date | None]
Check = Callable[[Findings, str, Cell], Any]

# the widths of the columns in the database
POSITION_LENGTH = 30
REFERENCE_LENGTH = 80
SMALL = 32_767
LARGE = 2_147_483_647
DISCOUNT_PLACES = 4

_FORMULA_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NV", "#NAME?", "#NULL!", "#NUM!", "#ZAHL!", "#REF!", "#BEZUG!",
     "#VALUE!", "#WERT!", "#SPILL!", "#CALC!")
)  # fmt: skip
# German letters of UTF-8 read as Windows-1252; no German text holds such a pair
_GARBLED_PAIRS = tuple("Ã" + sign for sign in "¤¶¼„–œŸ")
_BASES = {
    "festpreis": PriceBasis.FIXED,
    "nachlass": PriceBasis.LIST_DISCOUNT,
    "nachlaß": PriceBasis.LIST_DISCOUNT,
    "bündel": PriceBasis.BUNDLE,
    "buendel": PriceBasis.BUNDLE,
}
_IDENTIFYING = ("lot", "supplier", "position")
# columns whose cells are mostly new; those of the others repeat from row to row
_VARIED = frozenset(("position", "title", "price", "max_quantity", "article_number", "gtin"))
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Frame:
    """What the agreement and the house allow a row to name."""

    lots: Collection[int]
    suppliers: Collection[str]
    vat_classes: Collection[str]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row; None is an empty cell, which says nothing.

    `valid` are the first day and the first day no longer (None: open), or None when the
    dates could not be read. `is_sound` tells that nothing is wrong with the row itself.
    """

    number: int
    is_sound: bool
    valid: Validity | None
    lot: int | None = None
    supplier: str | None = None
    rank: int | None = None
    reference: str | None = None
    awarded_on: date | None = None
    position: str | None = None
    title: str | None = None
    unit: str | None = None
    product_group: str | None = None
    basis: PriceBasis | None = None
    from_quantity: int | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    price_unit: int | None = None
    vat_class: str | None = None
    periods: int | None = None
    period_months: int | None = None
    max_quantity: int | None = None
    article_number: str | None = None
    manufacturer: str | None = None
    gtin: str | None = None


class RowReader:
    """Reads the rows of one sheet; `places` says in which column each field stands."""

    def __init__(
        self, places: Mapping[str, int], width: int, frame: Frame, *, may_be_shifted: bool
    ) -> None:
        self._frame = frame
        self._width = width
        self._may_be_shifted = may_be_shifted
        self._remembered = 0
        checks = _checks(frame)
        self._steps: list[tuple[str, str, int, Check, dict[Cell, Any] | None]] = [
            (field, HEADINGS[field], place, checks[field], None if field in _VARIED else {})
            for field, place in sorted(places.items(), key=lambda entry: entry[1])
            if field in checks
        ]

    def read(
        self, number: int, cells: Sequence[Cell], covered: Collection[int] = ()
    ) -> tuple[list[RowIssue], SheetRow | None]:
        """Return the errors of a row and what it says; None when its cells are shifted.

        `covered` are the columns whose cell is hidden behind a merged one.
        """
        joined = "\t".join(cell for cell in cells if isinstance(cell, str))
        findings = Findings(number, all_printable=has_only_printable(joined), messages=MESSAGES)
        if self._may_be_shifted and any(cells[self._width :]):
            findings.add(SheetCode.TOO_MANY_CELLS, "", plain(cells[self._width]))
            return findings.issues, None
        values: dict[str, Any] = {}
        faulty = set()
        for field, heading, place, check, memory in self._steps:
            if place in covered:
                findings.add(SheetCode.CELL_MERGED, heading)
                faulty.add(field)
                continue
            cell = cells[place] if place < len(cells) else ""
            if cell == "":
                continue
            if memory is not None and cell in memory:
                values[field] = memory[cell]
                continue
            known = len(findings.issues)
            value = _checked(findings, heading, cell, check)
            if len(findings.issues) > known:
                faulty.add(field)
            else:
                values[field] = value
                self._remember(memory, cell, value)
        for field in _IDENTIFYING:
            if field not in values and field not in faulty:
                findings.add(SheetCode.CELL_MISSING, HEADINGS[field])
        valid = None
        if not faulty.intersection(("valid_from", "valid_to")):
            valid = self._validity(findings, values)
        values.pop("valid_from", None)
        values.pop("valid_to", None)
        values.pop("currency", None)
        return findings.issues, SheetRow(number, not findings.refused, valid, **values)

    def _remember(self, memory: dict[Cell, Any] | None, cell: Cell, value: Any) -> None:
        """Keep what a sound cell of a repeating column means; reading it costs the most."""
        if memory is not None and self._remembered < _MOST_REMEMBERED:
            memory[cell] = value
            self._remembered += 1

    def _validity(self, findings: Findings, values: Mapping[str, Any]) -> Validity | None:
        """The days of the row; without a start they begin with the term."""
        frame = self._frame
        start = values.get("valid_from", frame.starts_on)
        last = values.get("valid_to")
        if last == date.max:  # how some programs write "open"
            last = None
        if last is not None and last < start:
            findings.add(SheetCode.VALIDITY_REVERSED, HEADINGS["valid_to"], f"{last:%d.%m.%Y}")
            return None
        end = last + timedelta(days=1) if last is not None else None
        if start > frame.ends_on or (last is not None and last < frame.starts_on):
            term = f"{frame.starts_on:%d.%m.%Y} bis {frame.ends_on:%d.%m.%Y}"
            findings.add(
                SheetCode.VALIDITY_OUTSIDE_TERM,
                HEADINGS["valid_from"],
                german_range((start, end)),
                term=term,
            )
            return None
        return start, end


def german_range(valid: Validity) -> str:
    """The days of a price version as people write them, the last one included."""
    start, end = valid
    if end is None:
        return f"ab {start:%d.%m.%Y}"
    return f"{start:%d.%m.%Y} bis {end - timedelta(days=1):%d.%m.%Y}"


def _checked(findings: Findings, heading: str, cell: Cell, check: Check) -> Any:
    """The value of a filled cell; an unread formula or a broken text is none."""
    if isinstance(cell, str):
        if cell.startswith("="):
            findings.add(SheetCode.FORMULA_WITHOUT_VALUE, heading, cell)
            return None
        if cell in _FORMULA_ERRORS:
            findings.add(SheetCode.FORMULA_ERROR, heading, cell)
            return None
        if "Ã" in cell and any(pair in cell for pair in _GARBLED_PAIRS):
            findings.add(SheetCode.ENCODING_UNREADABLE, heading, cell)
            return None
    return check(findings, heading, cell)


def _checks(frame: Frame) -> dict[str, Check]:
    """How the cell of each field is read; every check records what is wrong."""
    lots, suppliers, vat_classes = (
        frozenset(frame.lots),
        frozenset(frame.suppliers),
        frozenset(frame.vat_classes),
    )
    known_classes = ", ".join(sorted(vat_classes)) or "keine"
    return {
        "lot": partial(_lot, lots),
        "supplier": partial(_named, suppliers, SheetCode.SUPPLIER_UNKNOWN, ""),
        "rank": _whole(SMALL),
        "reference": _line(REFERENCE_LENGTH),
        "awarded_on": fields.day,
        "position": _line(POSITION_LENGTH),
        "title": _line(fields.NAME_LENGTH),
        "unit": lambda findings, heading, cell: fields.unit(findings, heading, plain(cell)),
        "product_group": _line(fields.GROUP_LENGTH),
        "basis": _basis,
        "from_quantity": _whole(LARGE),
        "price": fields.price,
        "discount": _discount,
        "price_unit": _whole(LARGE),
        "currency": _currency,
        "vat_class": partial(_named, vat_classes, SheetCode.VAT_CLASS_UNKNOWN, known_classes),
        "periods": _whole(SMALL),
        "period_months": _whole(SMALL),
        "max_quantity": _whole(LARGE),
        "valid_from": fields.day,
        "valid_to": fields.day,
        "article_number": lambda findings, heading, cell: article_number(
            findings, heading, plain(cell), fields.AID_LENGTH
        ),
        "manufacturer": _line(fields.MANUFACTURER_LENGTH),
        "gtin": fields.gtin,
    }


def _line(limit: int) -> Check:
    return lambda findings, heading, cell: single_line(findings, heading, plain(cell), limit)


def _whole(most: int) -> Check:
    def check(findings: Findings, heading: str, cell: Cell) -> int | None:
        try:
            number = parse_whole(cell)
        except (ValueError, InvalidOperation):
            number = 0
        if 1 <= number <= most:
            return number
        findings.add(SheetCode.NUMBER_UNREADABLE, heading, plain(cell), least=1, most=most)
        return None

    return check


def _lot(lots: Collection[int], findings: Findings, heading: str, cell: Cell) -> int | None:
    """`Los 2` and `2` are the same."""
    text = plain(cell)
    digits = text.casefold().removeprefix("los").strip()
    if digits.isascii() and digits.isdecimal() and len(digits) <= 5 and int(digits) in lots:
        return int(digits)
    findings.add(SheetCode.LOT_UNKNOWN, heading, text)
    return None


def _named(
    names: Collection[str],
    code: SheetCode,
    known: str,
    findings: Findings,
    heading: str,
    cell: Cell,
) -> str | None:
    text = " ".join(plain(cell).split())
    if text in names:
        return text
    findings.add(code, heading, text, known=known)
    return None


def _basis(findings: Findings, heading: str, cell: Cell) -> PriceBasis | None:
    text = plain(cell)
    basis = _BASES.get(text.casefold().strip())
    if basis is None:
        findings.add(SheetCode.BASIS_UNKNOWN, heading, text)
    return basis


def _currency(findings: Findings, heading: str, cell: Cell) -> str:
    text = fields.currency(plain(cell))
    if text != "EUR":
        findings.add(SheetCode.CURRENCY_NOT_EUR, heading, text)
    return text


def _discount(findings: Findings, heading: str, cell: Cell) -> Decimal | None:
    """A percentage; a cell of a spreadsheet in percent format holds 0.125 for 12.5 %."""
    text = plain(cell)
    try:
        percent = (
            cell if isinstance(cell, Decimal) else parse_number(cell.removesuffix("%").strip())
        )
    except (ValueError, InvalidOperation):
        percent = Decimal(-1)
    if not 0 <= percent < 100:
        findings.add(SheetCode.DISCOUNT_RANGE, heading, text)
    elif isinstance(cell, Decimal) and 0 < percent < 1:
        findings.add(SheetCode.DISCOUNT_AMBIGUOUS, heading, text)
    elif round(percent, DISCOUNT_PLACES) != percent:
        findings.add(SheetCode.DISCOUNT_DECIMALS, heading, text)
    return percent
