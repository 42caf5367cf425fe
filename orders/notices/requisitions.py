"""Mails to those who asked: handed over, handed back, decided, about to expire."""

from __future__ import annotations

from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails

from .people import asking_people, officers_of
from .summary import summary_of

_ADVICE = {
    RequisitionState.RETURNED.value: (
        "Bitte überarbeiten Sie die Anforderung und reichen Sie sie erneut ein, "
        "oder ziehen Sie sie zurück."
    ),
    RequisitionState.EXPIRED.value: (
        "Bis zum Fristende haben nicht alle entschieden. Vorgemerkte Mittel und Höchstmengen sind "
        "wieder frei. Besteht der Bedarf noch, stellen Sie die Anforderung bitte neu."
    ),
}
"""What to do then, by state."""


def announce_outcome(requisition: Requisition, reason: str, *, now: datetime) -> None:
    """Tell the person who asked what became of the requisition, and what to do then."""
    user = requisition.created_by.user
    advice = _ADVICE.get(requisition.state, "")
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
                    + (f"{advice}\n" if advice else "")
                    + f"{addresses.requisition(requisition.pk)}\n"
                ),
            )
        ],
        now=now,
    )


def announce_expiry(requisition: Requisition, *, now: datetime) -> None:
    """Warn whoever asked and the procurement that a requisition is about to expire."""
    if requisition.expires_at is None:
        return
    day = berlin_day(requisition.expires_at)
    summary = summary_of(requisition)
    enqueue_mails(
        (
            Mail(
                key=f"expiring:{requisition.pk}:{day:%Y%m%d}:{user.pk}",
                recipient=user.email,
                subject=f"Anforderung {requisition.number} verfällt am {day:%d.%m.%Y}",
                body=(
                    f"Guten Tag {user},\n\ndie Anforderung {requisition.number} verfällt mit "
                    f"Ablauf des {day:%d.%m.%Y}, wenn bis dahin nicht alle entschieden haben; "
                    "die vorgemerkten Mittel werden dann frei. Bitte sprechen Sie die zuständige "
                    "Stelle an, oder vermerken Sie den Tag der Sitzung, wenn ein Gremium "
                    f"beschließt.\n\n{summary.facts()}\n\n"
                    f"{addresses.requisition(requisition.pk)}\n"
                ),
            )
            for user in asking_people(requisition, now)
        ),
        now=now,
    )


def announce_hand_over(requisition: Requisition, *, now: datetime) -> None:
    """Tell procurement that a school's draft waits to be completed and submitted."""
    people = officers_of(requisition, now)
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
                    "gegeben. Bitte ergänzen und einreichen:\n"
                    f"{addresses.requisition(requisition.pk)}\n"
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
                    f"{reason}\n{addresses.requisition(requisition.pk)}\n"
                ),
            )
        ],
        now=now,
    )
