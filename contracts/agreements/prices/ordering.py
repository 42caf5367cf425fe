"""Pricing an order from the facts of the shelf. Pure: the one calculator does the sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.errors import NoPrice, NotEntitled, NoVatRule
from contracts.agreements.facts.shapes import ItemFacts, Offer, Shelf, VatRuleFacts
from contracts.agreements.wording import NOT_AVAILABLE
from contracts.pricing import (
    LineInput,
    Quote,
    Tier,
    VatCategory,
    VatRate,
    active_tier,
    line_net,
    quote,
    tier_bases,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line to be priced; `key` comes back with it."""

    key: str
    listing_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its frozen net price and its forecast VAT (EUR).

    `tier_base` is the quantity that the tier was chosen by.
    """

    key: str
    offer: Offer
    quantity: int
    tier: Tier
    tier_base: int
    vat: VatRate
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """All lines of a future requisition; one group per future call-off (award)."""

    lines: tuple[PricedLine, ...]
    quote: Quote

    def by_award(self) -> dict[int, list[PricedLine]]:
        """Lines per award: what will become one call-off each."""
        groups: dict[int, list[PricedLine]] = defaultdict(list)
        for line in self.lines:
            groups[line.offer.listing.item.award_id].append(line)
        return dict(groups)

    def quantities(self) -> dict[ItemFacts, int]:
        """Pieces per item."""
        found: dict[ItemFacts, int] = defaultdict(int)
        for line in self.lines:
            found[line.offer.listing.item] += line.quantity
        return dict(found)


def price(wanted: Sequence[Wanted], shelf: Shelf, *, held: bool = False) -> PricedOrder:
    """Price all lines for the buyer and the day of the shelf.

    The tier follows from the item's quantity over the whole call-off, not from the line.
    What is *held* already is priced in a full lot too. Raises NotEntitled, NoPrice, NoVatRule
    or a PricingError.
    """
    require_reach(wanted, shelf, held=held)
    offers = _offers(wanted, shelf)
    base = tier_bases(
        ((offers[want.key].listing.item_id, want.quantity) for want in wanted), shelf.posted
    )
    tiers = {
        key: active_tier(offer.tiers, base[offer.listing.item_id]) for key, offer in offers.items()
    }
    vat = _vat_rates(wanted, offers, tiers, shelf.vat)
    quoted = quote([_line_input(want, offers[want.key], tiers, vat) for want in wanted])
    sums = quoted.by_key
    lines = tuple(
        PricedLine(
            key=want.key,
            offer=offers[want.key],
            quantity=want.quantity,
            tier=tiers[want.key],
            tier_base=base[offers[want.key].listing.item_id],
            vat=vat[want.key],
            net=sums[want.key].net,
            tax=sums[want.key].tax,
            gross=sums[want.key].gross,
        )
        for want in wanted
    )
    return PricedOrder(lines=lines, quote=quoted)


def require_reach(wanted: Iterable[Wanted], shelf: Shelf, *, held: bool) -> None:
    """Raise NotEntitled when the buyer may not call a line off, with what it may know of why."""
    beyond = [
        want.listing_id
        for want in wanted
        if want.listing_id not in shelf.reach or not shelf.reach[want.listing_id].holds(held=held)
    ]
    if beyond:
        reasons = (shelf.reach[pk].closed for pk in beyond if pk in shelf.reach)
        raise NotEntitled(next(filter(None, reasons), NOT_AVAILABLE))


def _offers(wanted: Iterable[Wanted], shelf: Shelf) -> dict[str, Offer]:
    found = {}
    for want in wanted:
        offer = shelf.offers.get(want.listing_id)
        if offer is None:
            name = shelf.listings[want.listing_id].article.name
            raise NoPrice(f"{name} hat am {shelf.on:%d.%m.%Y} keinen Vertragspreis.")
        found[want.key] = offer
    return found


def _line_input(
    want: Wanted, offer: Offer, tiers: Mapping[str, Tier], vat: Mapping[str, VatRate]
) -> LineInput:
    return LineInput(
        key=want.key,
        call_off_key=str(offer.listing.item.award_id),
        quantity=want.quantity,
        net_unit_price=tiers[want.key].net_unit_price,
        price_unit=offer.price_unit,
        periods=offer.listing.item.periods,
        vat=vat[want.key],
    )


def _vat_rates(
    wanted: Sequence[Wanted],
    offers: Mapping[str, Offer],
    tiers: Mapping[str, Tier],
    rules: Mapping[str, Sequence[VatRuleFacts]],
) -> dict[str, VatRate]:
    """VAT per line. Thresholds look at the net of the class within one call-off."""
    nets: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for want in wanted:
        offer = offers[want.key]
        item = offer.listing.item
        nets[item.award_id, item.vat_class] += line_net(
            want.quantity, tiers[want.key].net_unit_price, offer.price_unit, item.periods
        )
    chosen = {key: choose_rate(rules.get(key[1], ()), key[1], net) for key, net in nets.items()}
    items = {want.key: offers[want.key].listing.item for want in wanted}
    return {key: chosen[item.award_id, item.vat_class] for key, item in items.items()}


def choose_rate(rules: Iterable[VatRuleFacts], vat_class: str, net: Decimal) -> VatRate:
    """The first rule of the class whose threshold *net* (EUR, per call-off) reaches."""
    for rule in rules:
        if net >= rule.minimum_net:
            return VatRate(VatCategory(rule.category), rule.rate, rule.reason)
    raise NoVatRule(f"Für die Steuerklasse „{vat_class}“ gibt es keine Steuerregel.")
