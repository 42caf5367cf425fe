"""The Bedarfskorb: one open basket per membership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts.agreements.allocation.allotment import Decision
from contracts.agreements.allocation.successors import offered_replacements
from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.gates.rules import GateRule, blocks, gates_before
from contracts.agreements.models import Listing
from contracts.agreements.prices.quotes import PricedLine, PricedOrder, Wanted, with_contract
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import InvalidQuantity
from contracts.retrying import again
from orders.allotting.allotments import allot, in_turn
from orders.allotting.checks import full_lot
from orders.errors import NotFound
from orders.models import BasketOwner
from orders.oscar_adapter import basket_quantities, create_basket, set_basket_line

MAX_QUANTITY = 1_000_000
REMEMBERED = 50
"""So many forms back a basket knows what has filled it: a second click comes at once."""


@dataclass(frozen=True, slots=True)
class GoneLine:
    """A line whose article can no longer be called off; only removing it is left.

    `reasons` name the gates or the full lot behind it; empty when entitlement or listing
    have ended. Where the article was replaced, `successor` is what stands in its place.
    """

    listing_id: int
    name: str
    reasons: tuple[str, ...] = ()
    successor: Listing | None = None


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket as people see it; `obstacles` by line key.

    `decisions` say how the rule of each lot came to the suppliers of the lines.
    """

    order: PricedOrder
    obstacles: dict[str, list[GateRule]]
    gone: tuple[GoneLine, ...]
    decisions: tuple[Decision, ...]


def current_basket(membership: Membership) -> int:
    """Return the membership's open basket, creating it when there is none.

    Parallel first requests meet at the partial unique constraint: one creates, the
    others take what is there.
    """
    tie = BasketOwner.objects.filter(membership=membership, is_open=True).first()
    if tie is not None:
        return int(tie.pk)
    try:
        with transaction.atomic():
            basket_id = create_basket()
            BasketOwner.objects.create(basket_id=basket_id, membership=membership)
    except IntegrityError:
        return int(BasketOwner.objects.get(membership=membership, is_open=True).pk)
    return basket_id


def lock_basket(membership: Membership) -> int:
    """Lock the membership's open basket and return its key, creating it when needed."""
    open_ones = BasketOwner.objects.select_for_update().filter(membership=membership, is_open=True)
    tie = open_ones.first()
    if tie is None:
        current_basket(membership)
        tie = open_ones.get()
    return int(tie.pk)


def is_first_time(basket_id: int, form: UUID | None) -> bool:
    """Whether the form fills the locked basket for the first time; it is remembered then.

    A second click sends the same form again. Without a form nothing is remembered.
    """
    if form is None:
        return True
    tie = BasketOwner.objects.get(pk=basket_id)
    if form in tie.filled_by:
        return False
    tie.filled_by = [*tie.filled_by, form][-REMEMBERED:]
    tie.save(update_fields=["filled_by"])
    return True


@again
def set_quantity(*, by: Membership, listing_id: int, quantity: int, now: datetime) -> None:
    """Put *quantity* of a listing into the basket; 0 removes it, orderable or not.

    Raises NotFound when the buyer is not entitled, InvalidQuantity out of range.
    """
    if quantity == 0:
        _remove(by, listing_id)
        return
    if not 0 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(f"Bitte eine Menge zwischen 0 und {MAX_QUANTITY} eingeben.")
    with transaction.atomic():
        listing = _listing(by, listing_id, now)
        set_basket_line(lock_basket(by), listing, quantity)


def _remove(by: Membership, listing_id: int) -> None:
    """Take a line out, also one that the buyer could not put in any more."""
    tie = BasketOwner.objects.filter(membership=by, is_open=True).first()
    listing = Listing.objects.filter(pk=listing_id).first()
    if tie is not None and listing is not None:
        set_basket_line(tie.pk, listing, 0)


@again
def add(
    *, by: Membership, listing_id: int, quantity: int, now: datetime, form: UUID | None = None
) -> bool:
    """Add *quantity* of a listing, or of what the award in turn offers in its place.

    The same *form* adds once; False when it had added already. Raises NotFound when the buyer
    is not entitled, InvalidQuantity out of range.
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(f"Bitte eine Menge zwischen 1 und {MAX_QUANTITY} eingeben.")
    with transaction.atomic():
        listing = in_turn(_listing(by, listing_id, now), berlin_day(now))
        basket_id = lock_basket(by)
        if not is_first_time(basket_id, form):
            return False
        held = dict(basket_quantities(basket_id)).get(listing.pk, 0)
        set_basket_line(basket_id, listing, min(held + quantity, MAX_QUANTITY))
        return True


def quantities(by: Membership) -> list[tuple[int, int]]:
    """(listing id, quantity) of the open basket."""
    tie = BasketOwner.objects.filter(membership=by, is_open=True).first()
    return basket_quantities(tie.pk) if tie is not None else []


def view(by: Membership, *, now: datetime) -> BasketView:
    """Price the basket for the buyer today, with the gates that stand before each line.

    Lines that are no longer orderable are left out of the price and named in `gone`.
    """
    day = berlin_day(now)
    held = quantities(by)
    ids = [listing_id for listing_id, _ in held]
    known = {
        row.pk: row
        for row in with_contract(entitled_listings(by.organisation_id, day).filter(pk__in=ids))
    }
    wanted = [Wanted(str(pk), pk, quantity) for pk, quantity in held if pk in known]
    allotted = allot(wanted, buyer=by.organisation, on=day, known=known.values())
    return BasketView(
        order=allotted.order,
        obstacles=obstacles(allotted.order.lines, by=by, now=now),
        gone=_gone([pk for pk in ids if pk not in known], by.organisation_id, now),
        decisions=allotted.decisions,
    )


def _gone(ids: Sequence[int], buyer_id: int, now: datetime) -> tuple[GoneLine, ...]:
    if not ids:
        return ()
    rows = with_contract(Listing.objects.filter(pk__in=ids)).select_related(
        "item__award__lot__account"
    )
    listings = {row.pk: row for row in rows}
    day = berlin_day(now)
    gates = gates_before(listings, buyer_id, day)
    successors = offered_replacements(ids, buyer_id=buyer_id, on=day)
    return tuple(
        GoneLine(
            pk,
            row.article.name,
            tuple(rule.sentence for rule in blocks(gates.get(pk, []))) or _full(row),
            successors.get(pk),
        )
        for pk, row in listings.items()
    )


def _full(listing: Listing) -> tuple[str, ...]:
    sentence = full_lot(listing)
    return (sentence,) if sentence else ()


def obstacles(
    lines: Sequence[PricedLine], *, by: Membership, now: datetime
) -> dict[str, list[GateRule]]:
    """Gates per line key, from the one pure function."""
    listings = {line.key: line.offer.listing for line in lines}
    return gates_before(listings, by.organisation_id, berlin_day(now))


def _listing(by: Membership, listing_id: int, now: datetime) -> Listing:
    rows = with_contract(entitled_listings(by.organisation_id, berlin_day(now)))
    listing = rows.filter(pk=listing_id).first()
    if listing is None:
        raise NotFound("Dieser Artikel ist für Sie nicht abrufbar.")
    return listing
