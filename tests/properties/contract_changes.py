"""What must be true of price changes and of the register: who agreed, and what holds when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from .contract_model import Tiers, Version, holding, price_at, worth
from .contract_orders import OrdersModel

NOTICE_DAYS = 30
RISE_PER_YEAR = Decimal(5)
RISE_FROM = date(2026, 7, 1)
THRESHOLD = Decimal(216_000)
DE_MINIMIS = Decimal("0.10")


@dataclass
class Change:
    """A proposed price: of an item, or of an article's list price; people by their keys."""

    pk: int
    versions: list[Version]
    tiers: Tiers
    start: date
    route: str
    proposer: int
    state: str = "proposed"
    decider: int | None = None
    second: int | None = None
    entry: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("proposed", "awaiting_second")


@dataclass
class Entry:
    """An entry of the register; `raised` are the caps it has raised already."""

    pk: int
    lot: int | None
    value: Decimal
    is_cap: bool
    proposer: int
    change: Change | None = None
    state: str = "proposed"
    decider: int | None = None
    raised: set[int] = field(default_factory=set)
    used: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """Net EUR by the kind of cap that was raised."""


@dataclass
class ChangesModel(OrdersModel):
    changes: dict[int, Change] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def accept(self, change: Change) -> None:
        """From its day on the new prices hold, and the version before ends."""
        change.state = "accepted"
        change.versions.append(Version(change.start, change.tiers))

    def is_outside_limits(self, lot: int | None, value: Decimal) -> bool:
        """§ 132 (3) GWB: all minor changes of the scope together."""
        estimate = self.estimate if lot is None else self.lots[lot].estimate
        earlier = sum(
            abs(row.value)
            for row in self.entries.values()
            if row.lot == lot and row.state == "approved" and not self._given_up(row)
        )
        return earlier + abs(value) > min(THRESHOLD, estimate * DE_MINIMIS)

    def caps_within(self, entry: Entry) -> list[int]:
        """Caps an entry may raise: the agreement's, and those of its lot (or of all)."""
        lots = [self.lots[entry.lot]] if entry.lot is not None else list(self.lots.values())
        awards = {pk for lot in lots for pk in lot.awards}
        own = [self.awards[pk].cap for pk in awards]
        pieces = [item.pieces for item in self.items.values() if item.award in awards]
        found = [self.maximum, *(lot.cap for lot in lots), *own, *pieces]
        return sorted({pk for pk in found if pk is not None})

    def worth_of(self, account: int, rise: Decimal, on: date) -> Decimal:
        """What a rise counts: pieces by the dearest price of whatever shares the cap."""
        prices = [
            price
            for shelf in self.shelf.values()
            if self.items[shelf.item].pieces == account
            for _, price in self.tiers_on(shelf.pk, on)[0]
        ]
        return worth(max(prices), int(rise.to_integral_value(ROUND_CEILING))) if prices else rise

    @staticmethod
    def _given_up(entry: Entry) -> bool:
        return entry.change is not None and entry.change.state in ("rejected", "withdrawn")


def scaled(tiers: Tiers, percent: int) -> Tiers:
    """The tiers at so many percent, to four places."""
    return tuple((start, round(price * percent / 100, 4)) for start, price in tiers)


def route_of(versions: Sequence[Version], tiers: Tiers, start: date, proposed: date) -> str:
    """Who has to agree under the clause of the first award; "" where nothing changes."""
    before = holding(versions, start).tiers
    year_ago = [row for row in versions if row.start <= start.replace(year=start.year - 1)]
    first = (year_ago or versions[:1])[-1].tiers
    moves = [_percent(before, tiers, quantity) for quantity in _starts(before, tiers)]
    has_notice = (start - proposed).days >= NOTICE_DAYS
    if not any(moves):
        return ""
    if max(moves) <= 0:
        return "automatic" if has_notice else "two_people"
    rises = [
        _percent(first, tiers, quantity)
        for quantity in _starts(before, tiers, first)
        if _percent(before, tiers, quantity) > 0
    ]
    inside = has_notice and start >= RISE_FROM and max(rises) <= RISE_PER_YEAR
    return "two_people" if inside else "modification"


def _starts(*tables: Tiers) -> list[int]:
    return sorted({start for table in tables for start, _ in table})


def _percent(before: Tiers, after: Tiers, quantity: int) -> Fraction:
    return (Fraction(price_at(after, quantity)) / Fraction(price_at(before, quantity)) - 1) * 100
