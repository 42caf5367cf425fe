"""Successors: proposals of suppliers, decided by the contract manager."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.allocation.successors import replacements
from contracts.agreements.models import SuccessorProposal, SuccessorState
from contracts.catalogue import successors as domain
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.successor import RejectionForm, SuccessorForm
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import attempt

PER_PAGE = 25
HEAD = ("bisheriger Artikel", "Bezeichnung", "Nachfolger", "Bezeichnung des Nachfolgers",
        "Lieferant", "Vereinbarung", "Position", "Nettopreis", "vorgeschlagen am",
        "Stand")  # fmt: skip


def successors(request: PageRequest) -> HttpResponseBase:
    """The proposals within reach, newest first; as a file with the same rows."""
    state = request.GET.get("stand", "")
    rows = domain.visible_proposals(request.actor).order_by("-proposed_at", "-pk")
    if state in SuccessorState.values:
        rows = rows.filter(state=state)
    if wants_export(request):
        return table_download(request, "nachfolger", HEAD, (_export(row) for row in rows))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": SuccessorState.choices,
        "state": state,
        "exports": export_urls(request),
        "may_propose": may_open(request.actor, "successor_create"),
    }
    return render(request, "frontend/successors/list.html", context)


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
    data = request.POST if request.method == "POST" else None
    form = SuccessorForm(data, by=request.actor)
    refusal = None
    if form.is_valid():
        made, refusal = attempt(
            form, lambda: domain.propose(form.article, by=request.actor, now=timezone.now())
        )
        if made is not None:
            messages.success(request, "Der Nachfolger ist vorgeschlagen.")
            return redirect("frontend:successor", proposal_id=made.pk)
    context = {
        "form": form,
        "refusal": refusal,
        "crumbs": [
            {"label": "Nachfolger", "url": "/nachfolger/"},
            {"label": "Vorschlagen", "url": ""},
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "frontend/successors/form.html", context, status=status)


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
    refusal = None
    if form.is_valid():
        done, refusal = attempt(
            form,
            lambda: domain.reject(
                proposal_id=proposal_id,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                now=timezone.now(),
            ),
        )
        if done is not None:
            messages.success(request, "Der Vorschlag ist abgelehnt.")
            return redirect("frontend:successor", proposal_id=proposal_id)
    return _detail(request, proposal_id, form=form, refusal=refusal)


def _decide(
    request: PageRequest, proposal_id: int, step: Callable[..., object], outcome: str
) -> HttpResponse:
    form = RejectionForm()
    done, refusal = attempt(
        form, lambda: step(proposal_id=proposal_id, by=request.actor, now=timezone.now())
    )
    if done is None:
        return _detail(request, proposal_id, refusal=refusal)
    messages.success(request, outcome)
    return redirect("frontend:successor", proposal_id=proposal_id)


def _detail(
    request: PageRequest,
    proposal_id: int,
    *,
    form: RejectionForm | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    row = domain.visible_proposals(request.actor).filter(pk=proposal_id).first()
    if row is None:
        raise Http404
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
        "crumbs": [{"label": "Nachfolger", "url": "/nachfolger/"}, {"label": row.name, "url": ""}],
    }
    status = 422 if refusal is not None or (form is not None and form.errors) else 200
    return render(request, "frontend/successors/detail.html", context, status=status)
