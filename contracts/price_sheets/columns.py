"""The columns of a price sheet and their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .codes import SheetCode

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_WORD = re.compile(r"[\W_]+")
# what a German heading becomes when a file of another character set is read as Windows-1252
_READ_AS = ("cp1252", "iso-8859-1")
_MEANT_AS = ("utf-8", "cp850", "mac_roman")


class Column(NamedTuple):
    """One column: the field of the row, its heading, whether it has to be there."""

    field: str
    heading: str
    is_required: bool = False


COLUMNS = (
    Column("lot", "Los", is_required=True),
    Column("supplier", "Lieferant", is_required=True),
    Column("rank", "Rang"),
    Column("reference", "Zuschlag", is_required=True),
    Column("awarded_on", "Zuschlag am"),
    Column("position", "Position", is_required=True),
    Column("title", "Bezeichnung", is_required=True),
    Column("unit", "Einheit"),
    Column("product_group", "Warengruppe"),
    Column("basis", "Preisbasis"),
    Column("from_quantity", "ab Menge"),
    Column("price", "Nettopreis", is_required=True),
    Column("discount", "Nachlass %"),
    Column("price_unit", "Preiseinheit"),
    Column("currency", "Währung"),
    Column("vat_class", "Steuerklasse"),
    Column("periods", "Zeiträume"),
    Column("period_months", "Monate je Zeitraum"),
    Column("max_quantity", "Höchstmenge"),
    Column("valid_from", "gültig ab"),
    Column("valid_to", "gültig bis"),
    Column("article_number", "Artikelnummer"),
    Column("manufacturer", "Hersteller"),
    Column("gtin", "GTIN"),
    Column("remark", "Bemerkung"),
)
HEADINGS = {column.field: column.heading for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class HeadingFault:
    """A heading that is missing, unknown, there twice or not readable."""

    code: SheetCode
    heading: str


def plain_heading(heading: str) -> str:
    """The heading without case, spaces, signs and umlauts: `Nachlass %` is `nachlass`."""
    return _NO_WORD.sub("", heading.casefold().translate(_SPELLED))


_FIELDS = {plain_heading(column.heading): column.field for column in COLUMNS}


def find_columns(headings: Sequence[str]) -> tuple[dict[str, int], list[HeadingFault]]:
    """Return the place of each field and what is wrong with the headings."""
    places: dict[str, int] = {}
    faults = []
    for place, heading in enumerate(headings):
        if not heading:
            continue
        field = _FIELDS.get(plain_heading(heading))
        if field is None:
            code = (
                SheetCode.ENCODING_UNREADABLE if _is_garbled(heading) else SheetCode.HEADING_UNKNOWN
            )
            faults.append(HeadingFault(code, heading))
        elif field in places:
            faults.append(HeadingFault(SheetCode.HEADING_TWICE, heading))
        else:
            places[field] = place
    return places, [*faults, *_missing(places)]


def _missing(places: Iterable[str]) -> list[HeadingFault]:
    return [
        HeadingFault(SheetCode.HEADING_MISSING, column.heading)
        for column in COLUMNS
        if column.is_required and column.field not in places
    ]


def _is_garbled(heading: str) -> bool:
    """Whether the heading would be a known one, had the file been read in another set."""
    for read_as in _READ_AS:
        for meant_as in _MEANT_AS:
            try:
                meant = heading.encode(read_as).decode(meant_as)
            except UnicodeError:
                continue
            if plain_heading(meant) in _FIELDS:
                return True
    return "\ufffd" in heading
