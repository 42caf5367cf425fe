"""Decisions on the locked requisition; the last approval issues the call-offs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from contracts.agreements.kinds import AllocationRule
from contracts.bulk import insert
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership
from contracts.pricing import euros
from contracts.retrying import again
from orders.allotting.asking import Answer
from orders.allotting.asking import ask as judge
from orders.allotting.moments import Moment
from orders.allotting.reading import read_order
from orders.binding import holds
from orders.binding.standing import Standing
from orders.call_offs.placement import place
from orders.consequences import Step
from orders.errors import (
    AlreadyDecided,
    BudgetNotUsable,
    CommentMissing,
    InvalidCut,
    NotAllowed,
    OwnRequest,
    PriceRisen,
    ResolutionMissing,
    SigningLimitExceeded,
)
from orders.facts import RevisionFacts
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition
from orders.models.approval import Verdict
from orders.plan import Plan
from orders.requisitions.acting_on import locked, read_revision, step_to
from orders.requisitions.ending import release, require_running
from orders.requisitions.exchanges import exchange, standing_for
from orders.requisitions.submission import paid_from
from orders.requisitions.writing import SIDES
from orders.signing.rules import CoSignature, cosignatures, open_tier
from orders.signing.steps import (
    added_cosignatures,
    extend_expiry,
    open_next_tier,
    write_steps,
)
from orders.signing.voices import Voice, voice_to_decide
from orders.telling.notices import Notice, submission_notice

from .cuts import Cut, Grant, cuts_of, priced_cut, require_read
from .signatures import Round, read_round, write_decision
from .turns import not_your_turn

_LEADS_TO = {
    Verdict.APPROVE: RequisitionState.APPROVED,
    Verdict.REJECT: RequisitionState.REJECTED,
    Verdict.RETURN: RequisitionState.RETURNED,
}
_STEPS = {
    Verdict.APPROVE: Step.SIGNED,
    Verdict.REJECT: Step.VETOED,
    Verdict.RETURN: Step.SENT_BACK,
}
_CONSTRAINTS: Refusals = {
    **SIDES,
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


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided about, read under the lock of the requisition, and who decides."""

    requisition: Requisition
    revision: RevisionFacts
    round: Round
    step: ApprovalStep
    voice: Voice
    ruling: Ruling
    now: datetime

    @property
    def completes(self) -> bool:
        """Whether with this signature the step has enough."""
        return self.round.given[self.step.pk] + 1 >= self.step.signers

    @property
    def is_last(self) -> bool:
        """Whether with this signature no step is left."""
        others = (row for row in self.round.steps if row.pk != self.step.pk)
        return self.completes and all(row.completed_at is not None for row in others)


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
    again what submitting asked (`allotting.moments`), besides the signer's own authority. A
    gate that asks for a co-signature adds that step (docs/gates.md). On the last approval the
    call-offs are issued in the same transaction. A total that has risen since, or that a cut
    would raise, and a budget that is over go back to the requester instead.

    Raises NotFound, NotAllowed, RequisitionOver, StaleRevision, OwnRequest, AlreadyDecided,
    InvalidDelegation, SigningLimitExceeded, CommentMissing, ResolutionMissing, InvalidCut,
    IllegalTransition, Blocked, BudgetOverdrawn, NotEntitled, LotFull, NobodyInTurn,
    BelowMinimum, DeviceMissing, LimitExceeded, AccountClosed.
    """
    ruling = _checked(Ruling(verdict, comment.strip(), grants or {}, resolution.strip()))
    with translated(_CONSTRAINTS), transaction.atomic():
        requisition = locked(requisition_id, by)
        step_to(requisition, _LEADS_TO[ruling.verdict])
        require_running(requisition, now)
        require_read(requisition, revision_no)
        revision = read_revision(requisition.pk, requisition.current_revision)
        # `stand_still` holds the buyer's row then: taken whole at once, not shared before
        voice = voice_to_decide(by, delegation_id, alone=revision.is_tied(), now=now)
        round_ = read_round(requisition)
        step = _step_for(requisition, round_, voice)
        _require_own_hands(round_, voice)
        case = Case(requisition, revision, round_, step, voice, ruling, now)
        if ruling.verdict is Verdict.APPROVE:
            _approve(case)
        else:
            _refuse(case, ruling)
    return requisition


def _checked(ruling: Ruling) -> Ruling:
    if ruling.verdict is Verdict.APPROVE:
        return ruling
    if not ruling.comment:
        raise CommentMissing("Bitte begründen Sie Ablehnung oder Rückgabe.")
    if ruling.grants:
        raise InvalidCut("Kürzen lässt sich nur, was im Übrigen freigegeben wird.")
    return ruling


def _approve(case: Case) -> None:
    if case.step.committee and not case.ruling.resolution:
        raise ResolutionMissing(
            f"Diese Stufe braucht einen Beschluss ({case.step.committee}). Bitte geben Sie seine "
            "Nummer und sein Datum an."
        )
    standing = None
    if case.is_last or case.ruling.grants:
        standing = standing_for(case.requisition, case.revision, now=case.now)
    try:
        cut = _cut(case, standing)
    except (PriceRisen, BudgetNotUsable) as over:
        _require_signing_limit(case.revision.gross, case.voice)
        _refuse(case, Ruling(Verdict.RETURN, f"{case.ruling.comment} {over}".strip()))
        return
    total = cut.new.order.quote.gross if cut is not None else case.revision.gross
    _require_signing_limit(total, case.voice)
    plan = Plan(case.voice.by, case.now)
    revision = case.revision
    if cut is not None and standing is not None:
        revision, facts = exchange(
            case.requisition, revision, cut.new, standing, by=case.voice.by, now=case.now
        )
        plan.follow(Step.CUT, case.requisition, events=facts)
        # what it holds now is another: the locks are kept, the balances are read again
        standing = standing_for(case.requisition, revision, now=case.now)
    holds.require_unfrozen(_budgets(revision, standing))
    try:
        answer = _judge(case, revision, standing)
    except (PriceRisen, BudgetNotUsable) as over:
        _sign(case, plan, cut, completes=case.completes)
        release(plan, case.requisition, RequisitionState.RETURNED, reason=str(over))
        return
    _go_on(case, plan, revision, standing, answer, cut)


def _cut(case: Case, standing: Standing | None) -> Cut | None:
    if standing is None or not case.ruling.grants:
        return None
    return priced_cut(
        case.requisition,
        case.revision,
        case.ruling.grants,
        standing,
        by=case.voice.by,
        now=case.now,
    )


def _judge(case: Case, revision: RevisionFacts, standing: Standing | None) -> Answer:
    """Ask everything again; at issue on locked rows, before that on what was just read."""
    if standing is not None and case.is_last:
        moment, facts = Moment.ISSUE, standing.facts
    else:
        held = holds.open_holds(revision.lines) if _is_contested(revision) else []
        moment = Moment.SIGNATURE
        facts = read_order(
            revision.listing_ids(),
            buyer_id=case.requisition.authority_id,
            on=berlin_day(case.now),
            own=holds.held_by_account(held),
            requisition_id=case.requisition.pk,
        )
    return judge(
        moment,
        revision.wanted(),
        facts,
        paid_from=paid_from(revision.lines),
        approved=revision.gross,
    )


def _is_contested(revision: RevisionFacts) -> bool:
    return any(line.stands_in.allocation != AllocationRule.SINGLE for line in revision.lines)


def _budgets(revision: RevisionFacts, standing: Standing | None) -> list[LimitAccount]:
    """The budget accounts of the lines: as they are under the locks, else read afresh."""
    ids = {row.budget_line.account_id for line in revision.lines for row in line.assignments}
    if standing is not None:
        return [standing.locked[pk] for pk in ids]
    return list(LimitAccount.objects.filter(pk__in=ids))


def _go_on(
    case: Case,
    plan: Plan,
    revision: RevisionFacts,
    standing: Standing | None,
    answer: Answer,
    cut: Cut | None,
) -> None:
    """Sign; issue after the last signature, else open what comes next."""
    cosigning = cosignatures(answer.cosigning)
    added = added_cosignatures(case.step, case.round.steps, cosigning, now=case.now)
    _speak(case, cut, completes=case.completes)
    if standing is not None and case.is_last and not added:
        _follow(case, plan)
        place(plan, case.requisition, revision, answer, standing)
        return
    requisition = case.requisition
    if added:
        write_steps(requisition, added)
        extend_expiry(requisition, max(row.deadline for row in added))
    opened = open_next_tier(requisition, case.round.steps, now=case.now)
    told = [submission_notice(requisition, rows) for rows in (added, opened) if rows]
    _follow(case, plan, told)
    if added:
        _follow_added(case, plan, added, cosigning)
    if cut is not None:
        requisition.save(update_fields=["current_revision", "updated_at"])
    plan.carry_out()


def _follow_added(
    case: Case, plan: Plan, added: Sequence[ApprovalStep], cosigning: Sequence[CoSignature]
) -> None:
    """Co-signatures that gates ask for since the submission join the open tier."""
    roles = [row.role for row in added]
    plan.follow(
        Step.COSIGN_ADDED,
        case.requisition,
        after={"roles": roles},
        reason=" ".join(dict.fromkeys(row.reason for row in cosigning if row.role in roles)),
    )


def _refuse(case: Case, ruling: Ruling) -> None:
    plan = Plan(case.voice.by, case.now)
    _sign(replace(case, ruling=ruling), plan, None, completes=False)
    release(plan, case.requisition, _LEADS_TO[ruling.verdict], reason=ruling.comment)


def _sign(case: Case, plan: Plan, cut: Cut | None, *, completes: bool) -> None:
    _speak(case, cut, completes=completes)
    _follow(case, plan)


def _speak(case: Case, cut: Cut | None, *, completes: bool) -> None:
    """Write the decision, the people it speaks for and the lines it cuts."""
    ruling = case.ruling
    decision_id = write_decision(
        case.step,
        case.voice,
        verdict=ruling.verdict,
        read=case.revision.number,
        granted=case.requisition.current_revision if cut is not None else None,
        comment=ruling.comment,
        resolution=ruling.resolution,
        completes=completes,
        now=case.now,
    )
    if completes:
        case.step.completed_at = case.now
    if cut is not None:
        insert(cuts_of(decision_id, cut.refused))


def _follow(case: Case, plan: Plan, told: Sequence[Notice] = ()) -> None:
    """What follows from what was said; `told` are those whose signature comes next."""
    requisition, voice, ruling = case.requisition, case.voice, case.ruling
    plan.follow(
        _STEPS[ruling.verdict],
        requisition,
        told=told,
        after={
            "revision": requisition.current_revision,
            "read": case.revision.number,
            "step": case.step.pk,
        },
        reason=ruling.comment,
        rule=f"policy:{case.step.policy_id}",
        on_behalf_of=voice.membership.user if voice.delegation is not None else None,
    )


def _step_for(requisition: Requisition, round_: Round, voice: Voice) -> ApprovalStep:
    """The open step of the voice's role; its own before one it may sign after escalation."""
    if voice.school_ids - {requisition.school_id}:
        raise NotAllowed("Diese Mitgliedschaft zeichnet nur für ihre eigene Schule.")
    tier = open_tier([(step.tier, step.completed_at is not None) for step in round_.steps])
    role = voice.membership.role
    waiting = [row for row in round_.steps if row.tier == tier and row.completed_at is None]
    for step in waiting:
        if step.role == role:
            return step
    for step in waiting:
        if step.escalation_role == role and step.escalated_at is not None:
            return step
    raise NotAllowed(not_your_turn(requisition, role))


def _require_own_hands(round_: Round, voice: Voice) -> None:
    """Raise OwnRequest; the composite foreign keys refuse the same, whatever is asked here."""
    if voice.by.user_id in round_.asking:
        raise OwnRequest("Wer angefordert oder bearbeitet hat, kann nicht entscheiden.")
    if voice.on_behalf_of_id in round_.asking:
        raise OwnRequest("Die vertretene Person hat selbst angefordert oder bearbeitet.")


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
