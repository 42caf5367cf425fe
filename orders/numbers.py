"""Document numbers from PostgreSQL sequences: unique, and never a source of collisions.

They may have gaps (a rolled-back transaction keeps its number); the finance feed has
none (orders.finance.exports).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from contracts.clock import berlin_day


def requisition_number(now: datetime) -> str:
    """Return the next requisition number, e.g. BA-2026-001001."""
    return _take("orders_requisition_number", "BA", 1, now)[0]


def call_off_numbers(count: int, now: datetime) -> list[str]:
    """Return *count* call-off numbers, e.g. AB-2026-001001."""
    return _take("orders_call_off_number", "AB", count, now)


def _take(sequence: str, prefix: str, count: int, now: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count]
        )
        year = berlin_day(now).year
        return [f"{prefix}-{year}-{number:06d}" for (number,) in cursor.fetchall()]
