"""Oscar asks a strategy for prices; ours answers from the contract.

The stockrecord is the listing of one contract item, so `fetch_for_line` must pass the
line's own stockrecord on (Oscar's drops it and would price the first one found). An
actor without a membership sees no price and no availability.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from oscar.apps.partner import strategy
from oscar.apps.partner.strategy import (
    Available,
    FixedPrice,
    PurchaseInfo,
    Unavailable,
    UnavailablePrice,
)

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.prices.quotes import offers, price_order, with_contract
from contracts.clock import berlin_day
from contracts.parties.models import Membership


class Selector(strategy.Selector):
    """Chooses the contract strategy of the acting membership, for every request."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> ContractStrategy:
        return ContractStrategy(
            getattr(request, "actor", None), berlin_day(timezone.now()), request
        )


class ContractStrategy(strategy.Structured):
    """Prices and availability for one buyer on one day; entitled listings only."""

    def __init__(self, actor: Membership | None, day: date, request: Any = None) -> None:
        super().__init__(request)
        self.actor = actor
        self.day = day
        self._known: dict[int, PurchaseInfo] = {}

    def prime(self, stockrecord_ids: Iterable[int]) -> None:
        """Read the prices of a whole page at once (a constant number of queries)."""
        wanted = set(stockrecord_ids) - self._known.keys()
        if self.actor is None or not wanted:
            return
        listings = list(
            with_contract(
                entitled_listings(self.actor.organisation_id, self.day).filter(
                    stockrecord_id__in=wanted
                )
            ).select_related("stockrecord")
        )
        priced = [row for row in listings if row.pk in offers(listings, self.day)]
        if not priced:
            return
        order = price_order(
            [Wanted(str(row.pk), row.pk, 1) for row in priced],
            buyer=self.actor.organisation,
            on=self.day,
        )
        for listing, line in zip(priced, order.lines, strict=True):
            price = FixedPrice(
                currency="EUR",
                excl_tax=line.tier.net_unit_price,
                tax=line.tax,
                tax_code=line.vat.category.value,
            )
            self._known[listing.stockrecord_id] = PurchaseInfo(
                price, Available(), listing.stockrecord
            )

    def fetch_for_product(self, product: Any, stockrecord: Any = None) -> PurchaseInfo:
        record = stockrecord or self.select_stockrecord(product)
        if record is None:
            return self._nothing(None)
        self.prime([record.pk])
        return self._known.get(record.pk) or self._nothing(record)

    def fetch_for_line(self, line: Any, stockrecord: Any = None) -> PurchaseInfo:
        return self.fetch_for_product(line.product, stockrecord or line.stockrecord)

    def select_stockrecord(self, product: Any) -> Any:
        """The first entitled listing of the product; a line names its own."""
        if self.actor is None:
            return None
        rows = entitled_listings(self.actor.organisation_id, self.day)
        listing = rows.filter(stockrecord__product=product).select_related("stockrecord").first()
        return listing.stockrecord if listing is not None else None

    @staticmethod
    def _nothing(record: Any) -> PurchaseInfo:
        return PurchaseInfo(UnavailablePrice(), Unavailable(), record)
