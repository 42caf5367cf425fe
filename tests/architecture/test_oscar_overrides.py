"""What we override of Oscar, pinned by a hash of the upstream source.

After an upgrade of Oscar a red line here names the method that moved: compare it with
our override, then record the new hash here and the version in docs/oscar.md.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
from pathlib import Path

import pytest

import shop.oscar_apps

UPSTREAM = {
    "oscar.apps.partner.strategy.Selector.strategy": "cf82b8a0e79e3df7",
    "oscar.apps.partner.strategy.Structured.fetch_for_product": "3a0fb0652e820587",
    "oscar.apps.partner.strategy.Base.fetch_for_line": "2b945486e4d34c54",
    "oscar.apps.partner.strategy.Structured.select_stockrecord": "b4b8f043329dda8e",
    "oscar.apps.partner.apps.PartnerConfig.ready": "c2662bf7753cc24a",
    "oscar.apps.catalogue.apps.CatalogueConfig.ready": "db9932cfc9ac5726",
    "oscar.apps.basket.apps.BasketConfig.ready": "c2849315cd008a33",
    "oscar.apps.checkout.apps.CheckoutConfig.ready": "4a74a4d62b740cbf",
    "oscar.apps.analytics.apps.AnalyticsConfig.ready": "c2662bf7753cc24a",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig.ready": "12a7ed0c0bc54cd3",
    "oscar.apps.offer.apps.OfferConfig.ready": "c133d694481005c8",
    "oscar.apps.customer.apps.CustomerConfig.ready": "490624cf0eea5ea6",
    "oscar.apps.voucher.apps.VoucherConfig.ready": "da29b32fd99b4128",
}


def upstream_hash(path: str) -> str:
    module_name, class_name, method = path.rsplit(".", 2)
    owner = getattr(importlib.import_module(module_name), class_name)
    source = inspect.getsource(inspect.getattr_static(owner, method))
    return hashlib.sha256(source.encode()).hexdigest()[:16]


@pytest.mark.parametrize(("path", "expected"), UPSTREAM.items())
def test_the_overridden_upstream_method_has_not_moved(path: str, expected: str) -> None:
    assert upstream_hash(path) == expected, f"{path} changed upstream; see docs/oscar.md"


def test_every_overridden_class_is_pinned_and_documented() -> None:
    root = Path(shop.oscar_apps.__file__).parent
    page = (root.parent.parent / "docs" / "oscar.md").read_text()
    overridden = {
        f"{base.__module__}.{base.__name__}"
        for path in root.rglob("*.py")
        for name, klass in inspect.getmembers(_module(root, path), inspect.isclass)
        if klass.__module__ == _module(root, path).__name__
        for base in klass.__bases__
        if base.__module__.startswith("oscar.")
    }
    assert overridden, "there are overrides"
    pinned = {path.rsplit(".", 1)[0] for path in UPSTREAM}
    for path in sorted(overridden):
        assert path in pinned or path == "oscar.apps.partner.strategy.Structured", path
        assert path in page, f"{path} is missing in docs/oscar.md"


def _module(root: Path, path: Path) -> object:
    relative = path.relative_to(root).with_suffix("")
    parts = [part for part in relative.parts if part != "__init__"]
    return importlib.import_module(".".join(["shop.oscar_apps", *parts]))
