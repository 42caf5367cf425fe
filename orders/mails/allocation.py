"""Mails about the next rank of a cascade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from orders.telling.notices import Notice

from . import addresses
from .call_offs import call_off_of
from .mail import Mail, address_of
from .people import asking_people


def next_rank(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the person who asked, and the procurement: where the call-off has gone."""
    call_off = call_off_of(notice)
    recipients = {address_of(user) for user in asking_people(call_off.requisition, now)}
    place = addresses.requisition(notice.facts["draft"] or call_off.requisition_id)
    for address in sorted(recipients):
        yield Mail(
            key=f"{notice.key}:{address}",
            recipient=address,
            subject=f"Abruf {call_off.number}: wie es weitergeht",
            body=(
                f"Guten Tag,\n\n{call_off.supplier.name} übernimmt den Abruf "
                f"{call_off.number} nicht.\n{notice.facts['sentence']}\n{place}\n"
            ),
        )
