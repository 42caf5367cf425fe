"""The one place of `contracts` that knows Oscar: articles on the shelf.

A product is the article; a stockrecord is the listing of one contract item. The
stockrecord's price stays empty: the price comes from the contract.

Rows are written by INSERT ... SELECT: a catalogue of 100,000 articles takes seconds,
where Oscar's own importers take minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from oscar.core.loading import get_model

from contracts.parties.models import Organisation

PRODUCT_CLASS = "Artikel"

# No page of Oscar's is served, so no address is made of the name.
_SLUG = "artikel"

_CREATE_PRODUCTS = """
WITH keys AS MATERIALIZED (
    SELECT pg_get_serial_sequence('catalogue_product', 'id')::regclass AS name
), fresh AS MATERIALIZED (
    SELECT a.id AS article_id, nextval(keys.name) AS product_id
      FROM agreements_article a
      JOIN unnest(%(articles)s::bigint[]) AS wanted(id) ON wanted.id = a.id
     CROSS JOIN keys
     WHERE a.product_id IS NULL
     ORDER BY a.id
), written AS (
    INSERT INTO catalogue_product
        (id, structure, is_public, title, slug, description, priority, product_class_id,
         date_created, date_updated, is_discountable)
    SELECT fresh.product_id, 'standalone', true, a.name, %(slug)s, a.description, 0,
           %(product_class)s, %(now)s, %(now)s, true
      FROM fresh JOIN agreements_article a ON a.id = fresh.article_id
)
UPDATE agreements_article a SET product_id = fresh.product_id
  FROM fresh WHERE a.id = fresh.article_id
"""

_RENAME_PRODUCTS = """
UPDATE catalogue_product p
   SET title = a.name, description = a.description, date_updated = %(now)s
  FROM agreements_article a
  JOIN unnest(%(articles)s::bigint[]) AS wanted(id) ON wanted.id = a.id
 WHERE p.id = a.product_id
"""

# The number on the shelf: award and contract item, then the supplier's article number.
_CREATE_STOCKRECORDS = """
WITH keys AS MATERIALIZED (
    SELECT pg_get_serial_sequence('partner_stockrecord', 'id')::regclass AS name
), pair AS MATERIALIZED (
    SELECT p.item_id, p.article_id, p.position, nextval(keys.name) AS id
      FROM unnest(%(items)s::bigint[], %(articles)s::bigint[])
           WITH ORDINALITY AS p(item_id, article_id, position) CROSS JOIN keys
), written AS (
    INSERT INTO partner_stockrecord
        (id, product_id, partner_id, partner_sku, price_currency, date_created, date_updated)
    SELECT pair.id, a.product_id, %(partner)s,
           left(i.award_id || '/' || i.number || '/' || a.supplier_aid, 128),
           'EUR', %(now)s, %(now)s
      FROM pair
      JOIN agreements_article a ON a.id = pair.article_id
      JOIN agreements_contractitem i ON i.id = pair.item_id
)
SELECT id FROM pair ORDER BY position
"""


def partner_id(supplier: Organisation) -> int:
    """Return the key of the Oscar partner that stands for *supplier*."""
    partner_model = get_model("partner", "Partner")
    partner, _ = partner_model.objects.get_or_create(
        code=supplier.code, defaults={"name": supplier.name[:128]}
    )
    return int(partner.pk)


def create_products(article_ids: Sequence[int], *, now: datetime) -> None:
    """Give each of the articles that has no product one, and save the tie."""
    class_model = get_model("catalogue", "ProductClass")
    product_class, _ = class_model.objects.get_or_create(
        slug="artikel",
        defaults={"name": PRODUCT_CLASS, "track_stock": False, "requires_shipping": True},
    )
    values = {
        "articles": list(article_ids),
        "product_class": product_class.pk,
        "slug": _SLUG,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_PRODUCTS, values)


def rename_products(article_ids: Sequence[int], *, now: datetime) -> None:
    """Carry name and description of the articles over to their products."""
    with connection.cursor() as cursor:
        cursor.execute(_RENAME_PRODUCTS, {"articles": list(article_ids), "now": now})


def create_stockrecords(
    pairs: Sequence[tuple[int, int]], supplier: Organisation, *, now: datetime
) -> list[int]:
    """Create one stockrecord per (item, article) key; return their keys in that order.

    Every article has its product already.
    """
    values: dict[str, list[int] | int | datetime] = {
        "items": [item for item, _ in pairs],
        "articles": [article for _, article in pairs],
        "partner": partner_id(supplier),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_STOCKRECORDS, values)
        return [int(row[0]) for row in cursor.fetchall()]
