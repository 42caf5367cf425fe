"""Decisions on the locked requisition; the last approval issues the call-offs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from contracts.audit.record import record
from contracts.constraints import Refusals, translated
from contracts.parties.models import Membership
from contracts.pricing import euros
from contracts.retrying import again
from orders.allotting.checks import require_open, require_unfrozen
from orders.call_offs.placement import PriceRisen, place, still_good
from orders.errors import (
    AlreadyDecided,
    CommentMissing,
    InvalidCut,
    NotAllowed,
    OwnRequest,
    ResolutionMissing,
    SigningLimitExceeded,
)
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Decision, Requisition, RequisitionLine, Side, Signature
from orders.models.approval import Verdict
from orders.requisitions import current_lines, locked, release, step_to
from orders.requisitions.revisions import involve
from orders.signing.rules import open_tier
from orders.signing.steps import add_cosignatures, open_next_tier, steps_of_round
from orders.signing.voices import Voice, voice_to_decide
from orders.telling.outbox import tell
from orders.telling.watching import Happened, change

from .cuts import Cut, Grant, carry_out, priced_cut, require_read, write_grants
from .turns import not_your_turn

_LEADS_TO = {
    Verdict.APPROVE: RequisitionState.APPROVED,
    Verdict.REJECT: RequisitionState.REJECTED,
    Verdict.RETURN: RequisitionState.RETURNED,
}
_CONSTRAINTS: Refusals = {
    "orders_decider_is_on_approving_side": partial(
        OwnRequest,
        "Wer angefordert oder bearbeitet hat, kann nicht entscheiden.",
    ),
    "orders_substituted_is_on_approving_side": partial(
        OwnRequest,
        "Die vertretene Person hat selbst angefordert oder bearbeitet.",
    ),
    "orders_one_signature_per_round": partial(
        AlreadyDecided,
        "Sie haben über diese Anforderung bereits entschieden, oder es wurde für Sie entschieden.",
    ),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decides: verdict, comment, per line number what is granted.

    `resolution` names the committee's resolution where the step needs one.
    """

    verdict: Verdict
    comment: str = ""
    grants: Mapping[int, Grant] = field(default_factory=dict)
    resolution: str = ""


@again
def decide(
    *,
    requisition_id: int,
    revision_no: int,
    verdict: Verdict,
    comment: str = "",
    grants: Mapping[int, Grant] | None = None,
    resolution: str = "",
    delegation_id: int | None = None,
    by: Membership,
    now: datetime,
) -> Requisition:
    """Approve (in part too), reject or return the revision the actor has seen.

    With `delegation_id` the actor signs for the person who delegated. Every approval asks
    again what submitting asked: gates, entitlement, price, budget freeze, the signer's own
    authority. A gate that asks for a co-signature adds that step (docs/gates.md). On the
    last approval the call-offs are issued in the same transaction. A total that has risen
    since, or that a cut would raise, goes back to the requester instead.

    Raises NotFound, NotAllowed, StaleRevision, OwnRequest, AlreadyDecided, InvalidDelegation,
    SigningLimitExceeded, CommentMissing, ResolutionMissing, InvalidCut, IllegalTransition,
    Blocked, BudgetOverdrawn, NotEntitled, LotFull, NobodyInTurn, BelowMinimum,
    DeviceMissing, LimitExceeded, AccountClosed.
    """
    ruling = _checked(Ruling(verdict, comment.strip(), grants or {}, resolution.strip()))
    with translated(_CONSTRAINTS), transaction.atomic():
        requisition = locked(requisition_id, by)
        step_to(requisition, _LEADS_TO[ruling.verdict])
        require_read(requisition, revision_no)
        voice = voice_to_decide(by, delegation_id, now=now)
        step = _step_for(requisition, voice)
        for person_id in voice.people:
            involve(requisition, person_id, Side.APPROVE)
        if ruling.verdict is Verdict.APPROVE:
            _approve(requisition, step, voice, ruling, now)
        else:
            _refuse(requisition, step, voice, ruling, now)
    return requisition


def _checked(ruling: Ruling) -> Ruling:
    if ruling.verdict is Verdict.APPROVE:
        return ruling
    if not ruling.comment:
        raise CommentMissing("Bitte begründen Sie Ablehnung oder Rückgabe.")
    if ruling.grants:
        raise InvalidCut("Kürzen lässt sich nur, was im Übrigen freigegeben wird.")
    return ruling


def _approve(
    requisition: Requisition, step: ApprovalStep, voice: Voice, ruling: Ruling, now: datetime
) -> None:
    if step.committee and not ruling.resolution:
        raise ResolutionMissing(
            f"Diese Stufe braucht einen Beschluss ({step.committee}). Bitte geben Sie seine "
            "Nummer und sein Datum an."
        )
    lines = current_lines(requisition)
    try:
        cut = priced_cut(requisition, lines, ruling.grants, now=now)
    except PriceRisen as risen:
        _require_signing_limit(lines[0].revision.gross, voice)
        back = Ruling(Verdict.RETURN, f"{ruling.comment} {risen}".strip())
        _refuse(requisition, step, voice, back, now)
        return
    total = cut.order.quote.gross if cut is not None else lines[0].revision.gross
    _require_signing_limit(total, voice)
    read = requisition.current_revision
    if cut is not None:
        lines = carry_out(requisition, lines, cut, by=voice.by, now=now)
    require_unfrozen(lines)
    _ask_gates(requisition, step, lines, voice.by, now)
    _write(requisition, step, voice, ruling, cut=cut, read=read, now=now)
    _go_on(requisition, step, lines, voice.by, now)


def _refuse(
    requisition: Requisition, step: ApprovalStep, voice: Voice, ruling: Ruling, now: datetime
) -> None:
    _write(requisition, step, voice, ruling, cut=None, read=requisition.current_revision, now=now)
    release(requisition, _LEADS_TO[ruling.verdict], by=voice.by, now=now, reason=ruling.comment)


def _write(
    requisition: Requisition,
    step: ApprovalStep,
    voice: Voice,
    ruling: Ruling,
    *,
    cut: Cut | None,
    read: int,
    now: datetime,
) -> None:
    """The decision, the people it speaks for, the lines it cuts, and the audit row."""
    decision = Decision.objects.create(
        step=step,
        requisition=requisition,
        round_no=step.revision_no,
        revision_no=read,
        granted_revision=requisition.current_revision if cut is not None else None,
        membership=voice.by,
        person_id=voice.by.user_id,
        on_behalf_of_id=voice.on_behalf_of_id,
        delegation=voice.delegation,
        verdict=ruling.verdict,
        comment=ruling.comment,
        resolution=ruling.resolution,
        decided_at=now,
    )
    Signature.objects.bulk_create(
        Signature(
            decision=decision,
            requisition=requisition,
            round_no=step.revision_no,
            person_id=person_id,
        )
        for person_id in voice.people
    )
    if cut is not None:
        write_grants(decision, cut.refused)
    tell([change(requisition, Happened.DECIDED, now=now)], now=now)
    record(
        requisition,
        f"requisition.decision.{ruling.verdict.value}",
        by=voice.by,
        now=now,
        after={"revision": requisition.current_revision, "read": read, "step": step.pk},
        reason=ruling.comment,
        rule=f"policy:{step.policy_id}",
        on_behalf_of=voice.membership.user if voice.delegation is not None else None,
    )


def _go_on(
    requisition: Requisition,
    step: ApprovalStep,
    lines: Sequence[RequisitionLine],
    by: Membership,
    now: datetime,
) -> None:
    """Issue after the last signature; before that, see that it still could be issued."""
    try:
        if _complete(requisition, step, now):
            place(requisition, by=by, now=now)
        else:
            still_good(requisition, lines, now=now)
            open_next_tier(requisition, now=now)
    except PriceRisen as risen:
        release(requisition, RequisitionState.RETURNED, by=by, now=now, reason=str(risen))


def _ask_gates(
    requisition: Requisition,
    step: ApprovalStep,
    lines: Sequence[RequisitionLine],
    by: Membership,
    now: datetime,
) -> None:
    """Raise Blocked, or add the co-signatures that gates ask for since the submission."""
    listings = [line.listing for line in lines]
    wishes = require_open(listings, buyer_id=requisition.authority_id, now=now)
    add_cosignatures(requisition, step, wishes, by=by, now=now)


def _complete(requisition: Requisition, step: ApprovalStep, now: datetime) -> bool:
    """Finish the step when enough have signed; True when no step is left."""
    signed = step.decisions.filter(verdict=Verdict.APPROVE).count()
    if signed >= step.signers:
        step.completed_at = now
        step.save(update_fields=["completed_at"])
    return not steps_of_round(requisition).filter(completed_at__isnull=True).exists()


def _step_for(requisition: Requisition, voice: Voice) -> ApprovalStep:
    """The open step of the voice's role; its own before one it may sign after escalation."""
    if voice.school_ids - {requisition.school_id}:
        raise NotAllowed("Diese Mitgliedschaft zeichnet nur für ihre eigene Schule.")
    steps = list(steps_of_round(requisition))
    tier = open_tier([(step.tier, step.completed_at is not None) for step in steps])
    role = voice.membership.role
    waiting = [row for row in steps if row.tier == tier and row.completed_at is None]
    for step in waiting:
        if step.role == role:
            return step
    for step in waiting:
        if step.escalation_role == role and step.escalated_at is not None:
            return step
    raise NotAllowed(not_your_turn(requisition, role))


def _require_signing_limit(gross: Decimal, voice: Voice) -> None:
    limit = voice.membership.signing_limit
    if limit is not None and gross <= limit:
        return
    whose = "Ihrer Zeichnungsgrenze"
    if voice.delegation is not None:
        whose = f"der Zeichnungsgrenze von {voice.membership.user}"
    words = f" ({euros(limit)})" if limit is not None else ""
    raise SigningLimitExceeded(
        f"Die Anforderung ({euros(gross)} brutto) liegt über {whose}{words}."
    )
