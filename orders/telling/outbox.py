"""Work after the commit: written inside the transaction, done by the worker.

`on_commit` only nudges; beat sweeps whatever a dying process left behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orders.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one recipient; *key* makes it unique for ever and its Message-ID stable."""

    key: str
    recipient: str
    subject: str
    body: str


def enqueue_mails(mails: Iterable[Mail], *, now: datetime) -> None:
    """Write the mails into the outbox; a key that is there already is left alone."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=f"mail:{mail.key}",
                kind="mail",
                payload={
                    "recipient": mail.recipient,
                    "subject": mail.subject,
                    "body": mail.body,
                },
                created_at=now,
                due_at=now,
            )
            for mail in mails
            if mail.recipient
        ],
        ignore_conflicts=True,
    )
