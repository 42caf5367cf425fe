"""Submitting: read, ask, decide who signs; write; hold every cap and every budget last.

All in one transaction; see docs/placement.md for the order of the locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.allotting.asking import Answer, PaidFrom, require_usable
from orders.allotting.asking import ask as judge
from orders.allotting.facts import OrderFacts
from orders.allotting.moments import Moment
from orders.basket.baskets import close, wanted_of_basket
from orders.binding import holds
from orders.consequences import Step
from orders.errors import InvalidAssignment
from orders.facts import LineFacts, RevisionFacts, bare
from orders.finance.facts import reservations, were_reserved
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition, Side
from orders.plan import Plan
from orders.signing.rules import cosignatures
from orders.signing.steps import expiry, read_rules, steps_for, write_steps
from orders.telling.notices import submission_notice

from .acting_on import facts_for, locked, read_budgets, read_revision, state_of, step_to
from .ask import Ask, asked, require_lines
from .creation import unsaved
from .deliveries import own_school
from .requoting import moved
from .revisions import involve, new_revision
from .writing import NewRevision, on_one_side, write_new, write_next

SUBMITTING_ROLES = (Role.PROCUREMENT_OFFICER,)


@again
def submit_basket(*, by: Membership, ask: Ask, school_id: int | None, now: datetime) -> Requisition:
    """Turn the open basket into a submitted requisition in one transaction.

    Raises what `create_from_basket` and `submit` raise; the basket stays as it was then.
    """
    with transaction.atomic():
        basket_id, wanted = wanted_of_basket(by, SUBMITTING_ROLES, now)
        require_lines(wanted)
        requisition = unsaved(by, own_school(by.organisation_id, school_id, by=by), now)
        facts, answer = _judged(requisition, wanted, ask, None, now)
        new = new_revision(requisition, ask, answer.order, None, facts.shelf, by=by, now=now)
        require_usable(_paid_from_new(new), berlin_day(now))
        requisition.current_revision = 1
        steps = open_round(requisition, answer, is_funded=_is_funded(new), now=now)
        requisition.state = RequisitionState.SUBMITTED.value
        revision = write_new(requisition, new, by=by, now=now)
        _submit(requisition, revision, facts, steps, {}, by, now)
        close(basket_id, now)
        holds.hold_all(revision.lines, facts.shelf, by=by, now=now)
    return requisition


@again
def submit(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """Submit the current revision: everything is asked again and every limit is held.

    A price or a turn that moved since the draft makes a new revision, and so does
    submitting unchanged what was in approval before. Whoever submits stands on the asking
    side. Raises NotFound, NotAllowed, OwnRequest, IllegalTransition, InvalidAssignment,
    BudgetNotUsable, Blocked, LotFull, DeviceMissing, BelowMinimum, NoPolicy, NotEntitled,
    NobodyInTurn, LimitExceeded, AccountClosed; nothing is done then.
    """
    require_role(by, SUBMITTING_ROLES, now)
    with on_one_side(), transaction.atomic():
        requisition = locked(requisition_id, by)
        state = step_to(requisition, RequisitionState.SUBMITTED)
        before = state_of(requisition)
        revision = read_revision(requisition.pk, requisition.current_revision)
        require_assigned(revision.lines)
        wanted = revision.wanted()
        facts, answer = _judged(requisition, wanted, asked(revision), revision, now)
        if moved(revision, answer.order) or _was_in_approval(requisition, revision):
            new = new_revision(
                requisition, asked(revision), answer.order, revision, facts.shelf, by=by, now=now
            )
            revision = write_next(requisition, new, by=by, now=now)
        elif revision.editor_id != by.user_id:
            involve(requisition, by.user_id, Side.ASK)
        steps = open_round(requisition, answer, is_funded=revision.is_funded(), now=now)
        requisition.state = state
        save_round(requisition)
        _submit(requisition, revision, facts, steps, before, by, now)
        holds.hold_all(revision.lines, facts.shelf, by=by, now=now)
    return requisition


def _was_in_approval(requisition: Requisition, revision: RevisionFacts) -> bool:
    """Whether the revision has used up its references: as it was submitted, or put in its place
    by a cut or an edit since. What a line of 0.00 reserved counts too.
    """
    if requisition.submitted_at is None:
        return False
    return were_reserved(row.pk for line in revision.lines for row in line.assignments)


def _judged(
    requisition: Requisition,
    wanted: Sequence[Wanted],
    ask: Ask,
    revision: RevisionFacts | None,
    now: datetime,
) -> tuple[OrderFacts, Answer]:
    """The facts and what they say, with the limits locked first where the answer needs it."""
    listing_ids = {row.listing_id for row in wanted}
    facts = facts_for(requisition, listing_ids, now)
    if _needs_lock(facts):
        budgets = (
            {row.budget_line.account_id for line in revision.lines for row in line.assignments}
            if revision is not None
            else budget_accounts(ask, facts.on)
        )
        holds.lock(holds.account_ids((), facts.shelf.listings.values(), facts.shelf) | budgets)
        facts = facts_for(requisition, listing_ids, now)
    lines = revision.lines if revision is not None else ()
    return facts, judge(Moment.SUBMIT, wanted, facts, paid_from=paid_from(lines))


def _needs_lock(facts: OrderFacts) -> bool:
    """Whether the answer follows from locked rows: a cumulative tier from what is posted, the
    choice between awards from their own caps. Where neither plays a part nothing is locked
    ahead: these rows are the hot ones.
    """
    if any(row.item.cumulative_tiers for row in facts.shelf.listings.values()):
        return True
    return any(
        award.account_id is not None for turn in facts.turns.values() for award in turn.order
    )


def budget_accounts(ask: Ask, on: date) -> set[int]:
    """The accounts of the budget lines that an ask names."""
    named = {share.budget_line_id for shares in ask.shares.values() for share in shares}
    return {row.budget.account_id for row in read_budgets(named, on).values()}


def paid_from(lines: Sequence[LineFacts]) -> list[PaidFrom]:
    """What the lines are assigned to, as the question about budgets takes it."""
    return [
        PaidFrom(
            line.line_no, line.title, row.budget_line.fiscal_year, row.budget_line.usable_until
        )
        for line in lines
        for row in line.assignments
    ]


def _paid_from_new(new: NewRevision) -> list[PaidFrom]:
    budgets = [
        (
            new.numbers[line.key],
            line.offer.listing.article.name,
            new.budgets[share.budget_line_id].budget,
        )
        for line in new.order.lines
        for share in new.ask.shares_of(line.key)
    ]
    return [
        PaidFrom(number, title, budget.fiscal_year, budget.usable_until)
        for number, title, budget in budgets
    ]


def _is_funded(new: NewRevision) -> bool:
    return any(
        new.budgets[share.budget_line_id].budget.grant_no
        for line in new.order.lines
        for share in new.ask.shares_of(line.key)
    )


def _submit(
    requisition: Requisition,
    revision: RevisionFacts,
    facts: OrderFacts,
    steps: Sequence[ApprovalStep],
    before: dict[str, object],
    by: Membership,
    now: datetime,
) -> None:
    """Steps, events, notices, audit: everything but the holds, which come last."""
    require_assigned(revision.lines)
    rows = write_steps(requisition, steps)
    plan = Plan(by, now)
    plan.follow(
        Step.SUBMITTED,
        requisition,
        events=reservations(requisition, revision.lines, facts.shelf),
        told=[submission_notice(requisition, rows)],
        before=before,
        after=state_of(requisition),
        rule=f"policy:{rows[0].policy_id}",
    )
    plan.carry_out()


def open_round(
    requisition: Requisition, answer: Answer, *, is_funded: bool, now: datetime
) -> list[ApprovalStep]:
    """Begin a round of approval for the current revision: its steps, nothing written yet.

    The requisition expires no sooner than its steps' deadlines together allow. Raises
    NoPolicy.
    """
    policy_id, rules = read_rules(requisition.authority_id, berlin_day(now))
    requisition.submitted_revision = requisition.current_revision
    steps = steps_for(
        round_no=requisition.submitted_revision,
        gross=answer.order.quote.gross,
        is_funded=is_funded,
        cosign=cosignatures(answer.cosigning),
        policy_id=policy_id,
        rules=rules,
        now=now,
    )
    requisition.submitted_at = now
    requisition.expires_at = expiry(steps, now=now)
    requisition.updated_at = now
    return steps


def save_round(requisition: Requisition) -> None:
    """Write what the locked requisition has become by a round of approval."""
    requisition.save(
        update_fields=[
            "state",
            "current_revision",
            "submitted_revision",
            "submitted_at",
            "expires_at",
            "updated_at",
        ]
    )


def require_assigned(lines: Sequence[LineFacts]) -> None:
    """Raise InvalidAssignment, naming them, when lines have no budget."""
    without = bare(lines)
    if without:
        named = ", ".join(f"Zeile {line.line_no} („{line.title}“)" for line in without[:5])
        more = f" und {len(without) - 5} weitere" if len(without) > 5 else ""
        raise InvalidAssignment(
            f"Ohne Haushaltsposition: {named}{more}. Bitte jeder Zeile eine zuordnen."
        )
