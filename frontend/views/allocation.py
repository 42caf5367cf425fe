"""Who gets the call-offs of an agreement: rule, order, turn and every recorded step."""

from __future__ import annotations

from django.http import HttpResponseBase

from contracts.agreements.models import Lot
from frontend.access import AUTHORITY, SUPPLIERS, may_open
from frontend.actor import PageRequest
from frontend.downloads import table_download, wants_export
from frontend.forms.filters import StepFilter
from frontend.lists import list_page
from frontend.presenters.allocation import HEAD, lot_turns, shown_steps, step_row
from frontend.views.agreement_base import page_context, today, visible
from orders.allotting.visible_steps import visible_steps


def agreement_allocation(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """Whose turn it is in each lot and why, and the steps the actor may read."""
    row = visible(request, agreement_id)
    actor = request.actor
    lots = list(Lot.objects.filter(agreement=row).order_by("number"))
    steps = visible_steps(actor).filter(lot__agreement=row).order_by("-pk")
    asked = StepFilter(request.GET, lots=lots)
    if number := asked.value("los"):
        steps = steps.filter(lot__number=number)
    if wants_export(request):
        found = (step_row(step, actor) for step in steps.iterator())
        return table_download(request, f"vergabeschritte-{row.number}", HEAD, found)
    return list_page(
        request,
        "agreements/allocation",
        steps,
        shown=lambda found: shown_steps(found, actor),
        filter=asked,
        turns=lot_turns(lots, today(), with_reasons=actor.role not in SUPPLIERS),
        is_buyer=actor.role in AUTHORITY,
        opens_call_offs=may_open(actor, "call_off"),
        **page_context(request, row, "Vergabe der Abrufe"),
    )
