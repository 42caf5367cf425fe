"""Mails about requisitions and call-offs, written to the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Organisation, Role
from contracts.pricing import euros

from .models import ApprovalStep, CallOff, Requisition
from .outbox import Mail, enqueue_mails


def announce_submission(
    requisition: Requisition, steps: Sequence[ApprovalStep], *, now: datetime
) -> None:
    """Tell everyone who could sign the first tier."""
    first = min(step.tier for step in steps)
    roles = {step.role for step in steps if step.tier == first}
    people = _people(requisition.authority, roles, now)
    enqueue_mails(
        (
            Mail(
                key=f"submitted:{requisition.pk}:{requisition.current_revision}:{member.pk}",
                recipient=member.user.email,
                subject=f"Anforderung {requisition.number} wartet auf Ihre Freigabe",
                body=(
                    f"Guten Tag {member.user},\n\n"
                    f"die Anforderung {requisition.number} wartet auf Ihre Entscheidung:\n"
                    f"/anforderungen/{requisition.pk}/\n"
                ),
            )
            for member in people
        ),
        now=now,
    )


def announce_outcome(requisition: Requisition, reason: str, *, now: datetime) -> None:
    """Tell the person who asked what became of the requisition."""
    user = requisition.created_by.user
    enqueue_mails(
        [
            Mail(
                key=f"outcome:{requisition.pk}:{requisition.current_revision}:{requisition.state}",
                recipient=user.email,
                subject=f"Anforderung {requisition.number}: {requisition.get_state_display()}",
                body=(
                    f"Guten Tag {user},\n\n"
                    f"Ihre Anforderung {requisition.number} ist jetzt: "
                    f"{requisition.get_state_display()}.\n"
                    f"Begründung: {reason or '–'}\n"
                    f"/anforderungen/{requisition.pk}/\n"
                ),
            )
        ],
        now=now,
    )


def announce_call_offs(call_offs: Iterable[CallOff], *, now: datetime) -> None:
    """Send each supplier its call-off, to the order desk's people and the firm's address."""
    rows = list(call_offs)
    desks = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation__in={row.supplier_id for row in rows}, role=Role.SUPPLIER_ORDERS
    )
    people: dict[int, list[str]] = {}
    for member in desks.select_related("user"):
        people.setdefault(member.organisation_id, []).append(member.user.email)
    enqueue_mails(
        (
            Mail(
                key=f"call-off:{row.number}:{address}",
                recipient=address,
                subject=f"Neuer Abruf {row.number} von {row.authority.name}",
                body=(
                    f"Guten Tag,\n\n{row.authority.name} hat den Abruf {row.number} erteilt "
                    f"({euros(row.net)} netto).\nDetails: /abrufe/{row.pk}/\n"
                ),
            )
            for row in rows
            for address in [*people.get(row.supplier_id, []), row.supplier.email]
        ),
        now=now,
    )


def _people(authority: Organisation, roles: Iterable[str], now: datetime) -> list[Membership]:
    rows = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation=authority, role__in=list(roles)
    )
    return list(rows.select_related("user"))
