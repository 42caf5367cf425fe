"""What people are to be told, one constructor per occasion. Pure: no query, no recipient.

A notice names its template and holds the facts that may be others when the worker comes to it:
what happened, with which reason and sums. Whom it concerns, and whether there is still
something to do, is asked then (`orders.mails`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contracts.clock import BERLIN, berlin_day

if TYPE_CHECKING:
    from contracts.ledger.models import LimitAccount
    from contracts.parties.models import Membership, Organisation
    from orders.models import (
        ApprovalPolicy,
        ApprovalStep,
        CallOff,
        Cancellation,
        Delegation,
        Requisition,
        RequisitionComment,
    )


class Template(StrEnum):
    """Every occasion on which people are told something; each has a renderer in `orders.mails`."""

    SUBMITTED = "submitted"
    REMINDER = "reminder"
    ESCALATED = "escalated"
    SITTING = "sitting"
    OUTCOME = "outcome"
    EXPIRING = "expiring"
    HANDED_OVER = "handed-over"
    HANDED_BACK = "handed-back"
    COMMENT = "comment"
    CALL_OFF = "call-off"
    CALL_OFF_CONFIRMED = "call-off-confirmed"
    CALL_OFF_TAKEN_BACK = "call-off-taken-back"
    NEXT_RANK = "next-rank"
    DELEGATED = "delegated"
    REVOKED = "revoked"
    POLICY_PROPOSED = "policy-proposed"
    POLICY_FAULTY = "policy-faulty"
    CAP = "cap"
    BARRIER = "barrier"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell: *key* makes it unique for ever, *facts* are plain JSON."""

    key: str
    template: Template
    facts: Mapping[str, Any]


def submission_notice(requisition: Requisition, steps: Sequence[ApprovalStep]) -> Notice:
    """It is the turn of those who could sign the lowest tier of the steps (at least one)."""
    first = min(step.tier for step in steps)
    opened = [step.pk for step in steps if step.tier == first]
    return Notice(
        f"submitted:{min(opened)}",
        Template.SUBMITTED,
        {"requisition": requisition.pk, "steps": opened},
    )


def reminder_notice(step: ApprovalStep, *, is_last_day: bool) -> Notice:
    """The time of a step runs; on its last day it says so."""
    day = f"{step.deadline.astimezone(BERLIN):%Y%m%d}"
    return Notice(
        f"reminder:{step.pk}:{day}:{'last' if is_last_day else 'half'}",
        Template.REMINDER,
        {"step": step.pk, "deadline": _moment(step.deadline), "last": is_last_day},
    )


def escalation_notice(step: ApprovalStep) -> Notice:
    """The deadline of a step has passed."""
    return Notice(
        f"escalated:{step.pk}",
        Template.ESCALATED,
        {"step": step.pk, "deadline": _moment(step.deadline)},
    )


def sitting_notice(step: ApprovalStep, *, now: datetime) -> Notice:
    """A committee has a day to sit over a step, or another one; `committee_on` is set."""
    if step.committee_on is None:
        raise ValueError(f"Step {step.pk} waits for no sitting.")
    return Notice(
        f"sitting:{step.pk}:{step.committee_on:%Y%m%d}:{now:%Y%m%d%H%M%S%f}",
        Template.SITTING,
        {"step": step.pk, "on": step.committee_on.isoformat()},
    )


def outcome_notice(requisition: Requisition, reason: str) -> Notice:
    """What became of a requisition; its state is the new one."""
    return Notice(
        f"outcome:{requisition.pk}:{requisition.current_revision}:{requisition.state}",
        Template.OUTCOME,
        {"requisition": requisition.pk, "state": requisition.state, "reason": reason},
    )


def expiry_notice(requisition: Requisition) -> Notice:
    """A submitted requisition is about to expire; `expires_at` is set."""
    if requisition.expires_at is None:
        raise ValueError(f"Requisition {requisition.number} does not expire.")
    return Notice(
        f"expiring:{requisition.pk}:{berlin_day(requisition.expires_at):%Y%m%d}",
        Template.EXPIRING,
        {"requisition": requisition.pk, "expires": _moment(requisition.expires_at)},
    )


def hand_over_notice(requisition: Requisition, *, now: datetime) -> Notice:
    """A school's draft waits to be completed and submitted."""
    return Notice(
        f"handed-over:{requisition.pk}:{now:%Y%m%d%H%M%S%f}",
        Template.HANDED_OVER,
        {"requisition": requisition.pk, "at": _moment(now)},
    )


def hand_back_notice(
    requisition: Requisition, school: Membership, reason: str, *, now: datetime
) -> Notice:
    """A draft goes back to whoever handed it over, with what is missing."""
    return Notice(
        f"handed-back:{requisition.pk}:{now:%Y%m%d%H%M%S%f}",
        Template.HANDED_BACK,
        {"requisition": requisition.pk, "member": school.pk, "reason": reason},
    )


def comment_notice(comment: RequisitionComment) -> Notice:
    """Somebody wrote a comment."""
    return Notice(f"comment:{comment.pk}", Template.COMMENT, {"comment": comment.pk})


def call_off_notices(call_offs: Iterable[CallOff]) -> list[Notice]:
    """Call-offs are issued: one notice for each supplier."""
    return [
        Notice(
            f"call-off:{row.number}",
            Template.CALL_OFF,
            {"call_off": row.pk, "net": str(row.net)},
        )
        for row in call_offs
    ]


def confirmation_notice(call_off: CallOff) -> Notice:
    """The supplier will deliver."""
    return Notice(
        f"call-off:{call_off.number}:confirmed",
        Template.CALL_OFF_CONFIRMED,
        {"call_off": call_off.pk},
    )


def taken_back_notice(call_off: CallOff, cancellation: Cancellation) -> Notice:
    """What will not come; the cancellation's own rows, which are final, say what."""
    return Notice(
        f"call-off:{call_off.number}:taken-back:{cancellation.number}",
        Template.CALL_OFF_TAKEN_BACK,
        {"cancellation": cancellation.pk},
    )


def next_rank_notice(call_off: CallOff, sentence: str, draft: Requisition | None) -> Notice:
    """Where a call-off goes that its supplier does not take."""
    return Notice(
        f"call-off:{call_off.number}:next-rank",
        Template.NEXT_RANK,
        {
            "call_off": call_off.pk,
            "sentence": sentence,
            "draft": draft.pk if draft is not None else None,
        },
    )


def delegation_notice(delegation: Delegation) -> Notice:
    """A substitution is set up."""
    return Notice(
        f"delegation:{delegation.pk}:set-up", Template.DELEGATED, {"delegation": delegation.pk}
    )


def revocation_notice(delegation: Delegation) -> Notice:
    """A substitution is revoked."""
    return Notice(
        f"delegation:{delegation.pk}:revoked", Template.REVOKED, {"delegation": delegation.pk}
    )


def proposal_notice(policy: ApprovalPolicy) -> Notice:
    """A version of the policy waits for a second person."""
    return Notice(f"policy-proposed:{policy.pk}", Template.POLICY_PROPOSED, {"policy": policy.pk})


def faults_notice(authority: Organisation, faults: Sequence[str], *, now: datetime) -> Notice:
    """There are amounts that nobody can release, today or soon."""
    return Notice(
        f"policy-faulty:{authority.pk}:{now:%Y%m%d%H%M%S%f}",
        Template.POLICY_FAULTY,
        {"authority": authority.pk, "faults": list(faults)},
    )


def cap_notice(account: LimitAccount, mark: int, *, now: datetime) -> Notice:
    """A cap is bound to a mark in percent. Reached again, who was told of it is not told anew."""
    return Notice(
        f"cap:{account.pk}:{account.limit_amount}:{mark}:{now:%Y%m%d%H%M%S%f}",
        Template.CAP,
        {
            "account": account.pk,
            "mark": mark,
            "limit": str(account.limit_amount),
            "bound": str(account.bound),
        },
    )


def barrier_notice(key: str, *, message: str, page: str, answer_to: str) -> Notice:
    """Somebody reports a barrier to the operator."""
    return Notice(
        f"feedback:{key}",
        Template.BARRIER,
        {"message": message, "page": page, "answer_to": answer_to},
    )


def _moment(moment: datetime) -> str:
    return moment.isoformat()
