"""Each test process works on a copy of the migrated template, which each test finds as new."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import OutsideNetworkError
from tests.database import Databases
from tests.database_state import spoil

EMAIL = "wer@example.org"
GUARD = "ledger_cap_not_exceeded"
WITHOUT_GUARD = f"ALTER TABLE ledger_limitaccount DROP CONSTRAINT {GUARD}"


@pytest.fixture
def renew(databases: Databases) -> Callable[[], None]:
    """What comes after each test that commits."""

    def become_new() -> None:
        connections.close_all()
        databases.renew(settings.DATABASES["default"]["NAME"])

    return become_new


def has_guard() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE conname = %s", [GUARD])
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_taken_back(renew: Callable[[], None]) -> None:
    users = get_user_model().objects

    def commit_from_another_connection() -> None:
        users.create_user(EMAIL)
        connections.close_all()

    thread = threading.Thread(target=commit_from_another_connection)
    thread.start()
    thread.join()
    assert users.get().email == EMAIL
    renew()
    assert not users.exists()
    assert users.create_user(EMAIL).pk == 1, "the numbers go on instead of beginning anew"


@pytest.mark.django_db(transaction=True)
def test_rows_of_migrations_are_there_in_transactional_tests(owner: psycopg.Connection) -> None:
    row = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert row is not None
    assert row[0] > 100


@pytest.mark.django_db(transaction=True)
def test_rows_of_migrations_are_put_back(
    owner: psycopg.Connection, renew: Callable[[], None]
) -> None:
    before = list(Site.objects.values())
    Site.objects.create(domain="neu.example", name="Neu")
    assert owner.execute("UPDATE django_site SET name = 'falsch'").rowcount == len(before) + 1
    renew()
    assert list(Site.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_a_schema_that_was_changed_for_good_is_replaced(
    owner: psycopg.Connection, renew: Callable[[], None]
) -> None:
    owner.execute(WITHOUT_GUARD)
    assert not has_guard()
    renew()
    assert has_guard()


@pytest.mark.django_db
def test_a_guard_taken_away_in_a_test_comes_back_with_its_transaction() -> None:
    with transaction.atomic():
        spoil(WITHOUT_GUARD)
        assert not has_guard()
        transaction.set_rollback(True)
    assert has_guard()


@pytest.mark.django_db
def test_no_migration_is_missing_in_the_template() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_the_network_outside_is_closed() -> None:
    with pytest.raises(OutsideNetworkError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OutsideNetworkError):
        socket.getaddrinfo("example.org", 443)
