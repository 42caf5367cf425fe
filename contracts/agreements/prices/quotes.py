"""From listings to prices on one day, for pages; orders are priced by `prices.ordering`.

Prices are read for a whole page at once (a constant number of queries).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet

from contracts.agreements.facts.reading import listing_facts, offer_tiers, read_shelf
from contracts.agreements.facts.shapes import Offer, TermsFacts, VatRuleFacts
from contracts.agreements.models import (
    AwardTerms,
    Listing,
    ListPriceVersion,
    PriceBasis,
    PriceTier,
    PriceVersion,
    VatRule,
)
from contracts.agreements.models.vat import BuyerScope
from contracts.parties.models import Organisation

from .ordering import PricedOrder, Wanted, price


def delivery_days(listing: Listing, terms: AwardTerms) -> int:
    """Working days to delivery: the article's, the item's or the award's promise."""
    own = listing.article.delivery_days or listing.item.delivery_days
    return own or terms.delivery_days


def with_contract(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Join what a price and its explanation need."""
    return listings.select_related(
        "article", "stockrecord", "item__award__lot__agreement", "item__award__supplier"
    )


def offers(listings: Collection[Listing], on: date) -> dict[int, Offer]:
    """Price each listing for the day, in three queries for all; unpriced ones are left out.

    The listings must come from `with_contract`.
    """
    versions = _price_versions({row.item_id for row in listings}, on)
    list_prices = _list_prices(
        [row for row in listings if row.item.basis == PriceBasis.LIST_DISCOUNT], on
    )
    terms = _terms({row.item.award_id for row in listings}, on)
    found = {}
    for listing in listings:
        version = versions.get(listing.item_id)
        award_terms = terms.get(listing.item.award_id)
        if version is None or award_terms is None:
            continue
        list_price = list_prices.get((listing.item_id, listing.article_id))
        offer = _offer(listing, version, list_price, award_terms)
        if offer is not None:
            found[listing.pk] = offer
    return found


def price_order(
    wanted: Sequence[Wanted], *, buyer: Organisation, on: date, held: bool = False
) -> PricedOrder:
    """Price lines as they are, without asking the rule of any lot; raises what `price` raises."""
    shelf = read_shelf({want.listing_id for want in wanted}, buyer_id=buyer.pk, on=on)
    return price(wanted, shelf, held=held)


def _price_versions(item_ids: Collection[int], on: date) -> dict[int, PriceVersion]:
    rows = PriceVersion.objects.filter(item_id__in=item_ids, valid__contains=on).prefetch_related(
        Prefetch("tiers", PriceTier.objects.order_by("from_quantity"))
    )
    return {row.item_id: row for row in rows}


def _list_prices(
    listings: Collection[Listing], on: date
) -> dict[tuple[int | None, int], ListPriceVersion]:
    """By position and article: what one body has agreed to moves no other's price."""
    if not listings:
        return {}
    rows = ListPriceVersion.objects.filter(
        article_id__in={row.article_id for row in listings},
        item_id__in={row.item_id for row in listings},
        valid__contains=on,
    )
    return {(row.item_id, row.article_id): row for row in rows}


def _terms(award_ids: Collection[int], on: date) -> dict[int, AwardTerms]:
    rows = (
        AwardTerms.objects.filter(award_id__in=award_ids, valid_from__lte=on)
        .order_by("award_id", "-valid_from")
        .distinct("award_id")
    )
    return {row.award_id: row for row in rows}


def _offer(
    listing: Listing, version: PriceVersion, list_price: ListPriceVersion | None, terms: AwardTerms
) -> Offer | None:
    rows = list(version.tiers.all())
    by_list = listing.item.basis == PriceBasis.LIST_DISCOUNT
    tiers = offer_tiers(
        listing.item.basis,
        [row.from_quantity for row in rows],
        [row.net_unit_price for row in rows],
        [row.discount_percent for row in rows],
        list_price.amount if list_price is not None else None,
    )
    if not tiers:
        return None
    unit = list_price.price_unit if by_list and list_price is not None else version.price_unit
    return Offer(
        listing=listing_facts(listing),
        tiers=tiers,
        price_unit=unit,
        price_version_id=version.pk,
        list_price_id=list_price.pk if list_price is not None else None,
        terms=TermsFacts(
            terms.pk,
            terms.minimum_order,
            terms.delivery_days,
            terms.confirmation_days,
            terms.split_over_ranks,
        ),
        source=version.source,
    )


def vat_rules(buyer: Organisation, vat_class: str, on: date) -> list[VatRuleFacts]:
    """Rules of the class on the day, the most specific first."""
    scopes = [BuyerScope.ALL]
    if buyer.is_entrepreneur:
        scopes.append(BuyerScope.ENTREPRENEUR)
    rows = VatRule.objects.filter(
        Q(buyers__in=scopes), vat_class=vat_class, valid__contains=on
    ).order_by(F("buyers").desc(), "-minimum_net")
    return [VatRuleFacts(row.minimum_net, row.category, row.rate, row.reason) for row in rows]
