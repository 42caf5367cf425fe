"""Successors: proposals of suppliers, decided by the contract manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.allocation.successors import replacements
from contracts.agreements.models import SuccessorProposal, SuccessorState
from contracts.catalogue import successors as domain
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.filters import SuccessorFilter
from frontend.forms.successor import RejectionForm, SuccessorForm
from frontend.lists import list_page
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import form_page, saved, sent

HEAD = ("bisheriger Artikel", "Bezeichnung", "Nachfolger", "Bezeichnung des Nachfolgers",
        "Lieferant", "Vereinbarung", "Position", "Nettopreis", "vorgeschlagen am",
        "Stand")  # fmt: skip


def successors(request: PageRequest) -> HttpResponseBase:
    """The proposals within reach, newest first; as a file with the same rows."""
    asked = SuccessorFilter(request.GET)
    rows = domain.visible_proposals(request.actor).order_by("-proposed_at", "-pk")
    if state := asked.value("stand"):
        rows = rows.filter(state=state)
    if wants_export(request):
        return table_download(request, "nachfolger", HEAD, (_export(row) for row in rows))
    may_propose = may_open(request.actor, "successor_create")
    return list_page(request, "successors/list", rows, filter=asked, may_propose=may_propose)


def _export(row: SuccessorProposal) -> tuple[Cell, ...]:
    item = row.listing.item
    return (
        row.listing.article.supplier_aid,
        row.listing.article.name,
        row.supplier_aid,
        row.name,
        item.award.supplier.name,
        item.award.lot.agreement.number,
        item.number,
        row.net_unit_price,
        row.proposed_at,
        str(row.get_state_display()),
    )


def successor_create(request: PageRequest) -> HttpResponse:
    """Propose a successor for a listed article."""
    form = SuccessorForm(sent(request), by=request.actor)
    return form_page(
        request,
        form,
        lambda: domain.propose(form.article, by=request.actor, now=timezone.now()),
        title="Nachfolger vorschlagen",
        lead="Der neue Artikel tritt unter derselben Vertragsposition an die Stelle des "
        "bisherigen, sobald das Vertragsmanagement ihn freigibt.",
        submit="Vorschlagen",
        said="Der Nachfolger ist vorgeschlagen.",
        to=lambda made: at("successor", made.pk),
        back=at("successors"),
        crumbs=crumbs(("Nachfolger", at("successors")), here="Vorschlagen"),
    )


def successor(request: PageRequest, proposal_id: int) -> HttpResponse:
    """One proposal: old and new side by side, with the decision or the way to it."""
    return _detail(request, proposal_id)


@require_POST
def successor_release(request: PageRequest, proposal_id: int) -> HttpResponse:
    """Put the successor on the shelf."""
    return _decide(request, proposal_id, domain.release, "Der Nachfolger ist gelistet.")


@require_POST
def successor_withdraw(request: PageRequest, proposal_id: int) -> HttpResponse:
    """Take the proposal back."""
    return _decide(request, proposal_id, domain.withdraw, "Der Vorschlag ist zurückgezogen.")


@require_POST
def successor_reject(request: PageRequest, proposal_id: int) -> HttpResponse:
    """Refuse the proposal, with the reason."""
    form = RejectionForm(request.POST)

    def reject(**known: Any) -> object:
        return domain.reject(reason=form.cleaned_data["reason"], **known)

    return _decide(request, proposal_id, reject, "Der Vorschlag ist abgelehnt.", form)


def _decide(
    request: PageRequest,
    proposal_id: int,
    step: Callable[..., object],
    said: str,
    form: RejectionForm | None = None,
) -> HttpResponse:
    return saved(
        request,
        lambda: step(proposal_id=proposal_id, by=request.actor, now=timezone.now()),
        parts=[form] if form is not None else [],
        said=said,
        to=at("successor", proposal_id),
        again=lambda refusal: _detail(request, proposal_id, form, refusal),
    )


def _detail(
    request: PageRequest,
    proposal_id: int,
    form: RejectionForm | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    row = get_object_or_404(domain.visible_proposals(request.actor), pk=proposal_id)
    actor = request.actor
    is_open = row.state == SuccessorState.PROPOSED
    context = {
        "proposal": row,
        "form": form or RejectionForm(),
        "refusal": refusal,
        "replacement": replacements([row.listing_id]).get(row.listing_id),
        "may_release": is_open and may_open(actor, "successor_release"),
        "may_reject": is_open and may_open(actor, "successor_reject"),
        "may_withdraw": is_open and may_open(actor, "successor_withdraw"),
        "events": history(row),
        "crumbs": crumbs(("Nachfolger", at("successors")), here=row.name),
    }
    return render(request, "frontend/successors/detail.html", context)
