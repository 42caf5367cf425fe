"""Celery tasks of the catalogue: each makes one domain call and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .uploads import check_pending


@shared_task
def check_upload(upload_id: int) -> None:
    """Read, stage and compare one upload."""
    check_pending(now=timezone.now(), upload_ids=[upload_id])


@shared_task
def sweep_uploads() -> int:
    """Check uploads whose nudge was lost or whose check died."""
    return check_pending(now=timezone.now())
