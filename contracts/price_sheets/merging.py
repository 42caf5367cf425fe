"""Which cells of a row are hidden behind a merged one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from contracts.catalogue.readers import MergedRange


class CoveredCells:
    """Asked row by row, from the top: costs as much as there are ranges, however large.

    The first cell of a range holds its value and is not covered.
    """

    def __init__(self, ranges: Iterable[MergedRange], *, width: int) -> None:
        self._width = width
        self._waiting = sorted(ranges, key=attrgetter("top"), reverse=True)
        self._until: dict[int, int] = {}  # column -> last row it is covered in

    def in_row(self, number: int) -> set[int]:
        """The columns, counted from 0, whose cell in this row is covered."""
        firsts = set()
        while self._waiting and self._waiting[-1].top <= number:
            entry = self._waiting.pop()
            for column in range(entry.left, min(entry.right + 1, self._width)):
                self._until[column] = max(self._until.get(column, 0), entry.bottom)
            if entry.top == number:
                firsts.add(entry.left)
        if not self._until:
            return set()
        return {column for column, last in self._until.items() if number <= last} - firsts
