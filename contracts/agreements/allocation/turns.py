"""Whose turn it is in a lot with several awards, and why the others were passed over. Pure.

Cascade: in the order of the ranks; rotation: round the ring, after the award that took
the last turn. Who may order does not choose the supplier (§ 21 Abs. 4 VgV); the rule of
the lot does, and each award it passes over is named with the reason (docs/allocation.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from contracts.agreements.facts.shapes import AwardFacts, ListingFacts, LotFacts
from contracts.agreements.kinds import AllocationRule, PriceBasis

_FULL, _SUSPENDED = "full", "suspended"
Ranked = TypeVar("Ranked", bound="HasKey")


class HasKey(Protocol):
    """An award, as facts or as a model."""

    @property
    def pk(self) -> int: ...


class HasName(Protocol):
    """An award with its supplier, as facts or as a model."""

    @property
    def rank(self) -> int: ...

    @property
    def supplier(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Passed:
    """An award the rule goes past; `exhausted` when its own cap is the reason.

    `reason` continues "Rang 1 Muster GmbH …".
    """

    award: AwardFacts
    reason: str
    exhausted: bool = False

    def __str__(self) -> str:
        return f"{named(self.award)} {self.reason}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A lot's awards in the order of its rule, and those that take nothing today.

    `taken` counts the turns a rotation has given.
    """

    lot: LotFacts
    order: tuple[AwardFacts, ...]
    shut: Mapping[int, Passed] = field(default_factory=dict)
    taken: int = 0

    @property
    def is_contested(self) -> bool:
        """Whether the rule has anything to decide."""
        return len(self.order) > 1

    @property
    def award(self) -> AwardFacts:
        """The award in turn; the first of the order when every one is passed over."""
        return next((row for row in self.order if row.pk not in self.shut), self.order[0])

    @property
    def passed(self) -> list[Passed]:
        """The awards passed over on the way to the one in turn."""
        if all(row.pk in self.shut for row in self.order):
            return [self.shut[row.pk] for row in self.order]
        ahead = self.order[: self.order.index(self.award)]
        return [self.shut[row.pk] for row in ahead]


def named(award: HasName) -> str:
    """An award as people know it."""
    return f"Rang {award.rank} {award.supplier.name}"


def ring_after(awards: Sequence[Ranked], last_award_id: int | None) -> tuple[Ranked, ...]:
    """The awards by rank, beginning after the one that took the last turn."""
    position = next((n for n, row in enumerate(awards, start=1) if row.pk == last_award_id), 0)
    return (*awards[position:], *awards[:position])


def turn_of(
    awards: Sequence[AwardFacts],
    *,
    taken: int,
    last_award_id: int | None,
    on: date,
    own: Mapping[int, Decimal],
) -> Turn:
    """The turn of one lot from its awards by rank and what its counter says.

    `own` (EUR per limit account) is what the asker holds already and does not count
    against itself.
    """
    lot = awards[0].lot
    if lot.rule is AllocationRule.SINGLE:
        return Turn(lot, (awards[0],))
    order = tuple(awards)
    if lot.rule is AllocationRule.ROTATION:
        order = ring_after(awards, last_award_id)
    else:
        taken = 0
    found = [_shut(award, on, own) for award in awards]
    return Turn(lot, order, {row.award.pk: row for row in found if row is not None}, taken)


def _shut(award: AwardFacts, on: date, own: Mapping[int, Decimal]) -> Passed | None:
    """Why the award takes nothing today, whatever is asked."""
    if award.awarded_on > on:
        return Passed(award, f"hat den Zuschlag erst ab dem {award.awarded_on:%d.%m.%Y}")
    account = award.account
    if account is None:
        return None
    mine = own.get(account.pk, Decimal(0))
    if account.closed_reason == _SUSPENDED:
        return Passed(award, "ist ausgesetzt")
    is_full = account.closed_reason == _FULL and not mine
    if is_full or account.available + mine <= 0:
        return Passed(award, "hat seinen Höchstwert ausgeschöpft", exhausted=True)
    return None


def equivalents(
    listings: Iterable[ListingFacts],
    found: Mapping[int, Turn],
    offered: Iterable[ListingFacts],
) -> dict[tuple[int, int], ListingFacts]:
    """What each award offers in place of a listing: (listing id, award id) → listing.

    Equivalent are positions of one lot with the same number; within one that covers a
    product group, the articles with the same GTIN, or the same manufacturer and
    manufacturer's number. `offered` is what is on the shelf under the same positions.
    """
    by_place: dict[tuple[int, str], list[ListingFacts]] = defaultdict(list)
    for row in offered:
        by_place[row.item.award_id, row.item.number].append(row)
    twins: dict[tuple[int, int], ListingFacts] = {}
    for row in listings:
        turn = found.get(row.item.award.lot_id)
        for award in turn.order if turn is not None else ():
            place = by_place.get((award.pk, row.item.number), ())
            twin = row if award.pk == row.item.award_id else _match(row, place)
            if twin is not None:
                twins[row.pk, award.pk] = twin
    return twins


def _match(listing: ListingFacts, offered: Sequence[ListingFacts]) -> ListingFacts | None:
    """The same article, or the only one of a position that covers one article."""
    same = [row for row in offered if _is_same(row, listing)]
    if same:
        return same[0]
    only = [row for row in offered if row.item.basis != PriceBasis.LIST_DISCOUNT]
    return only[0] if len(only) == 1 else None


def _is_same(one: ListingFacts, other: ListingFacts) -> bool:
    if one.article.gtin and one.article.gtin == other.article.gtin:
        return True
    ours = (one.article.manufacturer.casefold(), one.article.mpn)
    return all(ours) and ours == (other.article.manufacturer.casefold(), other.article.mpn)
