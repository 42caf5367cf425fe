"""The mails that came of what tests did."""

from __future__ import annotations

from django.db.models import QuerySet

from orders.mails import expand_due, failing
from orders.models import OutboxMessage


def written() -> QuerySet[OutboxMessage]:
    """Mails in the outbox, after each notice was expanded as of the moment it was told."""
    waiting = OutboxMessage.objects.filter(kind="notice", done_at__isnull=True)
    for moment in waiting.order_by("due_at").values_list("due_at", flat=True).distinct():
        expand_due(now=moment)
    assert not failing(tries=1).filter(kind="notice").exists()
    return OutboxMessage.objects.filter(kind="mail").order_by("pk")
