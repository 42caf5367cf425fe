"""The preview of a quick order: what would go into the basket, and what would not, and why.

Nothing is stored. Text, choices and quantities typed come back with every answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from orders.requisitions import ASKING_ROLES

from .estimate import Cost, Estimate, Pick, estimate
from .resolve import Resolution, State, resolve
from .rows import BadQuantity, Finding, Parsed, parse, parse_quantity

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """A resolution with what the person made of it.

    `picked` is the listing that will be taken (none: the entry stays out), `typed` the
    quantity as it stands in the field, `quantity` what it means, `fault` why it means
    nothing. 0 or an empty field leaves the entry out.
    """

    resolution: Resolution
    picked: Listing | None
    typed: str
    quantity: int
    fault: str
    cost: Cost | None = None

    @property
    def is_taken(self) -> bool:
        return self.picked is not None and self.quantity > 0 and not self.fault


@dataclass(frozen=True, slots=True)
class Leftover:
    """A line that stays out, for the file to correct: rows, what was read, why."""

    rows: str
    number: str
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The three groups and the lines that could not be read, with the total of the taken."""

    parsed: Parsed
    entries: tuple[Entry, ...]
    estimate: Estimate

    @property
    def resolved(self) -> list[Entry]:
        return self._of(State.RESOLVED)

    @property
    def ambiguous(self) -> list[Entry]:
        return self._of(State.AMBIGUOUS)

    @property
    def blocked(self) -> list[Entry]:
        return self._of(State.BLOCKED)

    @property
    def unknown(self) -> list[Entry]:
        return self._of(State.UNKNOWN)

    @property
    def findings(self) -> Sequence[Finding]:
        return self.parsed.findings

    def unusable(self, *, findings: int) -> list[Entry | Finding]:
        """Lines that stay out and leave nothing to choose, in the order of the text; at most
        so many *findings*.
        """
        shown = self.findings[:findings]
        lines: list[tuple[int, Entry | Finding]] = [(row.row, row) for row in shown]
        lines += [
            (entry.resolution.rows[0], entry)
            for entry in (*self.blocked, *self.unknown)
            if not entry.resolution.choices
        ]
        return [line for _, line in sorted(lines, key=lambda pair: pair[0])]

    @property
    def faults(self) -> list[Entry]:
        """Entries whose typed quantity is none."""
        return [entry for entry in self.entries if entry.fault]

    @property
    def is_takeable(self) -> bool:
        """Whether anything is, or could be chosen to be, taken."""
        return any(entry.picked is not None or entry.resolution.choices for entry in self.entries)

    @property
    def picks(self) -> list[Pick]:
        """What goes into the basket."""
        return [
            Pick(entry.picked.pk, entry.quantity)
            for entry in self.entries
            if entry.is_taken and entry.picked is not None
        ]

    @property
    def leftovers(self) -> list[Leftover]:
        """Every line that stays out, in the order of the text."""
        rows = [(row.row, _left_finding(row)) for row in self.findings]
        rows += [
            (entry.resolution.rows[0], _left_entry(entry))
            for entry in self.entries
            if entry.picked is None
        ]
        return [row for _, row in sorted(rows, key=lambda pair: pair[0])]

    def _of(self, state: State) -> list[Entry]:
        return [entry for entry in self.entries if entry.resolution.state is state]


def preview(
    text: str,
    *,
    choices: Mapping[str, str] = _NOTHING,
    quantities: Mapping[str, str] = _NOTHING,
    by: Membership,
    now: datetime,
) -> Preview:
    """Read a text and price what of it can be called off today.

    *choices* (listing) and *quantities* as typed, by key of the resolution. Raises
    NotAllowed, and NoVatRule or a PricingError where a price can't be computed.
    """
    require_role(by, ASKING_ROLES, now)
    day = berlin_day(now)
    parsed = parse(text)
    found = resolve(parsed.rows, buyer_id=by.organisation_id, on=day) if parsed.rows else []
    entries = [_entry(row, choices, quantities) for row in found]
    costs = _estimate(entries, by, now)
    return Preview(parsed, tuple(_with_cost(entry, costs) for entry in entries), costs)


def _entry(row: Resolution, choices: Mapping[str, str], quantities: Mapping[str, str]) -> Entry:
    picked = _picked(row, choices.get(row.key, ""))
    typed = quantities.get(row.key, str(row.quantity))
    try:
        return Entry(row, picked, typed, parse_quantity(typed) if typed else 0, "")
    except BadQuantity as error:
        return Entry(row, picked, typed, 0, error.sentence)


def _picked(row: Resolution, choice: str) -> Listing | None:
    if row.state is State.RESOLVED and row.standing is not None:
        return row.standing.listing
    return next((way.listing for way in row.choices if str(way.listing.pk) == choice), None)


def _estimate(entries: Sequence[Entry], by: Membership, now: datetime) -> Estimate:
    taken = [(entry, entry.picked) for entry in entries if entry.is_taken]
    return estimate(
        [
            Wanted(entry.resolution.key, picked.pk, entry.quantity)
            for entry, picked in taken
            if picked is not None
        ],
        buyer=by.organisation,
        on=berlin_day(now),
    )


def _with_cost(entry: Entry, costs: Estimate) -> Entry:
    return Entry(
        entry.resolution,
        entry.picked,
        entry.typed,
        entry.quantity,
        entry.fault,
        costs.costs.get(entry.resolution.key),
    )


def _left_finding(row: Finding) -> Leftover:
    return Leftover(str(row.row), row.number, row.quantity, row.message)


def _left_entry(entry: Entry) -> Leftover:
    row = entry.resolution
    rows = ", ".join(str(number) for number in row.rows)
    return Leftover(rows, row.number, str(row.quantity), " ".join(row.reasons))
