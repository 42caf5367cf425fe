"""The Bedarfskorb: one open basket per membership."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts.agreements.allocation.allotment import Selection
from contracts.agreements.allocation.successors import offered_replacements
from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.gates.judging import GateRule, before, blocks
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import PricedOrder, Wanted
from contracts.agreements.prices.quotes import with_contract
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.pricing import InvalidQuantity
from contracts.retrying import again
from contracts.sql import fetch
from orders.allotting.allotments import in_turn
from orders.allotting.asking import ask, full_lot
from orders.allotting.facts import OrderFacts
from orders.allotting.line_rules import Advice
from orders.allotting.moments import Moment
from orders.allotting.reading import read_accessories, read_order
from orders.errors import NotFound
from orders.models import BasketOwner
from orders.models.basket import FilledOnce
from orders.oscar_adapter import (
    basket_quantities,
    close_basket,
    create_basket,
    quantities_of,
    set_basket_line,
)

MAX_QUANTITY = 1_000_000
REMEMBERED = 50
"""So many forms back a basket or list knows what has filled it: a second click comes at once."""


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
    decisions: tuple[Selection, ...]
    advice: Advice


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
    """Whether the form fills the locked basket for the first time; see `is_new_to`."""
    return form is None or is_new_to(BasketOwner.objects.get(pk=basket_id), form)


def is_new_to(filled: FilledOnce, form: UUID | None) -> bool:
    """Whether the form fills the locked row for the first time; it is remembered then.

    A second click sends the same form again. Without a form nothing is remembered.
    """
    if form is None:
        return True
    if form in filled.filled_by:
        return False
    filled.filled_by = [*filled.filled_by, form][-REMEMBERED:]
    filled.save(update_fields=["filled_by"])
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
        listing = _in_turn(_listing(by, listing_id, now), now)
        basket_id = lock_basket(by)
        if not is_first_time(basket_id, form):
            return False
        held = dict(basket_quantities(basket_id)).get(listing.pk, 0)
        set_basket_line(basket_id, listing, min(held + quantity, MAX_QUANTITY))
        return True


def _in_turn(listing: Listing, now: datetime) -> Listing:
    """What the award in turn offers in place of a listing, or the listing itself."""
    if listing.item.award.lot.allocation == AllocationRule.SINGLE:
        return listing
    buyer_id = 0  # whose turn it is does not depend on who asks
    facts = read_order([listing.pk], buyer_id=buyer_id, on=berlin_day(now))
    other = in_turn(facts.shelf.listings[listing.pk], facts)
    if other.pk == listing.pk:
        return listing
    return with_contract(Listing.objects.filter(pk=other.pk)).get()


_LOCK_VALID = """
SELECT owner.basket_id
  FROM orders_basketowner owner
  JOIN parties_membership member ON member.id = owner.membership_id
  JOIN parties_organisation organisation ON organisation.id = member.organisation_id
  JOIN parties_user person ON person.id = member.user_id
 WHERE owner.membership_id = %(member)s AND owner.is_open
   AND organisation.is_active AND person.is_active AND member.valid_from <= %(on)s
   AND (member.valid_to IS NULL OR member.valid_to >= %(on)s)
   FOR UPDATE OF owner"""


def wanted_of_basket(
    by: Membership, roles: Collection[str], now: datetime
) -> tuple[int, list[Wanted]]:
    """The membership's open basket, locked, and its lines to be priced.

    Asks in the same statement whether the membership is in force; raises NotAllowed.
    """
    rows = fetch(_LOCK_VALID, {"member": by.pk, "on": berlin_day(now)}) if by.role in roles else []
    if rows:
        basket_id = int(rows[0][0])
    else:
        require_role(by, roles, now)
        basket_id = lock_basket(by)
    held = basket_quantities(basket_id)
    return basket_id, [Wanted(str(listing), listing, quantity) for listing, quantity in held]


def close(basket_id: int, now: datetime) -> None:
    """The basket has become a requisition; the next one starts empty."""
    close_basket(basket_id, now)


def quantities(by: Membership) -> list[tuple[int, int]]:
    """(listing id, quantity) of the open basket."""
    return quantities_of(
        BasketOwner.objects.filter(membership=by, is_open=True).values_list("pk", flat=True)
    )


def view(by: Membership, *, now: datetime) -> BasketView:
    """Price the basket for the buyer today, with the gates that stand before each line.

    Lines that are no longer orderable are left out of the price and named in `gone`.
    """
    held = quantities(by)
    facts = read_order([pk for pk, _ in held], buyer_id=by.organisation_id, on=berlin_day(now))
    reach = facts.shelf.reach
    known = {pk for pk, _ in held if pk in reach and reach[pk].is_open}
    wanted = [Wanted(str(pk), pk, quantity) for pk, quantity in held if pk in known]
    answer = ask(Moment.ESTIMATE, wanted, facts)
    listings = {line.key: line.offer.listing for line in answer.order.lines}
    return BasketView(
        order=answer.order,
        obstacles=before(listings, facts.rules, buyer_id=facts.buyer_id, on=facts.on),
        gone=_gone([pk for pk, _ in held if pk not in known], facts),
        decisions=answer.allotment.decisions,
        advice=Advice(answer.unmet, answer.gaps, read_accessories(answer.order)),
    )


def _gone(ids: Sequence[int], facts: OrderFacts) -> tuple[GoneLine, ...]:
    listings = {pk: facts.shelf.listings[pk] for pk in ids if pk in facts.shelf.listings}
    if not listings:
        return ()
    gates = before(listings, facts.rules, buyer_id=facts.buyer_id, on=facts.on)
    successors = offered_replacements(list(listings), buyer_id=facts.buyer_id, on=facts.on)
    return tuple(
        GoneLine(
            pk,
            row.article.name,
            tuple(rule.sentence for rule in blocks(gates.get(pk, []))) or _full(row, facts),
            successors.get(pk),
        )
        for pk, row in listings.items()
    )


def _full(listing: ListingFacts, facts: OrderFacts) -> tuple[str, ...]:
    return (full_lot(listing),) if facts.shelf.reach[listing.pk].is_full else ()


def _listing(by: Membership, listing_id: int, now: datetime) -> Listing:
    rows = with_contract(entitled_listings(by.organisation_id, berlin_day(now)))
    listing = rows.filter(pk=listing_id).first()
    if listing is None:
        raise NotFound("Dieser Artikel ist für Sie nicht abrufbar.")
    return listing
