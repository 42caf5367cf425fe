"""Mails to those who asked: handed over, handed back, decided, about to expire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from orders.requisitions.handover import OPEN_STATES
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, address_of, found
from .people import asker_of, asking_people, is_in_force, officers_of
from .summary import summary_of

_ADVICE = {
    RequisitionState.RETURNED: (
        "Bitte überarbeiten Sie die Anforderung und reichen Sie sie erneut ein, "
        "oder ziehen Sie sie zurück."
    ),
    RequisitionState.EXPIRED: (
        "Bis zum Fristende haben nicht alle entschieden. Vorgemerkte Mittel und Höchstmengen sind "
        "wieder frei. Besteht der Bedarf noch, stellen Sie die Anforderung bitte neu."
    ),
}
"""What to do then, by state."""


def requisition_of(notice: Notice) -> Requisition:
    """The requisition that a notice names, with the people around it. Raises Gone."""
    rows = Requisition.objects.select_related("authority", "school", "created_by__user")
    return found(rows, notice.facts["requisition"])


def outcome(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the person who asked: what became of the requisition, and what to do then."""
    requisition, state = requisition_of(notice), RequisitionState(notice.facts["state"])
    advice = _ADVICE.get(state, "")
    for user in asker_of(requisition, now):
        yield Mail(
            key=f"{notice.key}:{user.pk}",
            recipient=address_of(user),
            subject=f"Anforderung {requisition.number}: {state.label}",
            body=(
                f"Guten Tag {user},\n\n"
                f"die Anforderung {requisition.number} ist jetzt: {state.label}.\n"
                f"Begründung: {notice.facts['reason'] or '–'}\n"
                + (f"{advice}\n" if advice else "")
                + f"{addresses.requisition(requisition.pk)}\n"
            ),
        )


def expiring(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To whoever asked and the procurement: it is about to expire, unless that has changed."""
    requisition = requisition_of(notice)
    expires = datetime.fromisoformat(notice.facts["expires"])
    submitted = requisition.state == RequisitionState.SUBMITTED.value
    if not submitted or requisition.expires_at != expires:
        return
    day = berlin_day(expires)
    summary = summary_of(requisition)
    for user in asking_people(requisition, now):
        yield Mail(
            key=f"{notice.key}:{user.pk}",
            recipient=address_of(user),
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


def handed_over(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To procurement, while the school's draft waits to be completed and submitted."""
    requisition = requisition_of(notice)
    since = datetime.fromisoformat(notice.facts["at"])
    if requisition.handed_over_at != since or requisition.state not in OPEN_STATES:
        return
    asked = requisition.created_by.user
    for member in officers_of(requisition, now):
        yield Mail(
            key=f"{notice.key}:{member.pk}",
            recipient=member.user.email,
            subject=f"Anforderung {requisition.number}: bitte vervollständigen",
            body=(
                f"Guten Tag {member.user},\n\n"
                f"{asked} hat die Anforderung {requisition.number} an die Beschaffung "
                "gegeben. Bitte ergänzen und einreichen:\n"
                f"{addresses.requisition(requisition.pk)}\n"
            ),
        )


def handed_back(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To whoever handed a draft over and still belongs to the house: what is missing."""
    requisition = requisition_of(notice)
    member = found(Membership.objects.select_related("user"), notice.facts["member"])
    if not is_in_force(member, now):
        return
    user = member.user
    yield Mail(
        key=notice.key,
        recipient=address_of(user),
        subject=f"Anforderung {requisition.number} kommt zu Ihnen zurück",
        body=(
            f"Guten Tag {user},\n\n"
            f"die Beschaffung gibt Ihnen die Anforderung {requisition.number} zurück:\n"
            f"{notice.facts['reason']}\n{addresses.requisition(requisition.pk)}\n"
        ),
    )
