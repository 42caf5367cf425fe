"""What a line needs beside itself: warranties their devices, small orders their surcharge.

Relations are kept between items and hold between positions (lot and number): what hangs on
a device may hang on the same position of the next rank too. Pure functions judge; the
readers around them take one query each (docs/gates.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.models import (
    AwardTerms,
    ContractItem,
    ItemRelation,
    ItemRole,
    RelationKind,
)
from contracts.agreements.prices.quotes import PricedOrder
from contracts.parties.models import Organisation
from contracts.pricing import euros
from orders.models import CallOffLine, RequisitionLine

Position = tuple[int, str]
"""A position of the price sheet at whatever rank: lot and number."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A position hangs on another: *factor* pieces of it for each piece of the other."""

    position: Position
    title: str
    to_position: Position
    to_title: str
    factor: int = 1

    @property
    def sentence(self) -> str:
        """What an accessory without its device is told."""
        return f"Zubehör zu „{self.to_title}“, das nicht im Bedarfskorb liegt."


@dataclass(frozen=True, slots=True)
class Unmet:
    """More of a position was asked for than devices carry."""

    position: Position
    title: str
    asked: int
    allowed: int
    devices: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What is missing, and what to do about it."""
        names = " oder ".join(f"„{name}“" for name in self.devices)
        carried = f"reichen für {self.allowed}" if self.allowed else "fehlen"
        return (
            f"„{self.title}“ ({self.asked} Stück) gibt es nur zusammen mit {names}: "
            f"Die Geräte dazu {carried}. Legen Sie die fehlenden Geräte in den Bedarfskorb, "
            f"oder verringern Sie die Menge um {self.asked - self.allowed}."
        )


@dataclass(frozen=True, slots=True)
class MinimumGap:
    """A future call-off below the minimum order of its award (net EUR)."""

    award_id: int
    supplier: str
    minimum: Decimal
    net: Decimal
    surcharge_listing_id: int | None
    surcharge_name: str

    @property
    def missing(self) -> Decimal:
        return self.minimum - self.net

    @property
    def sentence(self) -> str:
        """What is missing, and what to do about it."""
        how = (
            f"legen Sie „{self.surcharge_name}“ in den Bedarfskorb"
            if self.surcharge_listing_id is not None
            else "verschieben Sie die Bestellung, bis mehr zusammenkommt"
        )
        return (
            f"{self.supplier}: Der Mindestbestellwert von {euros(self.minimum)} netto ist nicht "
            f"erreicht, es fehlen {euros(self.missing)}. "
            f"Bestellen Sie mehr, oder {how}."
        )


@dataclass(frozen=True, slots=True)
class Advice:
    """What the basket says before submitting refuses it; `accessories` only inform."""

    unmet: tuple[Unmet, ...]
    minimum_gaps: tuple[MinimumGap, ...]
    accessories: tuple[Tie, ...]

    def about(self, item: ContractItem) -> list[str]:
        """Sentences about a line that hangs on others: what refuses it, then what informs."""
        position = position_of(item)
        return [
            *(row.sentence for row in self.unmet if row.position == position),
            *(tie.sentence for tie in self.accessories if tie.position == position),
        ]

    def gap_of(self, award_id: int) -> MinimumGap | None:
        """The gap of one future call-off."""
        return next((gap for gap in self.minimum_gaps if gap.award_id == award_id), None)


def unmet_ties(
    ordered: Mapping[Position, int], before: Mapping[Position, int], ties: Iterable[Tie]
) -> list[Unmet]:
    """Positions of which more is ordered than their devices carry.

    Carried is, over all devices a position may hang on, the factor times the pieces in this
    order and those called off *before*, less what hangs on them already.
    """
    by_position: dict[Position, dict[Position, Tie]] = defaultdict(dict)
    for tie in ties:
        by_position[tie.position].setdefault(tie.to_position, tie)
    found = []
    for position, targets in by_position.items():
        asked = ordered.get(position, 0)
        carried = sum(
            tie.factor * (ordered.get(target, 0) + before.get(target, 0))
            for target, tie in targets.items()
        )
        allowed = max(carried - before.get(position, 0), 0)
        if asked > allowed:
            titles = tuple(sorted(tie.to_title for tie in targets.values()))
            title = next(iter(targets.values())).title
            found.append(Unmet(position, title, asked, allowed, titles))
    return found


def unmet_of(
    quantities: Mapping[ContractItem, int], buyer_id: int, *, lock: bool = False
) -> list[Unmet]:
    """Judge an order by item; items come with their award. At most two queries.

    With *lock* the buyer's row is held where anything hangs, before what was called off is
    read; it comes after the requisition and before every call-off and account.
    """
    ordered: Counter[Position] = Counter()
    for item, quantity in quantities.items():
        ordered[position_of(item)] += quantity
    ties = ties_of(ordered, RelationKind.REQUIRES)
    if ties and lock:
        _lock_buyer(buyer_id)
    return unmet_ties(ordered, _called_off(ties, buyer_id), ties)


def lock_where_tied(items: Iterable[ContractItem], buyer_id: int) -> None:
    """Hold the buyer's row where any of the items hangs on a device, ahead of the accounts."""
    if ties_of({position_of(item) for item in items}, RelationKind.REQUIRES):
        _lock_buyer(buyer_id)


def advise(order: PricedOrder, *, buyer_id: int, on: date) -> Advice:
    """What a basket should know before it is submitted."""
    quantities = quantities_of(order)
    ordered = {position_of(item) for item in quantities}
    return Advice(
        unmet=tuple(unmet_of(quantities, buyer_id)),
        minimum_gaps=tuple(minimum_gaps(order, buyer_id=buyer_id, on=on)),
        accessories=tuple(
            tie
            for tie in ties_of(ordered, RelationKind.ACCESSORY)
            if tie.to_position not in ordered
        ),
    )


def minimum_gaps(order: PricedOrder, *, buyer_id: int, on: date) -> list[MinimumGap]:
    """Future call-offs below their award's minimum order and without its surcharge item."""
    rows = ((line.offer.listing.item, line.offer.terms, line.net) for line in order.lines)
    return _gaps(rows, buyer_id, on)


def minimum_gaps_of(
    lines: Iterable[RequisitionLine], *, buyer_id: int, on: date
) -> list[MinimumGap]:
    """The same for lines as they are stored (of `current_lines`)."""
    rows = ((line.listing.item, line.terms, line.net) for line in lines)
    return _gaps(rows, buyer_id, on)


def _gaps(
    rows: Iterable[tuple[ContractItem, AwardTerms, Decimal]], buyer_id: int, on: date
) -> list[MinimumGap]:
    """From (item, terms, net) per line, those of one award making one call-off."""
    nets: dict[int, Decimal] = defaultdict(Decimal)
    terms_of: dict[int, tuple[ContractItem, AwardTerms]] = {}
    charged = set()
    for item, terms, net in rows:
        nets[item.award_id] += net
        terms_of.setdefault(item.award_id, (item, terms))
        if item.role == ItemRole.SURCHARGE:
            charged.add(item.award_id)
    short = {
        award_id: (item.award.supplier.name, terms.minimum_order)
        for award_id, (item, terms) in terms_of.items()
        if nets[award_id] < terms.minimum_order and award_id not in charged
    }
    surcharges = _surcharges(short, buyer_id, on)
    return [
        MinimumGap(
            award_id, supplier, minimum, nets[award_id], *surcharges.get(award_id, (None, ""))
        )
        for award_id, (supplier, minimum) in short.items()
    ]


def quantities_of(order: PricedOrder) -> dict[ContractItem, int]:
    """Pieces per item of a priced order."""
    quantities: Counter[ContractItem] = Counter()
    for line in order.lines:
        quantities[line.offer.listing.item] += line.quantity
    return dict(quantities)


def position_of(item: ContractItem) -> Position:
    """Where the item stands in the price sheet, whatever its rank."""
    return item.award.lot_id, item.number


def ties_of(positions: Collection[Position], kind: RelationKind) -> list[Tie]:
    """The relations of the positions, in one query, however many ranks repeat them."""
    if not positions:
        return []
    rows = ItemRelation.objects.filter(
        kind=kind,
        item__award__lot__in={lot_id for lot_id, _ in positions},
        item__number__in={number for _, number in positions},
    ).select_related("item__award", "to_item__award")
    ties = [
        Tie(
            position=position_of(row.item),
            title=row.item.title,
            to_position=position_of(row.to_item),
            to_title=row.to_item.title,
            factor=row.quantity,
        )
        for row in rows.order_by("pk")
    ]
    return [tie for tie in ties if tie.position in positions]


def _lock_buyer(buyer_id: int) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=buyer_id)


def _called_off(ties: Sequence[Tie], buyer_id: int) -> dict[Position, int]:
    """What the buyer has called off of the positions tied and not cancelled since."""
    positions = {position for tie in ties for position in (tie.position, tie.to_position)}
    if not positions:
        return {}
    rows = (
        CallOffLine.objects.filter(
            call_off__authority_id=buyer_id,
            item__award__lot__in={lot_id for lot_id, _ in positions},
            item__number__in={number for _, number in positions},
        )
        .values_list("item__award__lot_id", "item__number")
        .annotate(kept=Sum(F("quantity") - Coalesce(F("progress__cancelled"), 0)))
        .order_by()
    )
    return {(lot_id, number): kept for lot_id, number, kept in rows}


def _surcharges(award_ids: Collection[int], buyer_id: int, on: date) -> dict[int, tuple[int, str]]:
    """The listed surcharge of each award."""
    if not award_ids:
        return {}
    rows = entitled_listings(buyer_id, on).filter(
        item__award__in=award_ids, item__role=ItemRole.SURCHARGE
    )
    found: dict[int, tuple[int, str]] = {}
    for award_id, pk, name in rows.order_by("pk").values_list(
        "item__award_id", "pk", "article__name"
    ):
        found.setdefault(award_id, (pk, name))
    return found
