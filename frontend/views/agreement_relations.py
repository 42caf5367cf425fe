"""Ties between the positions of an agreement: warranties, accessories, parts of bundles."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import FrameworkAgreement, ItemRelation
from contracts.agreements.writing.relations import relate, relations_of, unrelate
from frontend.actor import PageRequest
from frontend.addresses import as_it_was, at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.relations import RelationForm
from frontend.lists import list_page
from frontend.refusals import Alert
from frontend.saving import saved
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
    return saved(
        request,
        lambda: relate(form.tie, by=request.actor, now=timezone.now()),
        parts=[form],
        said="Der Bezug ist eingetragen.",
        to=at("agreement_relations", row.pk),
        again=lambda refusal: _page(request, row, form, refusal),
    )


@require_POST
def relation_remove(request: PageRequest, agreement_id: int, relation_id: int) -> HttpResponse:
    """Undo a tie."""
    row = own(request, agreement_id)
    return saved(
        request,
        lambda: unrelate(relation_id, by=request.actor, now=timezone.now()),
        said="Der Bezug ist entfernt.",
        to=as_it_was(request, at("agreement_relations", row.pk)),
        again=lambda refusal: _page(request, row, refusal=refusal),
    )


def _page(
    request: PageRequest,
    row: FrameworkAgreement,
    form: RelationForm | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    may_write = manages(request, row) and row.state != "ended"
    return list_page(
        request,
        "agreements/relations",
        relations_of(row),
        per_page=PER_PAGE,
        list_url=at("agreement_relations", row.pk),
        form=(form or RelationForm(agreement=row)) if may_write else None,
        refusal=refusal,
        **page_context(request, row, "Bezüge"),
    )
