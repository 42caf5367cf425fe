"""What people are told by mail: the worker turns notices into mails and hands them over.

The top room of ordering, so that a mail may say what any other knows (docs/telling.md).
"""

from __future__ import annotations

from datetime import datetime

from .delivery import deliver_due
from .expansion import expand_due
from .worker import failing

__all__ = ["deliver_due", "expand_due", "failing", "send_due"]


def send_due(*, now: datetime) -> int:
    """Expand every due notice, then hand over every due mail; return how many went out."""
    expand_due(now=now)
    return deliver_due(now=now)
