"""Reading the record of an approval (Freigabevermerk): who signed what, for whom, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role, User
from orders.errors import NotFound
from orders.lifecycle import RequisitionState
from orders.models import (
    ApprovalPolicy,
    ApprovalStep,
    Assignment,
    Decision,
    DecisionLine,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
)
from orders.requisitions import visible_requisitions
from orders.signing.rules import applies
from orders.signing.steps import rules_of

from .record_data import (
    SCHEMA,
    ApprovalRecord,
    AttachmentEntry,
    CallOffEntry,
    CutEntry,
    DecisionEntry,
    Ending,
    LineEntry,
    PolicyEntry,
    RevisionEntry,
    RoundEntry,
    ShareEntry,
    StepEntry,
    SubstitutionEntry,
    Who,
)

_OPENINGS = frozenset({"requisition.submitted", "requisition.revised"})
_ENDINGS: Mapping[str, RequisitionState] = {
    f"requisition.{state.value}": state
    for state in (
        RequisitionState.REJECTED,
        RequisitionState.RETURNED,
        RequisitionState.WITHDRAWN,
        RequisitionState.EXPIRED,
    )
}


def approval_record(*, requisition_id: int, by: Membership) -> ApprovalRecord:
    """The record of a requisition that the actor may see, in eleven queries whatever it holds.

    Raises NotFound.
    """
    requisition = (
        visible_requisitions(by)
        .select_related("authority", "school", "created_by__user", "handed_over_by__user")
        .filter(pk=requisition_id)
        .first()
    )
    if requisition is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    revisions = _revisions(requisition)
    last = revisions[-1]
    return ApprovalRecord(
        schema=SCHEMA,
        number=requisition.number,
        title=last.title,
        justification=last.justification,
        authority=requisition.authority.name,
        school=requisition.school.name if requisition.school is not None else "",
        state=RequisitionState(requisition.state).label,
        asked_by=_who(requisition.created_by),
        asked_at=requisition.created_at,
        handed_over_by=_who(requisition.handed_over_by)
        if requisition.handed_over_by is not None
        else None,
        handed_over_at=requisition.handed_over_at,
        decided_at=requisition.decided_at,
        revisions=[_revision(row) for row in revisions],
        lines=_lines(last),
        attachments=_attachments(requisition),
        rounds=_rounds(requisition, revisions),
        call_offs=_call_offs(requisition),
    )


def _who(member: Membership) -> Who:
    return Who(str(member.user), Role(member.role).label)


def _revisions(requisition: Requisition) -> list[RequisitionRevision]:
    funded = Assignment.objects.filter(line__revision=OuterRef("pk")).exclude(grant_no="")
    return list(
        requisition.revisions.select_related("edited_by__user")
        .annotate(is_funded=Exists(funded))
        .order_by("number")
    )


def _revision(row: RequisitionRevision) -> RevisionEntry:
    return RevisionEntry(
        number=row.number,
        kind=str(row.get_kind_display()),
        title=row.title,
        written_by=_who(row.edited_by),
        written_at=row.edited_at,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
    )


def _lines(revision: RequisitionRevision) -> list[LineEntry]:
    shares = Assignment.objects.select_related("budget_entity", "budget_line").order_by("number")
    rows = (
        RequisitionLine.objects.filter(revision=revision)
        .select_related("item__award__supplier", "item__award__lot__agreement")
        .prefetch_related(Prefetch("assignments", shares))
        .order_by("line_no")
    )
    return [
        LineEntry(
            line_no=row.line_no,
            title=row.title,
            supplier=row.item.award.supplier.name,
            agreement=row.item.award.lot.agreement.number,
            lot=row.item.award.lot.number,
            quantity=row.quantity,
            unit=row.unit,
            net_unit_price=row.net_unit_price,
            price_unit=row.price_unit,
            net=row.net,
            shares=[_share(share) for share in row.assignments.all()],
        )
        for row in rows
    ]


def _share(row: Assignment) -> ShareEntry:
    return ShareEntry(
        entity=row.budget_entity.name,
        budget_line=str(row.budget_line),
        grant_no=row.grant_no,
        percent=row.share_percent,
        gross=row.gross,
    )


def _attachments(requisition: Requisition) -> list[AttachmentEntry]:
    rows = (
        requisition.attachments.defer("content").select_related("uploaded_by__user").order_by("pk")
    )
    return [
        AttachmentEntry(
            title=row.title,
            filename=row.filename,
            sha256=row.sha256,
            added_by=_who(row.uploaded_by),
            added_at=row.uploaded_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def _call_offs(requisition: Requisition) -> list[CallOffEntry]:
    """Those that the approval issued; what follows a refusal has its own reasons."""
    rows = (
        requisition.call_offs.filter(follows__isnull=True)
        .select_related("supplier", "lot__agreement")
        .order_by("number")
    )
    return [
        CallOffEntry(
            number=row.number,
            supplier=row.supplier.name,
            agreement=row.lot.agreement.number,
            lot=row.lot.number,
            issued_at=row.issued_at,
            net=row.net,
            gross=row.gross,
        )
        for row in rows
    ]


@dataclass(slots=True)
class _Trail:
    """By round: the audit entry that opened it, and the one that ended it."""

    openings: dict[int, AuditEntry] = field(default_factory=dict)
    endings: dict[int, AuditEntry] = field(default_factory=dict)


def _trail(requisition: Requisition, rounds: Collection[int]) -> _Trail:
    trail, current = _Trail(), None
    rows = (
        AuditEntry.objects.filter(
            object_type="orders.requisition",
            object_id=requisition.pk,
            action__in=[*_OPENINGS, *_ENDINGS],
        )
        .select_related("membership__user")
        .order_by("pk")
    )
    for row in rows:
        number = row.after.get("revision")
        if row.action in _ENDINGS:
            if current is not None:
                trail.endings[current] = row
            current = None
        elif number in rounds and row.after.get("state") == RequisitionState.SUBMITTED.value:
            trail.openings[number] = row
            current = number
    return trail


def _rounds(requisition: Requisition, revisions: Sequence[RequisitionRevision]) -> list[RoundEntry]:
    by_round: dict[int, list[ApprovalStep]] = {}
    for step in _steps(requisition):
        by_round.setdefault(step.revision_no, []).append(step)
    trail = _trail(requisition, by_round.keys())
    by_number = {row.number: row for row in revisions}
    return [_round(by_number[number], steps, trail) for number, steps in by_round.items()]


def _steps(requisition: Requisition) -> Iterable[ApprovalStep]:
    cuts = DecisionLine.objects.select_related("line").order_by("line__line_no")
    decisions = (
        Decision.objects.select_related(
            "membership__user",
            "on_behalf_of",
            "delegation__delegator",
            "delegation__created_by__user",
        )
        .prefetch_related(Prefetch("lines", cuts))
        .order_by("decided_at", "pk")
    )
    return (
        requisition.steps.select_related("policy__proposer", "policy__confirmer")
        .prefetch_related("policy__rules", Prefetch("decisions", decisions))
        .order_by("revision_no", "tier", "pk")
    )


def _round(
    revision: RequisitionRevision, steps: Sequence[ApprovalStep], trail: _Trail
) -> RoundEntry:
    opening = trail.openings.get(revision.number)
    opener = opening.membership if opening is not None else None
    return RoundEntry(
        number=revision.number,
        gross=revision.gross,
        submitted_by=_who(opener) if opener is not None else None,
        submitted_at=opening.at if opening is not None else None,
        policy=_policy(steps[0].policy),
        steps=[_step(step, revision) for step in steps],
        ending=_ending(trail.endings.get(revision.number)),
    )


def _ending(row: AuditEntry | None) -> Ending | None:
    if row is None:
        return None
    who = _who(row.membership) if row.membership is not None else None
    return Ending(_ENDINGS[row.action].label, row.at, who, row.reason)


def _policy(row: ApprovalPolicy) -> PolicyEntry:
    return PolicyEntry(
        version=row.version,
        valid_from=row.valid_from,
        note=row.note,
        proposed_by=_name(row.proposer),
        proposed_at=row.created_at,
        confirmed_by=_name(row.confirmer),
        confirmed_at=row.confirmed_at,
    )


def _name(user: User | None) -> str:
    return str(user) if user is not None else ""


def _step(row: ApprovalStep, revision: RequisitionRevision) -> StepEntry:
    is_funded = bool(revision.is_funded)  # type: ignore[attr-defined]
    asked_by_rule = any(
        (rule.tier, rule.role) == (row.tier, row.role)
        and applies(rule, revision.gross, is_funded=is_funded)
        for rule in rules_of(row.policy)
    )
    return StepEntry(
        tier=row.tier,
        role=Role(row.role).label,
        signers=row.signers,
        reason=row.reason,
        is_cosignature=not asked_by_rule,
        opened_at=row.opened_at,
        deadline=row.deadline,
        completed_at=row.completed_at,
        escalation_role=Role(row.escalation_role).label if row.escalation_role else "",
        escalated_at=row.escalated_at,
        committee=row.committee,
        committee_on=row.committee_on,
        decisions=[_decision(decision) for decision in row.decisions.all()],
    )


def _decision(row: Decision) -> DecisionEntry:
    return DecisionEntry(
        by=_who(row.membership),
        substitutes=_substitution(row),
        decided_at=row.decided_at,
        verdict=str(row.get_verdict_display()),
        comment=row.comment,
        resolution=row.resolution,
        revision_read=row.revision_no,
        revision_granted=row.granted_revision,
        cuts=[_cut(cut) for cut in row.lines.all()],
    )


def _substitution(row: Decision) -> SubstitutionEntry | None:
    delegation = row.delegation
    if delegation is None or row.on_behalf_of is None:
        return None
    return SubstitutionEntry(
        person=Who(str(row.on_behalf_of), Role(delegation.delegator.role).label),
        valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
        reason=delegation.reason,
        set_up_by=_who(delegation.created_by),
        set_up_at=delegation.created_at,
    )


def _cut(row: DecisionLine) -> CutEntry:
    line = row.line
    return CutEntry(
        line_no=line.line_no,
        title=line.title,
        asked=line.quantity,
        granted=row.granted,
        unit=line.unit,
        reason=row.reason,
    )
