"""What chosen quantities cost today, by the calculator and the rule that the basket uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.allocation.allotment import base_key
from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.prices.ordering import PricedLine, Wanted
from contracts.parties.models import Organisation
from orders.allotting.asking import ask
from orders.allotting.moments import Moment
from orders.allotting.reading import read_order

UNIT_PRICE_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Pick:
    """So many pieces of a listing."""

    listing_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Cost:
    """A line as it would stand in the basket: by the tier of the whole call-off (net EUR).

    `instead` is the article of the supplier in turn, where the lot's rule puts it in place.
    """

    lines: Sequence[PricedLine]
    instead: ListingFacts | None

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def net_unit_price(self) -> Decimal:
        """Per `price_unit` units; of the first part where the quantity was split."""
        return self.lines[0].tier.net_unit_price

    @property
    def price_unit(self) -> int:
        return self.lines[0].offer.price_unit

    @property
    def unit_price(self) -> Decimal:
        """Per unit, to four decimals, to be compared with another price unit."""
        return per_unit(self.net_unit_price, self.price_unit)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The costs by key, and their sums (EUR); tax is a forecast."""

    costs: Mapping[str, Cost]
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)


def estimate(wanted: Sequence[Wanted], *, buyer: Organisation, on: date) -> Estimate:
    """Price lines that can be called off today. Raises what `ask` raises."""
    if not wanted:
        return Estimate({})
    facts = read_order({want.listing_id for want in wanted}, buyer_id=buyer.pk, on=on)
    order = ask(Moment.ESTIMATE, wanted, facts).order
    parts: dict[str, list[PricedLine]] = defaultdict(list)
    for line in order.lines:
        parts[base_key(line.key)].append(line)
    asked = {want.key: want.listing_id for want in wanted}
    costs = {key: Cost(lines, _instead(lines, asked[key])) for key, lines in parts.items()}
    return Estimate(costs, order.quote.net, order.quote.tax, order.quote.gross)


def per_unit(net_unit_price: Decimal, price_unit: int) -> Decimal:
    """A net price per one unit, to four decimals."""
    return (net_unit_price / price_unit).quantize(UNIT_PRICE_PLACES)


def _instead(lines: Sequence[PricedLine], listing_id: int) -> ListingFacts | None:
    first = lines[0].offer.listing
    return first if first.pk != listing_id else None
