"""Background work of the API."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import idempotency
from .webhooks import sending


@shared_task
def forget_old_answers() -> int:
    """Delete answers kept for repeated requests once they are old."""
    return idempotency.forget_old(now=timezone.now())


@shared_task
def send_webhooks() -> int:
    """Tell those who watch what happened, and try again what did not arrive."""
    sending.fan_out(now=timezone.now())
    return sending.send_due(now=timezone.now())


@shared_task
def forget_old_deliveries() -> int:
    """Delete old deliveries of webhooks with their log."""
    return sending.forget_old(now=timezone.now())
