"""Plain Oscar: a category page, placing orders, importing a catalogue."""

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
    return Import(min(size or 500, 500))


if __name__ == "__main__":
    serve(make)
