"""A document as plain text in sections: the same for a page and for a PDF. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its name; line breaks in the value stay."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table with the name of its column."""

    label: str
    value: str
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; *numeric* are the columns that stand to the right, *widths* their
    share of the page.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numeric: Sequence[int] = ()

    @property
    def labelled(self) -> Iterator[list[Cell]]:
        """The rows, each value with the name of its column: narrow pages show them as cards."""
        for row in self.rows:
            yield [
                Cell(label, value, number in self.numeric)
                for number, (label, value) in enumerate(zip(self.head, row, strict=True))
            ]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with facts, a table and sections below it."""

    title: str
    facts: Sequence[Fact] = ()
    table: Table | None = None
    parts: Sequence[Section] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; *at* is its date, *mark* stands at the foot of every page."""

    title: str
    subtitle: str
    author: str
    at: datetime
    mark: str
    sections: Sequence[Section]


def facts(*pairs: tuple[str, str]) -> list[Fact]:
    """Names and values; what is empty is left out."""
    return [Fact(label, value) for label, value in pairs if value]
