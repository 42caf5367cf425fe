"""What a quantity of a position is worth: the measure of an entry of § 132 GWB for pieces."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from contracts.agreements.models import ContractItem, Listing, PriceBasis, PriceVersion
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.ledger.models import LimitAccount
from contracts.pricing import line_net


def worth_of_pieces(account: LimitAccount, pieces: Decimal, on: date) -> Decimal | None:
    """Net EUR of so many pieces at the price in force; None while no price is.

    The dearest price counts: of all tiers, of all ranks that share the cap, and of all
    articles listed under a discount.
    """
    whole = int(pieces.to_integral_value(ROUND_CEILING))
    items = list(ContractItem.objects.filter(account=account))
    prices = [*_fixed(items, on), *_off_list(items, on)]
    return max((line_net(whole, *price) for price in prices), default=None)


def _fixed(items: list[ContractItem], on: date) -> list[tuple[Decimal, int, int]]:
    """(net unit price, price unit, periods) per tier of the positions with prices."""
    periods = {item.pk: item.periods for item in items if item.basis != PriceBasis.LIST_DISCOUNT}
    versions = PriceVersion.objects.filter(item__in=periods, valid__contains=on)
    return [
        (tier.net_unit_price, version.price_unit, periods[version.item_id])
        for version in versions.prefetch_related("tiers")
        for tier in version.tiers.all()
        if tier.net_unit_price is not None
    ]


def _off_list(items: list[ContractItem], on: date) -> list[tuple[Decimal, int, int]]:
    """The same per article listed under a position with a discount."""
    wanted = [item.pk for item in items if item.basis == PriceBasis.LIST_DISCOUNT]
    if not wanted:
        return []
    listings = list(with_contract(Listing.objects.filter(item__in=wanted, is_listed=True)))
    return [
        (tier.net_unit_price, offer.price_unit, offer.listing.item.periods)
        for offer in offers(listings, on).values()
        for tier in offer.tiers
    ]
