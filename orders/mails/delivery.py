"""Handing mails over: at least once, each under a stable Message-ID."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256

from django.core.mail import EmailMessage

from orders.models import MailLog, OutboxMessage

from .mail import MAIL, one_line
from .worker import work_off

MAIL_DOMAIN = "kaufhaus.invalid"
_PLAIN = re.compile(r"[\w.+-]{1,128}", re.ASCII)


def deliver_due(*, now: datetime) -> int:
    """Hand over every due mail; return how many went out."""
    return work_off(MAIL, _deliver, now=now)


def _deliver(message: OutboxMessage, now: datetime) -> None:
    """Log the mail, and hand it over last: what fails before it is not sent again and again."""
    recipient = message.payload["recipient"]
    subject = one_line(message.payload["subject"])
    body = message.payload["body"]
    message_id = message_id_of(message.key)
    MailLog.objects.get_or_create(
        message_id=message_id,
        defaults={"recipient": recipient, "subject": subject, "body": body, "sent_at": now},
    )
    EmailMessage(
        subject=subject, body=body, to=[recipient], headers={"Message-ID": message_id}
    ).send()


def message_id_of(key: str) -> str:
    """The Message-ID of a mail, the same however often it is sent."""
    local = key.replace(":", ".").replace("@", "_at_")
    if not _PLAIN.fullmatch(local):
        local = sha256(key.encode()).hexdigest()
    return f"<{local}@{MAIL_DOMAIN}>"
