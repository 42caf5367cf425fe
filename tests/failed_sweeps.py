"""An item that a sweep could not do."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.sweeps.models import SweepFailure

REASON = "RuntimeError: kaputt"


def failed_sweep(now: datetime, *, item: str = "0") -> SweepFailure:
    """A requisition that could not expire, tried three times since yesterday."""
    return SweepFailure.objects.create(
        sweep="requisitions.expire",
        item=item,
        tries=3,
        first_at=now - timedelta(days=1),
        last_at=now,
        next_at=now + timedelta(hours=1),
        reason=REASON,
    )
