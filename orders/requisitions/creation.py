"""A new requisition: a draft made of the basket or of lines given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.agreements.models import Listing
from contracts.agreements.prices.quotes import Wanted, with_contract
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.allotting.allotments import Allotment, Grounds, allot
from orders.allotting.checks import explained
from orders.basket.baskets import lock_basket
from orders.models import BasketOwner, Requisition
from orders.numbers import requisition_number
from orders.oscar_adapter import basket_quantities, close_basket
from orders.telling.outbox import tell
from orders.telling.watching import Happened, change

from .ask import Ask, require_lines
from .deliveries import own_school
from .revisions import write_revision

ASKING_ROLES = (Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER)


@again
def create_from_basket(
    *, by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> Requisition:
    """Turn the open basket into a draft requisition and close the basket.

    Raises EmptyBasket, InvalidQuantity, NotAllowed, UnknownSchool, InvalidDelivery,
    InvalidAssignment, NotEntitled, NoPrice.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        requisition, _ = draft_of_basket(by, ask, school_id, now)
        note_created(requisition, by=by, now=now)
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
        requisition, _ = _drafted(by, ask, wanted, school_id, now)
        note_created(requisition, by=by, now=now)
    return requisition


def note_created(requisition: Requisition, *, by: Membership, now: datetime) -> None:
    """The audit row of a new draft, and the word to those who watch."""
    tell([change(requisition, Happened.CREATED, now=now)], now=now)
    record(requisition, "requisition.created", by=by, now=now, after=state_of(requisition))


def draft_of_basket(
    by: Membership, ask: Ask, school_id: int | None, now: datetime
) -> tuple[Requisition, Allotment]:
    """Write the requisition and its first revision, close the basket."""
    basket_id = lock_basket(by)
    wanted = [
        Wanted(str(listing), listing, quantity)
        for listing, quantity in basket_quantities(basket_id)
    ]
    made = _drafted(by, ask, wanted, school_id, now)
    BasketOwner.objects.filter(pk=basket_id).update(is_open=False)
    close_basket(basket_id, now)
    return made


def _drafted(
    by: Membership, ask: Ask, wanted: Sequence[Wanted], school_id: int | None, now: datetime
) -> tuple[Requisition, Allotment]:
    require_lines(wanted)
    requisition = Requisition.objects.create(
        number=requisition_number(now),
        authority=by.organisation,
        school_id=own_school(by.organisation_id, school_id, by=by),
        created_by=by,
        created_at=now,
        updated_at=now,
    )
    allotted = allotted_for(wanted, requisition, now)
    write_revision(requisition, ask, allotted.order, by=by, now=now)
    return requisition, allotted


def allotted_for(
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


def state_of(requisition: Requisition) -> dict[str, object]:
    """What the audit trail keeps of a requisition."""
    return {"state": requisition.state, "revision": requisition.current_revision}
