"""Template tags of the pages about prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template

from contracts.agreements.models import PriceChange, PriceChangeState
from contracts.agreements.models.modification import ModificationState
from contracts.agreements.prices.history import PriceSpan
from frontend.price_plot import PricePlot, PriceStep

register = template.Library()

_VARIANTS = {
    PriceChangeState.PROPOSED: "info",
    PriceChangeState.AWAITING_SECOND: "warning",
    PriceChangeState.ACCEPTED: "success",
    PriceChangeState.REJECTED: "danger",
    ModificationState.APPROVED: "success",
}


@register.inclusion_tag("frontend/tags/badge.html")
def change_badge(row: Any) -> dict[str, str]:
    """Render the state of a price change or of an entry of the register."""
    return {"text": row.get_state_display(), "variant": _VARIANTS.get(row.state, "neutral")}


@register.inclusion_tag("frontend/tags/price_plot.html")
def price_plot(title: str, spans: Sequence[PriceSpan], until: date) -> dict[str, Any]:
    """Render how a price moved, as steps: ``{% price_plot title=name spans=spans until=day %}``.

    The values stand as a table on the page.
    """
    first = [PriceStep(row.lower, row.upper, _one(row, 1)) for row in spans]
    best = [
        PriceStep(row.lower, row.upper, _one(row, row.tiers[-1].from_quantity)) for row in spans
    ]
    has_tiers = any(len(row.tiers) > 1 for row in spans)
    plot = PricePlot(first, best if has_tiers else [], until) if spans else None
    return {"title": title, "plot": plot}


def _one(span: PriceSpan, quantity: int) -> Any:
    """The price of one unit: versions may name different price units."""
    return span.price(quantity) / span.price_unit


@register.filter
def signed(value: Any) -> str:
    """A move in percent with its sign and two decimals: ``+2,56 %``."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f"{sign}{abs(value):.2f}\u00a0%".replace(".", ",")


@register.filter
def share(value: Any) -> str:
    """A share in percent with two decimals: ``0,83 %``."""
    return f"{value:.2f}\u00a0%".replace(".", ",")


@register.filter
def concerns(change: PriceChange) -> str:
    """What a change is about, in one line."""
    if change.article is not None:
        return f"Listenpreis {change.article.supplier_aid} {change.article.name}"
    return f"{change.item.number} {change.item.title}"
