"""Services by period: their last day and the fiscal years that bear them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracts.pricing import ApportionmentError, InvalidPeriods, service_end, split_by_fiscal_year


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-01", 12, "2027-07-31"),
        ("2026-08-15", 1, "2026-09-14"),
        ("2026-12-01", 1, "2026-12-31"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-28", 1, "2026-02-27"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_the_last_day_of_a_service(start: str, months: int, end: str) -> None:
    assert service_end(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_a_licence_over_three_school_years_falls_into_four_fiscal_years() -> None:
    assert split_by_fiscal_year(Decimal("100.00"), date(2026, 8, 1), 36) == {
        2026: Decimal("13.89"),
        2027: Decimal("33.33"),
        2028: Decimal("33.33"),
        2029: Decimal("19.45"),
    }


def test_a_month_belongs_to_the_year_in_which_it_begins() -> None:
    assert split_by_fiscal_year(Decimal("9.00"), date(2026, 12, 15), 1) == {2026: Decimal("9.00")}
    assert list(split_by_fiscal_year(Decimal("9.00"), date(2026, 12, 15), 2)) == [2026, 2027]


def test_what_is_given_back_is_split_as_the_mirror_image() -> None:
    parts = split_by_fiscal_year(Decimal("-100.00"), date(2026, 7, 1), 36)
    assert parts == {
        year: -part
        for year, part in split_by_fiscal_year(Decimal("100.00"), date(2026, 7, 1), 36).items()
    }


def test_nothing_is_split_into_nothing() -> None:
    assert split_by_fiscal_year(Decimal(0), date(2026, 12, 1), 2) == {2026: 0, 2027: 0}


@pytest.mark.parametrize("months", [0, -1])
def test_months_are_at_least_one(months: int) -> None:
    with pytest.raises(InvalidPeriods):
        service_end(date(2026, 1, 1), months)
    with pytest.raises(InvalidPeriods):
        split_by_fiscal_year(Decimal(1), date(2026, 1, 1), months)


def test_amounts_have_whole_cents() -> None:
    with pytest.raises(ApportionmentError):
        split_by_fiscal_year(Decimal("0.001"), date(2026, 1, 1), 1)
