"""Whose turn it is in a lot with several awards, and why the others were passed over.

Cascade: in the order of the ranks; rotation: round the ring, after the award that took
the last turn. Who may order does not choose the supplier (§ 21 Abs. 4 VgV); the rule of
the lot does, and each award it passes over is named with the reason (docs/allocation.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    Listing,
    Lot,
    PriceBasis,
    RotationCounter,
)
from contracts.agreements.prices.quotes import with_contract
from contracts.ledger.models import ClosedReason

_NOTHING: Mapping[int, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Passed:
    """An award the rule goes past; `exhausted` when its own cap is the reason.

    `reason` continues "Rang 1 Muster GmbH …".
    """

    award: Award
    reason: str
    exhausted: bool = False

    def __str__(self) -> str:
        return f"{named(self.award)} {self.reason}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A lot's awards in the order of its rule, and those that take nothing today.

    `taken` counts the turns a rotation has given.
    """

    lot: Lot
    order: tuple[Award, ...]
    shut: Mapping[int, Passed] = field(default_factory=dict)
    taken: int = 0

    @property
    def is_contested(self) -> bool:
        """Whether the rule has anything to decide."""
        return len(self.order) > 1

    @property
    def award(self) -> Award:
        """The award in turn; the first of the order when every one is passed over."""
        return next((row for row in self.order if row.pk not in self.shut), self.order[0])

    @property
    def passed(self) -> list[Passed]:
        """The awards passed over on the way to the one in turn."""
        if all(row.pk in self.shut for row in self.order):
            return [self.shut[row.pk] for row in self.order]
        ahead = self.order[: self.order.index(self.award)]
        return [self.shut[row.pk] for row in ahead]


def named(award: Award) -> str:
    """An award as people know it."""
    return f"Rang {award.rank} {award.supplier.name}"


def turns(
    lot_ids: Iterable[int], on: date, *, own: Mapping[int, Decimal] = _NOTHING
) -> dict[int, Turn]:
    """The turn of each lot that has awards, in one query for all.

    `own` (EUR per limit account) is what the asker holds already and does not count
    against itself.
    """
    wanted = set(lot_ids)
    if not wanted:
        return {}
    rows = (
        Award.objects.filter(lot_id__in=wanted)
        .select_related("supplier", "account", "lot__agreement", "lot__rotation_counter")
        .order_by("lot_id", "rank")
    )
    by_lot: dict[int, list[Award]] = defaultdict(list)
    for award in rows:
        by_lot[award.lot_id].append(award)
    return {lot_id: _turn(awards, on, own) for lot_id, awards in by_lot.items()}


def hidden_award_ids(lot_ids: Iterable[int], on: date) -> list[int]:
    """Awards of these lots whose articles the shelf leaves out: it is not their turn.

    At most two queries, and none for the awards where every lot has a single one.
    """
    contestable = Lot.objects.filter(pk__in=list(lot_ids)).exclude(allocation=AllocationRule.SINGLE)
    return [
        award.pk
        for turn in turns(contestable.values_list("pk", flat=True), on).values()
        for award in turn.order
        if award != turn.award
    ]


def ring_after(awards: Sequence[Award], last_award_id: int | None) -> tuple[Award, ...]:
    """The awards by rank, beginning after the one that took the last turn."""
    position = next((n for n, row in enumerate(awards, start=1) if row.pk == last_award_id), 0)
    return (*awards[position:], *awards[:position])


def _turn(awards: Sequence[Award], on: date, own: Mapping[int, Decimal]) -> Turn:
    lot = awards[0].lot
    if lot.allocation == AllocationRule.SINGLE:
        return Turn(lot, (awards[0],))
    taken, order = 0, tuple(awards)
    counter: RotationCounter | None = getattr(lot, "rotation_counter", None)
    if lot.allocation == AllocationRule.ROTATION and counter is not None:
        taken, order = counter.taken, ring_after(awards, counter.last_award_id)
    found = [_shut(award, on, own) for award in awards]
    return Turn(lot, order, {row.award.pk: row for row in found if row is not None}, taken)


def _shut(award: Award, on: date, own: Mapping[int, Decimal]) -> Passed | None:
    """Why the award takes nothing today, whatever is asked."""
    if award.awarded_on > on:
        return Passed(award, f"hat den Zuschlag erst ab dem {award.awarded_on:%d.%m.%Y}")
    account = award.account
    if account is None:
        return None
    mine = own.get(account.pk, Decimal(0))
    if account.closed_reason == ClosedReason.SUSPENDED:
        return Passed(award, "ist ausgesetzt")
    is_full = account.closed_reason == ClosedReason.FULL and not mine
    if is_full or account.available + mine <= 0:
        return Passed(award, "hat seinen Höchstwert ausgeschöpft", exhausted=True)
    return None


def lock_counters(lot_ids: Collection[int]) -> dict[int, RotationCounter]:
    """Lock the counters of these rotation lots in order; called before any limit account.

    A counter is created with the first turn.
    """
    wanted = sorted(set(lot_ids))
    if not wanted:
        return {}
    known = RotationCounter.objects.filter(lot_id__in=wanted).values_list("lot_id", flat=True)
    if missing := sorted(set(wanted) - set(known)):
        RotationCounter.objects.bulk_create(
            [RotationCounter(lot_id=pk) for pk in missing], ignore_conflicts=True
        )
    rows = RotationCounter.objects.filter(lot_id__in=wanted).order_by("lot_id")
    return {row.lot_id: row for row in rows.select_for_update(no_key=True)}


def take_turn(counter: RotationCounter, award: Award) -> int:
    """Give the next turn of a locked counter to the award; return its number."""
    counter.taken += 1
    counter.last_award = award
    counter.save(update_fields=["taken", "last_award"])
    return counter.taken


def equivalents(
    listings: Iterable[Listing], found: Mapping[int, Turn]
) -> dict[tuple[int, int], Listing]:
    """What each award offers in place of a listing: (listing id, award id) → listing.

    Equivalent are positions of one lot with the same number; within one that covers a
    product group, the articles with the same GTIN, or the same manufacturer and
    manufacturer's number. One query for positions of one article, two for groups; the
    listings must come from `with_contract`.
    """
    wanted = [row for row in listings if row.item.award.lot_id in found]
    twins: dict[tuple[int, int], Listing] = {}
    offered = _offered([row for row in wanted if found[row.item.award.lot_id].is_contested])
    for row in wanted:
        turn = found[row.item.award.lot_id]
        for award in turn.order:
            place = offered.get((award.pk, row.item.number), ())
            twin = row if award.pk == row.item.award_id else _match(row, place)
            if twin is not None:
                twins[row.pk, award.pk] = twin
    return twins


def _offered(wanted: Sequence[Listing]) -> dict[tuple[int, str], list[Listing]]:
    """Listings of the same positions, by award and position number."""
    groups = [row for row in wanted if row.item.basis == PriceBasis.LIST_DISCOUNT]
    single = [row for row in wanted if row.item.basis != PriceBasis.LIST_DISCOUNT]
    found = [*_of_positions(single)]
    if groups:
        # the articles first: a position that covers a group may have 20,000 listings
        found += _of_positions(groups).filter(article__in=_same_articles(groups))
    offered: dict[tuple[int, str], list[Listing]] = defaultdict(list)
    for row in found:
        offered[row.item.award_id, row.item.number].append(row)
    return offered


def _of_positions(wanted: Sequence[Listing]) -> QuerySet[Listing]:
    """What is on the shelf under the same positions of the same lots, in one query."""
    if not wanted:
        return Listing.objects.none()
    rows = with_contract(
        Listing.objects.filter(
            is_listed=True,
            article__is_active=True,
            item__award__lot_id__in={row.item.award.lot_id for row in wanted},
            item__number__in={row.item.number for row in wanted},
        )
    )
    return rows.order_by("pk")


def _same_articles(wanted: Sequence[Listing]) -> list[int]:
    """Keys of articles that might be the same, to be told apart by `_is_same`."""
    gtins = {row.article.gtin for row in wanted} - {""}
    numbers = {row.article.mpn for row in wanted} - {""}
    same = Article.objects.filter(Q(gtin__in=gtins) | Q(mpn__in=numbers))
    return list(same.order_by().values_list("pk", flat=True))


def _match(listing: Listing, offered: Sequence[Listing]) -> Listing | None:
    """The same article, or the only one of a position that covers one article."""
    same = [row for row in offered if _is_same(row, listing)]
    if same:
        return same[0]
    only = [row for row in offered if row.item.basis != PriceBasis.LIST_DISCOUNT]
    return only[0] if len(only) == 1 else None


def _is_same(one: Listing, other: Listing) -> bool:
    if one.article.gtin and one.article.gtin == other.article.gtin:
        return True
    ours = (one.article.manufacturer.casefold(), one.article.mpn)
    return all(ours) and ours == (other.article.manufacturer.casefold(), other.article.mpn)
