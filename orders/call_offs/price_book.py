"""The agreed prices behind a set of ordered lines, for any day, as they were known then.

A version's range is cut when a later one replaces it, also on the very day: what was
ordered that morning was ordered under the old one. So a version counts for a moment when it
was written down by then and held on the day, even if one that was written down later has
since taken the day from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from django.db.models import QuerySet

from contracts.agreements.models import ListPriceVersion, PriceBasis, PriceTier, PriceVersion
from contracts.clock import berlin_day
from contracts.pricing import Tier, discounted
from orders.models import CallOffLine

Terms = TypeVar("Terms")


@dataclass(frozen=True, slots=True)
class Agreed:
    """The tiers (net EUR per `price_unit`) of one item or article at one moment."""

    tiers: tuple[Tier, ...]
    price_unit: int
    version_id: int
    list_price_id: int | None
    list_price_origin_id: int | None = None
    """Where the list price was written down for one position and held for all, its row."""


@dataclass(frozen=True, slots=True)
class _Version(Generic[Terms]):
    pk: int
    lower: date
    upper: date | None
    created_at: datetime
    terms: Terms


@dataclass(frozen=True, slots=True)
class _ItemTerms:
    price_unit: int
    prices: tuple[Tier, ...]
    discounts: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class _ListTerms:
    amount: Decimal
    price_unit: int
    origin_id: int | None


@dataclass(slots=True)
class PriceBook:
    """Versions by item, list prices by item and article; make it with `of`."""

    versions: dict[int, list[_Version[_ItemTerms]]]
    list_prices: dict[tuple[int | None, int], list[_Version[_ListTerms]]]
    _discounted: dict[tuple[int, int], tuple[Tier, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: QuerySet[CallOffLine]) -> PriceBook:
        """Read what was agreed for the items and articles of the lines, in three queries."""
        discounted_lines = lines.filter(item__basis=PriceBasis.LIST_DISCOUNT)
        return cls(
            versions=_item_versions(lines),
            list_prices=_list_versions(discounted_lines),
        )

    def agreed(
        self, *, item_id: int, article_id: int | None, on: date, known_at: datetime
    ) -> Agreed | None:
        """What held on the day for whoever looked at the moment; None without a price.

        `article_id` is that of an article priced off its list price.
        """
        version = _known(self.versions.get(item_id, ()), on, known_at)
        if version is None:
            return None
        if article_id is None:
            terms = version.terms
            if not terms.prices:
                return None
            return Agreed(terms.prices, terms.price_unit, version.pk, None)
        list_price = _known(self.list_prices.get((item_id, article_id), ()), on, known_at)
        if list_price is None or not version.terms.discounts:
            return None
        tiers = self._off_list(version, list_price)
        listed = list_price.terms
        return Agreed(tiers, listed.price_unit, version.pk, list_price.pk, listed.origin_id)

    def _off_list(
        self, version: _Version[_ItemTerms], list_price: _Version[_ListTerms]
    ) -> tuple[Tier, ...]:
        key = (version.pk, list_price.pk)
        if key not in self._discounted:
            self._discounted[key] = tuple(
                Tier(start, discounted(list_price.terms.amount, percent))
                for start, percent in version.terms.discounts
            )
        return self._discounted[key]


def _known(
    versions: Sequence[_Version[Terms]], on: date, known_at: datetime
) -> _Version[Terms] | None:
    """The last version that had begun by the day and was written down by the moment."""
    begun = [row for row in versions if row.lower <= on and row.created_at <= known_at]
    if not begun:
        return None
    last = max(begun, key=lambda row: (row.lower, row.created_at, row.pk))
    if last.upper is None or on < last.upper:
        return last
    replaced_since = any(row.lower == last.upper and row.created_at > known_at for row in versions)
    return last if replaced_since else None


def _item_versions(lines: QuerySet[CallOffLine]) -> dict[int, list[_Version[_ItemTerms]]]:
    rows = PriceVersion.objects.filter(item__in=lines.values("item_id"))
    tiers = _tiers(PriceTier.objects.filter(version__in=rows.values("pk")))
    found: dict[int, list[_Version[_ItemTerms]]] = defaultdict(list)
    for pk, item_id, valid, price_unit, created_at in rows.values_list(
        "pk", "item_id", "valid", "price_unit", "created_at"
    ):
        prices, discounts = tiers.get(pk, ((), ()))
        lower, upper = _bounds(valid, created_at)
        terms = _ItemTerms(price_unit, prices, discounts)
        found[item_id].append(_Version(pk, lower, upper, created_at, terms))
    return found


_TierLists = tuple[tuple[Tier, ...], tuple[tuple[int, Decimal], ...]]


def _tiers(rows: QuerySet[PriceTier]) -> dict[int, _TierLists]:
    prices: dict[int, list[Tier]] = defaultdict(list)
    discounts: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    ordered = rows.order_by("version_id", "from_quantity")
    columns = ("version_id", "from_quantity", "net_unit_price", "discount_percent")
    for version_id, start, price, percent in ordered.values_list(*columns):
        if price is not None:
            prices[version_id].append(Tier(start, price))
        elif percent is not None:
            discounts[version_id].append((start, percent))
    return {
        pk: (tuple(prices[pk]), tuple(discounts[pk]))
        for pk in _keys(prices.keys(), discounts.keys())
    }


def _keys(*groups: Iterable[int]) -> set[int]:
    return {key for group in groups for key in group}


def _list_versions(
    lines: QuerySet[CallOffLine],
) -> dict[tuple[int | None, int], list[_Version[_ListTerms]]]:
    rows = ListPriceVersion.objects.filter(
        article__in=lines.values("listing__article_id"), item__in=lines.values("item_id")
    )
    found: dict[tuple[int | None, int], list[_Version[_ListTerms]]] = defaultdict(list)
    for (
        pk,
        item_id,
        article_id,
        valid,
        amount,
        price_unit,
        created_at,
        origin_id,
    ) in rows.values_list(
        "pk",
        "item_id",
        "article_id",
        "valid",
        "amount",
        "price_unit",
        "created_at",
        "origin_id",
    ):
        lower, upper = _bounds(valid, created_at)
        terms = _ListTerms(amount, price_unit, origin_id)
        found[item_id, article_id].append(_Version(pk, lower, upper, created_at, terms))
    return found


def _bounds(valid: object, created_at: datetime) -> tuple[date, date | None]:
    """First day, and first day no longer; a version replaced on its own day is empty."""
    if getattr(valid, "isempty", False):
        day = berlin_day(created_at)
        return day, day
    lower: date | None = getattr(valid, "lower", None)
    return lower or date.min, getattr(valid, "upper", None)
