"""What becomes of call-offs in a cascade of three ranks, computed naively beside the product.

Prices and shares are such that every amount is a whole number of cents, whatever is taken back,
so that the model needs no rule of rounding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contracts.clock import working_days_after

NET = {1: 100_00, 2: 90_00, 3: 110_00}
"""Cents for a piece, by rank: the second is cheaper, the third is dearer than both."""
GROSS_PERCENT = 119
LONGEST_REST = timedelta(hours=6)


@dataclass
class Budget:
    """A budget line by its name; `limit` (cents) may be frozen below what is bound."""

    limit: int
    usable_until: date


@dataclass
class Request:
    """A requisition of one line; `shares` in percent by budget, `barred` who gave it back."""

    pk: int
    quantity: int
    shares: Mapping[str, int]
    rank: int
    barred: frozenset[int] = frozenset()
    state: str = "draft"
    signed: int = 0
    expires_at: datetime | None = None


@dataclass
class Issued:
    """A call-off; `taken` and `received` count the acts, each of which finance hears once."""

    pk: int
    request: Request
    rank: int
    ordered: int
    confirm_by: date
    state: str = "issued"
    cancelled: int = 0
    delivered: int = 0
    taken: int = 0
    received: int = 0

    @property
    def open(self) -> int:
        return self.ordered - self.cancelled - self.delivered


@dataclass
class Rest:
    """An item of the sweep that failed."""

    tries: int
    until: datetime


@dataclass
class CascadeModel:
    budgets: dict[str, Budget]
    requests: dict[int, Request] = field(default_factory=dict)
    call_offs: dict[int, Issued] = field(default_factory=dict)
    resting: dict[int, Rest] = field(default_factory=dict)
    passed_on: int = 0

    # What is bound

    def held(self) -> Counter[str]:
        """Gross cents by budget, and under "lot" the net ones."""
        found: Counter[str] = Counter()
        for row in self.requests.values():
            if row.state == "submitted":
                _add(found, row, row.rank, row.quantity)
        return found

    def posted(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in self.call_offs.values():
            _add(found, row.request, row.rank, row.ordered - row.cancelled)
        return found

    def available(self, budget: str) -> int:
        return self.budgets[budget].limit - self.held()[budget] - self.posted()[budget]

    def fits(self, row: Request, rank: int, pieces: int) -> bool:
        needed: Counter[str] = Counter()
        _add(needed, row, rank, pieces)
        return all(self.available(name) >= needed[name] for name in row.shares)

    def is_usable(self, row: Request, on: date) -> bool:
        return all(self.budgets[name].usable_until >= on for name in row.shares)

    def is_overdrawn(self, row: Request) -> bool:
        return any(self.available(name) < 0 for name in row.shares)

    # What is done

    def issue(self, pk: int, row: Request, rank: int, pieces: int, on: date) -> Issued:
        issued = Issued(pk, row, rank, pieces, working_days_after(on, 5))
        self.call_offs[pk] = issued
        return issued

    def due(self, on: date) -> list[Issued]:
        rows = sorted(self.call_offs.values(), key=lambda row: row.pk)
        return [row for row in rows if row.state == "issued" and row.confirm_by < on]

    def take_back(self, row: Issued, pieces: int, gone: str) -> None:
        row.cancelled += pieces
        row.taken += 1
        if not row.open:
            row.state = "closed_short" if row.delivered else gone

    def receive(self, row: Issued, pieces: int) -> None:
        row.delivered += pieces
        row.received += 1
        row.state = "partly_delivered" if row.open else "delivered"

    def give_back(self, row: Issued, gone: str, on: date) -> tuple[str, int, int]:
        """Take everything open back; what follows, for which rank, over how many pieces."""
        pieces, request = row.open, row.request
        self.take_back(row, pieces, gone)
        self.passed_on += 1
        request.barred |= {row.rank}
        left = sorted(NET.keys() - request.barred)
        if not left:
            return "told", 0, pieces
        rank = left[0]
        at_once = (
            NET[rank] <= NET[row.rank]
            and self.is_usable(request, on)
            and self.fits(request, rank, pieces)
        )
        return "followed" if at_once else "drafted", rank, pieces

    def failed(self, pk: int, now: datetime) -> None:
        tries = self.resting[pk].tries + 1 if pk in self.resting else 1
        rest = min(timedelta(minutes=2 ** (tries - 1)), LONGEST_REST)
        self.resting[pk] = Rest(tries, now + rest)


def _add(found: Counter[str], row: Request, rank: int, pieces: int) -> None:
    net = NET[rank] * pieces
    found["lot"] += net
    for name, percent in row.shares.items():
        found[name] += net * GROSS_PERCENT * percent // 10_000
