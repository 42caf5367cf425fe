"""Oscar serves no page, has no middleware, and the apps left out stay out."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from oscar.core.loading import get_class
from pytest_django import Settings

from shop.oscar_apps.partner import strategy


def _views(resolver: URLResolver) -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.append(entry.lookup_str)
        else:
            found += _views(entry)
    return found


def test_oscar_finds_our_strategy() -> None:
    assert get_class("partner.strategy", "Selector") is strategy.Selector


def test_no_oscar_page_has_an_address() -> None:
    views = _views(get_resolver())
    assert "shop.health.healthz" in views
    assert [name for name in views if name.startswith("oscar.")] == []


def test_asleep_and_absent_apps() -> None:
    labels = {config.label for config in apps.get_app_configs()}
    assert {"offer", "voucher", "reviews", "analytics", "communication", "customer"} <= labels
    assert labels.isdisjoint({"wishlists", "dashboard", "search", "haystack", "admin"})


def test_no_middleware_of_oscar(settings: Settings) -> None:
    assert [name for name in settings.MIDDLEWARE if name.startswith("oscar")] == []
