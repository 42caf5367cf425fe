"""Searching the shelf: entitled first, then counted, faceted and priced, one page at a time.

The number of queries is constant whatever the page holds. Counts stop at
`COUNT_CAP` ("more than 1,000") and facets look at no more than `FACET_HITS` hits,
because exact ones cost far more than they tell (docs/search.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, QuerySet

from contracts.agreements.allocation.reading import hidden_award_ids
from contracts.agreements.entitlement import entitled_listings, entitled_lot_ids
from contracts.agreements.facts.shapes import Offer
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.models import Listing
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.catalogue.models import SearchEntry

COUNT_CAP = 1000
FACET_HITS = 5000
RANKED_HITS = 5000
_TOKEN = re.compile(r"\w+")
_FACETS = ("product_group", "manufacturer", "supplier_name", "agreement_id", "lot_id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked: free text and chosen facet values (empty means all)."""

    text: str = ""
    product_groups: tuple[str, ...] = ()
    manufacturers: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    agreements: tuple[int, ...] = ()
    lots: tuple[int, ...] = ()
    sort: str = "relevance"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to narrow by, with how many hits it has (within the facet limit)."""

    value: str
    label: str
    count: int
    active: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A dimension of the result; `parameter` is the name in the address."""

    parameter: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits with their offers for the day."""

    listings: list[Listing]
    offers: dict[int, Offer]
    count: int
    capped: bool
    page: int
    pages: int
    facets: list[Facet] = field(default_factory=list)


def search(
    *, buyer_id: int, on: date, filters: Filters, page: int = 1, per_page: int = 24
) -> SearchPage:
    """Return one page of what the buyer may order on the day."""
    lots = dict(entitled_lot_ids(buyer_id, on).values_list("pk", "allocation"))
    contested = [pk for pk, rule in lots.items() if rule != AllocationRule.SINGLE]
    hidden = hidden_award_ids(contested, on) if contested else []
    if not lots:
        return SearchPage(
            [], {}, count=0, capped=False, page=1, pages=1, facets=_facets({}, filters)
        )
    hits = _hits(list(lots), hidden, filters)
    found = _found(hits, filters, page=max(page, 1), per_page=per_page)
    pages = max(1, -(-min(found.count, COUNT_CAP) // per_page))
    rows = {
        row.pk: row
        for row in with_contract(
            Listing.objects.filter(pk__in=found.keys, is_listed=True, article__is_active=True)
        )
    }
    listings = [rows[key] for key in found.keys if key in rows]
    return SearchPage(
        listings=listings,
        offers=offers(listings, on),
        count=min(found.count, COUNT_CAP),
        capped=found.count > COUNT_CAP,
        page=min(max(page, 1), pages),
        pages=pages,
        facets=_facets(found.facets, filters),
    )


def exact_listing(*, buyer_id: int, on: date, text: str) -> int | None:
    """The one listing that carries *text* as article number, GTIN or maker's number.

    Where several awards of a lot offer it, the one in turn; who knows the number of
    another supplier's article is led there, to read whose turn it is.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return None
    rows = entitled_listings(buyer_id, on).filter(
        search_entry__document=SearchQuery(wanted, config="simple", search_type="phrase")
    )
    found = {
        key: (lot, award)
        for key, lot, award, *numbers in rows.values_list(
            "pk",
            "item__award__lot_id",
            "item__award_id",
            "article__supplier_aid",
            "article__gtin",
            "article__mpn",
        )[:50]
        if wanted in (number.casefold() for number in numbers)
    }
    if len(found) > 1:
        hidden = hidden_award_ids({lot for lot, _ in found.values()}, on)
        found = {key: place for key, place in found.items() if place[1] not in hidden}
    return next(iter(found)) if len(found) == 1 else None


def _hits(
    lot_ids: Sequence[int], hidden: Collection[int], filters: Filters
) -> QuerySet[SearchEntry]:
    """Of lots with several awards only the articles of the one in turn."""
    rows = SearchEntry.objects.filter(lot_id__in=lot_ids)
    if hidden:
        rows = rows.exclude(award_id__in=hidden)
    chosen = {
        "product_group__in": filters.product_groups,
        "manufacturer__in": filters.manufacturers,
        "supplier_name__in": filters.suppliers,
        "agreement_id__in": filters.agreements,
        "lot_id__in": filters.lots,
    }
    for lookup, values in chosen.items():
        if values:
            rows = rows.filter(**{lookup: values})
    query = _query(filters.text)
    return rows.filter(document=query) if query is not None else rows


def _query(text: str, *, beginnings: bool = True) -> SearchQuery | None:
    """All words must match: by German stem, or as the beginning of a plain word.

    Without *beginnings* only whole words count: they rank a notebook above its bag.
    """
    query: SearchQuery | None = None
    for token in _TOKEN.findall(text.lower())[:10]:
        word = SearchQuery(token, config="german")
        if beginnings:
            word = word | SearchQuery(f"{token}:*", config="simple", search_type="raw")
        query = word if query is None else query & word
    return query


def _sorted(hits: QuerySet[SearchEntry], filters: Filters) -> QuerySet[SearchEntry]:
    query = _query(filters.text)
    whole = _query(filters.text, beginnings=False)
    if query is None or whole is None or filters.sort == "name":
        return hits.order_by("sort_key", "pk")
    if hits.order_by()[: RANKED_HITS + 1].count() > RANKED_HITS:
        return hits.order_by("sort_key", "pk")
    return hits.annotate(
        whole=SearchRank(F("document"), whole), rank=SearchRank(F("document"), query)
    ).order_by("-whole", "-rank", "sort_key", "pk")


@dataclass(frozen=True, slots=True)
class _Found:
    """`count` and `facets` ((value, label, count) by column) of at most `FACET_HITS` hits."""

    count: int
    facets: dict[str, list[tuple[str, str, int]]]
    keys: list[int]


# The hits are counted by each column alone, and by none: the last is their number, by which
# a page behind the last becomes the last. Keys come as rows of their own, in their order.
_FOUND = """
WITH hits AS MATERIALIZED ({hits}),
counted AS MATERIALIZED (
    SELECT {columns}, grouping({columns}) AS missing, count(*) AS number
      FROM hits
     GROUP BY GROUPING SETS ((), {sets})),
page AS (
    {sorted}
     LIMIT %s
    OFFSET (SELECT least(%s, greatest(least(number, %s) - 1, 0) / %s) * %s
              FROM counted WHERE missing = {none}))
SELECT missing, coalesce(product_group, manufacturer, supplier_name, counted.agreement_id::text,
                         counted.lot_id::text, ''),
       coalesce(agreement.title, lots.number || ' Los ' || lot.number || ': ' || lot.title, ''),
       counted.number
  FROM counted
  LEFT JOIN agreements_frameworkagreement agreement ON agreement.id = counted.agreement_id
  LEFT JOIN agreements_lot lot ON lot.id = counted.lot_id
  LEFT JOIN agreements_frameworkagreement lots ON lots.id = lot.agreement_id
UNION ALL
SELECT -1, pk::text, '', -row_number() OVER () FROM page
 ORDER BY 4 DESC, 3, 2"""


def _found(hits: QuerySet[SearchEntry], filters: Filters, *, page: int, per_page: int) -> _Found:
    """Count, facets and the keys of the page in one query: each alone costs a round trip."""
    inner, values = hits.order_by().values(*_FACETS)[:FACET_HITS].query.sql_with_params()
    keys, more = _sorted(hits, filters).values("pk").query.sql_with_params()
    statement = _FOUND.format(
        hits=inner,
        sorted=keys,
        columns=", ".join(_FACETS),
        sets=", ".join(f"({name})" for name in _FACETS),
        none=2 ** len(_FACETS) - 1,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement, (*values, *more, per_page, page - 1, COUNT_CAP, per_page, per_page)
        )
        rows = cursor.fetchall()
    by_mask = {2 ** len(_FACETS) - 1 - 2**place: name for place, name in enumerate(_FACETS[::-1])}
    facets: dict[str, list[tuple[str, str, int]]] = {name: [] for name in _FACETS}
    for mask, value, label, count in rows:
        if mask in by_mask and value:
            facets[by_mask[mask]].append((value, label or value, count))
    return _Found(
        count=next(count for mask, _, _, count in rows if mask == 2 ** len(_FACETS) - 1),
        facets=facets,
        keys=[int(value) for mask, value, _, _ in rows if mask == -1],
    )


def _facets(found: dict[str, list[tuple[str, str, int]]], filters: Filters) -> list[Facet]:
    heads: list[tuple[str, str, str, tuple[object, ...]]] = [
        ("product_group", "gruppe", "Warengruppe", filters.product_groups),
        ("manufacturer", "hersteller", "Hersteller", filters.manufacturers),
        ("supplier_name", "lieferant", "Lieferant", filters.suppliers),
        ("agreement_id", "vereinbarung", "Rahmenvereinbarung", filters.agreements),
        ("lot_id", "los", "Los", filters.lots),
    ]
    return [
        Facet(
            parameter=parameter,
            label=label,
            values=tuple(
                FacetValue(
                    value=value,
                    label=shown,
                    count=count,
                    active=value in {str(choice) for choice in active},
                )
                for value, shown, count in found.get(column, [])[:20]
            ),
        )
        for column, parameter, label, active in heads
    ]
