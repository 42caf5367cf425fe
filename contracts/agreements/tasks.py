"""Celery tasks of agreements: each makes one domain call and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from contracts.agreements.life.lifecycle import end_due


@shared_task
def end_agreements() -> int:
    """End agreements whose term is over."""
    return end_due(now=timezone.now())
