"""From a notice to its mails: who hears of it, and in which words, is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from orders.models import OutboxMessage
from orders.telling.notices import Template
from orders.telling.outbox import NOTICE, notice_of

from . import (
    allocation,
    barriers,
    call_offs,
    caps,
    comments,
    delegations,
    policies,
    requisitions,
    signing,
)
from .mail import MAIL, Mail, Renderer
from .worker import work_off

KEY_LENGTH = 150
_KEPT = 100

RENDERERS: Mapping[Template, Renderer] = {
    Template.SUBMITTED: signing.submitted,
    Template.REMINDER: signing.reminder,
    Template.ESCALATED: signing.escalated,
    Template.SITTING: signing.sitting,
    Template.OUTCOME: requisitions.outcome,
    Template.EXPIRING: requisitions.expiring,
    Template.HANDED_OVER: requisitions.handed_over,
    Template.HANDED_BACK: requisitions.handed_back,
    Template.COMMENT: comments.comment,
    Template.CALL_OFF: call_offs.issued,
    Template.CALL_OFF_CONFIRMED: call_offs.confirmed,
    Template.CALL_OFF_TAKEN_BACK: call_offs.taken_back,
    Template.NEXT_RANK: allocation.next_rank,
    Template.DELEGATED: delegations.set_up,
    Template.REVOKED: delegations.revoked,
    Template.POLICY_PROPOSED: policies.proposed,
    Template.POLICY_FAULTY: policies.faulty,
    Template.CAP: caps.reached,
    Template.BARRIER: barriers.reported,
}

if set(RENDERERS) != set(Template):
    raise RuntimeError(f"No renderer for {sorted(set(Template) - set(RENDERERS))}.")


def expand_due(*, now: datetime) -> int:
    """Turn every due notice into mails of the outbox; return how many notices."""
    return work_off(NOTICE, _expand, now=now)


def _expand(row: OutboxMessage, now: datetime) -> None:
    notice = notice_of(row)
    write(RENDERERS[notice.template](notice, now), now=now)


def write(mails: Iterable[Mail], *, now: datetime) -> None:
    """Write the mails into the outbox; a key that is there already is left alone."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=_key(mail),
                kind=MAIL,
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


def _key(mail: Mail) -> str:
    """Unique and stable, also where an address is longer than a key may be."""
    key = f"{MAIL}:{mail.key}"
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[:_KEPT]}:{sha256(key.encode()).hexdigest()[:32]}"
