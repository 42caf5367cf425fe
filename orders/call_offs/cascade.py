"""What becomes of a call-off that its supplier refuses or leaves unconfirmed.

In a cascade the next rank is asked: at once where it is not dearer than what was given
back, by a new draft for renewed approval where it is. A single award and a rotation have
no next rank: the refused turn counts as taken, and the next requisition gets the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import AllocationRule
from contracts.agreements.prices.quotes import Wanted
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.errors import AccountClosed, LimitExceeded
from contracts.ledger.models import ClosedReason
from contracts.ledger.movements import set_open
from contracts.parties.models import Membership
from contracts.pricing import PricingError, euros
from orders.allotting.allotments import GIVEN_BACK, Allotment, allot, candidates, grounds_of
from orders.allotting.checks import require_open
from orders.binding import holds
from orders.call_offs import issuing
from orders.call_offs.cancellations import take_back
from orders.call_offs.issuing import Issue, IssueLine, issue_line
from orders.call_offs.placement import commitments
from orders.errors import NobodyInTurn, OrderError
from orders.finance import events
from orders.models import (
    AllocationStep,
    CallOff,
    Cancellation,
    CancellationCause,
    Requisition,
    RequisitionLine,
)
from orders.models.allocation import AllocationOutcome
from orders.numbers import requisition_number
from orders.requisitions import Ask, ask_of, current_lines, key_of
from orders.requisitions.revisions import write_revision
from orders.telling.notices import call_off_notices, next_rank_notice
from orders.telling.outbox import tell
from orders.telling.watching import Happened, change

_OUTCOMES = {
    CancellationCause.REFUSED: AllocationOutcome.REFUSED,
    CancellationCause.TIMED_OUT: AllocationOutcome.TIMED_OUT,
}
_LONGEST_TITLE = 200


class NeedsApproval(OrderError):
    """The next rank cannot simply take over; the text says what has to be approved again."""

    code = "needs_approval"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of passing a call-off on: one of the two, or neither; and why."""

    sentence: str
    call_off: CallOff | None = None
    draft: Requisition | None = None


def pass_on(
    call_off: CallOff,
    *,
    cause: CancellationCause,
    reason: str,
    by: Membership | None,
    now: datetime,
) -> Outcome:
    """Take everything open of a call-off back and ask the next rank.

    The caller holds the locks of requisition and call-off, in this order. The refusal or
    time-out is recorded with its reason; the person who asked hears what came of it.
    Raises what `take_back` raises.
    """
    requisition = call_off.requisition
    wanted = _open_quantities(call_off)
    lines = [line for line in current_lines(requisition) if line.pk in wanted]
    listings = [line.listing for line in lines]
    others = candidates(listings, berlin_day(now), rules=(AllocationRule.CASCADE,))
    holds.lock_for_follow_up(call_off, lines, others, now=now)
    given = take_back(call_off, None, cause=cause, reason=reason, by=by, now=now)
    AllocationStep.objects.create(
        requisition=requisition,
        call_off=call_off,
        lot_id=call_off.lot_id,
        award=call_off.award,
        rule=call_off.lot.allocation,
        outcome=_OUTCOMES[cause],
        reason=given.reason,
        by=by,
        at=now,
    )
    if call_off.lot.allocation != AllocationRule.CASCADE:
        return Outcome("Das Los kennt keinen nächsten Rang.")
    outcome = _next_rank(call_off, given, lines, wanted, now)
    tell([next_rank_notice(call_off, outcome.sentence, outcome.draft)], now=now)
    return outcome


def _open_quantities(call_off: CallOff) -> dict[int, int]:
    """What is still open, by requisition line."""
    rows = call_off.lines.select_related("progress")
    return {row.requisition_line_id: row.progress.open for row in rows if row.progress.open}


def _next_rank(
    call_off: CallOff,
    given: Cancellation,
    lines: Sequence[RequisitionLine],
    wanted: dict[int, int],
    now: datetime,
) -> Outcome:
    try:
        allotted = allot(
            [Wanted(key_of(row), row.listing_id, wanted[row.pk]) for row in lines],
            buyer=call_off.authority,
            on=berlin_day(now),
            known=[row.listing for row in lines],
            # what was given back is what the next rank needs: a full lot is no obstacle
            grounds=replace(grounds_of(call_off.requisition, lines), held=True),
        )
        allotted.require_served()
    except (NobodyInTurn, AgreementError, PricingError) as error:
        return Outcome(str(error))
    try:
        with transaction.atomic():
            return _issued(call_off, given, lines, allotted, now)
    except (NeedsApproval, AgreementError, LimitExceeded, AccountClosed) as error:
        return _drafted(call_off, lines, allotted, str(error), now)


def _issued(
    call_off: CallOff,
    given: Cancellation,
    lines: Sequence[RequisitionLine],
    allotted: Allotment,
    now: datetime,
) -> Outcome:
    """Issue the call-off that follows. Raises NeedsApproval, Blocked, LimitExceeded."""
    requisition, released_by = call_off.requisition, call_off.issued_by
    _require_covered(requisition, given, lines, allotted)
    listings = [line.offer.listing for line in allotted.order.lines]
    require_open(listings, buyer_id=requisition.authority_id, now=now)
    rows = tuple(map(issue_line, lines, allotted.order.lines))
    (decision,) = allotted.decisions
    issue = Issue(rows, decision, follows=call_off)
    (following,), assignments = issuing.write(requisition, [issue], by=released_by, now=now)
    events.append(commitments([following], assignments), now=now)
    tell(call_off_notices([following]), now=now)
    record(
        following,
        "call_off.issued",
        by=None,
        now=now,
        after={"number": following.number, "follows": call_off.number},
        reason=following.allocation_note,
    )
    set_open([call_off.lot.account_id], is_open=True, reason=ClosedReason.FULL)
    holds.post_follow_up(following, [_bound(row) for row in rows], by=released_by, now=now)
    return Outcome(
        f"{following.allocation_note}. Der Abruf {following.number} ist erteilt.",
        call_off=following,
    )


def _require_covered(
    requisition: Requisition,
    given: Cancellation,
    lines: Sequence[RequisitionLine],
    allotted: Allotment,
) -> None:
    """Raise NeedsApproval unless one further rank takes all for no more than before."""
    order, decisions = allotted.order, allotted.decisions
    if len(decisions) != 1 or len(order.lines) != len(lines):
        raise NeedsApproval("Die Positionen verteilen sich auf mehrere Lieferanten.")
    if order.quote.gross > given.gross:
        raise NeedsApproval(
            f"{decisions[0].sentence()}. Das kostet {euros(order.quote.gross)} statt "
            f"{euros(given.gross)} brutto."
        )
    if requisition.call_offs.filter(award=decisions[0].award).exists():
        raise NeedsApproval(f"{decisions[0].sentence()}, wo schon ein Abruf daraus liegt.")


def _bound(row: IssueLine) -> holds.FollowUp:
    return holds.FollowUp(
        line=row.line,
        listing=row.priced.offer.listing,
        quantity=row.priced.quantity,
        net=row.priced.net,
        bound={
            assignment.pk: (
                assignment.budget_line.binding_account_id,
                issuing.bound(assignment, share),
            )
            for assignment, share in row.parts
        },
    )


def _drafted(
    call_off: CallOff,
    lines: Sequence[RequisitionLine],
    allotted: Allotment,
    why: str,
    now: datetime,
) -> Outcome:
    """A draft over the same lines, for the person who asked; the refusals go with it."""
    asked = call_off.requisition
    draft = Requisition.objects.create(
        number=requisition_number(now),
        authority_id=asked.authority_id,
        school_id=asked.school_id,
        created_by=asked.created_by,
        created_at=now,
        updated_at=now,
    )
    _carry_refusals(asked, draft, call_off)
    write_revision(draft, _ask_again(call_off, lines), allotted.order, by=asked.created_by, now=now)
    tell([change(draft, Happened.CREATED, now=now)], now=now)
    record(draft, "requisition.created", by=None, now=now, reason=why)
    return Outcome(f"{why} Der Entwurf {draft.number} wartet auf Ihre Einreichung.", draft=draft)


def _carry_refusals(asked: Requisition, draft: Requisition, call_off: CallOff) -> None:
    rows = AllocationStep.objects.filter(
        requisition=asked, lot_id=call_off.lot_id, outcome__in=GIVEN_BACK
    )
    AllocationStep.objects.bulk_create(
        AllocationStep(
            requisition=draft,
            call_off_id=row.call_off_id,
            lot_id=row.lot_id,
            award_id=row.award_id,
            rule=row.rule,
            outcome=row.outcome,
            reason=row.reason,
            by_id=row.by_id,
            at=row.at,
        )
        for row in rows
    )


def _ask_again(call_off: CallOff, lines: Sequence[RequisitionLine]) -> Ask:
    old = ask_of(lines)
    title = f"{old.title} (statt Abruf {call_off.number})"
    return replace(old, title=title[:_LONGEST_TITLE])
