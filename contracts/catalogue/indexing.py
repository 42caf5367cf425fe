"""Keeping the full-text read model in step with what is listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

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


_FACTS = (
    "pk",
    "item__award__lot_id",
    "item__award__lot__agreement_id",
    "item__award__supplier__name",
    "item__number",
    "item__title",
    "item__product_group",
    "article__name",
    "article__description",
    "article__manufacturer",
    "article__product_group",
    "article__supplier_aid",
    "article__gtin",
    "article__mpn",
    "article__features",
)


def reindex(listing_ids: Collection[int]) -> int:
    """Write the search rows of these listings, drop those no longer listed; count written."""
    written = 0
    keys = iter(sorted(listing_ids))
    with transaction.atomic():
        while batch := list(islice(keys, BATCH)):
            SearchEntry.objects.filter(listing_id__in=batch).exclude(
                listing__is_listed=True, listing__article__is_active=True
            ).delete()
            listed = Listing.objects.filter(
                pk__in=batch, is_listed=True, article__is_active=True
            ).order_by("pk")
            # named tuples, not objects: six joined models a row took longer than the index
            rows = list(listed.values_list(*_FACTS, named=True))
            if rows:
                _write(rows)
            written += len(rows)
    return written


def _write(batch: Sequence[Any]) -> None:
    columns = zip(*(_row(facts) for facts in batch), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [list(column) for column in columns])


def _row(facts: Any) -> tuple[object, ...]:
    features = " ".join(_feature_texts(facts.article__features))
    return (
        facts.pk,
        facts.item__award__lot_id,
        facts.item__award__lot__agreement_id,
        facts.article__name,
        german_sort_key(facts.article__name)[:255],
        facts.article__manufacturer,
        facts.article__product_group or facts.item__product_group.replace("*", ""),
        facts.item__award__supplier__name,
        " ".join(
            number
            for number in (
                facts.article__supplier_aid,
                facts.article__gtin,
                facts.article__mpn,
                facts.item__number,
            )
            if number
        )[:250],
        extra_terms((facts.article__name, facts.article__product_group, facts.item__title)),
        f"{facts.item__title} {facts.article__description} {features}",
    )


def _feature_texts(features: object) -> Iterator[str]:
    if isinstance(features, dict):
        for name, value in features.items():
            yield f"{name} {value}"
