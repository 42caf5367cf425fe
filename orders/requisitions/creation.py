"""A new requisition: a draft made of the basket or of lines given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.agreements.prices.ordering import Wanted
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.allotting.asking import Answer
from orders.allotting.asking import ask as judge
from orders.allotting.facts import OrderFacts
from orders.allotting.moments import Moment
from orders.basket.baskets import close, wanted_of_basket
from orders.consequences import Step
from orders.facts import RevisionFacts
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from orders.plan import Plan

from .acting_on import facts_for, state_of
from .ask import Ask, require_lines
from .deliveries import own_school
from .revisions import new_revision
from .writing import write_new

ASKING_ROLES = (Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER)


@again
def create_from_basket(
    *, by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> Requisition:
    """Turn the open basket into a draft requisition and close the basket.

    Raises EmptyBasket, InvalidQuantity, NotAllowed, UnknownSchool, InvalidDelivery,
    InvalidAssignment, NotEntitled, NoPrice.
    """
    with transaction.atomic():
        plan = Plan(by, now)
        requisition = draft_of_basket(plan, by, ask, school_id, now)
        plan.carry_out()
    return requisition


@again
def create(
    *, by: Membership, ask: Ask, wanted: Sequence[Wanted], school_id: int | None, now: datetime
) -> Requisition:
    """Make a draft requisition of lines; the basket stays as it is.

    Raises what `create_from_basket` raises.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        plan = Plan(by, now)
        requisition = unsaved(by, own_school(by.organisation_id, school_id, by=by), now)
        _draft(plan, requisition, ask, wanted, by, now)
        plan.carry_out()
    return requisition


def draft_of_basket(
    plan: Plan, by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> Requisition:
    """Write the requisition and its first revision, close the basket."""
    basket_id, wanted = wanted_of_basket(by, ASKING_ROLES, now)
    requisition = unsaved(by, own_school(by.organisation_id, school_id, by=by), now)
    _draft(plan, requisition, ask, wanted, by, now)
    close(basket_id, now)
    return requisition


def unsaved(by: Membership, school_id: int | None, now: datetime) -> Requisition:
    """A new draft, not written yet; the school is one of the authority's."""
    return Requisition(
        authority=by.organisation,
        school_id=school_id,
        created_by=by,
        created_at=now,
        updated_at=now,
        state=RequisitionState.DRAFT.value,
    )


def _draft(
    plan: Plan,
    requisition: Requisition,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> RevisionFacts:
    require_lines(wanted)
    facts = facts_for(requisition, {row.listing_id for row in wanted}, now)
    answer = judged_as_draft(wanted, facts)
    new = new_revision(requisition, ask, answer.order, None, facts.shelf, by=by, now=now)
    revision = write_new(requisition, new, by=by, now=now)
    plan.follow(Step.CREATED, requisition, after=state_of(requisition))
    return revision


def judged_as_draft(wanted: Sequence[Wanted], facts: OrderFacts) -> Answer:
    """Decide and price; what left the shelf is refused with the gate behind it."""
    return judge(Moment.DRAFT, wanted, facts)
