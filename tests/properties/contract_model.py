"""What must be true of an agreement, in plain Python: prices, turns, gates, entitlement, stops.

No SQL, no locks, and none of the product's arithmetic: prices are worked out in fractions.
What is ordered stands in `contract_orders`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from .basket_law import half_up

ZERO = Decimal(0)
Tiers = tuple[tuple[int, Decimal], ...]
Wanted = Sequence[tuple[int, int]]
"""(listing, quantity) per line."""


@dataclass
class Account:
    """A limit as agreed, and why it is closed ('' while it is open)."""

    limit: Decimal
    closed: str = ""


@dataclass
class Version:
    """Prices (or discounts in percent) by quantity, from a day on."""

    start: date
    tiers: Tiers


@dataclass
class Item:
    pk: int
    award: int
    pieces: int | None
    rate: Decimal
    versions: list[Version]
    is_cumulative: bool = False
    is_discount: bool = False


@dataclass(frozen=True)
class Shelf:
    """A listing: an article under an item."""

    pk: int
    item: int
    article: int


@dataclass(frozen=True)
class Award:
    pk: int
    lot: int
    supplier: int
    cap: int | None


@dataclass(frozen=True)
class Lot:
    """`awards` by rank; more than one of them makes it a cascade."""

    pk: int
    cap: int
    estimate: Decimal
    awards: tuple[int, ...]


@dataclass
class Gate:
    lot: int | None = None
    supplier: int | None = None
    buyer: int | None = None
    lifted: bool = False


@dataclass
class Entitlement:
    pk: int
    buyer: int
    start: date
    end: date | None
    quota: int | None

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Line:
    """A priced line: what it costs by the version that began on `since`."""

    listing: int
    quantity: int
    base: int
    price: Decimal
    net: Decimal
    since: date


@dataclass(frozen=True)
class Order:
    """Priced lines, and net and tax per VAT group: (award, rate)."""

    lines: tuple[Line, ...]
    groups: Mapping[tuple[int, Decimal], tuple[Decimal, Decimal]]

    @property
    def gross(self) -> Decimal:
        return sum((net + tax for net, tax in self.groups.values()), ZERO)


@dataclass
class ContractModel:
    """The agreement, its lots and prices; keys are those of the database."""

    agreement: int
    maximum: int
    estimate: Decimal
    ends_on: date
    lots: dict[int, Lot]
    awards: dict[int, Award]
    items: dict[int, Item]
    shelf: dict[int, Shelf]
    lists: dict[int, list[Version]]
    accounts: dict[int, Account]
    entitlements: list[Entitlement]
    state: str = "listed"
    gates: dict[int, Gate] = field(default_factory=dict)

    # Who may buy

    def entitlement_of(self, buyer: int, on: date) -> Entitlement | None:
        rows = (row for row in self.entitlements if row.buyer == buyer and row.holds_on(on))
        return next(rows, None)

    def may_buy(self, buyer: int, on: date) -> bool:
        return self.state == "listed" and self.entitlement_of(buyer, on) is not None

    def overlaps(self, buyer: int, start: date) -> bool:
        """Whether an entitlement without end from the day on would meet another."""
        rows = (row for row in self.entitlements if row.buyer == buyer)
        return any(row.end is None or row.end >= start for row in rows)

    def may_be_listed(self, on: date) -> bool:
        maximum = self.accounts[self.maximum].limit
        limits = [self.accounts[lot.cap].limit for lot in self.lots.values()]
        fits = all(
            lot.estimate <= limit <= maximum
            for lot, limit in zip(self.lots.values(), limits, strict=True)
        )
        named = any(row.end is None or row.end >= on for row in self.entitlements)
        return self.state == "suspended" and fits and self.estimate <= maximum and named

    # Prices

    def tiers_on(self, listing: int, on: date) -> tuple[Tiers, date]:
        """Net unit prices of a listing on the day, and since when they hold."""
        item = self.items[self.shelf[listing].item]
        version = holding(item.versions, on)
        if not item.is_discount:
            return version.tiers, version.start
        ((_, amount),) = holding(self.lists[self.shelf[listing].article], on).tiers
        prices = tuple(
            (start, _four_places(Fraction(amount) * (100 - Fraction(percent)) / 100))
            for start, percent in version.tiers
        )
        return prices, version.start

    def priced(self, wanted: Wanted, on: date) -> Order:
        """The tier follows from the item's quantity over the order, or from what all buyers
        have called off before; VAT is computed on the group's net.
        """
        bases: Counter[int] = Counter()
        for listing, quantity in wanted:
            bases[self.shelf[listing].item] += quantity
        for pk in bases:
            item = self.items[pk]
            if item.is_cumulative and item.pieces is not None:
                bases[pk] = max(1, int(self.posted(item.pieces)))
        lines = []
        nets: dict[tuple[int, Decimal], Decimal] = defaultdict(Decimal)
        for listing, quantity in wanted:
            item = self.items[self.shelf[listing].item]
            tiers, since = self.tiers_on(listing, on)
            price = price_at(tiers, bases[item.pk])
            net = worth(price, quantity)
            nets[item.award, item.rate] += net
            lines.append(Line(listing, quantity, bases[item.pk], price, net, since))
        groups = {
            key: (net, half_up(Fraction(net) * Fraction(key[1]) / 100)) for key, net in nets.items()
        }
        return Order(tuple(lines), groups)

    def award_of(self, listing: int) -> Award:
        return self.awards[self.items[self.shelf[listing].item].award]

    def lot_of(self, listing: int) -> Lot:
        return self.lots[self.award_of(listing).lot]

    # Whose turn it is

    def allocate(
        self,
        wanted: Wanted,
        on: date,
        *,
        barred: Collection[int] = (),
        own: Mapping[int, Decimal] | None = None,
    ) -> Order | None:
        """The order at the awards in turn, or None when a lot has nobody left.

        All lines of a cascade's lot go to the first award that is open and whose own cap
        carries them; `own` is what the asker holds already.
        """
        placed = list(wanted)
        for lot in self.lots.values():
            places = [n for n, (pk, _) in enumerate(placed) if self.lot_of(pk).pk == lot.pk]
            if len(lot.awards) == 1 or not places:
                continue
            for award in lot.awards:
                moved = [(self.twin(placed[n][0], award), placed[n][1]) for n in places]
                net = sum((line.net for line in self.priced(moved, on).lines), ZERO)
                if award not in barred and self._carries(self.awards[award], net, own or {}):
                    for place, line in zip(places, moved, strict=True):
                        placed[place] = line
                    break
            else:
                return None
        return self.priced(placed, on)

    def twin(self, listing: int, award: int) -> int:
        """What the award offers of the same position."""
        if self.award_of(listing).pk == award:
            return listing
        return next(pk for pk in self.shelf if self.award_of(pk).pk == award)

    def _carries(self, award: Award, net: Decimal, own: Mapping[int, Decimal]) -> bool:
        if award.cap is None:
            return True
        mine = own.get(award.cap, ZERO)
        closed = self.accounts[award.cap].closed
        if closed == "suspended" or (closed == "full" and not mine):
            return False
        room = self.available(award.cap) + mine
        return room > 0 and net <= room

    # What stands in the way

    def is_gated(self, listing: int, buyer: int) -> bool:
        award = self.award_of(listing)
        return any(
            not gate.lifted
            and gate.lot in (None, award.lot)
            and gate.supplier in (None, award.supplier)
            and gate.buyer in (None, buyer)
            for gate in self.gates.values()
        )

    def lots_of(self, gate: Gate) -> list[int]:
        """Lots whose accounts a gate for all buyers may stop."""
        if gate.buyer is not None:
            return []
        return [
            lot.pk
            for lot in self.lots.values()
            if gate.lot in (None, lot.pk)
            and (
                gate.supplier is None
                or gate.supplier in {self.awards[pk].supplier for pk in lot.awards}
            )
        ]

    def review(self, lots: Iterable[int], on: date) -> None:
        """Stop what is suspended or full, open the rest; only listed agreements are looked at."""
        if self.state != "listed":
            return
        for pk in lots:
            lot = self.lots[pk]
            awards = [self.awards[award] for award in lot.awards]
            stopped = [self._is_suspended(lot.pk, award.supplier) for award in awards]
            offers = [offer for award in awards for offer in self._smallest(award, on)]
            whole = self._is_suspended(lot.pk, None) or all(stopped)
            self.accounts[lot.cap].closed = _reason(whole, self._is_full(offers, lot))
            for award, suspended in zip(awards, stopped, strict=True):
                if award.cap is None:
                    continue
                mine = self._smallest(award, on)
                full = bool(mine) and not any(self._fits_own(award, net) for _, _, _, net in mine)
                self.accounts[award.cap].closed = _reason(suspended, full)

    def _is_suspended(self, lot: int, supplier: int | None) -> bool:
        return any(
            not gate.lifted
            and gate.buyer is None
            and gate.lot in (None, lot)
            and (gate.supplier is None or gate.supplier == supplier)
            for gate in self.gates.values()
        )

    def _smallest(self, award: Award, on: date) -> list[tuple[Award, Item, int, Decimal]]:
        """One piece, or the first quantity of a tier, of all that the award offers."""
        found = []
        for shelf in self.shelf.values():
            item = self.items[shelf.item]
            if item.award != award.pk:
                continue
            tiers, _ = self.tiers_on(shelf.pk, on)
            if item.is_cumulative and item.pieces is not None:
                tiers = ((1, price_at(tiers, max(1, int(self.posted(item.pieces))))),)
            found += [(award, item, start, worth(price, start)) for start, price in tiers]
        return found

    def _is_full(self, offers: Sequence[tuple[Award, Item, int, Decimal]], lot: Lot) -> bool:
        room = min(self.available(lot.cap), self.available(self.maximum))
        return bool(offers) and not any(
            (item.pieces is None or quantity <= self.available(item.pieces))
            and self._fits_own(award, net)
            and 0 < room >= net
            for award, item, quantity, net in offers
        )

    def _fits_own(self, award: Award, net: Decimal) -> bool:
        return award.cap is None or 0 < self.available(award.cap) >= net

    # Balances: what is ordered says them (`contract_orders`)

    def available(self, account: int) -> Decimal:
        return self.accounts[account].limit - self.held(account) - self.posted(account)

    def held(self, account: int) -> Decimal:
        raise NotImplementedError

    def posted(self, account: int) -> Decimal:
        raise NotImplementedError


def holding(versions: Sequence[Version], on: date) -> Version:
    """The version of the day: the last that has begun."""
    return [row for row in versions if row.start <= on][-1]


def price_at(tiers: Tiers, base: int) -> Decimal:
    return [price for start, price in tiers if start <= base][-1]


def worth(price: Decimal, quantity: int) -> Decimal:
    return half_up(Fraction(price) * quantity)


def _four_places(value: Fraction) -> Decimal:
    return Decimal(floor(value * 10_000 + Fraction(1, 2))).scaleb(-4)


def _reason(suspended: bool, full: bool) -> str:
    return "suspended" if suspended else "full" if full else ""
