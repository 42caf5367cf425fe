"""Real servers, a fresh database and a closed network for every test process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from shop.environment import var_dir
from shop.services import embedded
from shop.services.addresses import Addresses
from shop.services.roles import in_database
from tests.database import TEST_PREFIX, Databases

pytest_plugins = ("tests.browser_fixtures", "tests.demo_fixtures")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
LOOPBACK = ("127.", "::1", "localhost")


class OutsideNetworkError(RuntimeError):
    """A test reached for an address beyond this machine."""


def _forbid_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: lets unix sockets and loopback through, nothing else."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    text = host.decode() if isinstance(host, bytes) else host
    if text and not str(text).startswith(LOOPBACK):
        raise OutsideNetworkError(f"No network outside of this machine in tests: {text}")


sys.addaudithook(_forbid_outside)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first: their worker does little else, and the others steal its rest."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def services() -> Iterator[Addresses]:
    """PostgreSQL and Redis: embedded ones in var/test, or the servers of the environment."""
    if "DATABASE_URL" in os.environ:
        yield Addresses(
            database_url=os.environ["DATABASE_URL"],
            database_owner_url=os.environ["DATABASE_OWNER_URL"],
            database_admin_url=os.environ["DATABASE_ADMIN_URL"],
            redis_url=os.environ["REDIS_URL"],
        )
        return
    with embedded.running(durable=False) as found:
        yield found


@pytest.fixture(scope="session")
def databases(services: Addresses) -> Databases:
    """The maker of test databases, its migrated template ready."""
    maker = Databases(
        admin_url=services.database_admin_url,
        owner_url=services.database_owner_url,
        folder=var_dir(),
    )
    maker.prepare_template()
    maker.drop_leftovers()
    return maker


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, databases: Databases, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Points Django at a copy of the template, as the role that owns nothing.

    After a test with transaction=True it becomes as new again, instead of Django's flush:
    that role may not TRUNCATE, ledger rows refuse to be deleted, and a flush would also
    lose the rows that migrations put in.
    """
    name = f"{TEST_PREFIX}{os.getpid()}"
    databases.copy(name)
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name

    def as_new(_self: TransactionTestCase) -> None:
        connections.close_all()
        databases.renew(name)

    TransactionTestCase._fixture_teardown = as_new  # type: ignore[method-assign]
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture
def owner(services: Addresses, db: None) -> Iterator[psycopg.Connection]:
    """A connection of the schema's owner, outside the test's transaction, in autocommit."""
    url = in_database(services.database_owner_url, settings.DATABASES["default"]["NAME"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def process_environment(services: Addresses, django_db_setup: None) -> dict[str, str]:
    """The environment for a process that a test starts: same database, same Redis."""
    name = settings.DATABASES["default"]["NAME"]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": in_database(services.database_url, name),
        "DATABASE_OWNER_URL": in_database(services.database_owner_url, name),
        "REDIS_URL": settings.REDIS_URL,
    }


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Official schemas and real files beside the repository; skips where they are absent."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the folder of standards beside the repository: {SHARED.name}")
    return SHARED
