"""The contract as frozen facts. Pure; attribute paths are those of the models.

`listing.item.award.lot.agreement` reads the same here and on a model, so pages and rules
need not know which of the two they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.agreements.kinds import AllocationRule
from contracts.pricing import Tier

Position = tuple[int, str]
"""A position of the price sheet at whatever rank: lot and number."""


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """A framework agreement; `account_id` is that of its maximum (net EUR)."""

    pk: int
    number: str
    title: str
    purchasing_body_id: int
    account_id: int | None


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot; `allocation` is the value of its rule."""

    pk: int
    number: int
    title: str
    allocation: str
    account_id: int
    agreement: AgreementFacts

    @property
    def agreement_id(self) -> int:
        return self.agreement.pk

    @property
    def rule(self) -> AllocationRule:
        return AllocationRule(self.allocation)


@dataclass(frozen=True, slots=True)
class SupplierFacts:
    """A supplier, as events and documents name it."""

    pk: int
    name: str
    code: str
    creditor_no: str
    vat_id: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class CapFacts:
    """A limit account as it was read (EUR or pieces)."""

    pk: int
    limit_amount: Decimal
    held: Decimal
    posted: Decimal
    closed_reason: str

    @property
    def available(self) -> Decimal:
        """What still fits."""
        return self.limit_amount - self.held - self.posted


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """An award; `account` is its own cap, read only where a rule decides between awards."""

    pk: int
    rank: int
    awarded_on: date
    account_id: int | None
    lot: LotFacts
    supplier: SupplierFacts
    account: CapFacts | None = None

    @property
    def lot_id(self) -> int:
        return self.lot.pk

    @property
    def supplier_id(self) -> int:
        return self.supplier.pk


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A contract item (Vertragsposition)."""

    pk: int
    number: str
    title: str
    unit: str
    basis: str
    charge: str
    periods: int
    period_months: int
    role: str
    vat_class: str
    cumulative_tiers: bool
    delivery_days: int | None
    account_id: int | None
    award: AwardFacts

    @property
    def award_id(self) -> int:
        return self.award.pk

    @property
    def position(self) -> Position:
        """Where the item stands in the price sheet, whatever its rank."""
        return self.award.lot.pk, self.number


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a supplier offers."""

    pk: int
    name: str
    supplier_aid: str
    manufacturer: str
    mpn: str
    gtin: str
    product_group: str
    delivery_days: int | None
    product_id: int | None
    supplier_id: int


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """An article orderable under an item, as Oscar's stockrecord of a partner."""

    pk: int
    stockrecord_id: int
    partner_id: int
    article: ArticleFacts
    item: ItemFacts

    @property
    def item_id(self) -> int:
        return self.item.pk

    @property
    def article_id(self) -> int:
        return self.article.pk


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """The version of an award's terms that holds on the day (net EUR, working days)."""

    pk: int
    minimum_order: Decimal
    delivery_days: int
    confirmation_days: int
    split_over_ranks: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing with everything that decides its price on one day.

    `tiers` are net EUR per `price_unit` units, from the version named by
    `price_version_id` (and `list_price_id` for discounts off a list price).
    """

    listing: ListingFacts
    tiers: tuple[Tier, ...]
    price_unit: int
    price_version_id: int
    list_price_id: int | None
    terms: TermsFacts
    source: str

    @property
    def delivery_days(self) -> int:
        """Working days to delivery: the article's, the item's or the award's promise."""
        own = self.listing.article.delivery_days or self.listing.item.delivery_days
        return own or self.terms.delivery_days


@dataclass(frozen=True, slots=True)
class VatRuleFacts:
    """Category and rate of a VAT class from a net amount of the call-off on (EUR)."""

    minimum_net: Decimal
    category: str
    rate: Decimal
    reason: str


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
class Reach:
    """Whether the buyer may call a listing off on the day, and if not, why.

    `quota_ids` are the accounts of its quotas for the lot and for the whole agreement.
    """

    is_open: bool
    is_full: bool
    closed: str
    quota_ids: tuple[int, ...]

    def holds(self, *, held: bool) -> bool:
        """For what has its limits *held* already, a full lot is as good as an open one."""
        return self.is_open or (held and self.is_full)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the contracts say about some listings, to one buyer on one day.

    `offers` leaves out what has no price; `vat` is by class, the most specific rule first;
    `posted` are the pieces called off by everybody, by item with cumulative tiers.
    """

    buyer_id: int
    on: date
    listings: Mapping[int, ListingFacts] = field(default_factory=dict)
    reach: Mapping[int, Reach] = field(default_factory=dict)
    offers: Mapping[int, Offer] = field(default_factory=dict)
    vat: Mapping[str, tuple[VatRuleFacts, ...]] = field(default_factory=dict)
    posted: Mapping[int, int] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()

    def __or__(self, other: Shelf) -> Shelf:
        """Both together, for the same buyer and day."""
        return Shelf(
            self.buyer_id,
            self.on,
            {**self.listings, **other.listings},
            {**self.reach, **other.reach},
            {**self.offers, **other.offers},
            {**self.vat, **other.vat},
            {**self.posted, **other.posted},
            (*self.ties, *(tie for tie in other.ties if tie not in self.ties)),
        )
