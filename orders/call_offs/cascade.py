"""What becomes of a call-off that its supplier refuses or leaves unconfirmed.

The take-back always stands. In a cascade the next rank is asked in the same transaction: at
once where it is not dearer than what was given back, by a new draft for renewed approval where
it is. Whatever goes wrong with that leaves a draft or at least a word for procurement, never
the refusal undone. A single award and a rotation have no next rank: the refused turn counts as
taken, and the next requisition gets the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import OperationalError, transaction

from contracts.agreements.kinds import AllocationRule
from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.ledger.models import ClosedReason
from contracts.ledger.movements import set_open
from contracts.parties.models import Membership
from contracts.pricing import euros
from contracts.retrying import MovedMeanwhile
from orders.allotting.asking import Answer
from orders.allotting.asking import ask as judge
from orders.allotting.facts import OrderFacts
from orders.allotting.moments import Moment
from orders.allotting.reading import GIVEN_BACK, read_order
from orders.binding import holds
from orders.binding.standing import Standing, stand_still
from orders.consequences import Step
from orders.errors import OrderError
from orders.facts import LineFacts, RevisionFacts, references
from orders.models import AllocationStep, CallOff, Cancellation, CancellationCause, Requisition
from orders.models.allocation import AllocationOutcome
from orders.plan import Plan
from orders.refused import REFUSALS
from orders.requisitions.acting_on import read_revision
from orders.requisitions.ask import Ask, asked
from orders.requisitions.creation import unsaved
from orders.requisitions.revisions import repeated
from orders.requisitions.submission import paid_from
from orders.requisitions.writing import write_new
from orders.telling.notices import next_rank_notice

from . import issuing
from .cancellations import take_back
from .issuing import Issue, issue_line
from .placement import follow_issue

logger = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class Passing:
    """A call-off that was given back, and the lines of its requisition that are open again."""

    call_off: CallOff
    given: Cancellation
    revision: RevisionFacts
    lines: tuple[LineFacts, ...]
    wanted: tuple[Wanted, ...]
    standing: Standing
    now: datetime

    @property
    def requisition(self) -> Requisition:
        return self.call_off.requisition


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
    revision = read_revision(requisition.pk, requisition.current_revision)
    quantities = _open_quantities(call_off)
    lines = tuple(line for line in revision.lines if line.pk in quantities)
    # old and next rank's accounts together, before anything of them is freed
    standing = _standing(call_off, lines, now)
    given = take_back(call_off, None, cause=cause, reason=reason, by=by, now=now)
    AllocationStep.objects.create(
        requisition=requisition,
        call_off=call_off,
        lot_id=call_off.lot_id,
        award_id=call_off.award_id,
        rule=call_off.lot.allocation,
        outcome=_OUTCOMES[cause],
        reason=given.reason,
        by=by,
        at=now,
    )
    if call_off.lot.allocation != AllocationRule.CASCADE:
        return Outcome("Das Los kennt keinen nächsten Rang.")
    # what was given back fits again; the draft of a dearer rank asks for it too
    set_open([call_off.lot.account_id], is_open=True, reason=ClosedReason.FULL)
    wanted = tuple(Wanted(line.key, line.listing_id, quantities[line.pk]) for line in lines)
    outcome = _next_rank(Passing(call_off, given, revision, lines, wanted, standing, now))
    plan = Plan(by, now)
    told = next_rank_notice(call_off, outcome.sentence, outcome.draft)
    plan.follow(Step.PASSED_ON, call_off, told=[told])
    plan.carry_out()
    return outcome


def _open_quantities(call_off: CallOff) -> dict[int, int]:
    """What is still open, by requisition line."""
    rows = call_off.lines.select_related("progress")
    return {row.requisition_line_id: row.progress.open for row in rows if row.progress.open}


def _standing(call_off: CallOff, lines: Sequence[LineFacts], now: datetime) -> Standing:
    posted = holds.posted_accounts(references(lines, holds.follow_up(call_off)))
    return stand_still(
        lines,
        requisition_id=call_off.requisition_id,
        buyer_id=call_off.authority_id,
        on=berlin_day(now),
        account_ids=posted,
    )


def _next_rank(passing: Passing) -> Outcome:
    """Issue to the next rank, or leave a draft, or at least the reason.

    The take-back stands whatever is wrong here, so each attempt has a savepoint of its own.
    A deadlock is another matter: there the whole act is repeated.
    """
    if passing.call_off.lot_id not in passing.standing.facts.turns:
        return Outcome("Es gibt keinen weiteren Rang.")
    try:
        with transaction.atomic():
            facts = _facts(passing)
            return _issued(passing, facts)
    except MovedMeanwhile:
        raise
    except REFUSALS as refused:
        why = str(refused)
    except OperationalError:
        raise
    except Exception:  # a take-back always succeeds (docs/moments.md)
        logger.exception("The next rank after %s was not asked", passing.call_off.number)
        why = "Der nächste Rang konnte nicht beauftragt werden."
    try:
        with transaction.atomic():
            return _drafted(passing, _facts(passing), why)
    except REFUSALS as refused:
        return Outcome(why if str(refused) == why else f"{why} {refused}")
    except OperationalError:
        raise
    except Exception:  # the same
        logger.exception("No draft was left after %s", passing.call_off.number)
        return Outcome(f"{why} Bitte stellen Sie eine neue Anforderung.")


def _facts(passing: Passing) -> OrderFacts:
    """Read under the locks, with the refusal on record."""
    return read_order(
        {line.listing_id for line in passing.lines},
        buyer_id=passing.call_off.authority_id,
        on=berlin_day(passing.now),
        requisition_id=passing.requisition.pk,
    )


def _issued(passing: Passing, facts: OrderFacts) -> Outcome:
    """Issue the call-off that follows.

    Raises NeedsApproval, and what `ask` and the ledger raise.
    """
    call_off, requisition, now = passing.call_off, passing.requisition, passing.now
    answer = judge(
        Moment.FOLLOW_UP,
        passing.wanted,
        facts,
        paid_from=paid_from(passing.lines),
    )
    _require_covered(passing, answer)
    rows = tuple(map(issue_line, passing.lines, answer.order.lines))
    (decision,) = answer.allotment.decisions
    (row,) = issuing.write(
        requisition,
        [Issue(rows, decision, follows=call_off)],
        passing.revision.needed_by,
        by=call_off.issued_by,
        now=now,
    )
    plan = Plan(None, now)
    follow_issue(plan, requisition, row, reason=row.call_off.allocation_note)
    plan.carry_out()
    holds.post_follow_up(
        row.call_off,
        [
            holds.FollowUp(
                line=part.line,
                listing=part.priced.offer.listing,
                quantity=part.priced.quantity,
                net=part.priced.net,
                bound={
                    share.pk: (share.budget_line.account_id, issuing.bound(share, amount))
                    for share, amount in part.parts
                },
            )
            for part in rows
        ],
        facts.shelf,
        passing.standing.locked,
        by=call_off.issued_by,
        now=now,
    )
    return Outcome(
        f"{row.call_off.allocation_note}. Der Abruf {row.call_off.number} ist erteilt.",
        call_off=row.call_off,
    )


def _require_covered(passing: Passing, answer: Answer) -> None:
    """Raise NeedsApproval unless one further rank takes all for no more than before."""
    order, decisions = answer.order, answer.allotment.decisions
    if len(decisions) != 1 or len(order.lines) != len(passing.lines):
        raise NeedsApproval("Die Positionen verteilen sich auf mehrere Lieferanten.")
    if order.quote.gross > passing.given.gross:
        raise NeedsApproval(
            f"{decisions[0].sentence()}. Das kostet {euros(order.quote.gross)} statt "
            f"{euros(passing.given.gross)} brutto."
        )
    if passing.requisition.call_offs.filter(award=decisions[0].award.pk).exists():
        raise NeedsApproval(f"{decisions[0].sentence()}, wo schon ein Abruf daraus liegt.")


def _drafted(passing: Passing, facts: OrderFacts, why: str) -> Outcome:
    """A draft over the same lines, for the person who asked; the refusals go with it.

    An act of the house, not a user's input: dates, shares and places are carried over as they
    were released, without the checks of a form.
    """
    before, now = passing.requisition, passing.now
    answer = judge(Moment.DRAFT, passing.wanted, facts)
    answer.allotment.require_served()
    draft = unsaved(before.created_by, before.school_id, now)
    draft.authority = before.authority
    ask = _ask_again(passing)
    new = repeated(draft, ask, answer.order, passing.revision, facts.shelf)
    write_new(draft, new, by=before.created_by, now=now)
    _carry_refusals(before, draft, passing.call_off)
    plan = Plan(None, now)
    plan.follow(Step.CREATED, draft, reason=why)
    plan.carry_out()
    return Outcome(f"{why} Der Entwurf {draft.number} wartet auf Ihre Einreichung.", draft=draft)


def _carry_refusals(before: Requisition, draft: Requisition, call_off: CallOff) -> None:
    rows = AllocationStep.objects.filter(
        requisition=before, lot_id=call_off.lot_id, outcome__in=GIVEN_BACK
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


def _ask_again(passing: Passing) -> Ask:
    old = asked(passing.revision)
    title = f"{old.title} (statt Abruf {passing.call_off.number})"
    return replace(old, title=title[:_LONGEST_TITLE])
