"""Positions with the price of the day, for the page and for the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db.models import QuerySet

from contracts.agreements.models import ContractItem, PriceTier, PriceVersion
from frontend.downloads import Cell
from frontend.units import unit_name

HEAD = ("Los", "Zuschlag", "Lieferant", "Rang", "Position", "Bezeichnung", "Warengruppe",
        "Einheit", "Preisbasis", "ab Menge", "netto EUR", "Nachlass %", "je", "Preis gültig ab",
        "Höchstmenge", "gebucht", "vorgemerkt", "gelistete Artikel")  # fmt: skip
BATCH = 500


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A position with the version that holds on the day and its tiers."""

    item: ContractItem
    version: PriceVersion | None
    tiers: Sequence[PriceTier]


def priced(items: Sequence[ContractItem], on: date) -> list[PricedItem]:
    """The positions with their prices of the day, in two queries."""
    versions = PriceVersion.objects.filter(item__in=items, valid__contains=on)
    found = {row.item_id: row for row in versions.prefetch_related("tiers")}
    return [PricedItem(item, found.get(item.pk), _tiers(found.get(item.pk))) for item in items]


def _tiers(version: PriceVersion | None) -> list[PriceTier]:
    if version is None:
        return []
    return sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)


def export_rows(items: QuerySet[ContractItem], on: date) -> Iterator[tuple[Cell, ...]]:
    """One row per tier; a position without a price has one row all the same."""
    rest = items.iterator(chunk_size=BATCH)
    while batch := list(islice(rest, BATCH)):
        for row in priced(batch, on):
            for tier in row.tiers or [None]:
                yield (*_position(row.item), *_price(row.version, tier), *_use(row.item))


def _position(item: ContractItem) -> tuple[Cell, ...]:
    award = item.award
    return (
        award.lot.number,
        award.reference,
        award.supplier.name,
        award.rank,
        item.number,
        item.title,
        item.product_group,
        unit_name(item.unit),
        str(item.get_basis_display()),
    )


def _price(version: PriceVersion | None, tier: PriceTier | None) -> tuple[Cell, ...]:
    if version is None or tier is None:
        return (None, None, None, None, None)
    return (
        tier.from_quantity,
        tier.net_unit_price,
        tier.discount_percent,
        version.price_unit,
        version.valid.lower,
    )


def _use(item: ContractItem) -> tuple[Cell, ...]:
    listed: int = item.listed  # type: ignore[attr-defined]
    account = item.account
    if account is None:
        return (None, None, None, listed)
    pieces: list[Decimal] = [account.limit_amount, account.posted, account.held]
    return (*(int(amount) for amount in pieces), listed)
