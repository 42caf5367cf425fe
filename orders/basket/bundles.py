"""Putting an equipment bundle into the basket in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from contracts.agreements.gates.bundles import bundle_listings, own_bundles
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import InvalidQuantity
from contracts.retrying import again
from orders.basket.baskets import MAX_QUANTITY, is_first_time, lock_basket
from orders.errors import NotFound
from orders.oscar_adapter import basket_quantities, set_basket_line

MAX_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class BundleOutcome:
    """What went into the basket, as (article, quantity), and what did not, with the reason."""

    title: str
    added: tuple[tuple[str, int], ...]
    missing: tuple[tuple[str, str], ...]
    is_repeated: bool = False


@again
def put_bundle(
    *, bundle_id: int, times: int, by: Membership, now: datetime, form: UUID | None = None
) -> BundleOutcome:
    """Add the bundle *times* over to the basket; what can't be ordered today is reported.

    The same *form* adds once, however often it is sent. Raises NotFound for a foreign or
    retired bundle, InvalidQuantity out of range.
    """
    if not 1 <= times <= MAX_TIMES:
        raise InvalidQuantity(f"Bitte eine Anzahl zwischen 1 und {MAX_TIMES} eingeben.")
    bundle = own_bundles(by).filter(pk=bundle_id).first()
    if bundle is None:
        raise NotFound("Dieses Paket gibt es bei Ihrer Organisation nicht (mehr).")
    choices = bundle_listings([bundle], by.organisation_id, berlin_day(now))[bundle.pk]
    added = []
    with transaction.atomic():
        basket_id = lock_basket(by)
        if not is_first_time(basket_id, form):
            return BundleOutcome(bundle.title, (), (), is_repeated=True)
        held = dict(basket_quantities(basket_id))
        for choice in choices:
            listing = choice.listing
            if listing is None:
                continue
            more = choice.line.quantity * times
            quantity = min(held.get(listing.pk, 0) + more, MAX_QUANTITY)
            set_basket_line(basket_id, listing, quantity)
            added.append((listing.article.name, more))
    missing = tuple((row.line.item.title, row.reason) for row in choices if row.listing is None)
    return BundleOutcome(bundle.title, tuple(added), missing)
