"""The record of an approval (Freigabevermerk) as page, as PDF and as the data of both."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.downloads import file_download
from orders.approvals.record import approval_record as read
from orders.approvals.record_data import ApprovalRecord
from orders.formats.approval_record import document
from orders.formats.pdf import render as render_pdf


def approval_record(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Everything about the approval on one page; `format=json` gives what the checksum is of."""
    record = read(requisition_id=requisition_id, by=request.actor)
    if request.GET.get("format") == "json":
        return file_download(f"{_name(record)}.json", record.canonical, "application/json")
    context = {
        "requisition_id": requisition_id,
        "document": document(record),
        "crumbs": crumbs(
            ("Anforderungen", at("requisitions")),
            (record.number, at("requisition", requisition_id)),
            here="Freigabevermerk",
        ),
    }
    return render(request, "frontend/requisitions/record.html", context)


def approval_record_pdf(request: PageRequest, requisition_id: int) -> HttpResponse:
    """The same as PDF; the same record gives the same bytes."""
    record = read(requisition_id=requisition_id, by=request.actor)
    made = render_pdf(document(record), source=record.canonical, filename=f"{_name(record)}.json")
    return file_download(f"{_name(record)}.pdf", made, "application/pdf")


def _name(record: ApprovalRecord) -> str:
    return f"freigabevermerk-{record.number}"
