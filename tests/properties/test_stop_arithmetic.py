"""The SQL of the stops and the calculator come to the same cent (ADR 13)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.agreements.caps.stops import LINE_NET, OFF_LIST
from contracts.pricing import InvalidPrice, discounted, line_net

pytestmark = pytest.mark.django_db

four_places = st.integers(1, 10**8).map(lambda value: Decimal(value).scaleb(-4))
percents = st.integers(0, 999_999).map(lambda value: Decimal(value).scaleb(-4))
# thirds and sevenths never end, quarters and eighths end on half a cent
units = st.sampled_from([1, 3, 4, 7, 8, 10, 100, 125, 1000, 999_983])
settled = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def asked(expression: str, names: str, values: tuple[object, ...]) -> Decimal:
    sums = expression.format(**{name: f"row.{name}" for name in names.split()})
    columns = ", ".join(names.split())
    holders = ", ".join("%s::numeric" if isinstance(v, Decimal) else "%s::int" for v in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM (VALUES ({holders})) AS row ({columns})", values)  # noqa: S608
        (found,) = cursor.fetchone()
    return Decimal(found)


@settled
@given(four_places, percents)
def test_a_price_off_the_list(amount: Decimal, percent: Decimal) -> None:
    found = asked(OFF_LIST, "amount percent", (amount, percent))
    try:
        assert found == discounted(amount, percent)
    except InvalidPrice:  # nothing is left of it: no price, and the stops count none
        assert found == 0


@settled
@given(st.integers(1, 5_000), st.integers(1, 60), four_places, units)
def test_a_line(quantity: int, periods: int, price: Decimal, unit: int) -> None:
    names, values = "quantity periods price price_unit", (quantity, periods, price, unit)
    assert asked(LINE_NET, names, values) == line_net(quantity, price, unit, periods)
