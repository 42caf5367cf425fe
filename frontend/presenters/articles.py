"""Articles as buyers see them: price, trust, obstacles and what the caps still hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.agreements.caps.use import account_ids_of
from contracts.agreements.entitlement import quota_account_ids
from contracts.agreements.facts.reading import listing_facts
from contracts.agreements.facts.shapes import ListingFacts, Offer
from contracts.agreements.gates.judging import GateRule, blocks
from contracts.agreements.gates.rules import gates_before
from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import choose_rate
from contracts.agreements.prices.quotes import vat_rules
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Organisation
from contracts.pricing import active_tier, line_net


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """One article for one buyer; without an offer it has no price today."""

    listing: Listing
    offer: Offer | None
    in_basket: int
    base_quantity: int
    gates: Sequence[GateRule]
    caps: Sequence[LimitAccount]

    @property
    def field_id(self) -> str:
        """Id of the quantity field: unique on a page of many articles."""
        return f"menge-{self.listing.pk}"

    @property
    def stops(self) -> Sequence[GateRule]:
        return blocks(self.gates)

    @property
    def hints(self) -> Sequence[GateRule]:
        """Gates that let the purchase pass, but want to be known."""
        return [rule for rule in self.gates if rule.effect != "block"]

    @property
    def is_orderable(self) -> bool:
        return self.offer is not None and not self.stops

    @property
    def tiers(self) -> list[dict[str, Any]]:
        """Tier prices, the one in force for the quantity in the basket marked."""
        if self.offer is None:
            return []
        active = active_tier(self.offer.tiers, max(self.base_quantity, 1))
        return [
            {
                "from_quantity": tier.from_quantity,
                "net": tier.net_unit_price,
                "active": tier == active,
            }
            for tier in self.offer.tiers
        ]

    @property
    def price(self) -> Decimal | None:
        """Net price of the tier in force."""
        return next((tier["net"] for tier in self.tiers if tier["active"]), None)

    @property
    def tightest_cap(self) -> LimitAccount | None:
        """The cap with the smallest share left: what will stop the article first."""
        limited = [cap for cap in self.caps if cap.limit_amount > 0]
        return min(limited, key=lambda cap: cap.available / cap.limit_amount, default=None)


def cards(
    listings: Sequence[Listing],
    priced: Mapping[int, Offer],
    *,
    held: Mapping[int, int],
    by: Membership,
    on: date,
) -> list[ArticleCard]:
    """Cards in the order given, with a constant number of queries; *held* is in the basket."""
    bases = _base_quantities(held)
    gates = gates_of(listings, by.organisation_id, on)
    caps = caps_of(map(listing_facts, listings), by.organisation_id, on)
    return [
        ArticleCard(
            listing=listing,
            offer=priced.get(listing.pk),
            in_basket=held.get(listing.pk, 0),
            base_quantity=bases.get(listing.item_id, 0),
            gates=gates[listing.pk],
            caps=caps[listing.pk],
        )
        for listing in listings
    ]


def _base_quantities(held: Mapping[int, int]) -> dict[int, int]:
    """Quantity per contract item in the basket: what the tier follows from."""
    if not held:
        return {}
    rows = Listing.objects.filter(pk__in=held).values_list("pk", "item_id")
    sums: dict[int, int] = defaultdict(int)
    for listing_id, item_id in rows:
        sums[item_id] += held[listing_id]
    return sums


def gates_of(
    listings: Collection[Listing], buyer_id: int, on: date
) -> dict[int, Sequence[GateRule]]:
    """Gates per listing, read in two queries and judged by the one pure function."""
    found = gates_before({row.pk: row for row in listings}, buyer_id, on)
    return {row.pk: found.get(row.pk, []) for row in listings}


def caps_of(
    listings: Iterable[ListingFacts], buyer_id: int, on: date
) -> dict[int, Sequence[LimitAccount]]:
    """The caps each listing draws on, among them the buyer's own quota only."""
    quotas = quota_account_ids(buyer_id, on)
    wanted = {row.pk: account_ids_of(row, quotas) for row in listings}
    accounts = LimitAccount.objects.in_bulk(_flat(wanted.values()))
    return {pk: [accounts[account] for account in ids] for pk, ids in wanted.items()}


def _flat(groups: Iterable[Collection[int]]) -> set[int]:
    return {pk for group in groups for pk in group}


@dataclass(frozen=True, slots=True)
class GrossPreview:
    """What one unit costs with VAT today; the supply date decides the rate in the end."""

    rate: Decimal
    category: str
    reason: str
    gross: Decimal


def gross_preview(offer: Offer, price: Decimal, buyer: Organisation, on: date) -> GrossPreview:
    """VAT of one price unit. Raises NoVatRule."""
    item = offer.listing.item
    net = line_net(offer.price_unit, price, offer.price_unit, item.periods)
    rate = choose_rate(vat_rules(buyer, item.vat_class, on), item.vat_class, net)
    return GrossPreview(rate.rate, rate.category.value, rate.reason, net + rate.tax_on(net))
