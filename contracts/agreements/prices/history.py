"""The prices of a listing over time: versions with source, change and approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.models import (
    AgreementState,
    Listing,
    ListPriceVersion,
    PriceBasis,
    PriceChange,
    PriceChangeState,
    PriceVersion,
)
from contracts.parties.models import Membership, Role
from contracts.pricing import Tier, active_tier, discounted

_SUPPLYING = (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS)


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """What the listing costs from `lower` to before `upper`: net EUR per `price_unit`."""

    lower: date
    upper: date | None
    tiers: tuple[Tier, ...]
    price_unit: int
    version: PriceVersion
    list_price: ListPriceVersion | None
    list_change: PriceChange | None

    def price(self, quantity: int) -> Decimal:
        """Net EUR per price unit where `quantity` is the base of the tier."""
        return active_tier(self.tiers, quantity).net_unit_price

    @property
    def changes(self) -> list[PriceChange]:
        """The price changes the span goes back to."""
        return [row for row in (self.version.change, self.list_change) if row is not None]

    @property
    def approved_by(self) -> Membership | None:
        """Who approved what began the span last: the discount or the list price."""
        if self.list_price is None or self.list_price.valid.lower < self.version.valid.lower:
            return self.version.approved_by
        return self.list_price.approved_by

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None without an end."""
        return None if self.upper is None else self.upper - timedelta(days=1)


def readable_listings(by: Membership, on: date) -> QuerySet[Listing]:
    """Listings whose prices the actor may read: bought, supplied or run by its body."""
    if by.role in _SUPPLYING:
        return Listing.objects.filter(item__award__supplier_id=by.organisation_id).exclude(
            item__award__lot__agreement__state=AgreementState.DRAFT
        )
    return Listing.objects.filter(
        Q(item__award__lot__agreement__purchasing_body_id=by.organisation_id)
        | Q(pk__in=entitled_listings(by.organisation_id, on).values("pk"))
    )


def price_history(listing: Listing) -> list[PriceSpan]:
    """The spans of a listing, oldest first, in four queries at most.

    A price off a list price changes with the discount and with the list price: each pair
    that held together is a span. Days without a price are in no span.
    """
    versions = list(
        PriceVersion.objects.filter(item_id=listing.item_id, valid__isempty=False)
        .select_related("change", "approved_by__user", "approved_by__organisation")
        .prefetch_related("tiers")
    )
    versions.sort(key=lambda row: row.valid.lower)
    if listing.item.basis != PriceBasis.LIST_DISCOUNT:
        return [span for row in versions if (span := _fixed(row)) is not None]
    return _off_list(versions, listing)


def _fixed(version: PriceVersion) -> PriceSpan | None:
    tiers = tuple(
        Tier(row.from_quantity, row.net_unit_price)
        for row in sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)
        if row.net_unit_price is not None
    )
    if not tiers:
        return None
    valid = version.valid
    return PriceSpan(valid.lower, valid.upper, tiers, version.price_unit, version, None, None)


def _off_list(versions: Sequence[PriceVersion], listing: Listing) -> list[PriceSpan]:
    rows = ListPriceVersion.objects.filter(
        article_id=listing.article_id, item_id=listing.item_id, valid__isempty=False
    )
    list_prices = sorted(
        rows.select_related("approved_by__user", "approved_by__organisation"),
        key=lambda row: row.valid.lower,
    )
    changes = {
        row.effective_from: row
        for row in PriceChange.objects.filter(
            article_id=listing.article_id, item_id=listing.item_id, state=PriceChangeState.ACCEPTED
        )
    }
    spans = []
    for version in versions:
        for list_price in list_prices:
            lower = max(version.valid.lower, list_price.valid.lower)
            upper = _earlier(version.valid.upper, list_price.valid.upper)
            tiers = _discounted(version, list_price)
            if tiers and (upper is None or lower < upper):
                change = changes.get(list_price.valid.lower)
                unit = list_price.price_unit
                spans.append(PriceSpan(lower, upper, tiers, unit, version, list_price, change))
    return sorted(spans, key=lambda span: span.lower)


def _discounted(version: PriceVersion, list_price: ListPriceVersion) -> tuple[Tier, ...]:
    return tuple(
        Tier(row.from_quantity, discounted(list_price.amount, row.discount_percent))
        for row in sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)
        if row.discount_percent is not None
    )


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
