"""One law over a whole basket: every reading of it states the same amounts.

The expected amounts are computed here with fractions, apart from the product's way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from random import Random
from types import ModuleType
from typing import Any

from contracts.pricing import Tier, VatCategory, VatGroupKey, VatRate, calculator, tiers

RATES = (
    VatRate(VatCategory.STANDARD, Decimal(19)),
    VatRate(VatCategory.STANDARD, Decimal(7)),
    VatRate(VatCategory.ZERO, Decimal(0)),
    VatRate(VatCategory.EXEMPT, Decimal(0), "§ 4 Nr. 21 UStG"),
    VatRate(VatCategory.REVERSE_CHARGE, Decimal(0), "§ 13b Abs. 2 Nr. 10 UStG"),
)
CALL_OFFS = ("Los 1/Spree", "Los 1/Havel", "Los 2/Spree", "Los 3/Oder")


@dataclass(frozen=True)
class Item:
    """A contract item; its `posted` quantity counts where tiers are cumulative."""

    number: int
    call_off: str
    tiers: tuple[Tier, ...]
    price_unit: int
    periods: int
    vat: VatRate
    posted: int | None

    def price(self, ordered: int) -> Decimal:
        base = ordered if self.posted is None else max(1, self.posted)
        return [tier for tier in self.tiers if tier.from_quantity <= base][-1].net_unit_price


@dataclass(frozen=True)
class Row:
    """A line of the basket and the percentages of its account assignments."""

    item: Item
    quantity: int
    percents: tuple[Decimal, ...]


def half_up(value: Fraction) -> Decimal:
    """Round a non-negative fraction to cents."""
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)


def mixed_baskets(count: int, seed: int = 3) -> Iterator[list[Row]]:
    """Baskets over several lots and suppliers, always the same for the same seed."""
    random = Random(seed)  # noqa: S311 - test data
    for _ in range(count):
        items = [_item(random, number) for number in range(random.randint(1, 8))]
        yield [
            Row(random.choice(items), random.choice((1, 3, random.randint(1, 900))), _cut(random))
            for _ in range(random.randint(1, 14))
        ]


def check_basket(
    rows: list[Row], calculator: ModuleType = calculator, tiers: ModuleType = tiers
) -> None:
    """Basket, requisition, call-offs and documents agree, in total and by VAT group."""
    priced = _price(rows, calculator, tiers)
    expected = _expected(rows)
    basket = calculator.quote(priced)
    _same(expected, {group.key: (group.net, group.tax) for group in basket.groups})
    _same(expected, _requisition(rows, basket, calculator))
    _same(expected, _call_offs(priced, calculator))
    _same(expected, _documents(rows, basket))
    assert basket.gross == sum(net + tax for net, tax in expected.values())
    assert basket.gross == sum(total.gross for total in basket.call_offs)


def tax_per_line_differs(rows: list[Row]) -> bool:
    """Whether rounding the tax line by line would state another total."""
    nets = _nets(rows)
    by_line = sum(
        half_up(Fraction(net) * Fraction(row.item.vat.rate) / 100)
        for row, net in zip(rows, nets, strict=True)
    )
    return by_line != sum(tax for _, tax in _expected(rows).values())


def _item(random: Random, number: int) -> Item:
    starts = sorted({1, *random.sample((5, 10, 50, 100, 500), random.randint(0, 3))})
    price = random.choice((random.randint(1, 20_000), random.randint(1, 9_000_000)))
    return Item(
        number=number,
        call_off=random.choice(CALL_OFFS),
        tiers=tuple(
            Tier(start, Decimal(max(1, price - price * step // 20)).scaleb(-4))
            for step, start in enumerate(starts)
        ),
        price_unit=random.choice((1, 1, 10, 100, 1000)),
        periods=random.choice((1, 1, 12, 36, 48)),
        vat=random.choice(RATES),
        posted=random.choice((None, None, 0, random.randint(1, 600))),
    )


def _cut(random: Random) -> tuple[Decimal, ...]:
    edges = [0, *sorted(random.sample(range(1, 10_000), random.randint(0, 3))), 10_000]
    return tuple(Decimal(upper - lower).scaleb(-2) for lower, upper in pairwise(edges))


def _price(rows: list[Row], calculator: ModuleType, tiers: ModuleType) -> list[Any]:
    cumulative = {row.item.number: row.item.posted for row in rows if row.item.posted is not None}
    bases = tiers.tier_bases(((row.item.number, row.quantity) for row in rows), cumulative)
    return [
        calculator.LineInput(
            key=number,
            call_off_key=row.item.call_off,
            quantity=row.quantity,
            net_unit_price=tiers.active_tier(row.item.tiers, bases[row.item.number]).net_unit_price,
            price_unit=row.item.price_unit,
            periods=row.item.periods,
            vat=row.item.vat,
        )
        for number, row in enumerate(rows)
    ]


Groups = dict[VatGroupKey, tuple[Decimal, Decimal]]


def _nets(rows: list[Row]) -> list[Decimal]:
    ordered: dict[int, int] = defaultdict(int)
    for row in rows:
        ordered[row.item.number] += row.quantity
    return [
        half_up(
            Fraction(row.item.price(ordered[row.item.number]))
            * row.quantity
            * row.item.periods
            / row.item.price_unit
        )
        for row in rows
    ]


def _group(row: Row) -> VatGroupKey:
    return VatGroupKey(row.item.call_off, row.item.vat.category, row.item.vat.rate)


def _expected(rows: list[Row]) -> Groups:
    nets: dict[VatGroupKey, Decimal] = defaultdict(Decimal)
    for row, net in zip(rows, _nets(rows), strict=True):
        nets[_group(row)] += net
    return {
        key: (net, half_up(Fraction(net) * Fraction(key.rate) / 100)) for key, net in nets.items()
    }


def _requisition(rows: list[Row], basket: Any, calculator: ModuleType) -> Groups:
    """The sums of the account assignments: what budgets are asked for."""
    sums: dict[VatGroupKey, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row, line in zip(rows, basket.lines, strict=True):
        for share in calculator.split(line, row.percents):
            sums[_group(row)][0] += share.net
            sums[_group(row)][1] += share.tax
    return {key: (net, tax) for key, (net, tax) in sums.items()}


def _call_offs(priced: list[Any], calculator: ModuleType) -> Groups:
    """Each call-off priced alone, as it is issued."""
    found: Groups = {}
    for key in {line.call_off_key for line in priced}:
        alone = calculator.quote(line for line in priced if line.call_off_key == key)
        found |= {group.key: (group.net, group.tax) for group in alone.groups}
    return found


def _documents(rows: list[Row], basket: Any) -> Groups:
    """What a document or an export adds up from its lines."""
    sums: dict[VatGroupKey, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row, line in zip(rows, basket.lines, strict=True):
        sums[_group(row)][0] += line.net
        sums[_group(row)][1] += line.tax
    return {key: (net, tax) for key, (net, tax) in sums.items()}


def _same(expected: Groups, found: Groups) -> None:
    assert found == expected, "the amounts of a VAT group differ"
