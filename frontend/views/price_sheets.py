"""Importing a price sheet: check, list of errors as a file, take over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from contracts.agreements.models import FrameworkAgreement
from contracts.price_sheets import (
    SAMPLE_FORMATS,
    SheetReport,
    import_sheet,
    obstacle,
    preview_sheet,
    sample_sheet,
)
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.downloads import csv_download
from frontend.forms.price_sheet import PriceSheetForm
from frontend.saving import placed
from frontend.views.agreement_base import own, page_context

CHECK, ERRORS, TAKE_OVER = "pruefen", "fehler", "uebernehmen"
SHOWN_ERRORS = 100
HEAD = ("Zeile", "Spalte", "Fehlercode", "Meldung", "Wert")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def price_sheet(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The form; sent, the report of a check, or the positions that were taken over."""
    row = own(request, agreement_id)
    if request.method != "POST":
        return _page(request, row, PriceSheetForm(), {"closed": obstacle(row, timezone.now())})
    form = PriceSheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, row, form, {"closed": obstacle(row, timezone.now())}, status=422)
    step = request.POST.get("schritt", CHECK)
    try:
        report = _report(request, row, form.cleaned_data["file"], step)
    except Refusal as error:
        return _page(request, row, form, {"refusal": placed(error, [form])}, status=422)
    if step == ERRORS:
        return _errors(row, report)
    if report.is_written:
        messages.success(request, _outcome(report))
        return redirect("frontend:agreement_items", agreement_id=row.pk)
    context = {"report": report, "errors": report.errors[:SHOWN_ERRORS]}
    return _page(request, row, form, context, status=200 if report.is_clean else 422)


def price_sheet_sample(request: PageRequest, kind: str) -> HttpResponse:
    """The sample file."""
    if kind not in SAMPLE_FORMATS:
        raise Http404
    response = HttpResponse(sample_sheet(kind), content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="preisblatt-muster.{kind}"'
    return response


def _report(
    request: PageRequest, row: FrameworkAgreement, file: UploadedFile, step: str
) -> SheetReport:
    now, content = timezone.now(), file.read()
    if step == TAKE_OVER:
        return import_sheet(
            agreement_id=row.pk,
            filename=file.name or "",
            content=content,
            by=request.actor,
            now=now,
        )
    return preview_sheet(agreement_id=row.pk, content=content, by=request.actor, now=now)


def _errors(row: FrameworkAgreement, report: SheetReport) -> HttpResponseBase:
    rows = (
        (issue.row, issue.column, issue.code, issue.message, issue.value) for issue in report.errors
    )
    return csv_download(f"preisblatt-fehler-{row.pk}.csv", HEAD, rows)


def _outcome(report: SheetReport) -> str:
    if report.creates.created == 0:
        return "Das Preisblatt war schon eingelesen; es wurde nichts geändert."
    return f"Das Preisblatt ist übernommen: {report.creates.positions} Positionen angelegt."


def _page(
    request: PageRequest,
    row: FrameworkAgreement,
    form: PriceSheetForm,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **page_context(request, row, "Preisblatt einlesen"),
        "form": form,
        "formats": SAMPLE_FORMATS,
        **context,
    }
    return render(request, "frontend/agreements/price_sheet.html", context, status=status)
