"""Issue: an approved requisition becomes call-offs, one per supplier and lot.

Runs inside the approver's transaction: the rule of each lot decides once more, prices and
gates are checked again, documents and finance events are written, and last, because those
rows are the hot ones, every hold becomes a post. A lower agreed price on the day of issue
applies by itself; a higher total goes back to the requester.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from contracts.agreements.allocation.turns import lock_counters, take_turn
from contracts.agreements.models import AllocationRule, ContractItem, RotationCounter
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import Share, euros
from orders.allotting.allotments import (
    Allotment,
    Grounds,
    allot,
    candidates,
    contestable,
    grounds_of,
)
from orders.allotting.checks import explained, require_devices, require_open
from orders.binding import holds
from orders.call_offs import issuing
from orders.call_offs.issuing import Issue, IssueLine, issue_line
from orders.errors import OrderError
from orders.finance import events
from orders.finance.facts import Part, call_off_facts, facts, releases
from orders.lifecycle import RequisitionState
from orders.models import (
    CallOff,
    CallOffAssignment,
    Requisition,
    RequisitionLine,
    RevisionKind,
)
from orders.models.event import EventType
from orders.requisitions import current_lines, step_to, wanted_of
from orders.telling.notices import call_off_notices, outcome_notice
from orders.telling.outbox import tell
from orders.telling.watching import ended


class PriceRisen(OrderError):
    """The total is higher than what was approved; the requester has to look again."""

    code = "price_risen"


def place(requisition: Requisition, *, by: Membership, now: datetime) -> list[CallOff]:
    """Issue the call-offs of a locked, fully approved requisition.

    A rotation gives its turns here, under the lock of the lot's counter. Raises
    PriceRisen, NobodyInTurn, Blocked when a gate has closed, DeviceMissing and NotEntitled
    when the agreement or the entitlement has ended, all before anything is written (no turn
    is used up); LimitExceeded, AccountClosed.
    """
    lines = current_lines(requisition)
    require_devices(_quantities(lines), buyer_id=requisition.authority_id, lock=True)
    counters = lock_counters(_rotation_lots(lines))
    listings = [line.listing for line in lines]
    others = candidates(listings, berlin_day(now), rules=(AllocationRule.ROTATION,))
    holds.lock_first(requisition, lines, others, now=now)
    issues = _issues(lines, still_good(requisition, lines, now=now), counters)
    requisition.state = step_to(requisition, _outcome(requisition))
    requisition.decided_at = now
    requisition.updated_at = now
    requisition.save(update_fields=["state", "decided_at", "updated_at"])
    call_offs, assignments = issuing.write(requisition, issues, by=by, now=now)
    reserved = facts(EventType.RESERVATION, requisition, lines, approver=by)
    events.append([*releases(reserved), *commitments(call_offs, assignments)], now=now)
    told = [*call_off_notices(call_offs), outcome_notice(requisition, "")]
    tell([*told, ended(requisition, now=now)], now=now)
    for call_off in call_offs:
        record(call_off, "call_off.issued", by=by, now=now, after={"number": call_off.number})
    issue_lines = [line for issue in issues for line in issue.lines]
    moves = [
        holds.Move(row.line, row.priced.offer.listing, row.priced.quantity, row.priced.net)
        for row in issue_lines
        if row.priced.offer.listing.pk != row.line.listing_id
    ]
    holds.post_all(lines, _euros(issue_lines), moves, by=by, now=now)
    return call_offs


def commitments(
    call_offs: Sequence[CallOff], assignments: Sequence[CallOffAssignment]
) -> list[events.FinanceFact]:
    """What finance commits for call-offs as issued."""
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in assignments:
        share = Share(net=row.net, tax=row.tax)
        parts[row.line.call_off_id].append(Part(row, row.line.quantity, share))
    return [
        fact
        for call_off in call_offs
        for fact in call_off_facts(EventType.COMMITMENT, call_off, parts[call_off.pk])
    ]


def _outcome(requisition: Requisition) -> RequisitionState:
    """Approved in part when an approver has cut lines in this round."""
    cuts = requisition.revisions.filter(
        kind=RevisionKind.CUT, number__gt=requisition.submitted_revision
    )
    return RequisitionState.PARTLY_APPROVED if cuts.exists() else RequisitionState.APPROVED


def _quantities(lines: Sequence[RequisitionLine]) -> dict[ContractItem, int]:
    quantities: Counter[ContractItem] = Counter()
    for line in lines:
        quantities[line.listing.item] += line.quantity
    return dict(quantities)


def _rotation_lots(lines: Sequence[RequisitionLine]) -> set[int]:
    lots = (line.listing.item.award.lot for line in lines)
    return {lot.pk for lot in lots if lot.allocation == AllocationRule.ROTATION}


def still_good(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> Allotment:
    """Decide and price again; what the requisition itself holds does not count against it.

    Advice for whoever does not hold the locks. Raises PriceRisen, NobodyInTurn, Blocked,
    LotFull, NotEntitled.
    """
    buyer, known = requisition.authority, [line.listing for line in lines]
    with explained(known, buyer_id=buyer.pk, now=now):
        allotted = allot(
            wanted_of(lines),
            buyer=buyer,
            on=berlin_day(now),
            known=known,
            grounds=_grounds(requisition, lines),
        )
    allotted.require_served()
    approved = lines[0].revision.gross
    if allotted.order.quote.gross > approved:
        raise PriceRisen(
            f"Die Summe ist seit der Anforderung von {euros(approved)} auf "
            f"{euros(allotted.order.quote.gross)} brutto gestiegen."
        )
    listings = [line.offer.listing for line in allotted.order.lines]
    require_open(listings, buyer_id=buyer.pk, now=now)
    return allotted


def _grounds(requisition: Requisition, lines: Sequence[RequisitionLine]) -> Grounds:
    own = holds.held_by_account(lines) if contestable(line.listing for line in lines) else {}
    return replace(grounds_of(requisition, lines), own=own, may_split=False, held=True)


def _issues(
    lines: Sequence[RequisitionLine],
    allotted: Allotment,
    counters: Mapping[int, RotationCounter],
) -> list[Issue]:
    """Lines per award, in the order met: each group becomes one call-off and takes a turn."""
    groups: dict[int, list[IssueLine]] = {}
    for line, priced in zip(lines, allotted.order.lines, strict=True):
        award_id = priced.offer.listing.item.award_id
        groups.setdefault(award_id, []).append(issue_line(line, priced))
    turns = {
        decision.award.pk: take_turn(counters[decision.lot.pk], decision.award)
        for decision in allotted.decisions
        if decision.lot.pk in counters
    }
    return [
        Issue(tuple(rows), allotted.for_award(award_id), turns.get(award_id))
        for award_id, rows in groups.items()
    ]


def _euros(lines: Sequence[IssueLine]) -> dict[str, Decimal]:
    """EUR to post per ledger reference: net under the caps, bound amounts in budgets."""
    amounts: dict[str, Decimal] = {}
    for issue in lines:
        amounts[holds.line_reference(issue.line)] = issue.priced.net
        for row, share in issue.parts:
            amounts[holds.assignment_reference(row.pk)] = issuing.bound(row, share)
    return amounts
