"""What waits for a signature: in one's own name, or in that of the person substituted."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.parties.models import Membership
from orders.lifecycle import RequisitionState
from orders.models import (
    ApprovalStep,
    Involvement,
    Requisition,
    RequisitionRevision,
    Side,
    Signature,
)
from orders.signing.voices import Voice


def inbox(by: Membership | Voice) -> QuerySet[Requisition]:
    """Submitted requisitions whose open tier waits for this voice.

    Left out are those that whoever signs, or whoever is substituted, asked for, edited or has
    signed in this round, and those above the signing limit (`above_limit`).
    """
    voice = by if isinstance(by, Voice) else Voice(by, by)
    limit = voice.membership.signing_limit
    if limit is None:
        return Requisition.objects.none()
    return _waiting(voice).filter(_current(gross__lte=limit))


def above_limit(voice: Voice) -> QuerySet[Requisition]:
    """What waits for the role, but is above the limit of this voice: others have to sign."""
    limit = voice.membership.signing_limit
    waiting = _waiting(voice)
    return waiting if limit is None else waiting.exclude(_current(gross__lte=limit))


def steps_for(voice: Voice) -> Q:
    """Steps that the role signs: its own, and escalated ones it may sign too."""
    role = voice.membership.role
    return Q(role=role) | Q(escalation_role=role, escalated_at__isnull=False)


def _waiting(voice: Voice) -> QuerySet[Requisition]:
    mine = ApprovalStep.objects.filter(
        steps_for(voice),
        requisition=OuterRef("pk"),
        revision_no=OuterRef("submitted_revision"),
        opened_at__isnull=False,
        completed_at__isnull=True,
    )
    asked = Involvement.objects.filter(
        requisition=OuterRef("pk"), person_id__in=voice.people, side=Side.ASK
    )
    signed = Signature.objects.filter(
        requisition=OuterRef("pk"),
        round_no=OuterRef("submitted_revision"),
        person_id__in=voice.people,
    )
    return Requisition.objects.filter(
        Exists(mine),
        ~Exists(asked),
        ~Exists(signed),
        authority_id=voice.membership.organisation_id,
        state=RequisitionState.SUBMITTED.value,
    )


def _current(**condition: object) -> Exists:
    return Exists(
        RequisitionRevision.objects.filter(
            requisition=OuterRef("pk"), number=OuterRef("current_revision"), **condition
        )
    )
