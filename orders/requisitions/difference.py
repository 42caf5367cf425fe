"""What two revisions of a requisition differ in, line by line. Pure.

A line keeps its number over all revisions and no number is used twice, so the number says
which lines belong together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


class Field(StrEnum):
    """What of a head or of a line can differ."""

    TITLE = "title"
    JUSTIFICATION = "justification"
    NEEDED_BY = "needed_by"
    QUANTITY = "quantity"
    PRICE = "price"
    SUPPLIER = "supplier"
    ARTICLE = "article"
    DELIVERY = "delivery"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Where and when a line is to be delivered."""

    name: str
    address: str = ""
    contact: str = ""
    phone: str = ""
    earliest: date | None = None
    latest: date | None = None
    time_from: time | None = None
    time_until: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """Which budget carries how many percent of a line."""

    entity: str
    budget_line: str
    percent: Decimal
    deductible_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """Net EUR per so many units."""

    net: Decimal
    unit: int = 1


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of a revision; `net` in EUR."""

    number: int
    title: str
    quantity: int
    unit: str
    price: PriceFacts
    net: Decimal
    supplier: str
    delivery: DeliveryFacts | None = None
    shares: tuple[ShareFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """A revision; sums in EUR, the tax is a forecast."""

    number: int
    title: str
    justification: str
    needed_by: date | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is no longer as it was."""

    field: Field
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that is in both revisions and differs."""

    before: LineFacts
    after: LineFacts
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that two revisions differ in."""

    before: RevisionFacts
    after: RevisionFacts
    head: tuple[Change, ...]
    added: tuple[LineFacts, ...]
    removed: tuple[LineFacts, ...]
    changed: tuple[LineChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two say the same."""
        return not (self.head or self.added or self.removed or self.changed)


def compare(before: RevisionFacts, after: RevisionFacts) -> Difference:
    """What became of *before* in *after*, lines in the order of their numbers."""
    old = {line.number: line for line in before.lines}
    new = {line.number: line for line in after.lines}
    pairs = [(old[number], new[number]) for number in sorted(old.keys() & new.keys())]
    return Difference(
        before=before,
        after=after,
        head=_head(before, after),
        added=_sorted([new[number] for number in new.keys() - old.keys()]),
        removed=_sorted([old[number] for number in old.keys() - new.keys()]),
        changed=tuple(
            LineChange(one, other, changes)
            for one, other in pairs
            if (changes := tuple(_line(one, other)))
        ),
    )


def _sorted(lines: Sequence[LineFacts]) -> tuple[LineFacts, ...]:
    return tuple(sorted(lines, key=lambda line: line.number))


def _head(before: RevisionFacts, after: RevisionFacts) -> tuple[Change, ...]:
    pairs = (
        Change(Field.TITLE, before.title, after.title),
        Change(Field.JUSTIFICATION, before.justification, after.justification),
        Change(Field.NEEDED_BY, before.needed_by, after.needed_by),
    )
    return tuple(row for row in pairs if row.before != row.after)


def _line(before: LineFacts, after: LineFacts) -> Iterator[Change]:
    pairs = (
        Change(Field.QUANTITY, before.quantity, after.quantity),
        Change(Field.ARTICLE, before.title, after.title),
        Change(Field.SUPPLIER, before.supplier, after.supplier),
        Change(Field.PRICE, before.price, after.price),
        Change(Field.DELIVERY, before.delivery, after.delivery),
        Change(Field.ASSIGNMENT, before.shares, after.shares),
    )
    return (row for row in pairs if row.before != row.after)
