"""From listings and quantities to priced lines: contract rows in, pure calculator out.

Prices are read for a whole page or basket at once (a constant number of queries) and
handed to `contracts.pricing`, the one calculator of basket, requisition, call-off,
documents and exports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet

from contracts.agreements.entitlement import entitled_listings, why_not_entitled
from contracts.agreements.errors import NoPrice, NotEntitled, NoVatRule
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
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Organisation
from contracts.pricing import (
    LineInput,
    Quote,
    Tier,
    VatCategory,
    VatRate,
    active_tier,
    discounted,
    line_net,
    quote,
    tier_bases,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing with everything that decides its price on one day.

    `tiers` are net EUR per `price_unit` units, from the version named by
    `price_version_id` (and `list_price_id` for discounts off a list price).
    """

    listing: Listing
    tiers: tuple[Tier, ...]
    price_unit: int
    price_version_id: int
    list_price_id: int | None
    terms: AwardTerms
    valid_until: date | None
    source: str

    @property
    def delivery_days(self) -> int:
        """Working days to delivery (`delivery_days`)."""
        return delivery_days(self.listing, self.terms)


def delivery_days(listing: Listing, terms: AwardTerms) -> int:
    """Working days to delivery: the article's, the item's or the award's promise."""
    own = listing.article.delivery_days or listing.item.delivery_days
    return own or terms.delivery_days


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
        {row.article_id for row in listings if row.item.basis == PriceBasis.LIST_DISCOUNT}, on
    )
    terms = _terms({row.item.award_id for row in listings}, on)
    found = {}
    for listing in listings:
        version = versions.get(listing.item_id)
        award_terms = terms.get(listing.item.award_id)
        if version is None or award_terms is None:
            continue
        offer = _offer(listing, version, list_prices.get(listing.article_id), award_terms)
        if offer is not None:
            found[listing.pk] = offer
    return found


def price_order(
    wanted: Sequence[Wanted],
    *,
    buyer: Organisation,
    on: date,
    known: Iterable[Listing] = (),
    held: bool = False,
) -> PricedOrder:
    """Price all lines for *buyer* on the day.

    `known` spares reading listings that were joined by `with_contract` before; the
    entitlement is asked of the database all the same. The tier follows from the item's
    quantity over the whole call-off, not from the line. What is *held* already is priced in
    a full lot too. Raises NotEntitled, NoPrice, NoVatRule or a PricingError.
    """
    entitled = entitled_listings(buyer.pk, on, held=held)
    ids = {want.listing_id for want in wanted}
    listings = _entitled(entitled, ids, known)
    if len(listings) < len(ids):
        raise NotEntitled(why_not_entitled(buyer.pk, ids - listings.keys(), on))
    priced = offers(listings.values(), on)
    for pk, listing in listings.items():
        if pk not in priced:
            raise NoPrice(f"{listing.article.name} hat am {on:%d.%m.%Y} keinen Vertragspreis.")
    base = tier_bases(
        ((listings[want.listing_id].item_id, want.quantity) for want in wanted),
        _posted_before(listings.values()),
    )
    tiers = {
        want.key: active_tier(
            priced[want.listing_id].tiers, base[listings[want.listing_id].item_id]
        )
        for want in wanted
    }
    vat = _vat_rates(wanted, priced, tiers, buyer, on)
    quoted = quote([_line_input(want, priced[want.listing_id], tiers, vat) for want in wanted])
    sums = quoted.by_key
    lines = tuple(
        PricedLine(
            key=want.key,
            offer=priced[want.listing_id],
            quantity=want.quantity,
            tier=tiers[want.key],
            tier_base=base[listings[want.listing_id].item_id],
            vat=vat[want.key],
            net=sums[want.key].net,
            tax=sums[want.key].tax,
            gross=sums[want.key].gross,
        )
        for want in wanted
    )
    return PricedOrder(lines=lines, quote=quoted)


def _posted_before(listings: Iterable[Listing]) -> dict[int, int]:
    """Pieces that all buyers have called off, by item with cumulative tiers.

    Who binds money on the answer holds the locks of these accounts already
    (`orders.binding.holds.lock_first`); for anybody else it is advice.
    """
    accounts = {
        row.item_id: row.item.account_id
        for row in listings
        if row.item.cumulative_tiers and row.item.account_id is not None
    }
    if not accounts:
        return {}
    posted = dict(LimitAccount.objects.filter(pk__in=accounts.values()).values_list("pk", "posted"))
    return {item: int(posted[account]) for item, account in accounts.items()}


def _entitled(
    entitled: QuerySet[Listing], ids: Collection[int], known: Iterable[Listing]
) -> dict[int, Listing]:
    entitled = entitled.filter(pk__in=ids)
    have = {row.pk: row for row in known}
    if have.keys() >= set(ids):
        return {pk: have[pk] for pk in entitled.values_list("pk", flat=True)}
    return {row.pk: row for row in with_contract(entitled)}


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


def _price_versions(item_ids: Collection[int], on: date) -> dict[int, PriceVersion]:
    rows = PriceVersion.objects.filter(item_id__in=item_ids, valid__contains=on).prefetch_related(
        Prefetch("tiers", PriceTier.objects.order_by("from_quantity"))
    )
    return {row.item_id: row for row in rows}


def _list_prices(article_ids: Collection[int], on: date) -> dict[int, ListPriceVersion]:
    if not article_ids:
        return {}
    rows = ListPriceVersion.objects.filter(article_id__in=article_ids, valid__contains=on)
    return {row.article_id: row for row in rows}


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
    if listing.item.basis == PriceBasis.LIST_DISCOUNT:
        if list_price is None:
            return None
        tiers = tuple(
            Tier(
                tier.from_quantity,
                discounted(list_price.amount, tier.discount_percent or Decimal(0)),
            )
            for tier in version.tiers.all()
        )
        price_unit = list_price.price_unit
    else:
        tiers = tuple(
            Tier(tier.from_quantity, tier.net_unit_price)
            for tier in version.tiers.all()
            if tier.net_unit_price is not None
        )
        price_unit = version.price_unit
    if not tiers:
        return None
    return Offer(
        listing=listing,
        tiers=tiers,
        price_unit=price_unit,
        price_version_id=version.pk,
        list_price_id=list_price.pk if list_price is not None else None,
        terms=terms,
        valid_until=version.valid.upper,
        source=version.source,
    )


def vat_rules(buyer: Organisation, classes: Collection[str], on: date) -> list[VatRule]:
    """Rules for the classes on the day, the most specific first."""
    scopes = [BuyerScope.ALL]
    if buyer.is_entrepreneur:
        scopes.append(BuyerScope.ENTREPRENEUR)
    rows = VatRule.objects.filter(
        Q(buyers__in=scopes), vat_class__in=classes, valid__contains=on
    ).order_by(F("buyers").desc(), "-minimum_net")
    return list(rows)


def choose_rate(rules: Sequence[VatRule], vat_class: str, net: Decimal) -> VatRate:
    """The first rule of the class whose threshold *net* (EUR, per call-off) reaches."""
    for rule in rules:
        if rule.vat_class == vat_class and net >= rule.minimum_net:
            return VatRate(VatCategory(rule.category), rule.rate, rule.reason)
    raise NoVatRule(f"Für die Steuerklasse „{vat_class}“ gibt es keine Steuerregel.")


def _vat_rates(
    wanted: Sequence[Wanted],
    priced: Mapping[int, Offer],
    tiers: Mapping[str, Tier],
    buyer: Organisation,
    on: date,
) -> dict[str, VatRate]:
    """VAT per line. Thresholds look at the net of the class within one call-off."""
    nets: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for want in wanted:
        offer = priced[want.listing_id]
        item = offer.listing.item
        nets[item.award_id, item.vat_class] += line_net(
            want.quantity, tiers[want.key].net_unit_price, offer.price_unit, item.periods
        )
    rules = vat_rules(buyer, {vat_class for _, vat_class in nets}, on)
    chosen = {key: choose_rate(rules, key[1], net) for key, net in nets.items()}
    return {
        want.key: chosen[
            priced[want.listing_id].listing.item.award_id,
            priced[want.listing_id].listing.item.vat_class,
        ]
        for want in wanted
    }
