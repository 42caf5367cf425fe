"""Which listing stands in place of one that was replaced."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.models import Listing

# UNION drops what was met before, so that even a loop would end.
_ENDS = """
WITH RECURSIVE chain (origin, id) AS (
  SELECT id, successor_id FROM agreements_listing
   WHERE id = ANY(%s::bigint[]) AND successor_id IS NOT NULL
  UNION
  SELECT chain.origin, listing.successor_id
    FROM chain JOIN agreements_listing listing ON listing.id = chain.id
   WHERE listing.successor_id IS NOT NULL
)
SELECT chain.origin, chain.id
  FROM chain JOIN agreements_listing listing ON listing.id = chain.id
 WHERE listing.successor_id IS NULL
"""


def replacements(listing_ids: Collection[int]) -> dict[int, Listing]:
    """The listing at the end of the chain of successors, by the id that was replaced.

    Listings that were not replaced are left out. Two queries, whatever the number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [list(listing_ids)])
        ends = {int(origin): int(end) for origin, end in cursor.fetchall()}
    if not ends:
        return {}
    found = Listing.objects.select_related("article").in_bulk(set(ends.values()))
    return {origin: found[end] for origin, end in ends.items()}


def offered_replacements(
    listing_ids: Collection[int], *, buyer_id: int, on: date
) -> dict[int, Listing]:
    """The replacements that the buyer may call off on the day; the others stay unnamed."""
    found = replacements(listing_ids)
    if not found:
        return {}
    offered = entitled_listings(buyer_id, on).filter(pk__in={row.pk for row in found.values()})
    keys = set(offered.values_list("pk", flat=True))
    return {origin: row for origin, row in found.items() if row.pk in keys}
