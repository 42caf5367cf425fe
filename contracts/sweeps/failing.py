"""What keeps failing, of all kinds, and asking for another try: what the operator sees.

Each kind of background work registers a source; the sweeps are one, mails and webhooks count
their tries themselves and bring sources of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Model

from contracts.audit.record import record
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.refusals import NotFound

from .models import SweepFailure
from .runner import SWEEPS

OPERATING_ROLES = (Role.OPERATOR,)
SHOWN = 100
"""So many of a source at most: where more fail, they fail for one reason."""


@dataclass(frozen=True, slots=True)
class Failing:
    """One thing that fails; without `next_at` it was given up."""

    key: int
    work: str
    item: str
    tries: int
    since: datetime
    last_at: datetime | None
    next_at: datetime | None
    reason: str


class Source(Protocol):
    """A kind of background work that keeps count of what fails."""

    def failing(self) -> Sequence[Failing]:
        """The first of them (SHOWN), oldest first."""

    def count(self) -> int:
        """How many there are."""

    def try_again(self, key: int, now: datetime) -> Model | None:
        """Make it due now; the row, or None when it does not fail (any more)."""


SOURCES: dict[str, Source] = {}
"""By the name that stands in addresses; whoever has one registers it when it is imported."""


def failing() -> Iterator[tuple[str, Failing]]:
    """All that fails, with the name of its source."""
    for name, source in SOURCES.items():
        for row in source.failing():
            yield name, row


def count_failing() -> int:
    return sum(source.count() for source in SOURCES.values())


def try_again(source: str, key: int, *, by: Membership, now: datetime) -> None:
    """Let the next run try it, whatever its pause. Raises NotAllowed, NotFound."""
    require_role(by, OPERATING_ROLES, now)
    with transaction.atomic():
        row = SOURCES[source].try_again(key, now) if source in SOURCES else None
        if row is None:
            raise NotFound("Das schlägt nicht mehr fehl.")
        record(row, "failure.retry_asked", by=by, now=now)


class _Sweeps:
    """The items of sweeps; the item is named as its row names itself."""

    def failing(self) -> Sequence[Failing]:
        rows = list(SweepFailure.objects.order_by("first_at", "pk")[:SHOWN])
        names = _names(rows)
        return [
            Failing(
                key=row.pk,
                work=SWEEPS[row.sweep].title if row.sweep in SWEEPS else row.sweep,
                item=names.get((row.sweep, row.item), row.item),
                tries=row.tries,
                since=row.first_at,
                last_at=row.last_at,
                next_at=row.next_at,
                reason=row.reason,
            )
            for row in rows
        ]

    def count(self) -> int:
        return SweepFailure.objects.count()

    def try_again(self, key: int, now: datetime) -> Model | None:
        row = SweepFailure.objects.select_for_update().filter(pk=key).first()
        if row is not None:
            row.next_at = now
            row.save(update_fields=["next_at"])
        return row


def _names(rows: Sequence[SweepFailure]) -> dict[tuple[str, str], str]:
    """What the items are called, a query per kind of work."""
    names: dict[tuple[str, str], str] = {}
    for sweep in {row.sweep for row in rows} & set(SWEEPS):
        keys = [int(row.item) for row in rows if row.sweep == sweep]
        found = SWEEPS[sweep].model._default_manager.in_bulk(keys)  # noqa: SLF001 - documented
        names |= {(sweep, str(key)): str(item) for key, item in found.items()}
    return names


SOURCES["arbeiten"] = _Sweeps()
