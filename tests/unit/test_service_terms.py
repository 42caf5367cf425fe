"""Terms of charges per period: when they begin, and what later years bear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.models import ChargeType, ContractItem
from frontend.presenters.service_terms import with_terms
from orders.call_offs.service_terms import ServiceTerm, service_term

DELIVERY = date(2026, 6, 29)
YEARLY = ContractItem(charge=ChargeType.PER_PERIOD, periods=3, period_months=12)
THREE_YEARS = ServiceTerm(date(2026, 8, 1), 36)


@dataclass
class Line:
    net: Decimal
    pk: int = 1
    cancelled_net: Decimal = Decimal(0)
    service: object = None


@pytest.mark.parametrize(
    ("needed_by", "first"),
    [
        (None, DELIVERY),
        (date(2026, 6, 28), DELIVERY),
        (date(2026, 8, 1), date(2026, 8, 1)),
    ],
)
def test_a_service_begins_with_the_delivery_or_later_when_it_is_needed(
    needed_by: date | None, first: date
) -> None:
    term = service_term(YEARLY, 3, delivery_by=DELIVERY, needed_by=needed_by)
    assert term == ServiceTerm(first, 36)


def test_what_is_charged_once_has_no_term() -> None:
    once = ContractItem(charge=ChargeType.ONE_OFF)
    assert service_term(once, 1, delivery_by=DELIVERY, needed_by=None) is None


def test_the_last_day_is_before_the_one_of_the_same_number() -> None:
    assert THREE_YEARS.last == date(2029, 7, 31)


def test_years_are_shown_of_what_was_not_cancelled() -> None:
    line = Line(Decimal("108.00"), cancelled_net=Decimal("36.00"))
    with_terms([line], {1: THREE_YEARS}, ordered_on=date(2026, 6, 15))
    assert line.service.years == (  # type: ignore[attr-defined]
        (2026, Decimal("10.00")),
        (2027, Decimal("24.00")),
        (2028, Decimal("24.00")),
        (2029, Decimal("14.00")),
    )


@pytest.mark.parametrize(
    ("term", "net", "with_years", "shown"),
    [
        (ServiceTerm(date(2026, 7, 1), 6), "60.00", True, 0),
        (ServiceTerm(date(2026, 7, 1), 7), "70.00", True, 2),
        (ServiceTerm(date(2027, 1, 1), 6), "60.00", True, 1),
        (THREE_YEARS, "0.00", True, 0),
        (THREE_YEARS, "72.00", False, 0),
    ],
    ids=["this year", "into the next", "next year alone", "all cancelled", "not the buyer"],
)
def test_years_are_shown_where_the_line_leaves_the_year_of_the_order(
    term: ServiceTerm, net: str, with_years: bool, shown: int
) -> None:
    line = Line(Decimal(net))
    with_terms([line], {1: term}, ordered_on=date(2026, 6, 15), with_years=with_years)
    assert len(line.service.years) == shown  # type: ignore[attr-defined]


def test_a_line_without_a_term_shows_nothing() -> None:
    line = Line(Decimal("5.00"))
    with_terms([line], {}, ordered_on=date(2026, 6, 15))
    assert line.service is None
