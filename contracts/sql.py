"""Constant statements, bound by the server: parsed once per session and kept prepared.

Django's own cursors bind on the client, so the server sees a new text every time. What is
asked at every moment of an order is written by hand and run here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def fetch(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run *statement* with the values bound by the server and return its rows.

    The session prepares what it runs repeatedly (`prepare_threshold` in the settings).
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor: Any = psycopg.Cursor(connection.connection)
        wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        with wrap(cursor) as wrapped:
            wrapped.execute(statement, values)
            return list(wrapped.fetchall()) if cursor.description is not None else []
