"""Keeping the full-text read model in step with what is listed."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from django.db import connection, transaction

from contracts.agreements.models import Listing
from contracts.parties.sorting import german_sort_key

from .models import SearchEntry
from .words import extra_terms

BATCH = 5000

# Sort key and extra terms are made in Python; all other texts stay in the database.
_UPSERT = """
INSERT INTO supplier_catalogue_searchentry
    (listing_id, lot_id, award_id, agreement_id, name, sort_key, manufacturer, product_group,
     supplier_name, numbers, document)
SELECT row.listing_id, row.lot_id, row.award_id, row.agreement_id, row.name, row.sort_key,
       row.manufacturer, row.product_group, row.supplier_name, row.numbers,
       setweight(to_tsvector('simple', row.numbers), 'A')
       || setweight(to_tsvector('simple', row.name), 'A')
       || setweight(to_tsvector('german', row.name), 'A')
       || setweight(to_tsvector('german', row.manufacturer || ' ' || row.product_group), 'B')
       || setweight(to_tsvector('simple', row.manufacturer || ' ' || row.extra), 'B')
       || setweight(to_tsvector('german', row.body), 'D')
  FROM (
    SELECT made.listing_id, made.sort_key, made.extra, w.lot_id, i.award_id, t.agreement_id,
           a.name, a.manufacturer, s.name AS supplier_name,
           -- the group '*' of an item stands for all groups and is no name of one
           COALESCE(NULLIF(a.product_group, ''), NULLIF(i.product_group, '*'), '')
               AS product_group,
           left(concat_ws(' ', a.supplier_aid, NULLIF(a.gtin, ''), NULLIF(a.mpn, ''), i.number),
                250) AS numbers,
           concat_ws(' ', i.title, a.description,
                     (SELECT string_agg(f.key || ' ' || f.value, ' ')
                        FROM jsonb_each_text(CASE jsonb_typeof(a.features) WHEN 'object'
                                             THEN a.features END) f)) AS body
      FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS made(listing_id, sort_key, extra)
      JOIN agreements_listing l ON l.id = made.listing_id
      JOIN agreements_article a ON a.id = l.article_id
      JOIN agreements_contractitem i ON i.id = l.item_id
      JOIN agreements_award w ON w.id = i.award_id
      JOIN agreements_lot t ON t.id = w.lot_id
      JOIN parties_organisation s ON s.id = w.supplier_id
  ) row
ON CONFLICT (listing_id) DO UPDATE SET
    lot_id = excluded.lot_id, award_id = excluded.award_id,
    agreement_id = excluded.agreement_id, name = excluded.name,
    sort_key = excluded.sort_key, manufacturer = excluded.manufacturer,
    product_group = excluded.product_group, supplier_name = excluded.supplier_name,
    numbers = excluded.numbers, document = excluded.document
"""


def reindex(listing_ids: Collection[int]) -> int:
    """Write the search rows of these listings, drop those no longer listed; count written."""
    written = 0
    keys = iter(sorted(listing_ids))
    with transaction.atomic():
        while batch := list(islice(keys, BATCH)):
            SearchEntry.objects.filter(listing_id__in=batch).exclude(
                listing__is_listed=True, listing__article__is_active=True
            ).delete()
            written += _write(batch)
    return written


def _write(listing_ids: list[int]) -> int:
    rows = (
        Listing.objects.filter(pk__in=listing_ids, is_listed=True, article__is_active=True)
        .order_by("pk")
        .values_list("pk", "article__name", "article__product_group", "item__title")
    )
    keys, sort_keys, extras = [], [], []
    for key, name, product_group, title in rows:
        keys.append(key)
        sort_keys.append(german_sort_key(name)[:255])
        extras.append(extra_terms((name, product_group, title)))
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [keys, sort_keys, extras])
    return len(keys)
