"""Constant statements, bound by the server: parsed once per session and kept prepared.

Django's own cursors bind on the client, so the server sees a new text every time. What is
asked at every moment of an order is written by hand and run here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import psycopg
from django.db import connection


class _Unprepared(psycopg.Cursor[tuple[Any, ...]]):
    """Django's wrapper hands on no more than statement and values."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Self:
        return super().execute(query, params, prepare=False)


def fetch(
    statement: str, values: Mapping[str, Any], *, prepare: bool = True
) -> list[tuple[Any, ...]]:
    """Run *statement* with the values bound by the server and return its rows.

    The session prepares what it runs repeatedly (`prepare_threshold` in the settings). Without
    (`prepare=False`) each run is planned for its values: for what depends on how many there are.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        kind = psycopg.Cursor if prepare else _Unprepared
        cursor: Any = kind(connection.connection)
        wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        with wrap(cursor) as wrapped:
            wrapped.execute(statement, values)
            return list(wrapped.fetchall()) if cursor.description is not None else []
