"""The embedded servers: start, stop, keep data, and two roles with different rights."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.db import connection

from shop.services import embedded
from shop.services.addresses import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    postgres_socket_dir,
    redis_socket,
    runtime_dir,
)
from shop.services.errors import ServiceError
from shop.services.home import find_home
from shop.services.postgres import Postgres
from shop.services.redis_server import RedisServer
from shop.services.roles import in_database

SOCKET_PATH_LIMIT = 107


def _server_pids(folder: Path) -> list[int]:
    """Every process whose command line names this folder's sockets or data."""
    marks = (str(runtime_dir(folder)), str(find_home(folder).data))
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if any(mark in command for mark in marks):
                found.append(int(entry.name))
    return found


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A var folder of this test alone, its servers gone afterwards."""
    folder = tmp_path / "var"
    folder.mkdir()
    yield folder
    embedded.remove(folder)


def test_servers_answer_inside_the_block_and_are_gone_after_it(var: Path) -> None:
    with embedded.running(var, durable=False) as found:
        with psycopg.connect(found.database_url) as session:
            row = session.execute("SHOW server_version_num").fetchone()
        assert row is not None
        assert int(row[0]) >= 18_00_00
        with redis.Redis.from_url(found.redis_url) as client:
            assert client.ping()
        assert embedded.status(var) == embedded.Status(postgres=True, redis=True)
        assert _server_pids(var)
    assert embedded.status(var) == embedded.Status(postgres=False, redis=False)
    assert _server_pids(var) == []
    assert not runtime_dir(var).exists()


def test_a_second_start_keeps_what_was_written(var: Path) -> None:
    with embedded.running(var) as found:
        with psycopg.connect(found.database_owner_url) as session:
            session.execute("CREATE TABLE kept (word text)")
            session.execute("INSERT INTO kept VALUES ('geblieben')")
        with redis.Redis.from_url(found.redis_url) as client:
            client.set("kept", "geblieben")
    with embedded.running(var) as found:
        with psycopg.connect(found.database_url) as session:
            assert session.execute("SELECT word FROM kept").fetchone() == ("geblieben",)
        with redis.Redis.from_url(found.redis_url, decode_responses=True) as client:
            assert client.get("kept") == "geblieben"


def test_start_twice_is_one_pair_of_servers_and_stop_twice_is_quiet(var: Path) -> None:
    first = embedded.start(var, durable=False)
    pids = sorted(_server_pids(var))
    assert embedded.start(var, durable=False) == first
    assert sorted(_server_pids(var)) == pids
    embedded.stop(var)
    embedded.stop(var)
    assert _server_pids(var) == []


def test_the_last_user_stops_the_servers_not_the_first(var: Path) -> None:
    with embedded.running(var, durable=False) as found:
        with embedded.running(var, durable=False) as again:
            assert again == found
        assert embedded.status(var) == embedded.Status(postgres=True, redis=True)
    assert _server_pids(var) == []


def test_pinned_servers_outlive_a_block(var: Path) -> None:
    embedded.start(var, durable=False)
    with embedded.running(var, durable=False):
        pass
    assert embedded.status(var).postgres


def test_the_claim_of_a_killed_process_does_not_keep_servers_up(var: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-m", "shop.services", "run"],
        env={**os.environ, "KAUFHAUS_VAR": str(var)},
    )
    try:
        while not embedded.status(var).redis:
            assert holder.poll() is None
    finally:
        holder.kill()
        holder.wait()
    assert embedded.status(var).postgres, "killed without a chance to stop its servers"
    with embedded.running(var):
        pass
    assert _server_pids(var) == []


def test_a_long_var_path_fits_the_socket_limit(tmp_path: Path) -> None:
    var = tmp_path / ("lang" * 40) / "var"
    var.mkdir(parents=True)
    assert len(str(postgres_socket_dir(var) / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    assert len(str(redis_socket(var))) <= SOCKET_PATH_LIMIT
    with embedded.running(var, durable=False) as found, psycopg.connect(found.database_url):
        pass
    embedded.remove(var)


def test_durable_by_default_and_fast_only_when_asked(var: Path) -> None:
    with (
        embedded.running(var) as found,
        psycopg.connect(found.database_url) as session,
        redis.Redis.from_url(found.redis_url, decode_responses=True) as client,
    ):
        assert session.execute("SHOW fsync").fetchone() == ("on",)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with (
        embedded.running(var, durable=False) as found,
        psycopg.connect(found.database_url) as session,
    ):
        assert session.execute("SHOW fsync").fetchone() == ("off",)


def test_a_foreign_folder_at_the_socket_place_is_refused(var: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    runtime_dir(var).symlink_to(trap)
    try:
        with pytest.raises(ServiceError, match="belongs to somebody else"):
            embedded.start(var)
    finally:
        runtime_dir(var).unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
def test_a_folder_closed_to_others_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    var = closed / "var"
    var.mkdir()
    with embedded.running(var, durable=False) as found, psycopg.connect(found.database_url):
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert (var / "pg").is_symlink()
    with embedded.running(var, durable=False):
        assert embedded.status(var).postgres
    home = find_home(var).data
    embedded.remove(var)
    assert not home.parent.exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_stop_of_each_server_waits_until_it_is_gone(var: Path) -> None:
    embedded.start(var, durable=False)
    RedisServer(var, durable=False).stop()
    assert not RedisServer(var, durable=False).is_running()
    postgres = Postgres(var, find_home(var), durable=False)
    postgres.stop()
    assert not postgres.is_running()


@pytest.mark.django_db
class TestRoles:
    """What kaufhaus_app, the role of web, worker and beat, may do."""

    def test_tests_run_as_the_app_role(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (APP_ROLE,)

    @pytest.mark.parametrize("role", [OWNER_ROLE, APP_ROLE])
    def test_neither_role_has_powers_over_the_server(
        self, owner: psycopg.Connection, role: str
    ) -> None:
        row = owner.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls "
            "FROM pg_roles WHERE rolname = %s",
            (role,),
        ).fetchone()
        assert row == (False, False, False, False, False)

    def test_the_app_role_owns_nothing(self, owner: psycopg.Connection) -> None:
        owned = owner.execute(
            "SELECT relname FROM pg_class WHERE relowner = %(role)s::regrole "
            "UNION ALL SELECT proname FROM pg_proc WHERE proowner = %(role)s::regrole "
            "UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = %(role)s::regrole "
            "UNION ALL SELECT datname FROM pg_database WHERE datdba = %(role)s::regrole",
            {"role": APP_ROLE},
        ).fetchall()
        assert owned == []

    def test_the_app_role_is_no_member_of_the_owner(self, owner: psycopg.Connection) -> None:
        row = owner.execute(
            "SELECT pg_has_role(%s, %s, 'MEMBER')", (APP_ROLE, OWNER_ROLE)
        ).fetchone()
        assert row == (False,)

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE mine (id int)",
            "DROP TABLE parties_user",
            "TRUNCATE parties_user CASCADE",
            "ALTER TABLE parties_user DISABLE TRIGGER ALL",
            "CREATE ROLE other",
            "CREATE DATABASE other",
        ],
    )
    def test_the_app_role_cannot_touch_the_schema(
        self, process_environment: dict[str, str], statement: str
    ) -> None:
        with (
            psycopg.connect(process_environment["DATABASE_URL"], autocommit=True) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(statement)

    def test_a_table_of_a_later_migration_is_usable_by_the_app_role(
        self, owner: psycopg.Connection, process_environment: dict[str, str]
    ) -> None:
        owner.execute("CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY, word text)")
        try:
            with psycopg.connect(process_environment["DATABASE_URL"]) as session:
                session.execute("INSERT INTO later (word) VALUES ('a')")
                session.execute("UPDATE later SET word = 'b'")
                assert session.execute("SELECT word FROM later").fetchone() == ("b",)
                session.execute("DELETE FROM later")
        finally:
            owner.execute("DROP TABLE later")


def test_each_url_names_its_database() -> None:
    url = in_database("postgresql://kaufhaus_app@/kaufhaus?host=/tmp/x", "other")
    assert url == "postgresql://kaufhaus_app@/other?host=/tmp/x"
    assert DATABASE == "kaufhaus"
