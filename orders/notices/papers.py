"""Mails about a comment: to those who have to do with the requisition, not to its author."""

from __future__ import annotations

from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership, User
from orders.lifecycle import RequisitionState
from orders.models import Involvement, Requisition, RequisitionComment
from orders.signing.signers import could_sign
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails


def announce_comment(comment: RequisitionComment, *, now: datetime) -> None:
    """Tell whoever asked, edited or signed, and those who could sign now."""
    requisition, author = comment.requisition, comment.author.user
    people = {user.pk: user for user in [*_involved(requisition, now), *_waited_for(comment, now)]}
    people.pop(author.pk, None)
    enqueue_mails(
        (
            Mail(
                key=f"comment:{comment.pk}:{user.pk}",
                recipient=user.email,
                subject=f"Anforderung {requisition.number}: Kommentar von {author}",
                body=(
                    f"Guten Tag {user},\n\n{author} schreibt zur Anforderung "
                    f"{requisition.number}:\n\n{comment.text}\n\n"
                    f"{addresses.requisition(requisition.pk)}\n"
                ),
            )
            for user in people.values()
        ),
        now=now,
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


def _waited_for(comment: RequisitionComment, now: datetime) -> list[User]:
    requisition = comment.requisition
    if requisition.state != RequisitionState.SUBMITTED.value:
        return []
    steps = requisition.steps.filter(
        revision_no=requisition.submitted_revision,
        opened_at__isnull=False,
        completed_at__isnull=True,
    )
    gross = requisition.revisions.get(number=requisition.current_revision).gross
    on = berlin_day(now)
    return [row.user for row in could_sign(requisition, list(steps), gross=gross, on=on)]
