"""Oscar's app configurations without its pages.

Each subclass keeps Oscar's package, label and models, and leaves out what `ready`
would load: views, forms, templates, and the receivers of apps that are asleep.
"""

from __future__ import annotations

from oscar.apps.analytics import apps as analytics
from oscar.apps.basket import apps as basket
from oscar.apps.catalogue import apps as catalogue
from oscar.apps.catalogue.reviews import apps as reviews
from oscar.apps.checkout import apps as checkout
from oscar.apps.customer import apps as customer
from oscar.apps.offer import apps as offer
from oscar.apps.voucher import apps as voucher


class CatalogueConfig(catalogue.CatalogueConfig):
    """Keeps the receivers that maintain the category tree."""

    def ready(self) -> None:
        from oscar.apps.catalogue import receivers  # noqa: F401, PLC0415 - connects signals


class BasketConfig(basket.BasketConfig):
    def ready(self) -> None:
        """No views."""


class CheckoutConfig(checkout.CheckoutConfig):
    def ready(self) -> None:
        """No views; Oscar looks its surcharge classes up here."""


class AnalyticsConfig(analytics.AnalyticsConfig):
    def ready(self) -> None:
        """Asleep: nobody's behaviour is recorded."""


class CatalogueReviewsConfig(reviews.CatalogueReviewsConfig):
    def ready(self) -> None:
        """Asleep."""


class OfferConfig(offer.OfferConfig):
    def ready(self) -> None:
        """Asleep."""


class CustomerConfig(customer.CustomerConfig):
    def ready(self) -> None:
        """Asleep: no views, no stock alerts by mail."""


class VoucherConfig(voucher.VoucherConfig):
    def ready(self) -> None:
        """Asleep."""
