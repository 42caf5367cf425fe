"""What is written stays written; balances move by entries only.

The statements run as the application's role. What the schema's owner does by switching a
trigger off cannot be refused, so it must be found: by the replay and by the feed's chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from contracts.ledger.models import (
    AccountKind,
    DayMovement,
    EntryKind,
    LedgerEntry,
    LimitAccount,
    Unit,
)
from contracts.ledger.movements import hold, open_account, settle
from contracts.ledger.requests import Hold, Post
from orders.finance.exports import BrokenChain, feed_of, sequence_all, verify
from shop.services.addresses import APP_ROLE, OWNER_ROLE
from tests.refusals import forbidden, refused_by
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db

FOR_EVER = (
    "ledger_ledgerentry",
    "ledger_daymovement",
    "audit_auditentry",
    "orders_financeevent",
    "orders_feedentry",
    "orders_decision",
    "orders_involvement",
    "orders_requisitionrevision",
    "orders_requisitionline",
    "orders_assignment",
)


def execute(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def composed(template: str, **names: str) -> str:
    """The statement with the names quoted in."""
    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    return sql.SQL(template).format(**identifiers).as_string()


def account(kind: AccountKind = AccountKind.LOT_VALUE) -> LimitAccount:
    return open_account(
        kind=kind,
        unit=Unit.EUR,
        title="Konto",
        limit=Decimal(100),
        document="Zuschlag",
        by=None,
        now=NOW,
    )


def held(row: LimitAccount, amount: int, reference: str) -> int:
    ids = hold([Hold(row.pk, Decimal(amount), reference)], by=None, now=NOW)
    return ids[f"{row.pk}:{reference}"]


def insert_entry(row: LimitAccount, kind: EntryKind, **values: object) -> None:
    """An entry as the application's role could write it past the public functions."""
    LedgerEntry.objects.create(account=row, kind=kind, at=NOW, **{"reference": "roh", **values})


class TestTheApplicationsRole:
    def test_it_owns_nothing_and_may_become_nobody(self) -> None:
        rights = execute(
            "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls,"
            " pg_has_role(current_user, %s, 'MEMBER'),"
            " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid),"
            " (SELECT count(*) FROM pg_proc WHERE proowner = pg_roles.oid)"
            " FROM pg_roles WHERE rolname = current_user",
            OWNER_ROLE,
        )
        assert rights == [(APP_ROLE, False, False, False, False, False, 0, 0)]

    @pytest.mark.parametrize("table", FOR_EVER)
    def test_rows_cannot_be_changed_deleted_or_truncated(self, table: str) -> None:
        column = "requisition_id" if table == "orders_involvement" else "id"
        for template in (
            "UPDATE {table} SET {column} = {column}",
            "DELETE FROM {table}",
            "TRUNCATE {table} CASCADE",
        ):
            with forbidden():
                execute(composed(template, table=table, column=column))

    @pytest.mark.parametrize("column", ["limit_amount", "held", "posted", "kind", "unit", "id"])
    def test_balances_cannot_be_written(self, column: str) -> None:
        row = account()
        with forbidden():
            LimitAccount.objects.filter(pk=row.pk).update(**{column: getattr(row, column)})

    def test_days_cannot_be_written(self) -> None:
        with forbidden():
            DayMovement.objects.create(account=account(), day=NOW, held=Decimal(1), posted=0)

    def test_an_account_cannot_be_deleted(self) -> None:
        row = account()
        with forbidden():
            execute("DELETE FROM ledger_limitaccount WHERE id = %s", row.pk)

    def test_only_its_name_and_its_stop_can_be_written(self) -> None:
        row = account()
        LimitAccount.objects.filter(pk=row.pk).update(
            title="Los 1", is_open=False, closed_reason="suspended"
        )
        row.refresh_from_db()
        assert (row.title, row.is_open) == ("Los 1", False)

    @pytest.mark.parametrize(
        "statement",
        [
            "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER ALL",
            "ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded",
            "DROP TRIGGER ledger_budget_not_overdrawn ON ledger_limitaccount",
            "DROP FUNCTION ledger_apply_entries CASCADE",
            (
                "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN NEW; END $$"
            ),
            "SET session_replication_role = replica",
            "SET ROLE kaufhaus_owner",
        ],
    )
    def test_the_guards_cannot_be_switched_off(self, statement: str) -> None:
        with forbidden():
            execute(statement)

    def test_a_table_of_the_same_name_does_not_divert_the_entries(self) -> None:
        row = account()
        execute("CREATE TEMPORARY TABLE ledger_limitaccount (LIKE public.ledger_limitaccount)")
        execute("GRANT ALL ON pg_temp.ledger_limitaccount TO PUBLIC")
        execute(
            "INSERT INTO public.ledger_ledgerentry"
            " (account_id, kind, delta_limit, delta_held, delta_posted, reference, document, at)"
            " VALUES (%s, 'hold', 0, 60, 0, 'roh', '', %s)",
            row.pk,
            NOW,
        )
        assert execute("SELECT held FROM public.ledger_limitaccount WHERE id = %s", row.pk) == [
            (Decimal("60.00"),)
        ]
        execute("DROP TABLE pg_temp.ledger_limitaccount")


class TestEntriesPastThePublicFunctions:
    """No Python check in between: constraints and triggers refuse alone, by name."""

    def test_an_account_with_a_limit_but_no_entry(self) -> None:
        with refused_by("ledger_account_starts_empty"):
            LimitAccount.objects.create(
                kind=AccountKind.LOT_VALUE, title="Los", limit_amount=Decimal(1)
            )

    def test_a_hold_above_the_cap(self) -> None:
        row = account()
        insert_entry(row, EntryKind.HOLD, delta_held=Decimal(100))
        with refused_by("ledger_cap_not_exceeded"):
            insert_entry(row, EntryKind.HOLD, delta_held=Decimal("0.01"), reference="mehr")

    def test_a_hold_above_the_budget(self) -> None:
        row = account(AccountKind.BUDGET)
        with refused_by("ledger_budget_not_overdrawn"):
            insert_entry(row, EntryKind.HOLD, delta_held=Decimal("100.01"))

    def test_a_cap_below_its_use(self) -> None:
        row = account()
        held(row, 60, "a")
        with refused_by("ledger_cap_not_exceeded"):
            insert_entry(row, EntryKind.ADJUST, delta_limit=Decimal(-41))

    def test_a_negative_limit(self) -> None:
        with refused_by("ledger_account_not_negative"):
            insert_entry(account(AccountKind.BUDGET), EntryKind.ADJUST, delta_limit=Decimal(-101))

    @pytest.mark.parametrize(
        "values",
        [
            {"kind": EntryKind.HOLD, "delta_held": Decimal(-1)},
            {"kind": EntryKind.HOLD, "delta_held": Decimal(1), "delta_posted": Decimal(1)},
            {"kind": EntryKind.POST, "delta_posted": Decimal(1)},
            {"kind": EntryKind.VOID, "delta_held": Decimal(-1)},
            {"kind": EntryKind.REVERSE, "delta_posted": Decimal(-1)},
            {"kind": EntryKind.ADJUST, "delta_held": Decimal(-1)},
            {"kind": "gift", "delta_posted": Decimal(-1)},
        ],
    )
    def test_an_entry_that_has_not_the_shape_of_its_kind(self, values: dict[str, object]) -> None:
        row = account()
        held(row, 50, "a")
        with refused_by("ledger_entry_shape"):
            insert_entry(row, **values)  # type: ignore[arg-type]

    def test_the_hold_of_another_account(self) -> None:
        row, other = account(), account()
        held(row, 50, "a")
        foreign = held(other, 50, "a")
        with refused_by("ledger_resolution_matches"):
            insert_entry(row, EntryKind.VOID, delta_held=Decimal(-50), resolves_id=foreign)

    @pytest.mark.parametrize("part", [10, 60])
    def test_another_amount_than_was_held(self, part: int) -> None:
        row = account()
        pk = held(row, 30, "a")
        held(row, 40, "b")
        with refused_by("ledger_resolution_matches"):
            insert_entry(row, EntryKind.VOID, delta_held=Decimal(-part), resolves_id=pk)

    def test_a_second_end_of_a_hold(self) -> None:
        row = account()
        pk = held(row, 30, "a")
        held(row, 40, "b")
        settle(voids=[pk], by=None, now=NOW)
        with refused_by("ledger_hold_resolved_once"):
            insert_entry(row, EntryKind.VOID, delta_held=Decimal(-30), resolves_id=pk)

    def test_more_than_was_posted(self) -> None:
        row = account()
        for reference in ("a", "b"):
            pk = held(row, 30, reference)
            settle(posts=[Post(pk, Decimal(30), reference)], by=None, now=NOW)
        post = LedgerEntry.objects.get(kind=EntryKind.POST, resolves_id=pk)
        with refused_by("ledger_reverse_within_post"):
            insert_entry(
                row, EntryKind.REVERSE, delta_posted=Decimal("-30.01"), resolves_id=post.pk
            )

    def test_the_same_movement_twice(self) -> None:
        row = account()
        held(row, 30, "a")
        with refused_by("ledger_entry_reference_unique"):
            insert_entry(row, EntryKind.HOLD, delta_held=Decimal(1), reference="a")


TAMPERED_BOOKS = (
    "UPDATE ledger_limitaccount SET held = held - 1 WHERE held > 0",
    "UPDATE ledger_limitaccount SET posted = posted + 1 WHERE kind = 'budget'",
    "UPDATE ledger_limitaccount SET limit_amount = limit_amount + 1 WHERE kind = 'lot_value'",
    "UPDATE ledger_ledgerentry SET delta_held = delta_held + 1 WHERE kind = 'hold'",
    "UPDATE ledger_ledgerentry SET delta_limit = delta_limit + 1 WHERE kind = 'adjust'",
    "UPDATE ledger_daymovement SET posted = posted + 1",
    "DELETE FROM ledger_daymovement WHERE held > 0",
    (
        "DELETE FROM ledger_ledgerentry hold WHERE kind = 'hold' AND NOT EXISTS"
        " (SELECT FROM ledger_ledgerentry ending WHERE ending.resolves_id = hold.id)"
    ),
)
TAMPERED_FEED = (
    "UPDATE orders_financeevent SET payload = replace(payload, 'EUR', 'USD')",
    (
        "UPDATE orders_financeevent SET payload = '{}',"
        " payload_hash = encode(sha256('{}'), 'hex') WHERE type = 'RESERVATION'"
    ),
    "UPDATE orders_feedentry SET chain_hash = repeat('0', 64) WHERE seq = 3",
    "DELETE FROM orders_feedentry WHERE seq = 3",
    "DELETE FROM orders_feedentry WHERE seq = 6",
    (
        "UPDATE orders_financeevent moved"
        " SET payload = other.payload, payload_hash = other.payload_hash"
        " FROM orders_financeevent other, orders_feedentry place, orders_feedentry other_place"
        " WHERE place.event_id = moved.id AND other_place.event_id = other.id"
        " AND place.seq + other_place.seq = 3"
    ),
)


@pytest.fixture
def issued() -> World:
    """One requisition over two lots, issued, its events numbered, and one still held."""
    world = build_world()
    world.approve(world.submitted({0: 30, 1: 100}))
    sequence_all(now=NOW)
    world.submitted({0: 1})
    return world


@contextmanager
def tampered(owner: psycopg.Connection, statement: str, tables: tuple[str, ...]) -> Iterator[None]:
    """The owner switches the triggers off and changes rows; afterwards they are put back."""
    pairs = [{"table": table, "kept": f"kept_{table}"} for table in tables]
    for pair in pairs:
        owner.execute(composed("ALTER TABLE {table} DISABLE TRIGGER USER", **pair))
        owner.execute(composed("CREATE TEMPORARY TABLE {kept} AS TABLE {table}", **pair))
    assert owner.execute(statement).rowcount > 0, "nothing was changed"
    yield
    with owner.transaction():
        for pair in pairs:
            owner.execute(composed("DELETE FROM {table}", **pair))
            owner.execute(composed("INSERT INTO {table} SELECT * FROM {kept}", **pair))
            owner.execute(composed("DROP TABLE {kept}", **pair))


@pytest.mark.django_db(transaction=True)
def test_the_replay_finds_what_the_owner_changed(issued: World, owner: psycopg.Connection) -> None:
    tables = ("ledger_limitaccount", "ledger_ledgerentry", "ledger_daymovement")
    for statement in TAMPERED_BOOKS:
        call_command("check_ledger", stdout=StringIO())
        with (
            tampered(owner, statement, tables),
            pytest.raises(CommandError, match="weichen ab"),
        ):
            call_command("check_ledger", stderr=StringIO())


@pytest.mark.django_db(transaction=True)
def test_the_chain_finds_what_the_owner_changed(issued: World, owner: psycopg.Connection) -> None:
    feed = feed_of(issued.officer, "stadt-a")
    tables = ("orders_financeevent", "orders_feedentry")
    for statement in TAMPERED_FEED:
        assert verify(feed) == 6
        with tampered(owner, statement, tables), pytest.raises(BrokenChain):
            verify(feed)
