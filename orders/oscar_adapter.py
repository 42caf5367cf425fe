"""The one place of `orders` that knows Oscar: basket rows and the issued document.

Oscar's order rows are the rounded document of a call-off (two decimals); ours are the
truth (four decimals, price basis, lot, award). They are written in bulk, without
Oscar's OrderCreator, baskets or signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from oscar.core.loading import get_model

from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.models import Listing
from contracts.bulk import insert
from contracts.sql import fetch


def create_basket() -> int:
    """Create an open Oscar basket without an owner, so that nothing merges it."""
    basket_model = get_model("basket", "Basket")
    return int(basket_model.objects.create().pk)


def basket_quantities(basket_id: int) -> list[tuple[int, int]]:
    """(listing id, quantity) of each line, in the order added."""
    return _quantities(basket_id=basket_id)


def quantities_of(baskets: QuerySet[Any, int]) -> list[tuple[int, int]]:
    """The same of the baskets with these keys, which are read in the same query."""
    return _quantities(basket_id__in=baskets)


def _quantities(**condition: Any) -> list[tuple[int, int]]:
    line_model = get_model("basket", "Line")
    rows = (
        line_model.objects.filter(**condition)
        .order_by("pk")
        .values_list("stockrecord__listing__pk", "quantity")
    )
    return [(int(listing), int(quantity)) for listing, quantity in rows]


def set_basket_line(basket_id: int, listing: Listing, quantity: int) -> None:
    """Set the quantity of a listing in the basket; zero removes the line."""
    line_model = get_model("basket", "Line")
    reference = str(listing.stockrecord_id)
    if quantity == 0:
        line_model.objects.filter(basket_id=basket_id, line_reference=reference).delete()
        return
    line_model.objects.update_or_create(
        basket_id=basket_id,
        line_reference=reference,
        defaults={"quantity": quantity},
        create_defaults={
            "quantity": quantity,
            "product_id": listing.article.product_id,
            "stockrecord_id": listing.stockrecord_id,
            "price_currency": "EUR",
        },
    )


def set_basket_lines(basket_id: int, lines: Sequence[tuple[Listing, int]]) -> None:
    """Set the quantities (at least 1) of many listings in one statement."""
    line_model = get_model("basket", "Line")
    line_model.objects.bulk_create(
        [
            line_model(
                basket_id=basket_id,
                line_reference=str(listing.stockrecord_id),
                quantity=quantity,
                product_id=listing.article.product_id,
                stockrecord_id=listing.stockrecord_id,
                price_currency="EUR",
            )
            for listing, quantity in lines
        ],
        update_conflicts=True,
        unique_fields=["basket", "line_reference"],
        update_fields=["quantity"],
    )


_CLOSE = """
WITH ours AS (UPDATE orders_basketowner SET is_open = false WHERE basket_id = %(id)s)
UPDATE basket_basket SET status = 'Submitted', date_submitted = %(now)s WHERE id = %(id)s
RETURNING id"""


def close_basket(basket_id: int, now: datetime) -> None:
    """Mark the basket as submitted, on Oscar's side and on ours."""
    fetch(_CLOSE, {"id": basket_id, "now": now})


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of the document; amounts in EUR."""

    listing: ListingFacts
    quantity: int
    net: Decimal
    gross: Decimal
    unit_net: Decimal
    unit_gross: Decimal
    tax_code: str


@dataclass(frozen=True, slots=True)
class Document:
    """An issued order as Oscar stores it."""

    number: str
    user_id: int
    net: Decimal
    gross: Decimal
    lines: Sequence[DocumentLine]


def create_orders(documents: Sequence[Document], *, now: datetime) -> list[tuple[int, list[int]]]:
    """Write orders and lines in two statements; return (order id, line ids) in order."""
    order_model = get_model("order", "Order")
    line_model = get_model("order", "Line")
    orders = insert(
        [
            order_model(
                number=document.number,
                user_id=document.user_id,
                currency="EUR",
                total_excl_tax=document.net,
                total_incl_tax=document.gross,
                status="issued",
                date_placed=now,
            )
            for document in documents
        ]
    )
    rows = [
        _line_row(line_model, order.pk, line)
        for order, document in zip(orders, documents, strict=True)
        for line in document.lines
    ]
    keys = [row.pk for row in insert(rows)]
    result = []
    for order, document in zip(orders, documents, strict=True):
        count = len(document.lines)
        result.append((int(order.pk), keys[:count]))
        keys = keys[count:]
    return result


def _line_row(line_model, order_id: int, line: DocumentLine):  # type: ignore[no-untyped-def]
    supplier = line.listing.item.award.supplier
    return line_model(
        order_id=order_id,
        partner_id=line.listing.partner_id,
        partner_name=supplier.name[:128],
        partner_sku=line.listing.article.supplier_aid,
        stockrecord_id=line.listing.stockrecord_id,
        product_id=line.listing.article.product_id,
        title=line.listing.article.name,
        quantity=line.quantity,
        line_price_excl_tax=line.net,
        line_price_incl_tax=line.gross,
        line_price_before_discounts_excl_tax=line.net,
        line_price_before_discounts_incl_tax=line.gross,
        unit_price_excl_tax=line.unit_net,
        unit_price_incl_tax=line.unit_gross,
        tax_code=line.tax_code,
        status="issued",
        num_allocated=0,
    )
