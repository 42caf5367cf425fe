"""Documents of an agreement: upload, download by those entitled, withdrawal."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import AgreementDocument, FrameworkAgreement
from contracts.agreements.writing import documents as domain
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, file_download, table_download, wants_export
from frontend.forms.agreement_parts import DocumentForm, WithdrawForm
from frontend.lists import list_page
from frontend.refusals import Alert
from frontend.saving import saved, sent
from frontend.views.agreement_base import (
    agreement_form,
    manages,
    own,
    page_context,
    today,
    visible,
)

HEAD = ("Titel", "Art", "sichtbar für", "Los", "Zuschlag", "Datei", "Bytes", "SHA-256",
        "hochgeladen am", "hochgeladen von", "zurückgezogen am")  # fmt: skip


def agreement_documents(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """What the actor's organisation may download, or the list as a file."""
    row = visible(request, agreement_id)
    if wants_export(request):
        rows = (_row(entry) for entry in _documents(request, row))
        return table_download(request, f"dokumente-{row.number}", HEAD, rows)
    return _list(request, row)


def _documents(request: PageRequest, row: FrameworkAgreement) -> QuerySet[AgreementDocument]:
    return (
        domain.visible_documents(request.actor, today())
        .filter(agreement=row)
        .select_related("lot", "award", "uploaded_by__user")
        .order_by("-uploaded_at", "-pk")
    )


def _row(row: AgreementDocument) -> tuple[Cell, ...]:
    return (
        row.title,
        str(row.get_kind_display()),
        str(row.get_audience_display()),
        row.lot.number if row.lot is not None else None,
        row.award.reference if row.award is not None else None,
        row.filename,
        row.size,
        row.sha256,
        row.uploaded_at,
        str(row.uploaded_by.user),
        row.withdrawn_at,
    )


@require_POST
def document_upload(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Keep a file."""
    row = own(request, agreement_id)
    form = DocumentForm(request.POST, request.FILES, agreement=row)
    return saved(
        request,
        lambda: domain.upload(
            agreement_id=row.pk, new=form.new, by=request.actor, now=timezone.now()
        ),
        parts=[form],
        said=lambda made: f"Das Dokument „{made.title}“ ist hochgeladen.",
        to=at("agreement_documents", row.pk),
        again=lambda refusal: _list(request, row, form, refusal),
    )


def document(request: PageRequest, agreement_id: int, document_id: int) -> HttpResponse:
    """The file, always as a download and never as a page of ours."""
    row = visible(request, agreement_id)
    found = get_object_or_404(_documents(request, row), pk=document_id)
    return file_download(found.filename, bytes(found.content), found.media_type)


def document_withdraw(request: PageRequest, agreement_id: int, document_id: int) -> HttpResponse:
    """Take a document back."""
    row = own(request, agreement_id)
    found = get_object_or_404(_documents(request, row), pk=document_id, withdrawn_at__isnull=True)
    form = WithdrawForm(sent(request))
    return agreement_form(
        request,
        row,
        form,
        lambda: domain.withdraw(
            document_id=found.pk,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Dokument zurückziehen: {found.title}",
        here="Zurückziehen",
        lead="Danach sieht nur noch Ihre Stelle das Dokument. Es bleibt erhalten.",
        said="Das Dokument ist zurückgezogen.",
        to="agreement_documents",
    )


def _list(
    request: PageRequest,
    row: FrameworkAgreement,
    form: DocumentForm | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    if form is None and manages(request, row):
        form = DocumentForm(agreement=row)
    return list_page(
        request,
        "agreements/documents",
        _documents(request, row),
        list_url=at("agreement_documents", row.pk),
        form=form,
        refusal=refusal,
        **page_context(request, row, "Dokumente"),
    )
