"""Document numbers from PostgreSQL sequences: unique, and never a source of collisions.

They may have gaps (a rolled-back transaction keeps its number); the finance feed has
none (orders.finance.exports).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from contracts.clock import berlin_day


def call_off_numbers(count: int, now: datetime) -> list[str]:
    """Return *count* call-off numbers, e.g. AB-2026-001001."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('orders_call_off_number') FROM generate_series(1, %s)", [count]
        )
        year = berlin_day(now).year
        return [f"AB-{year}-{number:06d}" for (number,) in cursor.fetchall()]
