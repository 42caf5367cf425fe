"""Worlds that are built once per test process and laid into the database again after that.

Building a world takes nearly two hundred statements, and most tests begin with the same one. The
first call builds it by the domain's own functions and keeps the rows that this added; a later call
gives the same rows to one function in the database, which writes them as they stand: triggers and
checks have had their say when the world was built. What is returned is a fresh copy each time, so
that nothing a test does to it reaches the next one.

A world is kept only if building it did nothing but add rows, and laid down only where there is
nobody yet; else it is built as if nothing was remembered.
"""

from __future__ import annotations

import functools
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django.core.cache import cache
from django.db import connection

from contracts.parties.models import Organisation

P = ParamSpec("P")
T = TypeVar("T")

# Code lists that nothing writes are long and left out.
_TABLES = """
SELECT c.oid::regclass::text, array_agg(quote_ident(a.attname) ORDER BY a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
   AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname !~ 'cpv|django_migrations'
 GROUP BY c.oid ORDER BY c.oid"""
Contents = dict[str, tuple[str, dict[str, None]]]


@dataclass(frozen=True)
class _Kept:
    """The rows as the database takes them, and the objects that speak of them."""

    rows: str
    made: bytes


_KEPT: dict[tuple[object, ...], _Kept] = {}
_SEEN: set[tuple[object, ...]] = set()


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """Build once, lay down after that; the arguments tell one world from another."""

    @functools.wraps(build)
    def built(*args: P.args, **kwargs: P.kwargs) -> T:
        if Organisation.objects.exists():
            return build(*args, **kwargs)
        key = (build.__module__, build.__qualname__, repr(args), repr(sorted(kwargs.items())))
        kept = _KEPT.get(key)
        if kept is not None:
            _lay_down(kept.rows)
            return pickle.loads(kept.made)  # noqa: S301 - our own, of this process
        if key not in _SEEN:  # many a world is wanted only once
            _SEEN.add(key)
            return build(*args, **kwargs)
        before = _contents()
        made = build(*args, **kwargs)
        rows = _added(before, _contents())
        if rows is not None:
            _KEPT[key] = _Kept(rows, pickle.dumps(made))
        return made

    return built


def _contents() -> Contents:
    """Columns and rows of every table, the rows as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [(table, ", ".join(columns)) for table, columns in cursor.fetchall()]
        found = {}
        for table, columns in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM (SELECT {columns} FROM {table}) t")  # noqa: S608
            found[table] = (columns, dict.fromkeys(row[0] for row in cursor.fetchall()))
        return found


def _added(before: Contents, after: Contents) -> str | None:
    """What to lay down, as JSON; None where something else was changed or taken away.

    The rows stay as the database wrote them: Python would make floats of the amounts.
    """
    parts: list[str] = []
    for table, (columns, rows) in after.items():
        known = before[table][1]
        if known.keys() - rows.keys():
            return None
        if new := [row for row in rows if row not in known]:
            head = {"table": table, "columns": columns, "sequence": _sequence(table, columns)}
            parts.append(f'{json.dumps(head)[:-1]}, "rows": [{", ".join(new)}]}}')
    return f"[{', '.join(parts)}]"


def _sequence(table: str, columns: str) -> str | None:
    if "id" not in columns.split(", "):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        found: str | None = cursor.fetchone()[0]
        return found


def _lay_down(rows: str) -> None:
    cache.clear()  # the same keys as in the test before
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests.lay_down(%s::jsonb)", [rows])
