"""Ties between the positions of an agreement: warranties, accessories, parts of bundles."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.errors import NotFound
from contracts.agreements.models import FrameworkAgreement, ItemRelation
from contracts.agreements.writing.relations import relate, relations_of, unrelate
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.relations import RelationForm
from frontend.refusals import Alert, explain
from frontend.saving import attempt
from frontend.views.agreement_base import manages, own, page_context, visible

PER_PAGE = 50
HEAD = ("Los", "Position", "Bezeichnung", "Art", "Bezugsposition", "Bezeichnung", "Menge je Bezug")


def agreement_relations(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """What hangs on what."""
    row = visible(request, agreement_id)
    if wants_export(request):
        found = (_row(tie) for tie in relations_of(row).iterator())
        return table_download(request, f"bezuege-{row.number}", HEAD, found)
    return _page(request, row)


def _row(tie: ItemRelation) -> tuple[Cell, ...]:
    return (
        tie.item.award.lot.number,
        tie.item.number,
        tie.item.title,
        tie.get_kind_display(),
        tie.to_item.number,
        tie.to_item.title,
        tie.quantity,
    )


@require_POST
def relation_create(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Tie two positions."""
    row = own(request, agreement_id)
    form = RelationForm(request.POST, agreement=row)
    refusal = None
    if form.is_valid():
        done, refusal = attempt(
            form, lambda: relate(form.tie, by=request.actor, now=timezone.now())
        )
        if done is not None:
            messages.success(request, "Der Bezug ist eingetragen.")
            return redirect("frontend:agreement_relations", agreement_id=row.pk)
    return _page(request, row, form=form, refusal=refusal, status=422)


@require_POST
def relation_remove(request: PageRequest, agreement_id: int, relation_id: int) -> HttpResponse:
    """Undo a tie."""
    row = own(request, agreement_id)
    try:
        unrelate(relation_id, by=request.actor, now=timezone.now())
    except NotFound:
        raise
    except Refusal as error:
        return _page(request, row, refusal=explain(error), status=422)
    messages.success(request, "Der Bezug ist entfernt.")
    return redirect("frontend:agreement_relations", agreement_id=row.pk)


def _page(
    request: PageRequest,
    row: FrameworkAgreement,
    *,
    form: RelationForm | None = None,
    refusal: Alert | None = None,
    status: int = 200,
) -> HttpResponse:
    may_write = manages(request, row) and row.state != "ended"
    context = page_context(request, row, "Bezüge") | {
        "page": Paginator(relations_of(row), PER_PAGE).get_page(request.GET.get("seite")),
        "form": (form or RelationForm(agreement=row)) if may_write else None,
        "refusal": refusal,
        "exports": export_urls(request),
    }
    return render(request, "frontend/agreements/relations.html", context, status=status)
