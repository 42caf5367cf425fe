"""Taking what was chosen: into the basket, or onto a draft requisition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again
from orders.basket.baskets import MAX_QUANTITY, is_first_time, lock_basket
from orders.errors import EmptyBasket, NotAllowed, NotFound, NothingOrderable
from orders.lifecycle import RequisitionState
from orders.models import RequisitionRevision
from orders.oscar_adapter import basket_quantities, set_basket_lines
from orders.requisitions import (
    ASKING_ROLES,
    SUBMITTING_ROLES,
    Ask,
    ask_of,
    lines_of,
    revise,
    visible_requisitions,
    wanted_of,
)

from .estimate import Pick
from .standing import for_standing, standings

DRAFT_STATES = (RequisitionState.DRAFT.value, RequisitionState.RETURNED.value)
MAX_DRAFTS = 50
MAX_NAMED = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """How many articles went into the basket, and (article, reason) of what did not.

    `is_repeated`: the same form had put them there already, so nothing was added.
    """

    added: int
    missing: tuple[tuple[str, str], ...]
    is_repeated: bool = False


@again
def put_into_basket(
    *, picks: Sequence[Pick], by: Membership, now: datetime, form: UUID | None = None
) -> Taken:
    """Add quantities to the open basket, all in one step; what can't be ordered is reported.

    The same *form* adds once, however often it is sent. A constant number of queries. Raises
    NotAllowed, EmptyBasket when nothing was chosen, NothingOrderable when none of it can be
    ordered.
    """
    require_role(by, ASKING_ROLES, now)
    wanted = _summed(picks)
    rows = for_standing(Listing.objects.filter(pk__in=wanted))
    found = standings(list(rows), buyer_id=by.organisation_id, on=berlin_day(now)).values()
    missing = tuple(
        (row.listing.article.name, " ".join(row.reasons)) for row in found if row.reasons
    )
    offered = [row.listing for row in found if row.is_orderable]
    if not offered:
        raise NothingOrderable([f"„{name}“: {reason}" for name, reason in missing[:MAX_NAMED]])
    with transaction.atomic():
        basket_id = lock_basket(by)
        if not is_first_time(basket_id, form):
            return Taken(0, (), is_repeated=True)
        held = dict(basket_quantities(basket_id))
        set_basket_lines(
            basket_id,
            [(row, min(held.get(row.pk, 0) + wanted[row.pk], MAX_QUANTITY)) for row in offered],
        )
    return Taken(len(offered), missing)


def open_drafts(by: Membership, now: datetime) -> list[RequisitionRevision]:
    """Current revisions of the drafts that the actor may add to, the latest first."""
    require_role(by, ASKING_ROLES, now)
    drafts = visible_requisitions(by).filter(state__in=DRAFT_STATES)
    if by.role not in SUBMITTING_ROLES:
        drafts = drafts.filter(handed_over_at__isnull=True)
    rows = RequisitionRevision.objects.filter(
        requisition__in=drafts, number=F("requisition__current_revision")
    )
    return list(
        rows.select_related("requisition").order_by("-requisition__updated_at", "-pk")[:MAX_DRAFTS]
    )


def append(
    *,
    requisition_id: int,
    base_revision: int,
    picks: Sequence[Pick],
    by: Membership,
    now: datetime,
) -> RequisitionRevision:
    """Write the next revision of a draft: its lines as they are, the chosen articles behind.

    Where all lines are assigned and delivered alike, so are the new ones. Raises EmptyBasket,
    NotFound, and what `orders.requisitions.revise` raises.
    """
    require_role(by, ASKING_ROLES, now)
    wanted = _summed(picks)
    draft = visible_requisitions(by).filter(Q(pk=requisition_id)).first()
    if draft is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    if draft.state not in DRAFT_STATES:
        raise NotAllowed(
            f"Die Anforderung {draft.number} ist {draft.get_state_display()}; angehängt wird nur "
            "an Entwürfe und zurückgegebene Anforderungen."
        )
    lines = lines_of(draft, base_revision)
    if not lines:
        raise NotFound("Diese Fassung der Anforderung gibt es nicht.")
    fresh = [
        Wanted(f"neu-{number}", listing_id, quantity)
        for number, (listing_id, quantity) in enumerate(wanted.items(), start=1)
    ]
    return revise(
        requisition_id=requisition_id,
        base_revision=base_revision,
        ask=_alike(ask_of(lines)),
        wanted=[*wanted_of(lines), *fresh],
        by=by,
        now=now,
    )


def _summed(picks: Sequence[Pick]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for pick in picks:
        total = wanted.get(pick.listing_id, 0) + pick.quantity
        wanted[pick.listing_id] = min(total, MAX_QUANTITY)
    if not wanted:
        raise EmptyBasket("Es ist nichts ausgewählt. Bitte geben Sie mindestens eine Menge an.")
    return wanted


def _alike(ask: Ask) -> Ask:
    """The same ask, with the shares and the place that all lines agree on as the default."""
    shares, place = _only(ask.shares), _only(ask.places)
    return replace(
        ask,
        shares=ask.shares if shares is None else {**ask.shares, "": shares},
        places=ask.places if place is None else {**ask.places, "": place},
    )


def _only(values: Mapping[str, T]) -> T | None:
    found = list(values.values())
    return found[0] if found and all(value == found[0] for value in found) else None
