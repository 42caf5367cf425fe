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
    """Tell everyone who could sign the lowest tier of the steps."""
    first = min(step.tier for step in steps)
    roles = {step.role for step in steps if step.tier == first}
    people = people_of(requisition.authority, roles, now)
    enqueue_mails(
        (
            Mail(
                key=f"submitted:{requisition.pk}:{requisition.submitted_revision}:"
                f"{first}:{member.pk}",
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


def announce_hand_over(requisition: Requisition, *, now: datetime) -> None:
    """Tell procurement that a school's draft waits to be completed and submitted."""
    people = people_of(requisition.authority, [Role.PROCUREMENT_OFFICER], now)
    asked = requisition.created_by.user
    enqueue_mails(
        (
            Mail(
                key=f"handed-over:{requisition.pk}:{now:%Y%m%d%H%M%S}:{member.pk}",
                recipient=member.user.email,
                subject=f"Anforderung {requisition.number}: bitte vervollständigen",
                body=(
                    f"Guten Tag {member.user},\n\n"
                    f"{asked} hat die Anforderung {requisition.number} an die Beschaffung "
                    f"gegeben. Bitte ergänzen und einreichen:\n/anforderungen/{requisition.pk}/\n"
                ),
            )
            for member in people
        ),
        now=now,
    )


def announce_hand_back(
    requisition: Requisition, school: Membership | None, reason: str, *, now: datetime
) -> None:
    """Tell whoever handed a draft over what is missing."""
    if school is None:
        return
    enqueue_mails(
        [
            Mail(
                key=f"handed-back:{requisition.pk}:{now:%Y%m%d%H%M%S}",
                recipient=school.user.email,
                subject=f"Anforderung {requisition.number} kommt zu Ihnen zurück",
                body=(
                    f"Guten Tag {school.user},\n\n"
                    f"die Beschaffung gibt Ihnen die Anforderung {requisition.number} zurück:\n"
                    f"{reason}\n/anforderungen/{requisition.pk}/\n"
                ),
            )
        ],
        now=now,
    )


def announce_call_offs(call_offs: Iterable[CallOff], *, now: datetime) -> None:
    """Send each supplier its call-off, to the order desk's people and the firm's address."""
    rows = list(call_offs)
    desks = order_desks({row.supplier for row in rows}, now)
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
            for address in desks[row.supplier_id]
        ),
        now=now,
    )


def order_desks(suppliers: Iterable[Organisation], now: datetime) -> dict[int, list[str]]:
    """Addresses per supplier: the people of the order desk, then the firm's own."""
    firms = {supplier.pk: supplier for supplier in suppliers}
    members = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation__in=firms, role=Role.SUPPLIER_ORDERS
    )
    desks: dict[int, list[str]] = {pk: [] for pk in firms}
    for member in members.select_related("user"):
        desks[member.organisation_id].append(member.user.email)
    return {pk: [*addresses, firms[pk].email] for pk, addresses in desks.items()}


def people_of(authority: Organisation, roles: Iterable[str], now: datetime) -> list[Membership]:
    """Memberships of an authority in force with one of the roles."""
    rows = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation=authority, role__in=list(roles)
    )
    return list(rows.select_related("user"))
