"""Background work of the API."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import idempotency


@shared_task
def forget_old_answers() -> int:
    """Delete answers kept for repeated requests once they are old."""
    return idempotency.forget_old(now=timezone.now())
