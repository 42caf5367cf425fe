"""Decisions on the locked requisition; the last approval issues the call-offs."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from contracts.audit.record import record
from contracts.constraints import Refusals, translated
from contracts.parties.models import Membership
from contracts.pricing import euros

from .approval_rules import open_tier
from .approval_steps import add_cosignatures
from .errors import (
    AlreadyDecided,
    CommentMissing,
    NotAllowed,
    OwnRequest,
    SigningLimitExceeded,
    StaleRevision,
)
from .lifecycle import RequisitionState, requisition_step
from .models import ApprovalStep, Decision, Involvement, Requisition, RequisitionRevision, Side
from .models.approval import Verdict
from .order_checks import require_open
from .placement import PriceRisen, place
from .requisitions import current_lines, is_valid, locked, release
from .revisions import involve

_CONSTRAINTS: Refusals = {
    "orders_decider_is_on_approving_side": partial(
        OwnRequest,
        "Wer angefordert oder bearbeitet hat, kann nicht entscheiden.",
    ),
    "orders_substituted_is_on_approving_side": partial(
        OwnRequest,
        "Die vertretene Person hat selbst angefordert oder bearbeitet.",
    ),
    "orders_decision_once_per_person": partial(
        AlreadyDecided,
        "Sie haben über diesen Schritt bereits entschieden.",
    ),
}


def inbox(by: Membership) -> QuerySet[Requisition]:
    """Submitted requisitions whose open tier waits for the actor's role.

    Those the person asked for or edited, or has decided already, are left out.
    """
    earlier = ApprovalStep.objects.filter(
        requisition=OuterRef("requisition"),
        revision_no=OuterRef("revision_no"),
        tier__lt=OuterRef("tier"),
        completed_at__isnull=True,
    )
    mine = ApprovalStep.objects.filter(
        ~Exists(earlier),
        ~Exists(Decision.objects.filter(step=OuterRef("pk"), person_id=by.user_id)),
        requisition=OuterRef("pk"),
        revision_no=OuterRef("current_revision"),
        role=by.role,
        completed_at__isnull=True,
    )
    asked = Involvement.objects.filter(
        requisition=OuterRef("pk"), person_id=by.user_id, side=Side.ASK
    )
    return Requisition.objects.filter(
        Exists(mine),
        ~Exists(asked),
        authority_id=by.organisation_id,
        state=RequisitionState.SUBMITTED.value,
    )


def decide(
    *,
    requisition_id: int,
    revision_no: int,
    verdict: Verdict,
    comment: str = "",
    by: Membership,
    now: datetime,
) -> Requisition:
    """Approve, reject or return the revision the actor has seen.

    Every approval asks the gates again: one that blocks now refuses it, one that asks for a
    co-signature adds that step (docs/gates.md). On the last approval the call-offs are
    issued in the same transaction. A total that has risen since goes back to the requester
    instead. Raises NotFound,
    NotAllowed, StaleRevision, OwnRequest, AlreadyDecided, SigningLimitExceeded,
    CommentMissing, IllegalTransition, Blocked, LimitExceeded.
    """
    comment = comment.strip()
    if verdict is not Verdict.APPROVE and not comment:
        raise CommentMissing("Bitte begründen Sie Ablehnung oder Rückgabe.")
    with translated(_CONSTRAINTS), transaction.atomic():
        requisition = locked(requisition_id, by)
        requisition_step(requisition.state, RequisitionState.REJECTED)
        if revision_no != requisition.current_revision:
            raise StaleRevision(
                "Die Anforderung wurde inzwischen geändert. Bitte prüfen Sie die neue Fassung."
            )
        step = _step_for(requisition, by, now)
        if verdict is Verdict.APPROVE:
            _require_signing_limit(requisition, by)
            _ask_gates(requisition, step, by, now)
        involve(requisition, by.user_id, Side.APPROVE)
        Decision.objects.create(
            step=step,
            requisition=requisition,
            membership=by,
            person_id=by.user_id,
            verdict=verdict,
            comment=comment,
            decided_at=now,
        )
        record(
            requisition,
            f"requisition.decision.{verdict.value}",
            by=by,
            now=now,
            after={"revision": revision_no, "step": step.pk},
            reason=comment,
            rule=str(step.policy_id),
        )
        _carry_out(requisition, step, verdict, comment, by, now)
    return requisition


def _carry_out(
    requisition: Requisition,
    step: ApprovalStep,
    verdict: Verdict,
    comment: str,
    by: Membership,
    now: datetime,
) -> None:
    if verdict is Verdict.REJECT:
        release(requisition, RequisitionState.REJECTED, by=by, now=now, reason=comment)
    elif verdict is Verdict.RETURN:
        release(requisition, RequisitionState.RETURNED, by=by, now=now, reason=comment)
    elif _complete(requisition, step, now):
        try:
            place(requisition, by=by, now=now)
        except PriceRisen as risen:
            release(requisition, RequisitionState.RETURNED, by=by, now=now, reason=str(risen))


def _ask_gates(requisition: Requisition, step: ApprovalStep, by: Membership, now: datetime) -> None:
    """Raise Blocked, or add the co-signatures that gates ask for since the submission."""
    listings = [line.listing for line in current_lines(requisition)]
    wishes = require_open(listings, buyer_id=requisition.authority_id, now=now)
    add_cosignatures(requisition, step, wishes, by=by, now=now)


def _complete(requisition: Requisition, step: ApprovalStep, now: datetime) -> bool:
    """Finish the step when enough have signed; True when no step is left."""
    signed = step.decisions.filter(verdict=Verdict.APPROVE).count()
    if signed >= step.signers:
        step.completed_at = now
        step.save(update_fields=["completed_at"])
    return not requisition.steps.filter(
        revision_no=requisition.current_revision, completed_at__isnull=True
    ).exists()


def _step_for(requisition: Requisition, by: Membership, now: datetime) -> ApprovalStep:
    if not is_valid(by, now):
        raise NotAllowed("Ihre Mitgliedschaft ist heute nicht gültig.")
    steps = list(requisition.steps.filter(revision_no=requisition.current_revision))
    tier = open_tier([(step.tier, step.completed_at is not None) for step in steps])
    for step in steps:
        if step.tier == tier and step.role == by.role and step.completed_at is None:
            return step
    raise NotAllowed("Die Anforderung wartet auf eine andere Stufe oder Rolle.")


def _require_signing_limit(requisition: Requisition, by: Membership) -> None:
    gross = RequisitionRevision.objects.values_list("gross", flat=True).get(
        requisition=requisition, number=requisition.current_revision
    )
    if by.signing_limit is None or gross > by.signing_limit:
        raise SigningLimitExceeded(
            f"Die Anforderung ({euros(gross)} brutto) liegt über Ihrer Zeichnungsgrenze."
        )
