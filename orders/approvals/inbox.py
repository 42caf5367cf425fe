"""What waits for a signature: in one's own name, or in that of the person substituted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value

from contracts.parties.models import Membership
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition, RequisitionRevision, Side
from orders.requisitions import last_change
from orders.signing.voices import Voice, deputyships_of

from .queue import count_waiting
from .turns import not_your_turn
from .waiting import waiting


def inbox(by: Membership | Voice) -> QuerySet[Requisition]:
    """Submitted requisitions whose open tier waits for this voice.

    Left out are those that whoever signs, or whoever is substituted, asked for, edited or has
    signed in this round, and those above the signing limit (`above_limit`).
    """
    voice = by if isinstance(by, Voice) else Voice(by, by)
    limit = voice.membership.signing_limit
    if limit is None:
        return Requisition.objects.none()
    return waiting(voice).filter(_current(gross__lte=limit))


def above_limit(voice: Voice) -> QuerySet[Requisition]:
    """What waits for the role, but is above the limit of this voice: others have to sign."""
    limit = voice.membership.signing_limit
    rows = waiting(voice)
    return rows if limit is None else rows.filter(_current(gross__gt=limit))


def voices(by: Membership, on: date) -> list[Voice]:
    """In whose name the actor may sign on the day: the own first, then the substitutions."""
    return [Voice(by, by), *(Voice(by, row.delegator, row) for row in deputyships_of(by, on))]


def waiting_counts(voices: Sequence[Voice]) -> dict[int | None, int]:
    """How many requisitions wait for each voice, by its delegation (None is one's own).

    One query for all of them.
    """
    parts = [
        inbox(voice)
        .order_by()
        .annotate(
            voice=Value(voice.delegation.pk if voice.delegation else 0, IntegerField()),
        )
        .values("voice")
        .annotate(waiting=Count("pk"))
        .values_list("voice", "waiting")
        for voice in voices
    ]
    first, *others = parts
    found = dict(first.union(*others, all=True) if others else first)
    return {
        (pk := voice.delegation.pk if voice.delegation else None): found.get(pk or 0, 0)
        for voice in voices
    }


def waiting_total(voices: Sequence[Voice]) -> int:
    """How many requisitions wait for the voices together, each of them once. One query."""
    if len(voices) == 1:
        return count_waiting(voices[0])
    anywhere = [Q(pk__in=inbox(voice).order_by().values("pk")) for voice in voices]
    return Requisition.objects.filter(reduce(or_, anywhere)).count()


def voice_for(voices: Sequence[Voice], requisition: Requisition, *, gross: Decimal) -> Voice | None:
    """The voice to decide with about a requisition of *gross* EUR; None when it waits for none.

    The first within its limit; else the first that signs at all, for a cut may bring the total
    within. One query.
    """
    signing = [voice for voice in voices if voice.membership.signing_limit is not None]
    parts = [
        waiting(voice)
        .filter(pk=requisition.pk)
        .annotate(voice=Value(place, IntegerField()))
        .order_by()
        .values_list("voice", flat=True)
        for place, voice in enumerate(signing)
    ]
    if not parts:
        return None
    first, *others = parts
    able = [signing[place] for place in sorted(first.union(*others) if others else first)]
    within = (row for row in able if (row.membership.signing_limit or 0) >= gross)
    return next(within, able[0] if able else None)


def why_not(voice: Voice, requisition: Requisition) -> str:
    """Why the requisition does not wait for this voice, as a sentence; empty when it does."""
    if waiting(voice).filter(pk=requisition.pk).exists():
        return ""
    if requisition.state != RequisitionState.SUBMITTED.value:
        since = last_change(requisition)
        return (
            f"Anforderung {requisition.number}: Der Stand ist "
            f"„{requisition.get_state_display()}“{f' ({since})' if since else ''}; "
            "zu entscheiden ist nichts mehr."
        )
    people = voice.people
    if requisition.involvements.filter(person_id__in=people, side=Side.ASK).exists():
        return (
            "Wer angefordert oder bearbeitet hat, entscheidet nicht mit (Vier-Augen-Prinzip); "
            "das gilt auch für die vertretene Person."
        )
    signed = requisition.signatures.filter(
        person_id__in=people, round_no=requisition.submitted_revision
    )
    if signed.exists():
        return (
            "In dieser Freigaberunde haben Sie schon entschieden, oder es wurde für Sie "
            "oder die vertretene Person entschieden."
        )
    return not_your_turn(requisition, voice.membership.role)


def steps_for(voice: Voice) -> Q:
    """Steps that the role signs: its own, and escalated ones it may sign too."""
    role = voice.membership.role
    return Q(role=role) | Q(escalation_role=role, escalated_at__isnull=False)


def steps_to_sign(requisition_ids: Iterable[int], voice: Voice) -> dict[int, ApprovalStep]:
    """The open step of each requisition that this voice signs: its own before an escalated."""
    rows = ApprovalStep.objects.filter(
        steps_for(voice),
        requisition_id__in=requisition_ids,
        revision_no=F("requisition__submitted_revision"),
        opened_at__isnull=False,
        completed_at__isnull=True,
    )
    own_last = sorted(rows, key=lambda step: step.role == voice.membership.role)
    return {step.requisition_id: step for step in own_last}


def _current(**condition: object) -> Exists:
    return Exists(
        RequisitionRevision.objects.filter(
            requisition=OuterRef("pk"), number=OuterRef("current_revision"), **condition
        )
    )
