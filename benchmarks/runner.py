"""Databases and worker processes of a benchmark run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from shop.environment import var_dir
from shop.services import embedded
from shop.services.roles import ensure_database, ensure_roles, in_database

ROOT = Path(__file__).resolve().parent.parent
OURS = "kaufhaus_bench_ours"
PEER = "kaufhaus_bench_peer"


@contextmanager
def databases() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Fresh, migrated databases for both projects on one durable server."""
    with embedded.running(var_dir() / "bench") as found:
        with psycopg.connect(found.database_admin_url, autocommit=True) as admin:
            ensure_roles(admin)
            for name in (OURS, PEER):
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for name in (OURS, PEER):
            ensure_database(found.database_admin_url, name)
        owner = in_database(found.database_owner_url, OURS)
        ours = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.ours.settings",
            "DATABASE_URL": in_database(found.database_url, OURS),
            "DATABASE_OWNER_URL": owner,
            "REDIS_URL": found.redis_url,
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "ALLOWED_HOSTS": "testserver",
            "HTTPS": "0",
            "LOG_LEVEL": "ERROR",
        }
        peer = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings",
            "BENCH_DATABASE_URL": in_database(found.database_owner_url, PEER),
        }
        _migrate({**ours, "KAUFHAUS_DB_ROLE": "owner"})
        _migrate(peer)
        yield ours, peer


def _migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=sys.stderr,
    )


class Worker:
    """One project's process: takes a JSON line, answers with a JSON line."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self.module = module
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"{self.module}.worker"],
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
        if self.process is None or self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("The worker is not running.")
        self.process.stdin.write(json.dumps({"operation": operation, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.module} ended; its error stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer
