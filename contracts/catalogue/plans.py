"""Plans for statements over rows that were written a moment ago."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper


def without_nested_loops(cursor: CursorWrapper) -> None:
    """Have the rest of the transaction join by hashing or merging.

    The planner has no statistics yet on rows just copied in, takes 100,000 for a few
    hundred and picks nested loops whose cost grows with the square (measured: minutes
    instead of a second). Collecting statistics is the table owner's right, not ours.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
