"""Prices that the ordering side leads to: of listings within reach, and of ordered lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.agreements.models import Listing
from contracts.agreements.prices.history import readable_listings
from contracts.agreements.prices.reasons import Asked, PriceReason, price_reasons
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.call_offs.reading import visible_call_offs
from orders.models import CallOff, CallOffLine


def listings_with_prices(by: Membership, on: date) -> QuerySet[Listing]:
    """Listings whose prices the actor may read, those of its earlier orders included."""
    ordered = CallOffLine.objects.filter(listing=OuterRef("pk"), call_off__in=visible_call_offs(by))
    return Listing.objects.filter(
        Q(pk__in=readable_listings(by, on).values("pk")) | Exists(ordered)
    )


def reasons_of_lines(
    call_off: CallOff, lines: Iterable[CallOffLine], *, by: Membership, on: date
) -> dict[int, PriceReason]:
    """Why each line of a call-off costs what it does, by line; `on` is the day of reading."""
    issued_on = berlin_day(call_off.issued_at)
    return price_reasons(
        [
            Asked(
                key=line.pk,
                version_id=line.price_version_id,
                list_price_id=line.list_price_id,
                base=line.tier_base or line.quantity,
                on=issued_on,
                terms_id=call_off.terms_id,
            )
            for line in lines
        ],
        by=by,
        on=on,
    )
