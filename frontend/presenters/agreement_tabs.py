"""The pages of one agreement, in the order of its tab bar.

A page joins the bar by an entry here; whoever may not open it (`frontend.access`) does
not see the tab.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from contracts.parties.models import Membership
from frontend.access import may_open

# url name, label
TABS = (
    ("agreement", "Überblick"),
    ("agreement_items", "Positionen"),
    ("agreement_relations", "Bezüge"),
    ("agreement_buyers", "Abrufberechtigte"),
    ("agreement_changes", "Preisänderungen"),
    ("agreement_modifications", "Vertragsänderungen"),
    ("agreement_documents", "Dokumente"),
    ("agreement_call_offs", "Abrufe"),
    ("agreement_allocation", "Vergabe"),
    ("agreement_audit", "Protokoll"),
)


def agreement_tabs(actor: Membership, agreement_id: int, active: str) -> list[dict[str, Any]]:
    """Tabs the actor may open; *active* is the url name, with or without `agreement_`."""
    return [
        {
            "label": label,
            "url": reverse(f"frontend:{name}", args=[agreement_id]),
            "active": name in (active, f"agreement_{active}"),
        }
        for name, label in TABS
        if may_open(actor, name)
    ]
