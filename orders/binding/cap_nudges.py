"""After a movement on caps: have the lots reviewed soon, once for many movements."""

from __future__ import annotations

from collections.abc import Iterable

from celery import current_app
from django.core.cache import cache
from django.db import transaction

REVIEW_TASK = "orders.tasks.review_caps"
PAUSE = 2
"""Seconds in which the nudges of a lot become one review."""


def nudge(lot_ids: Iterable[int]) -> None:
    """Ask for a review of the lots after the commit; beat comes by where this is lost.

    The review runs after the pause has ended, so it sees every movement whose nudge was
    left out because of it.
    """
    wanted = sorted(set(lot_ids))
    if wanted:
        # robust: neither broker nor cache may fail a submit that is committed
        transaction.on_commit(lambda: _send(wanted), robust=True)


def _send(lot_ids: list[int]) -> None:
    quiet = [pk for pk in lot_ids if cache.add(f"cap-review:{pk}", "asked", timeout=PAUSE)]
    if quiet:
        current_app.send_task(REVIEW_TASK, args=[quiet], countdown=PAUSE, retry=False)
