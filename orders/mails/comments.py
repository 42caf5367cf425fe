"""Mails about a comment: to those who have to do with the requisition, not to its author."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership, User
from orders.lifecycle import RequisitionState
from orders.models import Involvement, Requisition, RequisitionComment
from orders.signing.signers import could_sign
from orders.signing.steps import steps_of_round
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, found


def comment(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To whoever asked, edited or signed, and those who could sign now."""
    written = found(
        RequisitionComment.objects.select_related("requisition", "author__user"),
        notice.facts["comment"],
    )
    requisition, author = written.requisition, written.author.user
    people = {
        user.pk: user for user in [*_involved(requisition, now), *_waited_for(requisition, now)]
    }
    people.pop(author.pk, None)
    for user in people.values():
        yield Mail(
            key=f"{notice.key}:{user.pk}",
            recipient=user.email,
            subject=f"Anforderung {requisition.number}: Kommentar von {author}",
            body=(
                f"Guten Tag {user},\n\n{author} schreibt zur Anforderung "
                f"{requisition.number}:\n\n{written.text}\n\n"
                f"{addresses.requisition(requisition.pk)}\n"
            ),
        )


def _involved(requisition: Requisition, now: datetime) -> list[User]:
    """People of either side who still may see the requisition."""
    involved = Involvement.objects.filter(requisition=requisition).order_by()
    members = (
        Membership.objects.valid_on(berlin_day(now))
        .for_school(requisition.school_id)
        .filter(
            organisation_id=requisition.authority_id,
            user_id__in=involved.values("person_id"),
        )
        .select_related("user")
        .order_by("pk")
    )
    return [member.user for member in members]


def _waited_for(requisition: Requisition, now: datetime) -> list[User]:
    if requisition.state != RequisitionState.SUBMITTED.value:
        return []
    steps = steps_of_round(requisition).filter(opened_at__isnull=False, completed_at__isnull=True)
    gross = requisition.revisions.get(number=requisition.current_revision).gross
    on = berlin_day(now)
    return [row.user for row in could_sign(requisition, list(steps), gross=gross, on=on)]
