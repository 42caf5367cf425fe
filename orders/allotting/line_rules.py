"""What a line needs beside itself: warranties their devices, small orders their surcharge. Pure.

Relations are kept between items and hold between positions (lot and number): what hangs on
a device may hang on the same position of the next rank too (docs/gates.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.facts.shapes import ItemFacts, Position, Shelf, TermsFacts, Tie
from contracts.agreements.kinds import ItemRole
from contracts.agreements.prices.ordering import PricedOrder
from contracts.pricing import euros


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

    def about(self, item: ItemFacts) -> list[str]:
        """Sentences about a line that hangs on others: what refuses it, then what informs."""
        position = item.position
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


def minimum_gaps(order: PricedOrder, surcharges: Mapping[int, tuple[int, str]]) -> list[MinimumGap]:
    """Future call-offs below their award's minimum order and without its surcharge item."""
    rows = ((line.offer.listing.item, line.offer.terms, line.net) for line in order.lines)
    return _gaps(rows, surcharges)


def minimum_gaps_of(
    nets: Mapping[int, Decimal], shelf: Shelf, surcharges: Mapping[int, tuple[int, str]]
) -> list[MinimumGap]:
    """The same for nets (EUR) by listing as they are stored; what has no price is left out."""
    offers = ((shelf.offers[pk], net) for pk, net in nets.items() if pk in shelf.offers)
    return _gaps(((offer.listing.item, offer.terms, net) for offer, net in offers), surcharges)


def _gaps(
    rows: Iterable[tuple[ItemFacts, TermsFacts, Decimal]],
    surcharges: Mapping[int, tuple[int, str]],
) -> list[MinimumGap]:
    """From (item, terms, net) per line, those of one award making one call-off."""
    nets: dict[int, Decimal] = defaultdict(Decimal)
    terms_of: dict[int, tuple[ItemFacts, TermsFacts]] = {}
    charged = set()
    for item, terms, net in rows:
        nets[item.award_id] += net
        terms_of.setdefault(item.award_id, (item, terms))
        if item.role == ItemRole.SURCHARGE:
            charged.add(item.award_id)
    return [
        MinimumGap(
            award_id,
            item.award.supplier.name,
            terms.minimum_order,
            nets[award_id],
            *surcharges.get(award_id, (None, "")),
        )
        for award_id, (item, terms) in terms_of.items()
        if nets[award_id] < terms.minimum_order and award_id not in charged
    ]


def positions(order: PricedOrder) -> dict[Position, int]:
    """Pieces per position of a priced order."""
    found: dict[Position, int] = defaultdict(int)
    for item, quantity in order.quantities().items():
        found[item.position] += quantity
    return dict(found)
