"""Test databases: one migrated template per state of the migrations, copies for the runs.

Oscar's migrations take longer than most of the tests, so the template is kept in var/test
between runs and found again by a hash of everything that shapes the schema.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import psycopg
from psycopg import sql

from shop import fingerprint
from shop.services.addresses import OWNER_ROLE
from shop.services.roles import ensure_database, ensure_roles, in_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE_PREFIX = "kaufhaus_template_"
TEST_PREFIX = "kaufhaus_test_"
TEMPLATES_KEPT = 3
OTHERS_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
IN_TEMPLATE = (Path(__file__).parent / "in_template.sql").read_text()
"""What the tests want of a database beside the product's own."""


class Databases:
    """Makes and drops databases on one server, as its superuser."""

    def __init__(self, *, admin_url: str, owner_url: str, folder: Path) -> None:
        self.admin_url = admin_url
        self.owner_url = owner_url
        self.folder = folder
        self.template = f"{TEMPLATE_PREFIX}{fingerprint.schema()}_{crc32(IN_TEMPLATE.encode()):08x}"

    def prepare_template(self) -> None:
        """Makes the migrated template unless it is there; one process does, others wait."""
        with self._locked(), self._admin() as admin:
            ensure_roles(admin)
            if self.template in self._names(admin, TEMPLATE_PREFIX):
                return
            draft = f"kaufhaus_draft_{os.getpid()}"
            self._drop(admin, draft)
            ensure_database(self.admin_url, draft)
            self._migrate(draft)
            with psycopg.connect(in_database(self.admin_url, draft), autocommit=True) as its_admin:
                its_admin.execute(IN_TEMPLATE)
            self._drop_old_templates(admin)
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(draft), sql.Identifier(self.template)
                )
            )

    def copy(self, name: str) -> None:
        """Makes `name` a fresh copy of the template, ending the sessions of an older one."""
        with self._admin() as admin:
            self._drop(admin, name)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(self.template), sql.Identifier(OWNER_ROLE)
                )
            )

    def renew(self, name: str) -> None:
        """Makes `name` as it was copied: what lies in it goes, or all of it where that won't do.

        Emptying the tables takes a tenth of a copy. A test that has changed the schema
        costs a copy still.
        """
        with psycopg.connect(in_database(self.admin_url, name), autocommit=True) as its_admin:
            its_admin.execute(OTHERS_END, (name,))
            renewed = its_admin.execute("SELECT tests.become_new()").fetchone()
        if renewed != (True,):
            self.copy(name)

    def drop(self, name: str) -> None:
        with self._admin() as admin:
            self._drop(admin, name)

    def drop_leftovers(self) -> None:
        """Drops the databases of test processes that are gone."""
        with self._locked(), self._admin() as admin:
            for name in self._names(admin, TEST_PREFIX):
                if not Path(f"/proc/{name.removeprefix(TEST_PREFIX)}").exists():
                    self._drop(admin, name)

    def _migrate(self, name: str) -> None:
        environment = {
            **os.environ,
            "KAUFHAUS_DB_ROLE": "owner",
            "DATABASE_URL": in_database(self.owner_url, name),
            "DATABASE_OWNER_URL": in_database(self.owner_url, name),
        }
        result = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0", "--settings=tests.settings"],
            cwd=ROOT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if result.returncode != 0:
            raise RuntimeError(f"migrate failed:\n{result.stdout}\n{result.stderr}")

    def _drop_old_templates(self, admin: psycopg.Connection) -> None:
        """Keeps the newest few: another run may still be copying from one."""
        for name in self._names(admin, TEMPLATE_PREFIX)[: -(TEMPLATES_KEPT - 1)]:
            self._drop(admin, name)

    def _names(self, admin: psycopg.Connection, prefix: str) -> list[str]:
        rows = admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", (prefix,)
        ).fetchall()
        return [row[0] for row in rows]

    def _drop(self, admin: psycopg.Connection, name: str) -> None:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.admin_url, autocommit=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "template.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
