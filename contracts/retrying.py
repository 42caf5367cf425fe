"""Two transactions that stand in each other's way: repeat, a few times.

PostgreSQL ends a deadlock by taking one of the two back; nothing of it has happened, so it may
simply be done again. An act that opens the outermost transaction is marked with `again`. Within
a transaction nothing can be repeated: whoever opened it has to.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure

from contracts.refusals import Kind, Refusal

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

TRIES = 4
"""Once, and three times again."""
LONGEST_WAIT_SECONDS = 0.05
"""Before the second try; twice and three times as long before the others."""


class PleaseRepeat(Refusal):
    """Others kept getting in the way; nothing was changed, and the same may work at once."""

    code = "please_repeat"
    kind = Kind.BUSY
    title = "Bitte wiederholen"
    advice = "Ihre Eingaben sind noch da. Senden Sie sie einfach noch einmal ab."

    def __init__(self) -> None:
        super().__init__(
            "Gerade haben mehrere zugleich dieselben Mengen oder Mittel geändert. Es wurde nichts "
            "gespeichert; bitte wiederholen Sie den Schritt."
        )


class MovedMeanwhile(PleaseRepeat):
    """What was decided on changed before it could be locked; a second try decides anew."""


def collided(error: BaseException) -> bool:
    """Whether a transaction was taken back because of another one."""
    return isinstance(error, MovedMeanwhile) or (
        isinstance(error, OperationalError)
        and isinstance(error.__cause__, DeadlockDetected | SerializationFailure)
    )


def again(act: Callable[P, T]) -> Callable[P, T]:
    """Repeat the act when it collided with another; raises PleaseRepeat when it keeps doing so."""

    @wraps(act)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        if transaction.get_connection().in_atomic_block:
            return act(*args, **kwargs)
        tries = 1
        while True:
            try:
                return act(*args, **kwargs)
            except (OperationalError, MovedMeanwhile) as error:
                if not collided(error):
                    raise
                if tries == TRIES:
                    raise PleaseRepeat from error
                logger.warning("%s collided, try %d", act.__qualname__, tries)
            _wait(tries)
            tries += 1

    return repeated


def _wait(tries: int) -> None:
    """A moment by chance, so that the two do not meet again."""
    time.sleep(random.uniform(0, LONGEST_WAIT_SECONDS * tries))  # noqa: S311 - no secret
