"""What happened under an agreement: its call-offs, and its audit trail."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render

from contracts.agreements.life.audit_trail import trail
from frontend.actor import PageRequest
from frontend.downloads import export_urls, table_download, wants_export
from frontend.presenters.audit import HEAD as AUDIT_HEAD
from frontend.presenters.audit import export_rows, shown
from frontend.presenters.call_offs import HEAD as CALL_OFF_HEAD
from frontend.presenters.call_offs import call_off_row
from frontend.views.agreement_base import own, page_context, visible
from orders.call_offs.reading import visible_call_offs
from orders.lifecycle import CallOffState

PER_PAGE = 25


def agreement_call_offs(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """All call-offs of the agreement that the actor may see, or the list as a file."""
    row = visible(request, agreement_id)
    rows = (
        visible_call_offs(request.actor)
        .filter(lot__agreement=row)
        .select_related("authority", "school", "supplier", "lot__agreement")
        .order_by("-issued_at", "-pk")
    )
    state = request.GET.get("stand", "")
    if state in set(CallOffState):
        rows = rows.filter(state=state)
    if wants_export(request):
        found = (call_off_row(entry) for entry in rows.iterator())
        return table_download(request, f"abrufe-{row.number}", CALL_OFF_HEAD, found)
    context: dict[str, Any] = {
        **page_context(request, row, "Abrufe"),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": list(CallOffState),
        "state": state,
        "exports": export_urls(request),
    }
    return render(request, "frontend/agreements/call_offs.html", context)


def agreement_audit(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """Who changed what of the agreement, when and why; for the purchasing body."""
    row = own(request, agreement_id)
    rows = trail(row)
    if wants_export(request):
        found = export_rows(rows.iterator())
        return table_download(request, f"protokoll-{row.number}", AUDIT_HEAD, found)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        **page_context(request, row, "Protokoll"),
        "page": page,
        "rows": shown(list(page.object_list)),
        "exports": export_urls(request),
    }
    return render(request, "frontend/agreements/audit.html", context)
