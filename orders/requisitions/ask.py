"""What is asked for, as plain data: head, account assignment, places of delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from contracts.agreements.allocation.allotment import base_key

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """Which budget line carries how many percent of a line."""

    budget_line_id: int
    percent: Decimal = HUNDRED
    deductible_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when to deliver; without a school to the authority itself.

    What is left empty is taken from the school's standing data.
    """

    school_id: int | None = None
    contact: str = ""
    phone: str = ""
    earliest: date | None = None
    latest: date | None = None
    time_from: time | None = None
    time_until: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The head of a requisition, and per line key ('' is the default) shares and place.

    A draft may come without shares: a school asks, procurement assigns.
    """

    title: str
    justification: str = ""
    needed_by: date | None = None
    shares: Mapping[str, Sequence[Share]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    def shares_of(self, key: str) -> Sequence[Share]:
        """The shares of one line, or of the line that a part was split off; maybe none."""
        found = self.shares.get(key) or self.shares.get(base_key(key)) or self.shares.get("")
        return found or ()

    def place_of(self, key: str) -> Place | None:
        """The place of one line, or of the line that a part was split off, or the default."""
        for known in (key, base_key(key), ""):
            if known in self.places:
                return self.places[known]
        return None
