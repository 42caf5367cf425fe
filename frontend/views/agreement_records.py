"""What happened under an agreement: its call-offs, and its audit trail."""

from __future__ import annotations

from django.http import HttpResponseBase

from contracts.agreements.life.audit_trail import trail
from frontend.actor import PageRequest
from frontend.downloads import table_download, wants_export
from frontend.forms.filters import AgreementCallOffFilter
from frontend.lists import list_page
from frontend.presenters.audit import HEAD as AUDIT_HEAD
from frontend.presenters.audit import export_rows, shown
from frontend.presenters.call_offs import HEAD as CALL_OFF_HEAD
from frontend.presenters.call_offs import call_off_row
from frontend.views.agreement_base import own, page_context, visible
from orders.call_offs.reading import visible_call_offs


def agreement_call_offs(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """All call-offs of the agreement that the actor may see, or the list as a file."""
    row = visible(request, agreement_id)
    rows = (
        visible_call_offs(request.actor)
        .filter(lot__agreement=row)
        .select_related("authority", "school", "supplier", "lot__agreement")
        .order_by("-issued_at", "-pk")
    )
    asked = AgreementCallOffFilter(request.GET)
    if state := asked.value("stand"):
        rows = rows.filter(state=state)
    if wants_export(request):
        found = (call_off_row(entry) for entry in rows.iterator())
        return table_download(request, f"abrufe-{row.number}", CALL_OFF_HEAD, found)
    context = page_context(request, row, "Abrufe")
    return list_page(request, "agreements/call_offs", rows, filter=asked, **context)


def agreement_audit(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """Who changed what of the agreement, when and why; for the purchasing body."""
    row = own(request, agreement_id)
    rows = trail(row)
    if wants_export(request):
        found = export_rows(rows.iterator())
        return table_download(request, f"protokoll-{row.number}", AUDIT_HEAD, found)
    context = page_context(request, row, "Protokoll")
    return list_page(request, "agreements/audit", rows, shown=shown, **context)
