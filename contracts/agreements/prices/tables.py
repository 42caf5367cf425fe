"""The prices of an item, or the list prices of an article, as dated tables to compare.

Both kinds of version are read into the same shape, so that judging and applying a change
is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.errors import NoPrice
from contracts.agreements.models import AwardTerms, ContractItem, ListPriceVersion, PriceVersion
from contracts.agreements.prices.errors import UnsuitablePrices
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.agreements.writing.tiers import TierRow
from contracts.pricing import PriceClause, PriceTable, Tier


@dataclass(frozen=True, slots=True)
class DatedTable:
    """A version as a table; `upper` is the first day it no longer holds."""

    version_id: int
    lower: date
    upper: date | None
    table: PriceTable

    def holds_on(self, day: date) -> bool:
        return self.lower <= day and (self.upper is None or day < self.upper)


def item_tables(item: ContractItem) -> list[DatedTable]:
    """The versions of an item, oldest first, in two queries."""
    rows = PriceVersion.objects.filter(item=item, valid__isempty=False).prefetch_related("tiers")
    tables = [
        DatedTable(row.pk, row.valid.lower, row.valid.upper, version_table(row)) for row in rows
    ]
    return sorted(tables, key=lambda table: table.lower)


def list_price_tables(item: ContractItem, article_id: int) -> list[DatedTable]:
    """The list prices of an article as agreed for the position, oldest first, in one query."""
    rows = ListPriceVersion.objects.filter(item=item, article_id=article_id, valid__isempty=False)
    tables = [
        DatedTable(
            row.pk,
            row.valid.lower,
            row.valid.upper,
            PriceTable.fixed([Tier(1, row.amount)], row.price_unit),
        )
        for row in rows
    ]
    return sorted(tables, key=lambda table: table.lower)


def version_table(version: PriceVersion) -> PriceTable:
    """The tiers of a version; they must be prefetched where many are read."""
    rows = sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)
    return table_of(
        [TierRow(row.from_quantity, row.net_unit_price, row.discount_percent) for row in rows],
        version.price_unit,
    )


def table_of(rows: Iterable[TierRow], price_unit: int) -> PriceTable:
    """Tiers of prices or of discounts as a table.

    Raises UnsuitablePrices for a mixture, TierOrderError, InvalidPrice, InvalidPriceUnit.
    """
    tiers = list(rows)
    prices = [
        Tier(row.from_quantity, row.net_unit_price)
        for row in tiers
        if row.net_unit_price is not None and row.discount_percent is None
    ]
    discounts = [
        (row.from_quantity, row.discount_percent)
        for row in tiers
        if row.discount_percent is not None and row.net_unit_price is None
    ]
    if tiers and len(prices) == len(tiers):
        return PriceTable.fixed(prices, price_unit)
    if not tiers or len(discounts) != len(tiers):
        raise UnsuitablePrices(
            "Bitte nennen Sie je Staffel entweder einen Preis oder einen Nachlass."
        )
    if any(not Decimal(0) <= percent < Decimal(100) for _, percent in discounts):
        raise UnsuitablePrices("Ein Nachlass liegt zwischen 0 und unter 100 Prozent.")
    return PriceTable.off_list(discounts)


def running(tables: Sequence[DatedTable], effective_from: date) -> DatedTable:
    """The version a change on the day would end.

    Raises OverlappingPrices when one begins on the day or later, NoPrice when none holds.
    """
    later = [table for table in tables if table.lower >= effective_from]
    if later:
        raise OverlappingPrices(
            f"Ab dem {later[-1].lower:%d.%m.%Y} gilt bereits eine andere Preisfassung. "
            "Bitte wählen Sie einen späteren Tag."
        )
    for table in tables:
        if table.holds_on(effective_from):
            return table
    raise NoPrice(
        f"Am {effective_from:%d.%m.%Y} gilt kein Preis, der sich ändern ließe. "
        "Bitte wenden Sie sich an die Beschaffungsstelle."
    )


def year_before(tables: Sequence[DatedTable], effective_from: date) -> PriceTable:
    """The table that held twelve months before, or the first one of a younger price."""
    day = _a_year_earlier(effective_from)
    return next((table.table for table in tables if table.holds_on(day)), tables[0].table)


def price_clause(terms: AwardTerms) -> PriceClause:
    """The price clause of an award's terms."""
    return PriceClause(
        max_rise_percent_per_year=terms.rise_percent_per_year,
        earliest_on=terms.rise_earliest_on,
        notice_days=terms.price_notice_days,
        automatic_fall=terms.automatic_fall,
    )


def _a_year_earlier(day: date) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - 1, day.month, last)
