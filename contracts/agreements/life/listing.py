"""Putting articles on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from contracts.agreements.models import Article, ContractItem, Listing
from contracts.oscar_adapter import create_products, create_stockrecords
from contracts.parties.models import Organisation
from contracts.retrying import again


def list_articles(
    pairs: Sequence[tuple[ContractItem, Article]], *, supplier: Organisation, now: datetime
) -> list[Listing]:
    """Create the listings of (item, article) pairs of one supplier, in bulk.

    Pairs that are listed already are skipped, so a second call is harmless.
    """
    created = list_pairs(
        [(item.pk, article.pk) for item, article in pairs], supplier=supplier, now=now
    )
    listings = list(Listing.objects.filter(pk__in=created).order_by("pk"))
    products = dict(
        Article.objects.filter(pk__in=[article.pk for _, article in pairs]).values_list(
            "pk", "product_id"
        )
    )
    known = {(item.pk, article.pk): (item, article) for item, article in pairs}
    for listing in listings:
        listing.item, listing.article = known[listing.item_id, listing.article_id]
        listing.article.product_id = products[listing.article_id]
    return listings


@again
def list_pairs(
    pairs: Sequence[tuple[int, int]], *, supplier: Organisation, now: datetime
) -> list[int]:
    """Create the listings of (item, article) keys; return their keys in the same order.

    The set-based core of `list_articles`: a constant number of statements whatever the
    number of pairs. Pairs that are listed already are skipped.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNLISTED, _columns(pairs, 2))
        fresh = [(int(item), int(article)) for item, article in cursor.fetchall()]
        if not fresh:
            return []
        create_products([article for _, article in fresh], now=now)
        stockrecords = create_stockrecords(fresh, supplier, now=now)
        rows = [(*pair, key) for pair, key in zip(fresh, stockrecords, strict=True)]
        cursor.execute(_LIST, [now, *_columns(rows, 3)])
        return [int(row[0]) for row in cursor.fetchall()]


_UNLISTED = """
SELECT p.item_id, p.article_id
  FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS p(item_id, article_id, position)
 WHERE NOT EXISTS (SELECT 1 FROM agreements_listing l
                    WHERE l.article_id = p.article_id AND l.item_id = p.item_id)
 GROUP BY p.item_id, p.article_id
 ORDER BY min(p.position)
"""

_LIST = """
INSERT INTO agreements_listing (item_id, article_id, stockrecord_id, is_listed, listed_at)
SELECT p.item_id, p.article_id, p.stockrecord_id, true, %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
       WITH ORDINALITY AS p(item_id, article_id, stockrecord_id, position)
 ORDER BY p.position
RETURNING id
"""


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> list[list[int]]:
    """Rows as one array per column, for unnest."""
    return [[row[index] for row in rows] for index in range(width)]
