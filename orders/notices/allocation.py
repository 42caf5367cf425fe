"""Mails about the next rank of a cascade."""

from __future__ import annotations

from datetime import datetime

from contracts.parties.models import Role
from orders.models import CallOff, Requisition
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails

from .people import people_of


def announce_next_rank(
    call_off: CallOff, sentence: str, draft: Requisition | None, *, now: datetime
) -> None:
    """Tell the person who asked, and the procurement, where the call-off has gone."""
    people = people_of(call_off.authority, {Role.PROCUREMENT_OFFICER}, now)
    recipients = {call_off.requisition.created_by.user.email, *(row.user.email for row in people)}
    place = addresses.requisition(draft.pk if draft else call_off.requisition_id)
    enqueue_mails(
        (
            Mail(
                key=f"call-off:{call_off.number}:next-rank:{address}",
                recipient=address,
                subject=f"Abruf {call_off.number}: wie es weitergeht",
                body=(
                    f"Guten Tag,\n\n{call_off.supplier.name} übernimmt den Abruf "
                    f"{call_off.number} nicht.\n{sentence}\n{place}\n"
                ),
            )
            for address in sorted(recipients)
        ),
        now=now,
    )
