"""Delivering the outbox: mails leave here, at least once, each under a stable Message-ID."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction

from orders.models import MailLog, OutboxMessage

BATCH = 200
MAIL_DOMAIN = "kaufhaus.invalid"


def deliver_due(*, now: datetime) -> int:
    """Hand over every due mail; return how many went out.

    Each message is claimed by a row lock that others skip, so two workers never send
    the same one at the same time; a failed one comes back later, ever more slowly.
    """
    sent = 0
    for _ in range(BATCH):
        with transaction.atomic():
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True)
                .filter(kind="mail", done_at__isnull=True, due_at__lte=now)
                .order_by("due_at", "pk")
                .first()
            )
            if message is None:
                return sent
            sent += _deliver(message, now)
    return sent


def _deliver(message: OutboxMessage, now: datetime) -> int:
    message.attempts += 1
    try:
        _send_mail(message, now)
    except (SMTPException, OSError) as error:
        message.last_error = str(error)
        message.due_at = now + timedelta(seconds=min(30 * 2**message.attempts, 86_400))
        message.save(update_fields=["attempts", "last_error", "due_at"])
        return 0
    message.done_at = now
    message.save(update_fields=["attempts", "done_at"])
    return 1


def _send_mail(message: OutboxMessage, now: datetime) -> None:
    message_id = f"<{message.key.replace(':', '.').replace('@', '_at_')}@{MAIL_DOMAIN}>"
    recipient = message.payload["recipient"]
    EmailMessage(
        subject=message.payload["subject"],
        body=message.payload["body"],
        to=[recipient],
        headers={"Message-ID": message_id},
    ).send()
    MailLog.objects.get_or_create(
        message_id=message_id[:150],
        defaults={
            "recipient": recipient,
            "subject": message.payload["subject"],
            "body": message.payload["body"],
            "sent_at": now,
        },
    )
