"""Price changes, modifications, periods and tiers obey their laws."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.pricing import modification, periods, pieces, price_change, tiers

from .pieces_law import Split, check_pieces, splits
from .pricing_laws import (
    Proposal,
    Register,
    check_bases,
    check_end,
    check_monotonic,
    check_register,
    check_tier,
    check_verdict,
    check_years,
    orders,
    proposals,
    registers,
    services,
)


@settings(max_examples=400)
@given(proposals())
def test_a_price_change_goes_the_way_of_the_rules(proposal: Proposal) -> None:
    check_verdict(price_change, proposal)


@settings(max_examples=200)
@given(proposals(), st.integers(0, 2), st.integers(1, 10**6).map(lambda n: Decimal(n).scaleb(-4)))
def test_a_stricter_case_never_has_an_easier_way(
    proposal: Proposal, start: int, more: Decimal
) -> None:
    check_monotonic(price_change, proposal, start, more)


@settings(max_examples=300)
@given(registers)
def test_modifications_stay_within_the_limits_of_the_law(register: Register) -> None:
    check_register(modification, register)


@given(services)
def test_fiscal_years_sum_to_the_whole(service: tuple[Decimal, date, int]) -> None:
    check_years(periods, *service)


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(1, 72))
def test_services_follow_one_another_without_a_gap(start: date, months: int) -> None:
    check_end(periods, start, months)


@given(orders)
def test_the_base_of_a_tier_is_that_of_the_item(
    order: tuple[list[tuple[int, int]], dict[int, int]],
) -> None:
    check_bases(tiers, *order)


@given(st.sets(st.integers(2, 500), max_size=6), st.integers(1, 600))
def test_the_last_tier_reached_is_in_force(starts: set[int], quantity: int) -> None:
    check_tier(tiers, starts, quantity)


@settings(max_examples=400)
@given(splits)
def test_pieces_sum_over_assignments_and_over_parts(split: Split) -> None:
    check_pieces(pieces, split)
