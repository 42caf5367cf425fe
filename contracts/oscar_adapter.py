"""The one place of `contracts` that knows Oscar: articles on the shelf.

A product is the article; a stockrecord is the listing of one contract item. The
stockrecord's price stays empty: the price comes from the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.text import slugify
from oscar.core.loading import get_model

from contracts.agreements.models import Article, ContractItem
from contracts.parties.models import Organisation

PRODUCT_CLASS = "Artikel"


def partner_id(supplier: Organisation) -> int:
    """Return the key of the Oscar partner that stands for *supplier*."""
    partner_model = get_model("partner", "Partner")
    partner, _ = partner_model.objects.get_or_create(
        code=supplier.code, defaults={"name": supplier.name[:128]}
    )
    return int(partner.pk)


def create_products(articles: Iterable[Article]) -> None:
    """Give each article without a product one, in bulk, and save the tie."""
    product_model = get_model("catalogue", "Product")
    class_model = get_model("catalogue", "ProductClass")
    product_class, _ = class_model.objects.get_or_create(
        slug="artikel",
        defaults={"name": PRODUCT_CLASS, "track_stock": False, "requires_shipping": True},
    )
    fresh = [article for article in articles if article.product_id is None]
    products = product_model.objects.bulk_create(
        [
            product_model(
                structure=product_model.STANDALONE,
                title=article.name,
                slug=slugify(article.name)[:200] or "artikel",
                description=article.description,
                product_class=product_class,
                is_public=True,
            )
            for article in fresh
        ],
        batch_size=2000,
    )
    for article, product in zip(fresh, products, strict=True):
        article.product_id = product.pk
    Article.objects.bulk_update(fresh, ["product"], batch_size=2000)


def shelf_number(item: ContractItem, article: Article) -> str:
    """The stockrecord's number: contract item, then the supplier's article number."""
    return f"{item.award_id}/{item.number}/{article.supplier_aid}"[:128]


def create_stockrecords(
    pairs: Sequence[tuple[ContractItem, Article]], supplier: Organisation
) -> list[int]:
    """Create one stockrecord per (item, article) of *supplier*; return their keys."""
    record_model = get_model("partner", "StockRecord")
    partner = partner_id(supplier)
    records = record_model.objects.bulk_create(
        [
            record_model(
                product_id=article.product_id,
                partner_id=partner,
                partner_sku=shelf_number(item, article),
                price_currency="EUR",
                price=None,
            )
            for item, article in pairs
        ],
        batch_size=2000,
    )
    return [int(record.pk) for record in records]
