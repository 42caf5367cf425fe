"""Working off the outbox: each message by itself, and none holds up another.

A try is counted, and the next one put off, before it begins and in a transaction of its own: so
the count outlives the rollback, and even the worker that dies of a message. Whatever goes wrong
is kept beside the message; the operator sees what keeps failing (`failing`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from orders.models import OutboxMessage

from .mail import Gone

logger = logging.getLogger(__name__)

BATCH = 500
RUN = timedelta(seconds=60)
"""A run ends then, so that a mail server that answers slowly does not keep the worker."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)
TRIES_UNTIL_SHOWN = 5
MOST_TRIES = 20
"""After about ten days of trying, what was to be told is no news any more."""
_ERROR_LENGTH = 500


def work_off(kind: str, work: Callable[[OutboxMessage, datetime], None], *, now: datetime) -> int:
    """Do the work for every due message of the kind; return for how many it was done."""
    done, began = 0, time.monotonic()
    for _ in range(BATCH):
        if time.monotonic() - began > RUN.total_seconds():
            break
        pk = _claim(kind, now)
        if pk is None:
            break
        done += _try(pk, work, now)
    return done


def failing(*, tries: int = TRIES_UNTIL_SHOWN) -> QuerySet[OutboxMessage]:
    """What was given up, or was tried so often and still waits; the oldest first.

    `last_error` says why, `attempts` how often, `due_at` when it is tried next.
    """
    stuck = Q(done_at__isnull=True, attempts__gte=tries)
    return OutboxMessage.objects.filter(stuck | Q(given_up=True)).order_by("created_at", "pk")


def _claim(kind: str, now: datetime) -> int | None:
    """Count a try of the message that is due first, and put the next one off."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(kind=kind, done_at__isnull=True, due_at__lte=now)
            .order_by("due_at", "pk")
            .first()
        )
        if message is None:
            return None
        message.attempts += 1
        message.due_at = now + _pause(message.attempts)
        if message.attempts > MOST_TRIES:  # no try came to an end that could have given it up
            message.given_up, message.done_at = True, now
        message.save(update_fields=["attempts", "due_at", "given_up", "done_at"])
        return message.pk


def _try(pk: int, work: Callable[[OutboxMessage, datetime], None], now: datetime) -> bool:
    """Do the work in a transaction of its own; whether it was done."""
    try:
        with transaction.atomic():
            message = _waiting(pk)
            if message is None:
                return False
            # done first: what leaves the house in the work is the last thing before the commit
            message.done_at = now
            message.save(update_fields=["done_at"])
            work(message, now)
    except Gone as gone:
        _put_down(pk, gone, now, for_good=True)
        return False
    except Exception as error:  # noqa: BLE001 - the edge of the job: the others go on
        _put_down(pk, error, now, for_good=False)
        return False
    return True


def _waiting(pk: int) -> OutboxMessage | None:
    """The claimed message, unless somebody else has done it.

    Waits for its lock: nobody can claim it meanwhile, but whoever looked for one at the same
    moment and came too late for this holds its row until the end of that look.
    """
    rows = OutboxMessage.objects.select_for_update()
    return rows.filter(pk=pk, done_at__isnull=True).first()


def _put_down(pk: int, error: Exception, now: datetime, *, for_good: bool) -> None:
    """Keep why it failed; it is tried again, but not for ever."""
    message = OutboxMessage.objects.get(pk=pk)
    # PostgreSQL stores no null characters
    message.last_error = f"{type(error).__name__}: {error}".replace("\x00", "")[:_ERROR_LENGTH]
    if for_good or message.attempts >= MOST_TRIES:
        message.given_up, message.done_at = True, now
    message.save(update_fields=["last_error", "given_up", "done_at"])
    logger.error(
        "Outbox message %s failed, try %d%s",
        message.key,
        message.attempts,
        ", given up" if message.given_up else "",
        exc_info=error,
    )


def _pause(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts - 1, 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
