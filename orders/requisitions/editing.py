"""Editing: every edit is a new revision, also while the requisition is in approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracts.agreements.prices.ordering import PricedLine, PricedOrder, Wanted
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again
from orders.allotting.asking import ask as judge
from orders.allotting.asking import require_usable
from orders.allotting.moments import Moment
from orders.consequences import Step
from orders.errors import NotAllowed, StaleRevision
from orders.facts import LineFacts, Place, RevisionFacts
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionRevision
from orders.plan import Plan
from orders.signing.steps import write_steps
from orders.telling.notices import submission_notice

from .acting_on import facts_for, locked, read_revision, state_of
from .ask import Ask, asked, require_lines
from .creation import ASKING_ROLES, judged_as_draft
from .ending import require_running
from .exchanges import advise_instead, exchange, standing_for
from .reading import found
from .revisions import new_revision
from .submission import (
    SUBMITTING_ROLES,
    budget_accounts,
    open_round,
    paid_from,
    require_assigned,
    save_round,
)
from .writing import on_one_side, write_next

EDITABLE_STATES = (
    RequisitionState.DRAFT.value,
    RequisitionState.RETURNED.value,
    RequisitionState.SUBMITTED.value,
)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a change would do to a round of approval; sums in EUR gross."""

    keeps_signatures: bool
    signatures: int
    before: Decimal
    after: Decimal


@again
def revise(
    *,
    requisition_id: int,
    base_revision: int,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> RequisitionRevision:
    """Write the next revision; *wanted* by line number, other keys are new lines.

    `base_revision` is the one that was read: if another came in between, nothing is lost and
    nothing overwritten. In approval a mere decrease frees money and leaves the signatures;
    anything else needs approval again, and either holds or leaves all as it was. The editor
    joins the asking side and can never decide. Raises NotFound, NotAllowed, StaleRevision,
    OwnRequest, EmptyBasket, InvalidQuantity, InvalidAssignment, UnknownSchool,
    InvalidDelivery, NotEntitled; in approval also RequisitionOver and what `submit` raises.
    """
    require_role(by, ASKING_ROLES, now)
    require_lines(wanted)
    with on_one_side(), transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_editable(requisition, by, now)
        _require_current(requisition, base_revision)
        revision = read_revision(requisition.pk, requisition.current_revision)
        plan = Plan(by, now)
        if requisition.state == RequisitionState.SUBMITTED.value:
            _revise_submitted(plan, requisition, revision, ask, wanted, by, now)
        else:
            _revise_draft(plan, requisition, revision, ask, wanted, by, now)
        plan.carry_out()
    return requisition.revisions.get(number=requisition.current_revision)


def foresee(
    *,
    requisition_id: int,
    base_revision: int,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> Foresight | None:
    """What `revise` would do to the signatures; None where nothing is in approval.

    Advice: nothing is locked and nothing written. Raises what `revise` raises before it
    holds anything.
    """
    require_role(by, ASKING_ROLES, now)
    requisition = found(requisition_id, by)
    _require_editable(requisition, by, now)
    _require_current(requisition, base_revision)
    if requisition.state != RequisitionState.SUBMITTED.value:
        return None
    revision = read_revision(requisition.pk, requisition.current_revision)
    order = advise_instead(requisition, revision, wanted, moment=Moment.ESTIMATE, now=now).order
    signed = requisition.signatures.filter(round_no=requisition.submitted_revision)
    return Foresight(
        keeps_signatures=_is_decrease(requisition, revision, ask, order),
        signatures=signed.values("decision").distinct().count(),
        before=revision.gross,
        after=order.quote.gross,
    )


def why_not_editable(requisition: Requisition, by: Membership) -> str:
    """Why the actor can't edit it now, as a sentence; empty when it can."""
    if requisition.state not in EDITABLE_STATES:
        return f"Die Anforderung ist {requisition.get_state_display()} und nicht mehr änderbar."
    if by.role in SUBMITTING_ROLES:
        return ""
    if requisition.state == RequisitionState.SUBMITTED.value:
        return "Solange die Anforderung in der Freigabe ist, ändert sie nur die Beschaffung."
    if requisition.handed_over_at is not None:
        return "Die Anforderung liegt bei der Beschaffung; bearbeiten kann sie jetzt nur diese."
    return "" if by.role in ASKING_ROLES else "Ihre Rolle bearbeitet keine Anforderungen."


def _require_editable(requisition: Requisition, by: Membership, now: datetime) -> None:
    if requisition.state == RequisitionState.SUBMITTED.value:
        require_role(by, SUBMITTING_ROLES, now)
    if reason := why_not_editable(requisition, by):
        raise NotAllowed(reason)
    require_running(requisition, now)


def _require_current(requisition: Requisition, base_revision: int) -> None:
    if base_revision != requisition.current_revision:
        raise StaleRevision(
            f"Inzwischen gibt es Fassung {requisition.current_revision}. Ihre Änderung an Fassung "
            f"{base_revision} ist nicht gespeichert; bitte prüfen Sie die neue Fassung."
        )


def _revise_draft(
    plan: Plan,
    requisition: Requisition,
    revision: RevisionFacts,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> None:
    before = state_of(requisition)
    facts = facts_for(requisition, {row.listing_id for row in wanted}, now)
    order = judged_as_draft(wanted, facts).order
    new = new_revision(requisition, ask, order, revision, facts.shelf, by=by, now=now)
    write_next(requisition, new, by=by, now=now)
    requisition.save(update_fields=["current_revision", "updated_at"])
    plan.follow(Step.REVISED, requisition, before=before, after=state_of(requisition))


def _revise_submitted(
    plan: Plan,
    requisition: Requisition,
    revision: RevisionFacts,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> None:
    before = state_of(requisition)
    accounts = budget_accounts(ask, berlin_day(now))
    standing = standing_for(requisition, revision, wanted=wanted, account_ids=accounts, now=now)
    answer = judge(Moment.EDIT, wanted, standing.facts)
    new = new_revision(
        requisition, ask, answer.order, revision, standing.facts.shelf, by=by, now=now
    )
    fresh, facts = exchange(requisition, revision, new, standing, by=by, now=now)
    require_assigned(fresh.lines)
    require_usable(paid_from(fresh.lines), standing.facts.on)
    told = []
    if not _is_decrease(requisition, revision, ask, answer.order):
        steps = open_round(requisition, answer, is_funded=fresh.is_funded(), now=now)
        told = [submission_notice(requisition, write_steps(requisition, steps))]
    save_round(requisition)
    plan.follow(
        Step.REVISED,
        requisition,
        events=facts,
        told=told,
        before=before,
        after=state_of(requisition),
    )


def _is_decrease(
    requisition: Requisition, before: RevisionFacts, ask: Ask, order: PricedOrder
) -> bool:
    """Whether those who signed have signed for all of it: nothing new, nothing dearer, nothing
    paid from elsewhere, delivered elsewhere or at another time, or reasoned otherwise.
    """
    known = {line.key: line for line in before.lines}
    old = asked(before)
    if replace(old, shares={}, places={}) != replace(ask, shares={}, places={}):
        return False
    home = Place(school_id=requisition.school_id)
    return order.quote.gross <= before.gross and all(
        row.key in known
        and _is_part(row, known[row.key])
        and _when_and_where(ask.place_of(row.key) or home)
        == _when_and_where(old.place_of(row.key) or home)
        and list(ask.shares_of(row.key)) == list(old.shares_of(row.key))
        for row in order.lines
    )


def _is_part(row: PricedLine, of: LineFacts) -> bool:
    return (
        row.offer.listing.pk == of.listing_id
        and row.quantity <= of.quantity
        and row.tier.net_unit_price * of.price_unit <= of.net_unit_price * row.offer.price_unit
    )


def _when_and_where(place: Place) -> tuple[object, ...]:
    """What of a place was signed for; whom to call there may change."""
    return (
        place.school_id,
        place.earliest,
        place.latest,
        place.time_from,
        place.time_until,
    )
