"""Requisitions that may be parts of one need, found among thousands without comparing pairs.

Related are two that ask for the same position, by the same person or for the same school, at
close dates. An export asks this of every row of an inbox; pair by pair, 5,000 rows that are
all related would be 25 million comparisons. So the parts stand in the order of time, and a
set of them is an integer with a bit for each: what is related comes by `&` and `|`. Amounts
come from running sums, which a span of time cuts at both ends.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from contracts.agreements.facts.shapes import Position

SPLIT_DAYS = 30
"""Days between two requisitions that may be parts of one need.

No law names a figure. A month holds the orders for one room or one class, and keeps out the
need that comes back every term.
"""
_APART = timedelta(days=SPLIT_DAYS)
Parts = int
"""A set of parts: bit 0 is the earliest."""


@dataclass(frozen=True, slots=True)
class NeedPart:
    """A requisition as far as it may be part of a greater need; amounts gross in EUR."""

    requisition_id: int
    number: str
    person_id: int
    school_id: int | None
    submitted_at: datetime
    gross: Decimal
    positions: Mapping[Position, Decimal]


class _Kin(NamedTuple):
    """Who asked, or for whom; both where both have to be the same."""

    person_id: int | None
    school_id: int | None


class _Running(NamedTuple):
    """Places in the order of time, and what all of them up to there ask of one position."""

    places: list[int]
    sums: list[Decimal]

    def between(self, start: int, end: int) -> Decimal:
        first, last = bisect_left(self.places, start), bisect_left(self.places, end)
        return self.sums[last] - self.sums[first]


class Neighbours:
    """The parts to look among; each requisition counts once."""

    def __init__(self, parts: Iterable[NeedPart]) -> None:
        once = {part.requisition_id: part for part in parts}.values()
        self._parts = sorted(once, key=lambda part: (part.submitted_at, part.number))
        self._times = [part.submitted_at for part in self._parts]
        self._place = {part.requisition_id: place for place, part in enumerate(self._parts)}
        self._of: dict[_Kin, Parts] = defaultdict(int)
        self._asking: dict[Position, Parts] = defaultdict(int)
        self._places: dict[tuple[_Kin, Position], list[int]] = defaultdict(list)
        for place, part in enumerate(self._parts):
            for kin, _ in _kin(part):
                self._of[kin] |= 1 << place
                for position in part.positions:
                    self._places[kin, position].append(place)
            for position in part.positions:
                self._asking[position] |= 1 << place
        self._below: dict[Decimal, Parts] = {}
        self._running: dict[tuple[_Kin, Position, Decimal], _Running] = {}

    def below(self, part: NeedPart, band: Decimal) -> Parts:
        """What is related to *part*, without itself, and of less than *band* (EUR gross)."""
        start, end = self._span(part)
        kin = asking = 0
        for one, _ in _kin(part):
            kin |= self._of[one]
        for position in part.positions:
            asking |= self._asking[position]
        close = (1 << end) - (1 << start)
        itself = 1 << self._place[part.requisition_id]
        return kin & asking & close & self._all_below(band) & ~itself

    def total(self, part: NeedPart, others: Parts, band: Decimal) -> Decimal:
        """What *part* and *others* (of `below`) ask of the positions it shares with one of them.

        *part* is of less than *band* itself and so among what is summed up.
        """
        start, end = self._span(part)
        return sum(
            (
                sign * self._sums(kin, position, band).between(start, end)
                for position in part.positions
                if self._asking[position] & others
                for kin, sign in _kin(part)
            ),
            Decimal(0),
        )

    def first(self, parts: Parts, count: int) -> tuple[NeedPart, ...]:
        """The earliest of them."""
        found: list[NeedPart] = []
        while parts and len(found) < count:
            lowest = parts & -parts
            found.append(self._parts[lowest.bit_length() - 1])
            parts ^= lowest
        return tuple(found)

    def _span(self, part: NeedPart) -> tuple[int, int]:
        """From which place on, and before which, the dates are close."""
        at = part.submitted_at
        return bisect_left(self._times, at - _APART), bisect_right(self._times, at + _APART)

    def _all_below(self, band: Decimal) -> Parts:
        if band not in self._below:
            self._below[band] = sum(
                1 << place for place, part in enumerate(self._parts) if part.gross < band
            )
        return self._below[band]

    def _sums(self, kin: _Kin, position: Position, band: Decimal) -> _Running:
        key = (kin, position, band)
        if key not in self._running:
            places = [
                place for place in self._places[kin, position] if self._parts[place].gross < band
            ]
            amounts = (self._parts[place].positions[position] for place in places)
            self._running[key] = _Running(places, list(accumulate(amounts, initial=Decimal(0))))
        return self._running[key]


def _kin(part: NeedPart) -> Iterator[tuple[_Kin, int]]:
    """By what a part is related, and how often its sum counts: who is both counts once."""
    yield _Kin(part.person_id, None), 1
    if part.school_id is not None:
        yield _Kin(None, part.school_id), 1
        yield _Kin(part.person_id, part.school_id), -1
