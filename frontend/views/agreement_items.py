"""The positions of an agreement with the prices of the day."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render

from contracts.agreements.life.visibility import visible_items
from contracts.agreements.models import AgreementState
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import export_urls, table_download, wants_export
from frontend.presenters.agreement_items import HEAD, export_rows, priced
from frontend.views.agreement_base import page_context, today, visible

PER_PAGE = 25
RUNNING = (AgreementState.LISTED, AgreementState.SUSPENDED)


def agreement_items(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The positions the actor's organisation buys or supplies under, filtered, or as a file."""
    row = visible(request, agreement_id)
    day = today()
    text = request.GET.get("text", "").strip()
    rows = visible_items(row, by=request.actor, on=day, text=text)
    if wants_export(request):
        name = f"positionen-{row.number}"
        return table_download(request, name, HEAD, export_rows(rows, day))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        **page_context(request, row, "Positionen"),
        "page": page,
        "rows": priced(list(page.object_list), day),
        "text": text,
        "exports": export_urls(request),
        "may_propose": row.state in RUNNING and may_open(request.actor, "price_change_propose"),
    }
    return render(request, "frontend/agreements/items.html", context)
