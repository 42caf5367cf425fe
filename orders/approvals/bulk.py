"""Deciding about many requisitions at once: each by itself, each with its own result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.parties.models import Membership
from contracts.refusals import Refusal
from orders.errors import CommentMissing, NothingChosen, TooManyAtOnce
from orders.lifecycle import RequisitionState
from orders.models import CallOff, Requisition
from orders.models.approval import Verdict
from orders.requisitions import visible_requisitions

from .decisions import decide

MOST_AT_ONCE = 100
"""One page of the inbox; each decision is a transaction, and whoever waits sees no progress."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A requisition in the revision that was read."""

    requisition_id: int
    revision_no: int


class Outcome(StrEnum):
    ISSUED = "issued"
    SIGNED = "signed"
    REJECTED = "rejected"
    RETURNED = "returned"
    SENT_BACK = "sent_back"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one requisition; `refusal` says why nothing did."""

    requisition_id: int
    number: str
    outcome: Outcome
    call_offs: Sequence[CallOff] = ()
    refusal: Exception | None = None


def decide_many(
    *,
    chosen: Sequence[Chosen],
    verdict: Verdict,
    comment: str = "",
    delegation_id: int | None = None,
    by: Membership,
    now: datetime,
) -> list[Result]:
    """Decide each in a transaction of its own; one refusal does not touch the others.

    What needs a resolution of a committee, or is to be cut, is decided by itself: its row is
    refused. Raises NothingChosen, TooManyAtOnce (above `MOST_AT_ONCE`), CommentMissing before
    the first decision.
    """
    rows = list({row.requisition_id: row for row in chosen}.values())
    if not rows:
        raise NothingChosen("Bitte wählen Sie mindestens eine Anforderung aus.")
    if len(rows) > MOST_AT_ONCE:
        raise TooManyAtOnce(
            f"Gemeinsam lassen sich höchstens {MOST_AT_ONCE} Anforderungen entscheiden, "
            f"nicht {len(rows)}. Bitte wählen Sie weniger aus."
        )
    if verdict is not Verdict.APPROVE and not comment.strip():
        raise CommentMissing("Bitte begründen Sie Ablehnung oder Rückgabe.")
    ids = [row.requisition_id for row in rows]
    numbers = dict(visible_requisitions(by).filter(pk__in=ids).values_list("pk", "number"))
    found = []
    for row in rows:
        number = numbers.get(row.requisition_id, "")
        try:
            done = decide(
                requisition_id=row.requisition_id,
                revision_no=row.revision_no,
                verdict=verdict,
                comment=comment,
                delegation_id=delegation_id,
                by=by,
                now=now,
            )
        except Refusal as refusal:
            found.append(Result(row.requisition_id, number, Outcome.REFUSED, refusal=refusal))
        else:
            found.append(_result(done, verdict))
    return found


def _result(done: Requisition, verdict: Verdict) -> Result:
    outcome = _outcome(done, verdict)
    issued = list(done.call_offs.order_by("number")) if outcome is Outcome.ISSUED else []
    return Result(done.pk, done.number, outcome, issued)


def _outcome(done: Requisition, verdict: Verdict) -> Outcome:
    if verdict is Verdict.REJECT:
        return Outcome.REJECTED
    if verdict is Verdict.RETURN:
        return Outcome.RETURNED
    if done.state == RequisitionState.RETURNED.value:
        return Outcome.SENT_BACK
    return Outcome.SIGNED if done.state == RequisitionState.SUBMITTED.value else Outcome.ISSUED
