"""Requisitions: create from the basket, revise, submit, withdraw, expire.

Submitting re-quotes, freezes net prices, evaluates the gates and holds every cap and
budget in one transaction. See docs/placement.md for the order of the locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from contracts.agreements.models import Listing
from contracts.agreements.prices.quotes import PricedOrder, Wanted, with_contract
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role, School

from . import events, holds
from .allocation import Allotment, Grounds, allot, grounds_of
from .approval_steps import STEP_DAYS, write_steps
from .baskets import lock_basket
from .errors import EmptyBasket, NotAllowed, NotFound
from .facts import facts, releases
from .lifecycle import RequisitionState, requisition_step
from .models import (
    Assignment,
    BasketOwner,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
    Side,
)
from .models.event import EventType
from .notices import announce_outcome, announce_submission
from .numbers import requisition_number
from .order_checks import explained, require_submittable
from .oscar_adapter import basket_quantities, close_basket
from .requoting import key_of, lock_first, moved, requote
from .revisions import Ask, Share, involve, write_revision

ASKING_ROLES = (Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER)
SUBMITTING_ROLES = (Role.PROCUREMENT_OFFICER,)


def visible_requisitions(by: Membership) -> QuerySet[Requisition]:
    """Requisitions of the actor's organisation; a school sees its own only."""
    rows = Requisition.objects.filter(authority_id=by.organisation_id)
    if by.school_id is not None:
        rows = rows.filter(school_id=by.school_id)
    return rows


def create_from_basket(
    *, by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> Requisition:
    """Turn the open basket into a draft requisition and close the basket.

    Raises EmptyBasket, NotAllowed, NotFound (foreign school), InvalidAssignment,
    NotEntitled, NoPrice.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        requisition, _ = _from_basket(by, ask, school_id, now)
        record(requisition, "requisition.created", by=by, now=now, after=_state(requisition))
    return requisition


def submit_basket(*, by: Membership, ask: Ask, school_id: int | None, now: datetime) -> Requisition:
    """Turn the open basket into a submitted requisition in one transaction.

    Raises what `create_from_basket` and `submit` raise; the basket stays as it was then.
    """
    require_role(by, SUBMITTING_ROLES, now)
    with transaction.atomic():
        requisition, allotted = _from_basket(by, ask, school_id, now)
        lines = current_lines(requisition)
        if lock_first(requisition, lines, now=now):
            allotted = requote(requisition, lines, now=now)
            lines = _as_priced(requisition, lines, allotted.order, by, now)
        allotted.require_served()
        _submit(requisition, lines, allotted.order, by, now)
    return requisition


def revise(
    *, requisition_id: int, by: Membership, ask: Ask, quantities: dict[int, int], now: datetime
) -> RequisitionRevision:
    """Write a new revision of a draft or returned requisition.

    `quantities` by listing id; the editor joins the asking side and can never decide.
    Raises NotFound, NotAllowed, OwnRequest, InvalidAssignment, NotEntitled.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        if requisition.state not in ("draft", "returned"):
            raise NotAllowed("Nur Entwürfe und zurückgegebene Anforderungen sind änderbar.")
        wanted = [Wanted(str(pk), pk, count) for pk, count in quantities.items() if count > 0]
        if not wanted:
            raise EmptyBasket("Eine Anforderung braucht mindestens eine Zeile.")
        allotted = _allotted(wanted, requisition, now, grounds_of(requisition))
        revision = write_revision(requisition, ask, allotted.order, by=by, now=now)
        record(requisition, "requisition.revised", by=by, now=now, after=_state(requisition))
    return revision


def submit(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """Submit the current revision: everything is checked again and every limit is held.

    A price or a turn that moved since the draft makes a new revision, and so does
    submitting unchanged what was returned. Whoever submits stands on the asking side.
    Raises NotFound, NotAllowed, OwnRequest, IllegalTransition, Blocked, LotFull,
    DeviceMissing, BelowMinimum, NoPolicy, NotEntitled, NobodyInTurn, LimitExceeded,
    AccountClosed; nothing is done then.
    """
    require_role(by, SUBMITTING_ROLES, now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        requisition_step(requisition.state, RequisitionState.SUBMITTED)
        lines = current_lines(requisition)
        lock_first(requisition, lines, now=now)
        known = [line.listing for line in lines]
        with explained(known, buyer_id=requisition.authority_id, now=now):
            allotted = requote(requisition, lines, now=now)
        allotted.require_served()
        order = allotted.order
        if moved(lines, order) or _came_back(requisition):
            write_revision(requisition, ask_of(lines), order, by=by, now=now)
            lines = current_lines(requisition)
        elif lines[0].revision.editor_id != by.user_id:
            involve(requisition, by.user_id, Side.ASK)
        _submit(requisition, lines, order, by, now)
    return requisition


def withdraw(*, requisition_id: int, by: Membership, now: datetime) -> Requisition:
    """Take a requisition back; whatever it held is free again.

    Raises NotFound, NotAllowed or IllegalTransition.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        release(requisition, RequisitionState.WITHDRAWN, by=by, now=now, reason="zurückgezogen")
    return requisition


def expire_due(*, now: datetime) -> int:
    """Let overdue requisitions expire, one transaction each; return how many did."""
    due = Requisition.objects.filter(
        state=RequisitionState.SUBMITTED.value, expires_at__lte=now
    ).values_list("pk", flat=True)
    expired = 0
    for pk in list(due):
        with transaction.atomic():
            requisition = (
                Requisition.objects.select_for_update(no_key=True, of=("self",))
                .select_related("authority", "created_by__user")
                .get(pk=pk)
            )
            if requisition.state != RequisitionState.SUBMITTED.value:
                continue
            release(requisition, RequisitionState.EXPIRED, by=None, now=now, reason="Frist")
            expired += 1
    return expired


def release(
    requisition: Requisition,
    state: RequisitionState,
    *,
    by: Membership | None,
    now: datetime,
    reason: str,
) -> None:
    """End (or return) a locked requisition and free what it held, with its finance events."""
    before = _state(requisition)
    was_held = requisition.state == RequisitionState.SUBMITTED.value
    requisition.state = requisition_step(requisition.state, state)
    requisition.decided_at = now
    requisition.save(update_fields=["state", "decided_at"])
    lines = current_lines(requisition)
    if was_held:
        reserved = facts(EventType.RESERVATION, requisition, lines, approver=by)
        events.append(releases(reserved), now=now)
    announce_outcome(requisition, reason, now=now)
    record(
        requisition,
        f"requisition.{state.value}",
        by=by,
        now=now,
        before=before,
        after=_state(requisition),
        reason=reason,
    )
    if was_held:
        holds.void_all(lines, by=by, now=now)


def current_lines(requisition: Requisition) -> list[RequisitionLine]:
    """Lines of the current revision with everything events, holds and documents need."""
    return list(
        RequisitionLine.objects.filter(
            revision__requisition=requisition, revision__number=requisition.current_revision
        )
        .select_related(
            "revision",
            "terms",
            "listing__article",
            "listing__stockrecord",
            "listing__item__award__supplier",
            "listing__item__award__lot__agreement",
        )
        .prefetch_related(
            Prefetch(
                "assignments",
                Assignment.objects.order_by("number").select_related(
                    "budget_entity", "budget_line__own_account", "budget_line__pool__account"
                ),
            )
        )
        .order_by("line_no")
    )


def ask_of(lines: Sequence[RequisitionLine]) -> Ask:
    """The current revision as an Ask, to write the next one from."""
    revision = lines[0].revision
    return Ask(
        title=revision.title,
        justification=revision.justification,
        needed_by=revision.needed_by,
        shares={
            key_of(line): [
                Share(row.budget_line_id, row.share_percent, row.deductible_percent)
                for row in line.assignments.all()
            ]
            for line in lines
        },
    )


def _from_basket(
    by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> tuple[Requisition, Allotment]:
    """Write the requisition and its first revision, close the basket."""
    basket_id = lock_basket(by)
    held = basket_quantities(basket_id)
    if not held:
        raise EmptyBasket("Ihr Bedarfskorb ist leer.")
    requisition = Requisition.objects.create(
        number=requisition_number(now),
        authority=by.organisation,
        school_id=_own_school(by, school_id),
        created_by=by,
        created_at=now,
    )
    wanted = [Wanted(str(listing), listing, quantity) for listing, quantity in held]
    allotted = _allotted(wanted, requisition, now)
    write_revision(requisition, ask, allotted.order, by=by, now=now)
    BasketOwner.objects.filter(pk=basket_id).update(is_open=False)
    close_basket(basket_id, now)
    return requisition, allotted


def _allotted(
    wanted: Sequence[Wanted],
    requisition: Requisition,
    now: datetime,
    grounds: Grounds | None = None,
) -> Allotment:
    """Decide and price; what left the shelf is refused with the gate behind it."""
    known = list(with_contract(Listing.objects.filter(pk__in=[row.listing_id for row in wanted])))
    buyer = requisition.authority
    with explained(known, buyer_id=buyer.pk, now=now):
        return allot(wanted, buyer=buyer, on=berlin_day(now), known=known, grounds=grounds)


def _submit(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    order: PricedOrder,
    by: Membership,
    now: datetime,
) -> None:
    """Steps, events, mails, and last the holds: the limit rows are the hot ones."""
    before = _state(requisition)
    requisition.state = requisition_step(requisition.state, RequisitionState.SUBMITTED)
    cosign = require_submittable(order, buyer_id=requisition.authority_id, now=now)
    steps = write_steps(requisition, order.quote.gross, cosign, now=now)
    requisition.submitted_at = now
    requisition.expires_at = now + timedelta(days=STEP_DAYS * (len(steps) + 1))
    requisition.save(update_fields=["state", "submitted_at", "expires_at"])
    events.append(facts(EventType.RESERVATION, requisition, lines), now=now)
    announce_submission(requisition, steps, now=now)
    record(
        requisition,
        "requisition.submitted",
        by=by,
        now=now,
        before=before,
        after=_state(requisition),
        rule=f"policy:{steps[0].policy_id}",
    )
    holds.hold_all(requisition, lines, by=by, now=now)


def _as_priced(
    requisition: Requisition,
    lines: list[RequisitionLine],
    order: PricedOrder,
    by: Membership,
    now: datetime,
) -> list[RequisitionLine]:
    """The lines at the prices of *order*: a new revision when one has moved."""
    if not moved(lines, order):
        return lines
    write_revision(requisition, ask_of(lines), order, by=by, now=now)
    return current_lines(requisition)


def _came_back(requisition: Requisition) -> bool:
    """Whether this very revision was in approval before; its steps and holds are final."""
    return (
        requisition.state == RequisitionState.RETURNED.value
        and requisition.steps.filter(revision_no=requisition.current_revision).exists()
    )


def locked(requisition_id: int, by: Membership) -> Requisition:
    """Lock a requisition of the actor's organisation; raises NotFound."""
    row = (
        visible_requisitions(by)
        .select_for_update(no_key=True, of=("self",))
        .select_related("authority", "created_by__user")
        .filter(pk=requisition_id)
        .first()
    )
    if row is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    return row


def _own_school(by: Membership, school_id: int | None) -> int | None:
    if school_id is None:
        return by.school_id
    own = School.objects.filter(pk=school_id, authority_id=by.organisation_id)
    if by.school_id is not None:
        own = own.filter(pk=by.school_id)
    if not own.exists():
        raise NotFound("Diese Schule gehört nicht zu Ihrer Organisation.")
    return school_id


def require_role(by: Membership, roles: Sequence[str], now: datetime) -> None:
    """Raise NotAllowed unless the membership is in force and has one of the roles."""
    if by.role not in roles or not is_valid(by, now):
        raise NotAllowed("Ihre Rolle erlaubt diesen Schritt nicht.")


def is_valid(by: Membership, now: datetime) -> bool:
    """Whether the membership is in force, read afresh from the database."""
    return Membership.objects.valid_on(berlin_day(now)).filter(pk=by.pk).exists()


def _state(requisition: Requisition) -> dict[str, object]:
    return {"state": requisition.state, "revision": requisition.current_revision}
