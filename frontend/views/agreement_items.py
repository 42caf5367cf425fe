"""The positions of an agreement with the prices of the day."""

from __future__ import annotations

from django.http import HttpResponseBase

from contracts.agreements.life.visibility import visible_items
from contracts.agreements.models import AgreementState
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import table_download, wants_export
from frontend.forms.filters import ItemFilter
from frontend.lists import list_page
from frontend.presenters.agreement_items import HEAD, export_rows, priced
from frontend.views.agreement_base import page_context, today, visible

RUNNING = (AgreementState.LISTED, AgreementState.SUSPENDED)


def agreement_items(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The positions the actor's organisation buys or supplies under, filtered, or as a file."""
    row = visible(request, agreement_id)
    day = today()
    asked = ItemFilter(request.GET)
    rows = visible_items(row, by=request.actor, on=day, text=asked.value("text"))
    if wants_export(request):
        name = f"positionen-{row.number}"
        return table_download(request, name, HEAD, export_rows(rows, day))
    return list_page(
        request,
        "agreements/items",
        rows,
        shown=lambda found: priced(found, day),
        filter=asked,
        may_propose=row.state in RUNNING and may_open(request.actor, "price_change_propose"),
        **page_context(request, row, "Positionen"),
    )
