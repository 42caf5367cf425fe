"""Did anything write? PostgreSQL's own counters of the running transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

_COUNTERS = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def writes(*, without: Collection[str] = ()) -> dict[str, int]:
    """Rows written so far per table in this transaction, those taken back included.

    Equal before and after a call on the same connection, nothing was written in between.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        return {table: count for table, count in cursor.fetchall() if table not in without}
