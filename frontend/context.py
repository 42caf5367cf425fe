"""What every page needs besides its own content: navigation, role, basket."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from contracts.parties.models import Membership

from .access import may_open
from .held import held_by
from .voices import waiting_count

NAVIGATION = (
    ("start", "Start"),
    ("catalogue", "Katalog"),
    ("quick_order", "Schnellerfassung"),
    ("shopping_lists", "Merklisten"),
    ("requisitions", "Anforderungen"),
    ("approvals", "Freigaben"),
    ("delegations", "Vertretungen"),
    ("policy", "Freigaberegelung"),
    ("call_offs", "Abrufe"),
    ("agreements", "Vereinbarungen"),
    ("price_changes", "Preisänderungen"),
    ("price_audit", "Preisprüfung"),
    ("uploads", "Kataloglieferungen"),
    ("successors", "Nachfolger"),
    ("gates", "Hindernisse"),
    ("standards", "Ausstattung"),
    ("budgets", "Haushalt"),
    ("feed", "Finanzfeed"),
    ("failures", "Fehlschläge"),
    ("mailbox", "Postfach"),
)
# Rules and upkeep go under "Mehr", but only where the row would be longer than one line.
SELDOM = frozenset({"delegations", "policy", "gates", "standards"})
ONE_LINE = 9


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, memberships, and how many positions the basket holds."""
    actor: Membership | None = getattr(request, "actor", None)
    nav = _navigation(request, actor) if actor is not None else []
    folds = len(nav) > ONE_LINE
    return {
        "membership": actor,
        "memberships": getattr(request, "memberships", []),
        "nav": [entry for entry in nav if not (folds and entry["seldom"])],
        "nav_more": [entry for entry in nav if folds and entry["seldom"]],
        "basket_count": (
            len(held_by(request, actor)) if actor and may_open(actor, "basket") else None
        ),
        "may_search": may_open(actor, "catalogue"),
    }


def _navigation(request: HttpRequest, actor: Membership) -> list[dict[str, Any]]:
    entries = []
    for name, label in NAVIGATION:
        if not may_open(actor, name) or (name == "mailbox" and not settings.DEMO):
            continue
        url = reverse(f"frontend:{name}")
        here = request.path == url if url == "/" else request.path.startswith(url)
        badge = waiting_count(request, actor) if name == "approvals" else 0
        entries.append(
            {"url": url, "label": label, "active": here, "badge": badge, "seldom": name in SELDOM}
        )
    return entries
