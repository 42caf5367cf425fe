"""After a change of people or policy: have the authority's policy looked at soon."""

from __future__ import annotations

from celery import current_app
from django.db import transaction

CHECK_TASK = "orders.tasks.check_policies"


def nudge(authority_id: int) -> None:
    """Ask for a check after the commit; beat comes by where this is lost."""
    # robust: the broker may not fail a change that is committed
    transaction.on_commit(lambda: _send(authority_id), robust=True)


def _send(authority_id: int) -> None:
    current_app.send_task(CHECK_TASK, args=[[authority_id]], retry=False)
