"""The one runner of all sweeps (docs/sweeps.md).

Each item is tried by itself. One that fails is put down with its reason after its work was
rolled back, in a transaction of its own, so the count of its tries outlives the rollback; it
rests, ever longer, while the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model

from contracts.refusals import Refusal
from contracts.retrying import again

from .models import SweepFailure

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
REASON_LENGTH = 1000


Work = Callable[[int], int | None]
"""What is done for the item of a key: in a transaction of its own that looks again whether it
is due. Says how much was done; None when somebody else is at it.
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """For how many items something was done, and how many failed in this run."""

    done: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """A kind of recurring work; the items are rows of the model, named by their key."""

    name: str
    title: str
    """What it does, in German: the operator reads it."""
    model: type[Model]

    def __post_init__(self) -> None:
        if SWEEPS.setdefault(self.name, self) != self:
            raise ValueError(f"Two sweeps are called {self.name}.")

    def run(
        self,
        keys: Iterable[int],
        work: Work,
        *,
        now: datetime,
        complete: bool = True,
    ) -> Swept:
        """Do *work* for each item that does not rest. A deadlock is repeated at once.

        *complete*: the keys are all that is due, so the failures of others are forgotten.
        """
        due = list(keys)
        failures = SweepFailure.objects.filter(sweep=self.name)
        if complete:
            # what another run has put down since these keys were read is not ours to forget
            failures.exclude(item__in=[str(key) for key in due]).filter(last_at__lt=now).delete()
        known = dict(failures.values_list("item", "next_at"))
        done = failed = 0
        for key in due:
            if str(key) in known and known[str(key)] > now:
                continue
            try:
                outcome = again(work)(key)
            except Exception as error:
                logger.exception("Sweep %s failed for %s", self.name, key)
                _put_down(self.name, str(key), error, now)
                failed += 1
                continue
            if outcome is not None and str(key) in known:
                failures.filter(item=str(key)).delete()
            done += outcome or 0
        return Swept(done, failed)


SWEEPS: dict[str, Sweep] = {}
"""All by name: those whose modules were imported."""


def _put_down(sweep: str, item: str, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        failure, is_new = SweepFailure.objects.select_for_update().get_or_create(
            sweep=sweep,
            item=item,
            defaults={
                "tries": 1,
                "first_at": now,
                "last_at": now,
                "next_at": now + pause(1),
                "reason": _reason(error),
            },
        )
        if is_new:
            return
        failure.tries += 1
        failure.last_at = max(now, failure.last_at)
        failure.next_at = now + pause(failure.tries)
        failure.reason = _reason(error)
        failure.save(update_fields=["tries", "last_at", "next_at", "reason"])


def pause(tries: int) -> timedelta:
    """How long an item rests that has failed so often."""
    doubled: int = 2 ** min(tries - 1, 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _reason(error: Exception) -> str:
    """The sentence of a refusal; of a defect also what kind it is."""
    text = str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
    # PostgreSQL stores no null characters
    return text.replace("\x00", "")[:REASON_LENGTH]
