"""The outbox as a source of what the operator sees failing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model, Q, QuerySet

from contracts.sweeps.failing import SHOWN, SOURCES, Failing
from orders.models import OutboxMessage
from orders.telling.outbox import NOTICE

from .mail import MAIL
from .worker import TRIES_UNTIL_SHOWN, failing

_WORK = {NOTICE: "Nachricht schreiben", MAIL: "Mail versenden"}


_SILENT = "Die Arbeit brach jedes Mal ab, ohne einen Grund zu hinterlassen."


def _shown() -> QuerySet[OutboxMessage]:
    """What said why it failed, and what was tried often and said nothing: it ends its worker."""
    said_why = ~Q(last_error="") | Q(attempts__gte=TRIES_UNTIL_SHOWN)
    return failing(tries=1).filter(said_why)


class _Outbox:
    def failing(self) -> Sequence[Failing]:
        return [
            Failing(
                key=row.pk,
                work=_WORK.get(row.kind, row.kind),
                item=row.key,
                tries=row.attempts,
                since=row.created_at,
                last_at=None,
                next_at=None if row.given_up else row.due_at,
                reason=row.last_error or _SILENT,
            )
            for row in _shown()[:SHOWN]
        ]

    def count(self) -> int:
        return _shown().count()

    def try_again(self, key: int, now: datetime) -> Model | None:
        """A message that was given up waits again; its tries stay counted."""
        row = failing(tries=1).select_for_update().filter(pk=key).first()
        if row is not None:
            row.given_up, row.done_at, row.due_at = False, None, now
            row.save(update_fields=["given_up", "done_at", "due_at"])
        return row


SOURCES["postausgang"] = _Outbox()
