"""Plans for statements over rows that were written a moment ago."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def without_nested_loops() -> Iterator[CursorWrapper]:
    """Have the statements of the block join by hashing or merging; needs a transaction.

    The planner has no statistics yet on rows just copied in, takes 100,000 for a few
    hundred and picks nested loops whose cost grows with the square (measured: minutes
    instead of a second). Collecting statistics is the table owner's right, not ours.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")
