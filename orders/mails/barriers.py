"""Reports of barriers, to the operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from orders.telling.notices import Notice

from .mail import Mail


def reported(notice: Notice, _now: datetime) -> Iterator[Mail]:
    """What somebody reports, as it was written."""
    facts = notice.facts
    yield Mail(
        key=notice.key,
        recipient=settings.DEFAULT_FROM_EMAIL,
        subject="Barriere gemeldet",
        body=f"{facts['message']}\n\nSeite: {facts['page'] or '–'}\n"
        f"Antwort an: {facts['answer_to'] or '–'}\n",
    )
