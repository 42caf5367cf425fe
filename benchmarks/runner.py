"""Databases and worker processes of a benchmark run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from shop import fingerprint
from shop.environment import var_dir
from shop.services import embedded
from shop.services.addresses import OWNER_ROLE, Addresses
from shop.services.roles import ensure_database, ensure_roles, in_database

ROOT = Path(__file__).resolve().parent.parent
OURS = "kaufhaus_bench_ours"
PEER = "kaufhaus_bench_peer"
SCHEMA = "kaufhaus_bench_schema_"


@contextmanager
def databases() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Fresh, migrated databases for both projects on one durable server."""
    with server() as found:
        ours = house(found, OURS)
        make_database(found, PEER)
        peer = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings",
            "BENCH_DATABASE_URL": in_database(found.database_owner_url, PEER),
        }
        migrate(peer)
        yield ours, peer


def server() -> AbstractContextManager[Addresses]:
    """The durable server of the benchmarks: a commit is on the disk."""
    return embedded.running(var_dir() / "bench")


def make_database(found: Addresses, name: str, *, template: str | None = None) -> None:
    """An empty database of this name, or a copy of `template`; an older one is dropped."""
    drop_database(found, name)
    with psycopg.connect(found.database_admin_url, autocommit=True) as admin:
        ensure_roles(admin)
        if template is not None:
            names = [sql.Identifier(word) for word in (name, template, OWNER_ROLE)]
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*names))
    if template is None:
        ensure_database(found.database_admin_url, name)


def house(found: Addresses, name: str) -> dict[str, str]:
    """A fresh database of the product, and the environment to work on it as the application.

    Migrating takes a minute, so a migrated one is kept to be copied until the schema changes.
    """
    template = SCHEMA + fingerprint.schema()[:12]
    with psycopg.connect(found.database_admin_url, autocommit=True) as admin:
        rows = admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [SCHEMA]
        ).fetchall()
        for (old,) in rows:
            if old != template:
                drop_database(found, old)
        if (template,) not in rows:
            making = SCHEMA + "making"
            make_database(found, making)
            migrate({**our_environment(found, making), "KAUFHAUS_DB_ROLE": "owner"})
            names = [sql.Identifier(making), sql.Identifier(template)]
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
    make_database(found, name, template=template)
    return our_environment(found, name)


def analyze(environment: dict[str, str]) -> None:
    """What autovacuum does within a minute: what was filled in last is known to the planner."""
    url = environment.get("DATABASE_OWNER_URL") or environment["BENCH_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ANALYZE")


def drop_database(found: Addresses, name: str) -> None:
    with psycopg.connect(found.database_admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def our_environment(found: Addresses, name: str) -> dict[str, str]:
    """What a process of the product needs to work on that database, as the application."""
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.ours.settings",
        "DATABASE_URL": in_database(found.database_url, name),
        "DATABASE_OWNER_URL": in_database(found.database_owner_url, name),
        "REDIS_URL": found.redis_url,
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "ALLOWED_HOSTS": "testserver",
        "HTTPS": "0",
        "LOG_LEVEL": "ERROR",
    }


def migrate(environment: dict[str, str], *apps: str) -> None:
    """Bring the database of this environment to the newest schema (of `apps`, or all)."""
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0", *apps],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=sys.stderr,
    )


class Worker:
    """A process of one project: takes a JSON line, answers with a JSON line."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self.module = module
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.process.communicate()

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Ask for one operation and wait for its answer."""
        self.ask(operation, **arguments)
        return self.answer()

    def ask(self, operation: str, **arguments: Any) -> None:
        """Start one operation; `answer` must follow."""
        if self.process is None or self.process.stdin is None:
            raise RuntimeError("The worker is not running.")
        self.process.stdin.write(json.dumps({"operation": operation, **arguments}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to what was asked."""
        if self.process is None or self.process.stdout is None:
            raise RuntimeError("The worker is not running.")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.module} ended; its error stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer
