"""Work after the commit: written inside the transaction, done by the worker.

Beat sweeps the outbox every few seconds, so whatever a dying process left behind is done too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from orders.models import OutboxMessage

from .notices import Notice, Template
from .watching import KIND, Change

NOTICE = "notice"
"""The kind of the rows that `orders.mails` turns into mails."""


def tell(items: Iterable[Notice | Change], *, now: datetime) -> None:
    """Write what is to be told with the change itself: one statement, whatever there is.

    It is told if and only if the transaction is committed. A key that is there already is left
    alone, so the same is never told twice.
    """
    OutboxMessage.objects.bulk_create([_row(item, now) for item in items], ignore_conflicts=True)


def notice_of(row: OutboxMessage) -> Notice:
    """The notice that a row of the outbox holds. Raises ValueError for an unknown template."""
    template = Template(row.payload["template"])
    return Notice(row.key.removeprefix(f"{NOTICE}:"), template, row.payload["facts"])


def _row(item: Notice | Change, now: datetime) -> OutboxMessage:
    if isinstance(item, Change):
        return OutboxMessage(
            key=f"{KIND}:{item.uid}",
            kind=KIND,
            payload=item.payload(),
            created_at=now,
            due_at=now,
        )
    return OutboxMessage(
        key=f"{NOTICE}:{item.key}",
        kind=NOTICE,
        payload={"template": item.template.value, "facts": dict(item.facts)},
        created_at=now,
        due_at=now,
    )
