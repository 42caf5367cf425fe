"""Keeping the full-text read model in step with what is listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction

from contracts.agreements.models import Listing
from contracts.parties.sorting import german_sort_key

from .models import SearchEntry
from .words import extra_terms

BATCH = 5000

_UPSERT = """
INSERT INTO supplier_catalogue_searchentry
    (listing_id, lot_id, agreement_id, name, sort_key, manufacturer, product_group,
     supplier_name, numbers, document)
SELECT row.listing_id, row.lot_id, row.agreement_id, row.name, row.sort_key,
       row.manufacturer, row.product_group, row.supplier_name, row.numbers,
       setweight(to_tsvector('simple', row.numbers), 'A')
       || setweight(to_tsvector('simple', row.name), 'A')
       || setweight(to_tsvector('german', row.name), 'A')
       || setweight(to_tsvector('german', row.manufacturer || ' ' || row.product_group), 'B')
       || setweight(to_tsvector('simple', row.manufacturer || ' ' || row.extra), 'B')
       || setweight(to_tsvector('german', row.body), 'D')
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
              %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS row(listing_id, lot_id, agreement_id, name, sort_key, manufacturer, product_group,
           supplier_name, numbers, extra, body)
ON CONFLICT (listing_id) DO UPDATE SET
    lot_id = excluded.lot_id, agreement_id = excluded.agreement_id, name = excluded.name,
    sort_key = excluded.sort_key, manufacturer = excluded.manufacturer,
    product_group = excluded.product_group, supplier_name = excluded.supplier_name,
    numbers = excluded.numbers, document = excluded.document
"""


def reindex(listing_ids: Collection[int]) -> int:
    """Write the search rows of these listings, drop those no longer listed; count written."""
    written = 0
    with transaction.atomic():
        SearchEntry.objects.filter(listing_id__in=listing_ids).exclude(
            listing__is_listed=True, listing__article__is_active=True
        ).delete()
        rows = (
            Listing.objects.filter(pk__in=listing_ids, is_listed=True, article__is_active=True)
            .select_related("article", "item__award__supplier", "item__award__lot")
            .order_by("pk")
            .iterator(chunk_size=BATCH)
        )
        while batch := list(islice(rows, BATCH)):
            _write(batch)
            written += len(batch)
    return written


def _write(batch: Sequence[Listing]) -> None:
    columns = zip(*(_row(listing) for listing in batch), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [list(column) for column in columns])


def _row(listing: Listing) -> tuple[object, ...]:
    article, item = listing.article, listing.item
    lot = item.award.lot
    features = " ".join(_feature_texts(article.features))
    return (
        listing.pk,
        lot.pk,
        lot.agreement_id,
        article.name,
        german_sort_key(article.name)[:255],
        article.manufacturer,
        article.product_group or item.product_group,
        item.award.supplier.name,
        " ".join(
            number
            for number in (article.supplier_aid, article.gtin, article.mpn, item.number)
            if number
        )[:250],
        extra_terms((article.name, article.product_group, item.title)),
        f"{item.title} {article.description} {features}",
    )


def _feature_texts(features: object) -> Iterator[str]:
    if isinstance(features, dict):
        for name, value in features.items():
            yield f"{name} {value}"
