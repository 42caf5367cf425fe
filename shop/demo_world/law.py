"""Figures of law and tax: the demo loads the file that a house in production begins with."""

from __future__ import annotations

from django.conf import settings

from contracts.agreements import law


def create_law() -> None:
    """Load thresholds, longest terms and the VAT rules."""
    law.load(settings.BASE_DIR / "deploy" / "law.json")
