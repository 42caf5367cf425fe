"""Plain Oscar: its pages, placing orders, importing a catalogue."""

from __future__ import annotations

import csv
import logging
import tempfile
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from oscar.apps.catalogue.categories import create_from_breadcrumbs  # noqa: E402
from oscar.apps.partner.importers import CatalogueImporter  # noqa: E402
from oscar.core.loading import get_class, get_model  # noqa: E402

from benchmarks.worker import Benchmark, serve  # noqa: E402

ORDER_LINES = 5
Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")
Partner = get_model("partner", "Partner")
Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
Line = get_model("order", "Line")


def shelf(articles: int) -> list:
    """That many products with a stockrecord and a category each, made in bulk."""
    category = create_from_breadcrumbs("Notebooks")
    product_class, _ = ProductClass.objects.get_or_create(
        name="Artikel", defaults={"track_stock": False}
    )
    partner = Partner.objects.create(name="Lieferant")
    products = Product.objects.bulk_create(
        [
            Product(
                title=f"Notebook {number}",
                slug=f"notebook-{number}",
                upc=f"N-{number}",
                product_class=product_class,
            )
            for number in range(articles)
        ],
        batch_size=2000,
    )
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                product=product, partner=partner, partner_sku=product.upc, price=Decimal("429.00")
            )
            for product in products
        ],
        batch_size=2000,
    )
    through = Product.categories.through
    through.objects.bulk_create(
        [through(product=product, category=category) for product in products], batch_size=2000
    )
    return products


class Browse:
    """Category page by the test client, signed in."""

    def __init__(self, articles: int) -> None:
        self.units = 10
        shelf(articles)
        self.client = Client()
        user = get_user_model().objects.create_user("leser", "leser@example.org", "x" * 12)
        self.client.force_login(user, backend="oscar.apps.customer.auth_backends.EmailBackend")
        self.url = get_model("catalogue", "Category").objects.get().get_absolute_url()

    def prepare_round(self) -> None:
        """Nothing to make."""

    def work(self) -> None:
        for _ in range(self.units):
            response = self.client.get(self.url)
            if response.status_code != 200 or b"Notebook" not in response.content:
                raise RuntimeError(f"unexpected answer {response.status_code}")


class Placement:
    """Filled basket to placed order by Oscar's own OrderCreator, without mails and HTTP."""

    def __init__(self) -> None:
        self.units = 20
        self.products = shelf(ORDER_LINES)
        self.user = get_user_model().objects.create_user("kauf", "kauf@example.org", "x" * 12)
        self.strategy = get_class("partner.strategy", "Selector")().strategy()
        self.baskets: list = []

    def prepare_round(self) -> None:
        self.baskets = []
        for _ in range(self.units):
            basket = Basket.objects.create(owner=self.user)
            basket.strategy = self.strategy
            for product in self.products:
                basket.add_product(product, quantity=3)
            self.baskets.append(basket.pk)

    def work(self) -> None:
        for key in self.baskets:
            self._place(Basket.objects.get(pk=key))

    def _place(self, basket: object) -> None:
        basket.strategy = self.strategy
        get_class("offer.applicator", "Applicator")().apply(basket, self.user)
        method = get_class("shipping.methods", "NoShippingRequired")()
        charge = method.calculate(basket)
        total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(
            basket, charge
        )
        get_class("order.utils", "OrderCreator")().place_order(
            basket=basket,
            total=total,
            shipping_method=method,
            shipping_charge=charge,
            user=self.user,
            order_number=f"P{basket.pk}",
        )
        basket.submit()


class Orders:
    """The dashboard's list of orders: what comes nearest to an inbox."""

    def __init__(self, orders: int, lines: int = 3) -> None:
        self.units = 10
        self.last = f"O{orders - 1}"
        self.client = _staff()
        user = get_user_model().objects.get(is_staff=True)
        rows = [
            Order(
                number=f"O{number}",
                user=user,
                currency="EUR",
                total_incl_tax=Decimal("1531.53"),
                total_excl_tax=Decimal(1287),
                shipping_incl_tax=Decimal(0),
                shipping_excl_tax=Decimal(0),
                status="Pending",
                date_placed=timezone.now(),
            )
            for number in range(orders)
        ]
        Order.objects.bulk_create(rows, batch_size=2000)
        _lines(rows, shelf(lines))

    def prepare_round(self) -> None:
        """Nothing to make."""

    def work(self) -> None:
        for _ in range(self.units):
            _get(self.client, "/dashboard/orders/", self.last.encode())


class LongOrder(Orders):
    """The dashboard's page of an order of many lines."""

    def __init__(self, lines: int) -> None:
        super().__init__(1, lines)

    def work(self) -> None:
        for _ in range(self.units):
            _get(self.client, "/dashboard/orders/O0/", b"Notebook 1")


def _staff() -> Client:
    user = get_user_model().objects.create_superuser("chef", "chef@example.org", "x" * 12)
    client = Client()
    client.force_login(user, backend="oscar.apps.customer.auth_backends.EmailBackend")
    return client


def _lines(orders: list, products: list) -> None:
    """Each order with a line per product."""
    records = {row.product_id: row for row in StockRecord.objects.select_related("partner")}
    Line.objects.bulk_create(
        [
            Line(
                order=order,
                product=product,
                stockrecord=records[product.pk],
                partner=records[product.pk].partner,
                partner_name="Lieferant",
                partner_sku=product.upc,
                title=product.title,
                upc=product.upc,
                quantity=3,
                line_price_incl_tax=Decimal("510.51"),
                line_price_excl_tax=Decimal(429),
                line_price_before_discounts_incl_tax=Decimal("510.51"),
                line_price_before_discounts_excl_tax=Decimal(429),
                unit_price_incl_tax=Decimal("170.17"),
                unit_price_excl_tax=Decimal(143),
                num_allocated=0,
                status="Pending",
            )
            for order in orders
            for product in products
        ],
        batch_size=2000,
    )


def _get(client: Client, address: str, word: bytes) -> None:
    response = client.get(address)
    if response.status_code != 200 or word not in response.content:
        raise RuntimeError(f"unexpected answer {response.status_code}")


class Import:
    """Oscar's own CSV importer, row by row."""

    def __init__(self, rows: int) -> None:
        self.units = rows
        self.round = 0
        self.path = Path(tempfile.mkdtemp()) / "katalog.csv"

    def prepare_round(self) -> None:
        self.round += 1
        with self.path.open("w", newline="") as file:
            writer = csv.writer(file)
            for row in range(self.units):
                number = f"{self.round}-{row}"
                article = ["Artikel", "Notebooks", f"U{number}", f"Notebook {number}", "14 Zoll"]
                writer.writerow([*article, "Lieferant", f"S{number}", "429.00", "10"])

    def work(self) -> None:
        CatalogueImporter(logging.getLogger("bench")).handle(str(self.path))


def make(name: str, size: int | None) -> Benchmark:
    if name == "browse":
        return Browse(size or 20_000)
    if name == "placement":
        return Placement()
    if name == "inbox":
        return Orders(size or 5_000)
    if name == "long-requisition":
        return LongOrder(size or 500)
    return Import(min(size or 500, 500))


if __name__ == "__main__":
    serve(make)
