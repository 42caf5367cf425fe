"""Template tags of the pages about one agreement."""

from __future__ import annotations

from typing import Any

from django import template

from frontend.presenters.agreement_tabs import agreement_tabs

register = template.Library()


@register.inclusion_tag("frontend/partials/tabs.html", takes_context=True)
def tabs_of_agreement(context: template.Context, agreement: Any, active: str) -> dict[str, Any]:
    """Render the tab bar: ``{% tabs_of_agreement agreement "items" %}``."""
    tabs = agreement_tabs(context["request"].actor, agreement.pk, active)
    return {"tabs": tabs, "label": f"Seiten zu {agreement.number}"}
