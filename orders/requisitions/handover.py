"""A school asks, the authority's procurement completes and submits."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.consequences import Step
from orders.errors import CommentMissing, NotAllowed
from orders.lifecycle import RequisitionState
from orders.models import Requisition, Side
from orders.plan import Plan
from orders.telling.notices import hand_back_notice, hand_over_notice

from .acting_on import locked, state_of
from .ask import Ask
from .creation import draft_of_basket
from .revisions import involve
from .submission import SUBMITTING_ROLES

OPEN_STATES = (RequisitionState.DRAFT.value, RequisitionState.RETURNED.value)
HANDED_OVER = Q(handed_over_at__isnull=False, state__in=OPEN_STATES)
"""What procurement has to complete and submit."""


@again
def hand_over(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """Give a school's draft to procurement, which completes and submits it.

    The school can no longer edit it, only take it back or withdraw it. Doing it twice changes
    nothing. Whoever hands it over asks for it, and can never decide. Raises NotFound,
    NotAllowed, OwnRequest.
    """
    require_role(by, (Role.SCHOOL_REQUESTER,), now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_open(requisition)
        if requisition.handed_over_at is None:
            plan = Plan(by, now)
            _hand_over(plan, requisition, by)
            plan.carry_out()
    return requisition


@again
def hand_over_basket(
    *, by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> Requisition:
    """Turn the open basket into a draft and give it to procurement in one transaction.

    Raises what `create_from_basket` raises; the basket stays as it was then.
    """
    require_role(by, (Role.SCHOOL_REQUESTER,), now)
    with transaction.atomic():
        plan = Plan(by, now)
        requisition = draft_of_basket(plan, by, ask, school_id, now)
        _hand_over(plan, requisition, by)
        plan.carry_out()
    return requisition


def _hand_over(plan: Plan, requisition: Requisition, by: Membership) -> None:
    involve(requisition, by.user_id, Side.ASK)
    _lay(requisition, by, plan.now)
    plan.follow(
        Step.HANDED_OVER,
        requisition,
        told=[hand_over_notice(requisition, now=plan.now)],
        after=state_of(requisition),
    )


@again
def hand_back(*, requisition_id: int, reason: str, by: Membership, now: datetime) -> Requisition:
    """Give a draft back to the school that asked, with what is missing.

    Raises NotFound, NotAllowed, CommentMissing.
    """
    require_role(by, SUBMITTING_ROLES, now)
    reason = reason.strip()
    if not reason:
        raise CommentMissing("Bitte schreiben Sie der Schule, was fehlt.")
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_open(requisition)
        if requisition.handed_over_at is None:
            raise NotAllowed("Diese Anforderung liegt nicht bei der Beschaffung.")
        school = requisition.handed_over_by
        _lay(requisition, None, now)
        plan = Plan(by, now)
        plan.follow(
            Step.HANDED_BACK,
            requisition,
            told=[hand_back_notice(requisition, school, reason, now=now)] if school else [],
            after=state_of(requisition),
            reason=reason,
        )
        plan.carry_out()
    return requisition


@again
def recall(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """A school takes its draft back to edit it further, before procurement has submitted it.

    Safe twice. Raises NotFound, NotAllowed, OwnRequest.
    """
    require_role(by, (Role.SCHOOL_REQUESTER,), now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_open(requisition)
        if requisition.handed_over_at is None:
            return requisition
        involve(requisition, by.user_id, Side.ASK)
        _lay(requisition, None, now)
        plan = Plan(by, now)
        plan.follow(Step.RECALLED, requisition, after=state_of(requisition))
        plan.carry_out()
    return requisition


def _require_open(requisition: Requisition) -> None:
    if requisition.state not in OPEN_STATES:
        raise NotAllowed(
            f"Die Anforderung ist {requisition.get_state_display()}; "
            "übergeben lassen sich nur Entwürfe und zurückgegebene Anforderungen."
        )


def _lay(requisition: Requisition, by: Membership | None, now: datetime) -> None:
    """Lay it with procurement, handed over by *by*, or, with None, back with the school."""
    requisition.handed_over_at = now if by else None
    requisition.handed_over_by = by
    requisition.updated_at = now
    requisition.save(update_fields=["handed_over_at", "handed_over_by", "updated_at"])
