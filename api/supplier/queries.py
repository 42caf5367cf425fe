"""What a supplier's program may read: the rows of its own organisation."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from contracts.agreements.models import Article, Listing
from contracts.parties.models import Membership
from orders.models import CallOff


def articles(by: Membership) -> QuerySet[Article]:
    """The supplier's articles with where they are listed: two queries for any number."""
    listings = Listing.objects.select_related("item__award__lot__agreement").order_by("pk")
    return Article.objects.filter(supplier_id=by.organisation_id).prefetch_related(
        Prefetch("listings", listings)
    )


def call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs issued to the supplier, with what their heads show: one query."""
    return CallOff.objects.filter(supplier_id=by.organisation_id).select_related(
        "authority", "school", "lot__agreement", "award", "terms"
    )
