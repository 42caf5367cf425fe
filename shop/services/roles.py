"""The two database roles: one owns the schema, the other only works in it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from shop.services.addresses import APP_ROLE, OWNER_ROLE

GRANTS = Path(__file__).with_name("sql") / "grants.sql"


def ensure_roles(connection: psycopg.Connection) -> None:
    """Creates both roles where missing; `connection` is a superuser in autocommit."""
    for role in (OWNER_ROLE, APP_ROLE):
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                    sql.Identifier(role)
                )
            )


def ensure_database(admin_url: str, name: str) -> None:
    """Creates the roles, the database and its grants; does nothing for what exists.

    `admin_url` names a superuser. A database that exists keeps its rows; its grants
    are given again, which changes nothing when they are there.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        ensure_roles(admin)
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )
    with psycopg.connect(in_database(admin_url, name)) as admin:
        admin.execute(GRANTS.read_bytes())


def in_database(url: str, name: str) -> str:
    """The same URL with another database name."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
