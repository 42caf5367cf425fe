"""Each test process works on a copy of the migrated template, which each test finds as new."""

from __future__ import annotations

import socket
import threading

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import OutsideNetworkError
from tests.database_state import spoil

EMAIL = "wer@example.org"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_of_one_test_are_unknown_to_the_next(turn: int) -> None:
    """Fails in the second turn when the first one's rows were not taken back."""
    users = get_user_model().objects
    assert not users.filter(email=EMAIL).exists()

    def commit_from_another_connection() -> None:
        users.create_user(EMAIL)
        connections.close_all()

    thread = threading.Thread(target=commit_from_another_connection)
    thread.start()
    thread.join()
    assert users.filter(email=EMAIL).exists()


@pytest.mark.django_db(transaction=True)
def test_rows_of_migrations_are_there_in_transactional_tests(owner: psycopg.Connection) -> None:
    row = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert row is not None
    assert row[0] > 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_rows_of_migrations_are_put_back(turn: int, owner: psycopg.Connection) -> None:
    assert Site.objects.create(domain="neu.example", name="Neu").pk == 2
    assert owner.execute("UPDATE django_site SET name = 'falsch' WHERE name <> 'falsch'").rowcount


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_schema_that_was_changed_for_good_is_replaced(
    turn: int, owner: psycopg.Connection
) -> None:
    """Fails in the second turn when the constraint is still gone."""
    owner.execute("ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded")


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_a_guard_taken_away_in_a_test_comes_back_with_its_end(turn: int) -> None:
    spoil("ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded")


@pytest.mark.django_db
def test_no_migration_is_missing_in_the_template() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_the_network_outside_is_closed() -> None:
    with pytest.raises(OutsideNetworkError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OutsideNetworkError):
        socket.getaddrinfo("example.org", 443)
