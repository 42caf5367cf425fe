"""Did anything write? PostgreSQL's counters, the contents of the tables; and guards taken away."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import LiteralString

import psycopg
from django.db import connection

_COUNTERS = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
# Code lists that nothing writes are long and left out.
_TABLES = """
SELECT relname FROM pg_stat_user_tables
WHERE relname ~ '^(agreements|audit|basket|ledger|order|orders|parties)_' AND relname !~ 'cpv'
ORDER BY relname
"""


def writes(*, without: Collection[str] = ()) -> dict[str, int]:
    """Rows written so far per table in this transaction, those taken back included.

    Equal before and after a call on the same connection, nothing was written in between.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        return {table: count for table, count in cursor.fetchall() if table not in without}


def contents() -> dict[str, tuple[int, int]]:
    """Rows and the sum of their hashes per table of the business.

    Equal before and after a call, it left nothing behind, whatever it wrote and took back.
    """
    statement = _contents()
    # The plan over some seventy tables takes ten times what reading them does: kept ready.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, prepare=True)
        return {table: (rows, hashes) for table, rows, hashes in cursor.fetchall()}


@cache
def _contents() -> LiteralString:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        parts = [
            f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"  # noqa: S608
            f' FROM "{table}" t'
            for (table,) in cursor.fetchall()
        ]
    return " UNION ALL ".join(parts)


def spoil(*statements: str) -> None:
    """Change the schema until the transaction of the test is rolled back."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute("SELECT tests.spoil(%s)", [statement])
