"""The hot path of the ledger: how many statements it takes, and that the server keeps them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.ledger.models import AccountKind, EntryKind, LedgerEntry, LimitAccount, Unit
from contracts.ledger.movements import Opening, hold, open_accounts, settle
from contracts.ledger.requests import Hold, Post
from contracts.ledger.statements import ACCOUNT_COLUMNS, LOCK_ACCOUNTS
from tests.world import NOW

pytestmark = pytest.mark.django_db

# Few enough for a test, more than any threshold of the settings.
OFTEN = 6


@pytest.fixture
def accounts() -> list[LimitAccount]:
    opening = Opening(AccountKind.LOT_VALUE, Unit.EUR, "Los", Decimal(1000), "Zuschlag")
    return open_accounts([opening] * 6, by=None, now=NOW)


def hold_all(accounts: list[LimitAccount], reference: str) -> dict[str, int]:
    asks = [Hold(account.pk, Decimal(2), reference) for account in accounts]
    return hold(asks, by=None, now=NOW)


@pytest.mark.parametrize("touched", [1, 6])
def test_a_hold_is_two_statements_however_many_accounts(
    accounts: list[LimitAccount], touched: int
) -> None:
    with CaptureQueriesContext(connection) as queries:
        hold_all(accounts[:touched], "a")
    lock, append = (row["sql"].split(maxsplit=1)[0] for row in queries)
    assert (lock, append) == ("SELECT", "INSERT")


@pytest.mark.parametrize("touched", [1, 6])
def test_a_settlement_is_three(accounts: list[LimitAccount], touched: int) -> None:
    """The open holds are read first: they say which accounts are to be locked."""
    ids = hold_all(accounts[:touched], "a").values()
    with CaptureQueriesContext(connection) as queries:
        settle(posts=[Post(pk, Decimal(3), f"post:{pk}") for pk in ids], by=None, now=NOW)
    assert len(queries) == 3


def test_the_returned_ids_are_those_of_the_holds(accounts: list[LimitAccount]) -> None:
    asks = [Hold(account.pk, Decimal(2), "a") for account in reversed(accounts)]
    raised = [Hold(account.pk, Decimal(1), "b") for account in accounts]
    ids = hold([*asks[:3], *raised, *asks[3:]], by=None, now=NOW)
    entries = LedgerEntry.objects.filter(kind=EntryKind.HOLD)
    assert ids == {f"{entry.account_id}:{entry.reference}": entry.pk for entry in entries}
    assert len(ids) == 12


def test_the_server_keeps_both_statements(accounts: list[LimitAccount]) -> None:
    for number in range(OFTEN):
        hold_all(accounts, f"ref:{number}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        kept = {statement.split(maxsplit=1)[0]: runs for statement, runs in cursor.fetchall()}
    assert kept.keys() >= {"SELECT", "INSERT"}
    assert min(kept.values()) > 1


def test_the_locked_rows_are_whole_accounts(accounts: list[LimitAccount]) -> None:
    """A column that is missing here would be read later, by a query of its own."""
    fields = [field.column for field in LimitAccount._meta.concrete_fields]
    assert sorted(ACCOUNT_COLUMNS) == sorted(fields)
    selected = LOCK_ACCOUNTS.partition("FROM")[0].removeprefix("\nSELECT ")
    assert tuple(selected.strip().split(", ")) == ACCOUNT_COLUMNS
