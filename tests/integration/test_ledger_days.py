"""The course of a value cap is read from its days, and the days follow from the entries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.ledger.history import KEPT_BY_DAY, DayBalance, daily_balances
from contracts.ledger.models import AccountKind, DayMovement, LimitAccount, Unit
from contracts.ledger.movements import Opening, hold, open_accounts, settle
from contracts.ledger.replay import differences
from contracts.ledger.requests import Hold, Post

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
BERLIN_MIDNIGHT = datetime(2026, 3, 3, 23, tzinfo=UTC)


def account(kind: AccountKind) -> LimitAccount:
    unit = Unit.PIECES if kind == AccountKind.ITEM_QUANTITY else Unit.EUR
    opening = Opening(kind, unit, "Konto", Decimal(100), "Zuschlag")
    return open_accounts([opening], by=None, now=MORNING)[0]


def held(row: LimitAccount, amount: int, reference: str, now: datetime) -> int:
    ids = hold([Hold(row.pk, Decimal(amount), reference)], by=None, now=now)
    return ids[f"{row.pk}:{reference}"]


@pytest.mark.parametrize("kind", AccountKind)
def test_only_value_caps_whose_course_is_drawn_have_days(kind: AccountKind) -> None:
    row = account(kind)
    held(row, 30, "a", MORNING)
    assert DayMovement.objects.filter(account=row).exists() == (kind in KEPT_BY_DAY)
    assert differences() == []


@pytest.mark.parametrize("kind", KEPT_BY_DAY)
def test_a_day_ends_at_midnight_in_berlin_with_all_that_happened_on_it(kind: AccountKind) -> None:
    row, other = account(kind), account(kind)
    first = held(row, 30, "a", MORNING)
    held(row, 10, "b", MORNING)
    held(other, 7, "c", NEXT_MORNING)
    settle(posts=[Post(first, Decimal(25), "post:a")], by=None, now=NEXT_MORNING)
    second = held(row, 5, "d", BERLIN_MIDNIGHT)
    settle(voids=[second], by=None, now=BERLIN_MIDNIGHT)
    expected = [
        DayBalance(FIRST, Decimal(0), Decimal(40)),
        DayBalance(SECOND, Decimal(25), Decimal(10)),
        DayBalance(THIRD, Decimal(25), Decimal(10)),
    ]
    with CaptureQueriesContext(connection) as captured:
        found = daily_balances([row.pk])
    assert found == {row.pk: expected}
    assert "ledger_ledgerentry" not in "".join(query["sql"] for query in captured)
    assert differences() == []
