"""Uploads of suppliers' catalogues: list, check, difference, submit, publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.catalogue import publication
from contracts.catalogue import uploads as domain
from contracts.catalogue.diff import PER_PAGE as ROWS_PER_PAGE
from contracts.catalogue.diff import DiffCounts, diff_counts, diff_page, issues_csv, price_jumps
from contracts.catalogue.models import CatalogueUpload, StagedAction, UploadState
from contracts.digits import whole
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.filters import UploadFilter
from frontend.forms.upload import UploadForm
from frontend.lists import list_page
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import saved
from frontend.views.agreement_base import today

SHOWN_ISSUES = 50
HEAD = ("Datei", "Lieferant", "Vereinbarung", "Los", "Zuschlag", "hochgeladen am", "Stand",
        "gelesen", "übernommen", "abgelehnt")  # fmt: skip
RUNNING = (UploadState.RECEIVED, UploadState.READING)
WITHDRAWABLE = (*RUNNING, UploadState.CHECKED, UploadState.SUBMITTED)


def uploads(request: PageRequest) -> HttpResponseBase:
    """The uploads within reach, or the list as a file; suppliers also find the form here."""
    if wants_export(request):
        rows = _narrowed(request, UploadFilter(request.GET))
        return table_download(request, "kataloglieferungen", HEAD, map(_cells, rows))
    return _list(request)


def _narrowed(request: PageRequest, asked: UploadFilter) -> QuerySet[CatalogueUpload]:
    rows, state = domain.visible_uploads(request.actor), asked.value("stand")
    return rows.filter(state=state) if state else rows


def _cells(row: CatalogueUpload) -> tuple[Cell, ...]:
    return (
        row.filename,
        row.supplier.name,
        row.award.lot.agreement.number,
        row.award.lot.number,
        row.award.reference,
        row.uploaded_at,
        str(row.get_state_display()),
        row.rows_read,
        row.rows_staged,
        row.rows_refused,
    )


def _list(
    request: PageRequest, form: UploadForm | None = None, refusal: Alert | None = None
) -> HttpResponse:
    asked = UploadFilter(request.GET)
    if form is None and may_open(request.actor, "upload_create"):
        form = UploadForm(by=request.actor, on=today())
    return list_page(
        request,
        "uploads/list",
        _narrowed(request, asked),
        list_url=at("uploads"),
        filter=asked,
        form=form,
        refusal=refusal,
    )


@require_POST
def upload_create(request: PageRequest) -> HttpResponse:
    """Keep the file; it is read and compared by the worker."""
    form = UploadForm(request.POST, request.FILES, by=request.actor, on=today())

    def receive() -> CatalogueUpload:
        file = form.cleaned_data["file"]
        return domain.receive(
            by=request.actor,
            award_id=form.cleaned_data["award"].pk,
            filename=file.name,
            content=file.read(),
            mapping=form.mapping,
            now=timezone.now(),
        )

    return saved(
        request,
        receive,
        parts=[form],
        said="Die Datei ist eingegangen und wird geprüft.",
        to=lambda made: at("upload", made.pk),
        again=lambda refusal: _list(request, form, refusal),
    )


def upload(request: PageRequest, upload_id: int) -> HttpResponse:
    """One upload: its progress, or what publishing it would do."""
    return _detail(request, upload_id)


def upload_progress(request: PageRequest, upload_id: int) -> HttpResponse:
    """The progress of the check, asked for every other second; at the end the whole page."""
    row = _visible(request, upload_id)
    if not getattr(request, "htmx", False):
        return redirect("frontend:upload", upload_id=row.pk)
    response = render(request, "frontend/uploads/progress.html", {"upload": row})
    if row.state not in RUNNING:
        response["HX-Refresh"] = "true"
    return response


def upload_issues(request: PageRequest, upload_id: int) -> StreamingHttpResponse:
    """Every message of the check as CSV."""
    row = _visible(request, upload_id)
    response = StreamingHttpResponse(issues_csv(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meldungen-{row.pk}.csv"'
    return response


@require_POST
def upload_submit(request: PageRequest, upload_id: int) -> HttpResponse:
    """Hand the checked upload to the contract manager."""
    return _act(request, upload_id, domain.submit, "Die Lieferung ist eingereicht.")


@require_POST
def upload_withdraw(request: PageRequest, upload_id: int) -> HttpResponse:
    """Take the upload back."""
    return _act(request, upload_id, domain.withdraw, "Die Lieferung ist zurückgezogen.")


@require_POST
def upload_publish(request: PageRequest, upload_id: int) -> HttpResponse:
    """Put what the rules allow on the shelf; held-back rows stay out."""
    return _act(request, upload_id, publication.publish, "Die Lieferung ist veröffentlicht.")


def _act(
    request: PageRequest, upload_id: int, step: Callable[..., object], said: str
) -> HttpResponse:
    return saved(
        request,
        lambda: step(upload_id=upload_id, by=request.actor, now=timezone.now()),
        said=said,
        to=at("upload", upload_id),
        again=lambda refusal: _detail(request, upload_id, refusal),
    )


def _visible(request: PageRequest, upload_id: int) -> CatalogueUpload:
    return get_object_or_404(domain.visible_uploads(request.actor), pk=upload_id)


def _detail(request: PageRequest, upload_id: int, refusal: Alert | None = None) -> HttpResponse:
    row = _visible(request, upload_id)
    actor = request.actor
    chosen = request.GET.get("wirkung", "")
    action = StagedAction(chosen) if chosen in StagedAction.values else None
    found = diff_page(row, action, whole(request.GET.get("seite", "")) or 1)
    counts = diff_counts(row)
    pages = Paginator(range(found.count), ROWS_PER_PAGE)
    context = {
        "upload": row,
        "running": row.state in RUNNING,
        "counts": counts,
        "tabs": _tabs(counts, chosen),
        "found": found,
        "page": pages.get_page(found.page),
        "jumps": price_jumps(row),
        "issues": list(row.issues.order_by("row", "pk")[:SHOWN_ISSUES]),
        "issue_count": row.issues.count(),
        "events": history(row),
        "refusal": refusal,
        "may_submit": row.state == UploadState.CHECKED and may_open(actor, "upload_submit"),
        "may_withdraw": row.state in WITHDRAWABLE and may_open(actor, "upload_withdraw"),
        "may_publish": row.state == UploadState.SUBMITTED and may_open(actor, "upload_publish"),
        "crumbs": crumbs(("Kataloglieferungen", at("uploads")), here=row.filename),
        "list_url": at("upload", row.pk),
    }
    return render(request, "frontend/uploads/detail.html", context)


def _tabs(counts: DiffCounts, chosen: str) -> list[dict[str, Any]]:
    """One tab per effect, with its rows."""
    numbers = {
        "": counts.staged,
        StagedAction.NEW: counts.new,
        StagedAction.CHANGED: counts.changed,
        StagedAction.UNCHANGED: counts.unchanged,
        StagedAction.HELD_BACK: counts.held_back,
    }
    return [
        {
            "label": StagedAction(value).label if value else "alle",
            "url": f"?wirkung={value}#zeilen",
            "active": value == chosen,
            "badge": number,
        }
        for value, number in numbers.items()
    ]
