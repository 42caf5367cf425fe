"""Who would have to approve a requisition: if it were submitted now, or as its round stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contracts.agreements.gates.judging import cosigns
from contracts.agreements.gates.rules import gates_before
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Involvement, Requisition, RequisitionLine, Side
from orders.models.approval import Verdict
from orders.signing.rules import CoSignature, RequiredStep
from orders.signing.simulation import Answer, Question, simulate
from orders.signing.steps import steps_of_round

from .reading import current_lines, found
from .submission import SUBMITTING_ROLES


def who_signs(requisition_id: int, *, by: Membership, now: datetime) -> tuple[Requisition, Answer]:
    """Answer for a requisition of the actor's organisation; raises NotFound.

    What is in approval is answered by its own steps, under the version it was submitted
    under; anything else by the version in force today.
    """
    requisition = found(requisition_id, by)
    lines = current_lines(requisition)
    question = Question(
        gross=lines[0].revision.gross,
        is_funded=any(row.grant_no for line in lines for row in line.assignments.all()),
        asked=_asked(requisition, by),
        school_id=requisition.school_id,
    )
    if requisition.state == RequisitionState.SUBMITTED:
        question = _of_the_round(requisition, question)
    else:
        question = replace(question, cosign=tuple(_cosignatures(requisition, lines, now)))
    return requisition, simulate(question, by=by, now=now)


def _asked(requisition: Requisition, by: Membership) -> frozenset[int]:
    """Who asked or edited; of a draft also whoever looks at it to submit it."""
    people = set(
        Involvement.objects.filter(requisition=requisition, side=Side.ASK).values_list(
            "person_id", flat=True
        )
    )
    if requisition.state != RequisitionState.SUBMITTED and by.role in SUBMITTING_ROLES:
        people.add(by.user_id)
    return frozenset(people)


def _cosignatures(
    requisition: Requisition, lines: Sequence[RequisitionLine], now: datetime
) -> list[CoSignature]:
    """What gates ask for, whether or not others of them block."""
    listings = {line.listing_id: line.listing for line in lines}
    before = gates_before(listings, requisition.authority_id, berlin_day(now))
    requisitions = [rule for rules in before.values() for rule in cosigns(rules)]
    return [CoSignature(rule.cosign_role, rule.sentence) for rule in requisitions]


def _of_the_round(requisition: Requisition, question: Question) -> Question:
    rows = list(
        steps_of_round(requisition)
        .select_related("policy")
        .prefetch_related("decisions__person", "decisions__signatures")
    )
    signed = {
        signature.person_id
        for row in rows
        for decision in row.decisions.all()
        for signature in decision.signatures.all()
    }
    given = {
        (row.tier, row.role): tuple(
            str(decision.person)
            for decision in row.decisions.all()
            if decision.verdict == Verdict.APPROVE
        )
        for row in rows
    }
    return replace(
        question,
        signed=frozenset(signed),
        steps=tuple(map(_step, rows)),
        given=given,
        policy=rows[0].policy,
    )


def _step(row: ApprovalStep) -> RequiredStep:
    return RequiredStep(
        tier=row.tier,
        role=row.role,
        signers=row.signers,
        reason=row.reason,
        days=row.days,
        escalation_role=row.escalation_role,
        committee=row.committee,
    )
