"""Laws of the calculator, for any prices, quantities, groups and cuts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.pricing import (
    LineInput,
    QuotedLine,
    Tier,
    VatCategory,
    VatGroupKey,
    VatRate,
    active_tier,
    largest_remainder,
    line_net,
    part_net,
    quote,
    split,
)

CENT = Decimal("0.01")
RATES = (
    VatRate(VatCategory.STANDARD, Decimal(19)),
    VatRate(VatCategory.STANDARD, Decimal(7)),
    VatRate(VatCategory.STANDARD, Decimal("5.5")),
    VatRate(VatCategory.ZERO, Decimal(0)),
    VatRate(VatCategory.EXEMPT, Decimal(0), "§ 4 UStG"),
    VatRate(VatCategory.REVERSE_CHARGE, Decimal(0)),
)

prices = st.integers(1, 10**8).map(lambda units: Decimal(units).scaleb(-4))
quantities = st.integers(1, 50_000)
price_units = st.sampled_from((1, 3, 10, 100, 1000))
periods = st.integers(1, 60)
cents = st.integers(-(10**9), 10**9).map(lambda units: Decimal(units).scaleb(-2))


@st.composite
def baskets(draw: st.DrawFn) -> list[LineInput]:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("ABC"),
                quantities,
                prices,
                price_units,
                periods,
                st.sampled_from(RATES),
            ),
            max_size=12,
        )
    )
    return [LineInput(number, *row) for number, row in enumerate(rows)]


@st.composite
def percentages(draw: st.DrawFn) -> list[Decimal]:
    """Shares above 0 with four decimals that sum to exactly 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 10**6 - 1), max_size=6)))
    edges = [0, *cuts, 10**6]
    return [Decimal(upper - lower).scaleb(-4) for lower, upper in pairwise(edges)]


def half_up(value: Fraction) -> Decimal:
    """Round a non-negative fraction to cents, written apart from the product's way."""
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)


@given(quantities, prices, price_units, periods)
def test_line_net_is_the_exact_product_rounded_once(
    quantity: int, price: Decimal, price_unit: int, times: int
) -> None:
    exact = Fraction(price) * quantity * times / price_unit
    assert line_net(quantity, price, price_unit, times) == half_up(exact)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20), prices, price_units, periods)
def test_parts_sum_to_the_whole(
    parts: list[int], price: Decimal, price_unit: int, times: int
) -> None:
    nets, done = [], 0
    for part in parts:
        nets.append(part_net(done, part, price, price_unit, times))
        done += part
    assert sum(nets) == line_net(done, price, price_unit, times)
    assert all(net >= 0 for net in nets)


@given(cents, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_an_allocation_sums_and_stays_within_a_cent_of_the_exact_share(
    total: Decimal, weights: list[int]
) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(part) - exact) < Fraction(CENT)
    assert parts == largest_remainder(total, weights)
    assert largest_remainder(-total, weights) == [-part for part in parts]


@given(cents, cents, percentages())
def test_splits_sum(net: Decimal, tax: Decimal, shares_percent: list[Decimal]) -> None:
    shares = split(QuotedLine("line", net, tax), shares_percent)
    assert len(shares) == len(shares_percent)
    assert sum(share.net for share in shares) == net
    assert sum(share.tax for share in shares) == tax
    assert sum(share.gross for share in shares) == net + tax


@settings(max_examples=200)
@given(baskets())
def test_group_tax_is_rate_times_net_rounded_and_lines_sum_to_it(basket: list[LineInput]) -> None:
    priced = quote(basket)
    members: dict[VatGroupKey, list[QuotedLine]] = {}
    for given_line, line in zip(basket, priced.lines, strict=True):
        members.setdefault(given_line.vat_group, []).append(line)
    assert {group.key for group in priced.groups} == set(members)
    for group in priced.groups:
        lines = members[group.key]
        assert group.net == sum(line.net for line in lines)
        assert group.tax == half_up(Fraction(group.net) * Fraction(group.key.rate) / 100)
        assert group.tax == sum(line.tax for line in lines)
        assert all(line.tax >= 0 for line in lines)


@given(baskets())
def test_call_offs_of_a_basket_sum_to_the_basket(basket: list[LineInput]) -> None:
    priced = quote(basket)
    alone = [
        quote(line for line in basket if line.call_off_key == total.call_off_key)
        for total in priced.call_offs
    ]
    assert [(part.net, part.tax, part.gross) for part in alone] == [
        (total.net, total.tax, total.gross) for total in priced.call_offs
    ]
    assert sum(part.gross for part in alone) == priced.gross
    assert sum(line.gross for line in priced.lines) == priced.gross


@given(st.sets(st.integers(2, 10_000), max_size=8), st.integers(1, 12_000))
def test_the_active_tier_is_the_last_one_reached(starts: set[int], quantity: int) -> None:
    tiers = [Tier(start, Decimal(start)) for start in sorted({1, *starts})]
    reached = [tier for tier in tiers if tier.from_quantity <= quantity]
    assert active_tier(tiers, quantity) is reached[-1]
