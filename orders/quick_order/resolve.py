"""From numbers to articles: resolved, ambiguous, blocked or unknown.

Numbers are compared without regard to case, and mean, by precedence: the supplier's article
number, the GTIN, the manufacturer's number, the position of a fixed price. The number of
queries is constant whatever the number of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from django.db.models import Q
from django.db.models.functions import Lower

from contracts.agreements.allocation.reading import hidden_award_ids
from contracts.agreements.entitlement import known_listings
from contracts.agreements.models import Article, Listing, PriceBasis

from .rows import MAX_QUANTITY, Row
from .standing import Standing, for_standing, standings

MAX_CHOICES = 20
_SHORTEST_GTIN, _LONGEST_GTIN = 8, 14
_NAMED_ROWS = 10


class Matched(Enum):
    """What a number was found as, by precedence."""

    SUPPLIER = "Artikelnummer"
    GTIN = "GTIN"
    MAKER = "Herstellernummer"
    POSITION = "Vertragsposition"


class State(Enum):
    """What became of a number."""

    RESOLVED = "resolved"
    AMBIGUOUS = "ambiguous"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a number of the text stands for; `rows` are the lines that were summed.

    `standing` is the article found (none when unknown or ambiguous), `choices` are the
    listings a person may take: the candidates of an ambiguous number, the successor of a
    blocked article. `reasons` say why it can't be taken as it is.
    """

    rows: tuple[int, ...]
    number: str
    quantity: int
    state: State
    matched: Matched | None = None
    standing: Standing | None = None
    choices: tuple[Standing, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The number of its first row: what fields of a form are named by."""
        return str(self.rows[0])

    @property
    def note(self) -> str:
        """That several rows were summed."""
        if len(self.rows) == 1:
            return ""
        if len(self.rows) > _NAMED_ROWS:
            return f"{len(self.rows)} Zeilen ab Zeile {self.rows[0]} zusammengezählt"
        *first, last = (str(row) for row in self.rows)
        return f"Zeilen {', '.join(first)} und {last} zusammengezählt"


def resolve(rows: Sequence[Row], *, buyer_id: int, on: date) -> list[Resolution]:
    """Find each number among what the buyer is named for, in the order of the rows.

    An article of an agreement that does not name the buyer is as unknown as none at all.
    """
    found = _Found(rows, buyer_id, on)
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_number[_key(row.number)].append(row)
    return _summed(found.resolution(key, same) for key, same in by_number.items())


class _Found:
    """All listings that any of the numbers could mean, with their standing."""

    def __init__(self, rows: Sequence[Row], buyer_id: int, on: date) -> None:
        listings = _candidates({row.number for row in rows}, buyer_id, on)
        self._standings = standings(listings, buyer_id=buyer_id, on=on)
        self._hidden = set(hidden_award_ids({row.item.award.lot_id for row in listings}, on))
        self._by: dict[Matched, dict[str, list[Standing]]] = {
            kind: defaultdict(list) for kind in Matched
        }
        for row in listings:
            for kind, key in _keys(row):
                self._by[kind][key].append(self._standings[row.pk])

    def resolution(self, key: str, rows: Sequence[Row]) -> Resolution:
        """What the number means: the first kind that offers something decides."""
        blank = Resolution(
            rows=tuple(row.row for row in rows),
            number=rows[0].number,
            quantity=sum(row.quantity for row in rows),
            state=State.UNKNOWN,
        )
        matches = [(kind, found) for kind in Matched if (found := self._of(kind, key))]
        for kind, found in matches:
            if offered := [row for row in found if row.is_orderable]:
                return _offered(replace(blank, matched=kind), self._in_turn(offered))
        if not matches:
            return replace(blank, reasons=(_unknown(blank.number),))
        kind, found = matches[0]
        return _blocked(replace(blank, matched=kind), found)

    def _of(self, kind: Matched, key: str) -> list[Standing]:
        return self._by[kind].get(_gtin(key) if kind is Matched.GTIN else key, [])

    def _in_turn(self, offered: Sequence[Standing]) -> Sequence[Standing]:
        """Of suppliers of one lot the one in turn: who asks does not choose among them."""
        shown = [row for row in offered if row.listing.item.award_id not in self._hidden]
        return shown or offered


def _offered(blank: Resolution, offered: Sequence[Standing]) -> Resolution:
    if len(offered) == 1:
        return replace(blank, state=State.RESOLVED, standing=offered[0])
    if len(offered) > MAX_CHOICES:
        reason = (
            f"Die Nummer passt zu {len(offered)} Artikeln. Bitte die Artikelnummer des "
            "Lieferanten angeben."
        )
        return replace(blank, reasons=(reason,))
    reason = f"Die Nummer steht für {len(offered)} Artikel. Bitte wählen Sie einen aus."
    choices = tuple(offered)
    return replace(blank, state=State.AMBIGUOUS, choices=choices, reasons=(reason,))


def _blocked(blank: Resolution, found: Sequence[Standing]) -> Resolution:
    chosen = next((row for row in found if row.successor is not None), found[0])
    choices = (Standing(chosen.successor),) if chosen.successor is not None else ()
    return replace(
        blank, state=State.BLOCKED, standing=chosen, choices=choices, reasons=chosen.reasons
    )


def _summed(found: Iterable[Resolution]) -> list[Resolution]:
    """One resolution per article, also where it was asked for under two of its numbers."""
    kept: dict[object, Resolution] = {}
    for row in found:
        key = _article_of(row)
        before = kept.get(key)
        kept[key] = row if before is None else _both(before, row)
    return [_limited(row) for row in kept.values()]


def _article_of(row: Resolution) -> object:
    """The listing of a resolved row; anything else stays by itself."""
    if row.state is State.RESOLVED and row.standing is not None:
        return row.standing.listing.pk
    return row.rows


def _both(one: Resolution, other: Resolution) -> Resolution:
    rows = tuple(sorted(one.rows + other.rows))
    return replace(one, rows=rows, quantity=one.quantity + other.quantity)


def _limited(row: Resolution) -> Resolution:
    if row.quantity <= MAX_QUANTITY:
        return row
    reason = "Zusammen sind es mehr als 1.000.000 Stück. Bitte die Mengen prüfen."
    return replace(row, state=State.BLOCKED, choices=(), reasons=(reason,))


def _candidates(numbers: Iterable[str], buyer_id: int, on: date) -> list[Listing]:
    forms = {form for number in numbers for form in (number, number.lower())}
    gtins = {form for number in numbers for form in _gtin_forms(number)}
    articles = (
        Article.objects.annotate(aid=Lower("supplier_aid"), maker=Lower("mpn"))
        .filter(Q(aid__in=forms) | Q(maker__in=forms) | Q(gtin__in=gtins))
        .order_by()
        .values("pk")
    )
    rows = known_listings(buyer_id, on).filter(
        Q(article__in=articles) | Q(item__number__in=forms, item__basis=PriceBasis.FIXED)
    )
    return list(for_standing(rows).order_by("item__award__lot", "item__award__rank", "pk"))


def _keys(listing: Listing) -> list[tuple[Matched, str]]:
    article, item = listing.article, listing.item
    keys = [
        (Matched.SUPPLIER, _key(article.supplier_aid)),
        (Matched.GTIN, _gtin(article.gtin)),
        (Matched.MAKER, _key(article.mpn)),
    ]
    if item.basis == PriceBasis.FIXED:
        keys.append((Matched.POSITION, _key(item.number)))
    return [(kind, key) for kind, key in keys if key]


def _key(number: str) -> str:
    return number.strip().casefold()


def _gtin(number: str) -> str:
    """A GTIN of any length without its leading zeros, which spreadsheets drop."""
    return number.lstrip("0") if _is_gtin(number) else ""


def _gtin_forms(number: str) -> set[str]:
    if not _is_gtin(number):
        return set()
    digits = number.lstrip("0")
    return {number} | {digits.zfill(length) for length in (8, 12, 13, 14)}


def _is_gtin(number: str) -> bool:
    is_plain = number.isascii() and number.isdecimal()
    return is_plain and _SHORTEST_GTIN - 2 <= len(number) <= _LONGEST_GTIN


def _unknown(number: str) -> str:
    hint = (
        " Bitte die Nummer wie im Katalog schreiben, ohne Leerzeichen, und eine Menge mit "
        "einem Semikolon abtrennen."
        if " " in number
        else ""
    )
    return f"Unter dieser Nummer ist für Ihre Organisation nichts abrufbar.{hint}"
