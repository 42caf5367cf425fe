"""Articles on the shelf: the rows of the price sheets, and a supplier's whole catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, ContractItem, Listing, ListPriceVersion
from contracts.catalogue.indexing import reindex
from contracts.parties.models import Membership, Organisation

from .agreements import Shelf
from .days import start_of
from .families import Model, gtin, models
from .parties import SIGNS

LISTED_SERIES = 1
FIRST_LOAD_SERIES = 3
LOAD_SERIES_PER_SCALE = 2


def fill_shelves(shelves: Sequence[Shelf]) -> None:
    """Make the articles of the price sheets and list them on their agreement's first day."""
    pairs: dict[Organisation, list[tuple[ContractItem, Article]]] = defaultdict(list)
    for number, shelf in enumerate(shelves, start=1):
        supplier = shelf.item.award.supplier
        pairs[supplier] += [(shelf.item, article) for article in _variants(shelf, number)]
    Article.objects.bulk_create(article for rows in pairs.values() for _, article in rows)
    for supplier, rows in pairs.items():
        first = rows[0][0].award.awarded_on
        _list(rows, supplier, start_of(first))


def fill_catalogue(item: ContractItem, series: Iterable[int], *, by: Membership) -> int:
    """List the series of the supplier's catalogue under its discount item; return how many.

    Series that are there already are left alone.
    """
    supplier = item.award.supplier
    known = set(
        Article.objects.filter(supplier=supplier, supplier_aid__contains="NB-001").values_list(
            "supplier_aid", flat=True
        )
    )
    start = item.award.awarded_on
    added = 0
    for number in series:
        rows = list(models(number))
        if rows[0].aid in known:
            continue
        articles = Article.objects.bulk_create(
            _article(row, supplier, start_of(start)) for row in rows
        )
        ListPriceVersion.objects.bulk_create(
            _list_price(item, article, row, start, by)
            for article, row in zip(articles, rows, strict=True)
        )
        _list([(item, article) for article in articles], supplier, start_of(start))
        added += len(articles)
    return added


def load_series(scale: int) -> range:
    """The series that make the shelf about `scale` times as large (300 articles a step)."""
    return range(FIRST_LOAD_SERIES, FIRST_LOAD_SERIES + LOAD_SERIES_PER_SCALE * (scale - 1))


def picture(kind: str) -> str:
    """The static path of our own drawing of this kind of article."""
    return f"frontend/artikel/{kind}.svg"


def _list(
    pairs: Sequence[tuple[ContractItem, Article]], supplier: Organisation, now: datetime
) -> list[Listing]:
    listings = list_articles(pairs, supplier=supplier, now=now)
    reindex([listing.pk for listing in listings])
    return listings


def _variants(shelf: Shelf, number: int) -> list[Article]:
    item, row = shelf.item, shelf.row
    sign = SIGNS[item.award.supplier.code]
    company = 10 + list(SIGNS).index(item.award.supplier.code)
    code = item.number.replace(".", "")
    return [
        Article(
            supplier=item.award.supplier,
            supplier_aid=f"{sign}-{number:02d}{code}-{place:02d}",
            name=name,
            description=row.text,
            manufacturer=row.maker,
            mpn=f"{row.maker[:3].upper()}-{code}{place:02d}",
            gtin=gtin(company, number * 1000 + place),
            product_group=row.group,
            features=features,
            delivery_days=row.days,
            image=picture(row.image),
            updated_at=start_of(item.award.awarded_on),
        )
        for place, (name, features) in enumerate(row.variants(), start=1)
    ]


def _article(row: Model, supplier: Organisation, now: datetime) -> Article:
    return Article(
        supplier=supplier,
        supplier_aid=row.aid,
        name=row.name,
        description=row.text,
        manufacturer=row.maker,
        mpn=row.mpn,
        gtin=row.gtin,
        product_group=row.group,
        features=dict(row.features),
        delivery_days=row.days,
        image=picture(row.image),
        updated_at=now,
    )


def _list_price(
    item: ContractItem, article: Article, row: Model, valid_from: date, by: Membership
) -> ListPriceVersion:
    return ListPriceVersion(
        article=article,
        item=item,
        amount=row.list_price,
        valid=DateRange(valid_from, None),
        evidence="Listenpreise zum Angebot",
        approved_by=by,
        created_at=start_of(valid_from),
    )
