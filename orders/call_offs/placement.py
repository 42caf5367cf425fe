"""Issue: an approved requisition becomes call-offs, one per supplier and lot.

Runs inside the approver's transaction, on what was judged under the locks (`Standing`):
documents, finance events, and last every hold becomes a post. A lower agreed price on the day
of issue applies by itself; a higher total goes back to the requester before it comes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from contracts.agreements.allocation.reading import take_turn
from contracts.agreements.models import RotationCounter
from orders.allotting.asking import Answer
from orders.binding import holds
from orders.binding.standing import Standing
from orders.consequences import ENDS, Step
from orders.facts import RevisionFacts, assignment_reference, line_reference
from orders.finance.facts import commitments, releases, reservations
from orders.lifecycle import RequisitionState
from orders.models import CallOff, Requisition, RevisionKind
from orders.plan import Plan
from orders.requisitions.acting_on import step_to
from orders.telling.notices import call_off_notices, outcome_notice

from . import issuing
from .issuing import Issue, Issued, IssueLine, issue_line


def place(
    plan: Plan,
    requisition: Requisition,
    revision: RevisionFacts,
    answer: Answer,
    standing: Standing,
) -> list[CallOff]:
    """Issue the call-offs of a locked, fully approved requisition, judged at the issue.

    A rotation gives its turns here, under the lock of the lot's counter. Carries the plan out.
    Raises LimitExceeded, AccountClosed and MovedMeanwhile.
    """
    by, now = plan.by, plan.now
    if by is None:
        raise TypeError("A person issues.")
    issues = _issues(revision, answer, standing.counters)
    state = _outcome(requisition, revision)
    requisition.state = step_to(requisition, state)
    requisition.decided_at = now
    requisition.updated_at = now
    requisition.save(update_fields=["state", "current_revision", "decided_at", "updated_at"])
    issued = issuing.write(requisition, issues, revision.needed_by, by=by, now=now)
    shelf = standing.facts.shelf
    plan.follow(
        ENDS[state],
        requisition,
        events=releases(reservations(requisition, revision.lines, shelf, approver=by)),
        told=[outcome_notice(requisition, "")],
    )
    for row in issued:
        follow_issue(plan, requisition, row)
    plan.carry_out()
    holds.post_all(
        standing.held,
        _euros(issues),
        _moves(issues, standing),
        standing.locked,
        lot_ids={row.call_off.lot_id for row in issued},
        by=by,
        now=now,
    )
    return [row.call_off for row in issued]


def follow_issue(plan: Plan, requisition: Requisition, row: Issued, reason: str = "") -> None:
    """What follows from a call-off being issued."""
    after: dict[str, object] = {"number": row.call_off.number}
    if row.issue.follows is not None:
        after["follows"] = row.issue.follows.number
    plan.follow(
        Step.ISSUED,
        row.call_off,
        events=commitments(row.call_off, requisition, row.issue.award, row.parts),
        told=call_off_notices([row.call_off]),
        after=after,
        reason=reason,
    )


def _outcome(requisition: Requisition, revision: RevisionFacts) -> RequisitionState:
    """Approved in part when an approver has cut lines in this round."""
    if revision.number == requisition.submitted_revision:
        return RequisitionState.APPROVED
    cuts = requisition.revisions.filter(
        kind=RevisionKind.CUT, number__gt=requisition.submitted_revision
    )
    return RequisitionState.PARTLY_APPROVED if cuts.exists() else RequisitionState.APPROVED


def _issues(
    revision: RevisionFacts, answer: Answer, counters: Mapping[int, RotationCounter]
) -> list[Issue]:
    """Lines per award, in the order met: each group becomes one call-off and takes a turn."""
    allotted = answer.allotment
    groups: dict[int, list[IssueLine]] = {}
    for line, priced in zip(revision.lines, allotted.order.lines, strict=True):
        award_id = priced.offer.listing.item.award_id
        groups.setdefault(award_id, []).append(issue_line(line, priced))
    turns = {
        decision.award.pk: take_turn(counters[decision.lot.pk], decision.award.pk)
        for decision in allotted.decisions
        if decision.lot.pk in counters
    }
    return [
        Issue(tuple(rows), allotted.for_award(award_id), turns.get(award_id))
        for award_id, rows in groups.items()
    ]


def _moves(issues: Sequence[Issue], standing: Standing) -> list[holds.Move]:
    listings = standing.facts.shelf.listings
    return [
        holds.Move(
            row.line,
            listings[row.line.listing_id],
            row.priced.offer.listing,
            row.priced.quantity,
            row.priced.net,
        )
        for issue in issues
        for row in issue.lines
        if row.priced.offer.listing.pk != row.line.listing_id
    ]


def _euros(issues: Sequence[Issue]) -> dict[str, Decimal]:
    """EUR to post per ledger reference: net under the caps, bound amounts in budgets."""
    amounts: dict[str, Decimal] = {}
    for row in (line for issue in issues for line in issue.lines):
        amounts[line_reference(row.line.pk)] = row.priced.net
        for share, part in row.parts:
            amounts[assignment_reference(share.pk)] = issuing.bound(share, part)
    return amounts
