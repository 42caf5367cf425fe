"""CSV of finance events. Pure: the same events and profile give the same bytes.

The columns are the fields of an event (`orders.finance.fields`), in one order for all
profiles, after the number of the event in its feed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from orders.finance.fields import FIELDS

_DECIMALS = frozenset(field.name for field in FIELDS if field.kind.is_decimal)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LINES_PER_CHUNK = 200

COLUMNS = (("seq", "Laufende Nummer"), *((field.name, field.title) for field in FIELDS))


@dataclass(frozen=True, slots=True)
class Profile:
    """How values are written.

    `decimal_comma` also guards texts that a spreadsheet would read as a formula: the
    profile with the comma is the one people open. `raw` leaves every value as it is.
    """

    delimiter: str
    decimal_comma: bool
    german_titles: bool


PROFILES = {
    "de": Profile(delimiter=";", decimal_comma=True, german_titles=True),
    "raw": Profile(delimiter=",", decimal_comma=False, german_titles=False),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a file holds: number of events, their gross (EUR, signed), hash of its bytes."""

    count: int
    gross: Decimal
    sha256: str


def chunks(events: Iterable[tuple[int, str]], profile: Profile) -> Iterator[bytes]:
    """The file in pieces, header first; *events* are (number, canonical JSON).

    UTF-8, lines end in CR LF (RFC 4180). Memory does not grow with the file.
    """
    rows = [[german if profile.german_titles else name for name, german in COLUMNS]]
    for seq, payload in events:
        values = {"seq": seq, **json.loads(payload, parse_float=Decimal)}
        rows.append([_cell(name, values.get(name), profile) for name, _ in COLUMNS])
        if len(rows) == _LINES_PER_CHUNK:
            yield _encoded(rows, profile)
            rows = []
    yield _encoded(rows, profile)


def summarise(events: Iterable[tuple[int, str]], profile: Profile) -> Summary:
    """Count, sum and hash the file that *chunks* would write."""
    digest = hashlib.sha256()
    count, gross = 0, Decimal(0)

    def counted() -> Iterator[tuple[int, str]]:
        nonlocal count, gross
        for seq, payload in events:
            count += 1
            gross += Decimal(json.loads(payload)["gross"])
            yield seq, payload

    for chunk in chunks(counted(), profile):
        digest.update(chunk)
    return Summary(count=count, gross=gross, sha256=digest.hexdigest())


def _cell(name: str, value: object, profile: Profile) -> str:
    if value is None:
        return ""
    text = str(value)
    if not profile.decimal_comma:
        return text
    if name in _DECIMALS:
        return text.replace(".", ",")
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        return "'" + text
    return text


def _encoded(rows: list[list[str]], profile: Profile) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=profile.delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
