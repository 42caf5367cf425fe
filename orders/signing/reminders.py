"""When a step reminds those who could sign it. Pure."""

from __future__ import annotations

from datetime import datetime

from contracts.clock import berlin_day, start_of_day


def due_reminder(opened_at: datetime, deadline: datetime, now: datetime) -> datetime | None:
    """The moment since which a reminder is due; None before the first and past the deadline.

    There are two: at half of the step's time, and with the beginning of its last day. Where
    the half falls into the last day there is only that one. Of several gone by the later
    counts, so whoever was down does not send both.
    """
    if now > deadline:
        return None
    moments = (opened_at + (deadline - opened_at) / 2, last_day_begins(deadline))
    passed = [moment for moment in moments if moment <= now]
    return min(max(passed), moments[1]) if passed else None


def last_day_begins(deadline: datetime) -> datetime:
    """The beginning of the deadline's Berlin day."""
    return start_of_day(berlin_day(deadline))


def needs_reminder(
    opened_at: datetime, deadline: datetime, reminded_at: datetime | None, now: datetime
) -> bool:
    """Whether a reminder is due that was not given yet."""
    due = due_reminder(opened_at, deadline, now)
    return due is not None and (reminded_at is None or reminded_at < due)
