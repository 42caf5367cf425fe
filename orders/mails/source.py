"""The outbox as a source of what the operator sees failing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model

from contracts.sweeps.failing import SHOWN, SOURCES, Failing
from orders.telling.outbox import NOTICE

from .mail import MAIL
from .worker import failing

_WORK = {NOTICE: "Nachricht schreiben", MAIL: "Mail versenden"}


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
                reason=row.last_error,
            )
            for row in failing(tries=1).exclude(last_error="")[:SHOWN]
        ]

    def count(self) -> int:
        return failing(tries=1).exclude(last_error="").count()

    def try_again(self, key: int, now: datetime) -> Model | None:
        """A message that was given up waits again; its tries stay counted."""
        row = failing(tries=1).select_for_update().filter(pk=key).first()
        if row is not None:
            row.given_up, row.done_at, row.due_at = False, None, now
            row.save(update_fields=["given_up", "done_at", "due_at"])
        return row


SOURCES["postausgang"] = _Outbox()
