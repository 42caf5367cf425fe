"""Celery tasks: each makes one domain call and may run twice."""

from __future__ import annotations

from collections.abc import Sequence

from celery import shared_task
from django.utils import timezone

from orders.approvals import deadlines
from orders.binding.cap_watch import review_due
from orders.call_offs.confirmations import time_out_due
from orders.finance.exports import sequence_all
from orders.mails import send_due
from orders.requisitions import expire_due
from orders.signing import policy_watch


@shared_task
def sweep_outbox() -> int:
    """Turn due notices into mails, and hand over the mails that are due."""
    return send_due(now=timezone.now())


@shared_task
def sequence_feeds() -> int:
    """Give numbers to committed finance events."""
    return sequence_all(now=timezone.now())


@shared_task
def review_caps(lot_ids: Sequence[int] | None = None) -> int:
    """Warn at the marks, stop full lots and open those in which something fits again."""
    return review_due(now=timezone.now(), lot_ids=lot_ids)


@shared_task
def expire_requisitions() -> int:
    """Let overdue requisitions expire."""
    return expire_due(now=timezone.now())


@shared_task
def time_out_call_offs() -> int:
    """Take back call-offs of cascades that were not confirmed in time."""
    return time_out_due(now=timezone.now())


@shared_task
def check_policies(authority_ids: Sequence[int] | None = None) -> int:
    """Tell the keepers of approval policies that the people there are can't satisfy."""
    return policy_watch.check(now=timezone.now(), authority_ids=authority_ids)


@shared_task
def watch_deadlines() -> None:
    """Remind, escalate, and warn of what is about to expire."""
    deadlines.watch(now=timezone.now())
