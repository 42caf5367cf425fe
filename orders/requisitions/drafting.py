"""Putting the next revision together: what of the last one changes, and the rest stays.

Keys are line numbers for lines that stay and any other text for new ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice

from contracts.agreements.prices.ordering import Wanted
from orders.errors import InvalidSplit
from orders.facts import Place
from orders.models import RequisitionLine

from .ask import Ask, Share
from .reading import ask_of, wanted_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What `revise` is to be asked for."""

    ask: Ask
    wanted: tuple[Wanted, ...]

    def place_of(self, key: str) -> Place:
        """Where a line goes."""
        return self.ask.place_of(key) or Place()


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """So many pieces of a line, to this place."""

    place: Place
    quantity: int


def draft_of(lines: Sequence[RequisitionLine]) -> Draft:
    """The revision of the lines, unchanged."""
    return Draft(ask_of(lines), tuple(wanted_of(lines)))


def with_head(draft: Draft, *, title: str, justification: str, needed_by: date | None) -> Draft:
    """Another head."""
    head = replace(draft.ask, title=title, justification=justification, needed_by=needed_by)
    return replace(draft, ask=head)


def with_quantities(draft: Draft, quantities: Mapping[str, int]) -> Draft:
    """Other quantities by key; 0 takes a line out."""
    kept = (replace(row, quantity=quantities.get(row.key, row.quantity)) for row in draft.wanted)
    return replace(draft, wanted=tuple(row for row in kept if row.quantity))


def with_places(draft: Draft, places: Mapping[str, Place]) -> Draft:
    """Other places of delivery by key."""
    return replace(draft, ask=replace(draft.ask, places={**draft.ask.places, **places}))


def with_shares(draft: Draft, keys: Collection[str], shares: Sequence[Share]) -> Draft:
    """Another account assignment for the lines of these keys."""
    changed = {**draft.ask.shares, **dict.fromkeys(keys, tuple(shares))}
    return replace(draft, ask=replace(draft.ask, shares=changed))


def with_line(draft: Draft, listing_id: int, quantity: int, *, like: str) -> Draft:
    """One line more, delivered and paid as the line *like*."""
    key = _fresh(draft, 1)[0]
    added = replace(draft, wanted=(*draft.wanted, Wanted(key, listing_id, quantity)))
    return _as(added, key, like=like, place=draft.place_of(like))


def split_line(draft: Draft, key: str, parts: Sequence[DeliveryPart]) -> Draft:
    """Send the pieces of one line to several places; the first part keeps the number.

    Raises InvalidSplit unless the parts are the whole line.
    """
    line = next((row for row in draft.wanted if row.key == key), None)
    if line is None:
        raise InvalidSplit("Diese Zeile gibt es in der aktuellen Fassung nicht.")
    _require_whole(line.quantity, parts)
    keys = (key, *_fresh(draft, len(parts) - 1))
    rows = [
        Wanted(name, line.listing_id, part.quantity) for name, part in zip(keys, parts, strict=True)
    ]
    place = draft.wanted.index(line)
    result = replace(draft, wanted=(*draft.wanted[:place], *rows, *draft.wanted[place + 1 :]))
    for name, part in zip(keys, parts, strict=True):
        result = _as(result, name, like=key, place=part.place)
    return result


def _as(draft: Draft, key: str, *, like: str, place: Place) -> Draft:
    return with_shares(with_places(draft, {key: place}), [key], draft.ask.shares_of(like))


def _fresh(draft: Draft, number: int) -> list[str]:
    """So many keys that no line has."""
    taken = {row.key for row in draft.wanted}
    names = (f"neu-{place}" for place in count(1))
    return list(islice((name for name in names if name not in taken), number))


def _require_whole(quantity: int, parts: Sequence[DeliveryPart]) -> None:
    if any(part.quantity < 1 for part in parts):
        raise InvalidSplit("Jeder Teil braucht eine Menge von mindestens 1.")
    total = sum(part.quantity for part in parts)
    if total != quantity:
        raise InvalidSplit(
            f"Verteilt sind {total} von {quantity}. Ändern Sie die Teile, "
            "oder zuerst die Menge der Zeile."
        )
