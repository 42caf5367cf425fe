"""Who gets the call-offs of an agreement: rule, order, turn and every recorded step."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render

from contracts.agreements.models import Lot
from frontend.access import AUTHORITY, SUPPLIERS, may_open
from frontend.actor import PageRequest
from frontend.downloads import export_urls, table_download, wants_export
from frontend.presenters.allocation import HEAD, lot_turns, shown_steps, step_row
from frontend.views.agreement_base import page_context, today, visible
from orders.allotting.visible_steps import visible_steps

PER_PAGE = 25


def agreement_allocation(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """Whose turn it is in each lot and why, and the steps the actor may read."""
    row = visible(request, agreement_id)
    actor = request.actor
    lots = list(Lot.objects.filter(agreement=row).order_by("number"))
    steps = visible_steps(actor).filter(lot__agreement=row).order_by("-pk")
    chosen = request.GET.get("los", "")
    if chosen.isdecimal():
        steps = steps.filter(lot__number=int(chosen[:9]))
    if wants_export(request):
        found = (step_row(step, actor) for step in steps.iterator())
        return table_download(request, f"vergabeschritte-{row.number}", HEAD, found)
    page = Paginator(steps, PER_PAGE).get_page(request.GET.get("seite"))
    context: dict[str, Any] = {
        **page_context(request, row, "Vergabe der Abrufe"),
        "turns": lot_turns(lots, today(), with_reasons=actor.role not in SUPPLIERS),
        "lots": lots,
        "lot": chosen,
        "page": page,
        "steps": shown_steps(page.object_list, actor),
        "is_buyer": actor.role in AUTHORITY,
        "opens_call_offs": may_open(actor, "call_off"),
        "exports": export_urls(request),
    }
    return render(request, "frontend/agreements/allocation.html", context)
