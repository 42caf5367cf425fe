"""Requisitions: list, detail, edit, submit, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.allocation.allotment import Decision
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import csv_download
from frontend.forms.requisition import fiscal_year, split_formset
from frontend.forms.revision import RevisionForm
from frontend.presenters.requisitions import (
    budget_effects,
    current_revisions,
    groups,
    pending_events,
    signatures,
)
from frontend.presenters.service_terms import with_terms
from frontend.presenters.successors import with_successors
from frontend.presenters.timeline import history
from frontend.refusals import REFUSALS, Refusal, explain
from orders import approvals
from orders import requisitions as domain
from orders.budgets import usable_lines
from orders.errors import NotFound
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionLine, RequisitionRevision
from orders.requisitions import outlook
from orders.service_terms import asked_terms

PER_PAGE = 25
EDITABLE = ("draft", "returned")
WITHDRAWABLE = ("draft", "returned", "submitted")
HEAD = ("Nummer", "Betreff", "Schule", "angelegt von", "angelegt am", "Stand",
        "netto", "Umsatzsteuer", "brutto")  # fmt: skip


def requisitions(request: PageRequest) -> HttpResponseBase:
    """The requisitions of the organisation, filtered; `format=csv` gives the same rows."""
    rows = _filtered(request)
    if request.GET.get("format") == "csv":
        return csv_download("anforderungen.csv", HEAD, (_csv_row(row) for row in rows.iterator()))
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": list(RequisitionState),
        "state": request.GET.get("stand", ""),
        "number": request.GET.get("nummer", ""),
        "export_url": f"?{query.urlencode()}",
        "may_ask": may_open(request.actor, "basket"),
    }
    return render(request, "frontend/requisitions/list.html", context)


def _filtered(request: PageRequest) -> QuerySet[RequisitionRevision]:
    found = domain.visible_requisitions(request.actor)
    state = request.GET.get("stand", "")
    if state in set(RequisitionState):
        found = found.filter(state=state)
    rows = current_revisions(found)
    if text := request.GET.get("nummer", "").strip():
        rows = rows.filter(Q(requisition__number__icontains=text) | Q(title__icontains=text))
    return rows


def _csv_row(row: RequisitionRevision) -> tuple[Any, ...]:
    wish = row.requisition
    return (
        wish.number,
        row.title,
        str(wish.school or ""),
        str(wish.created_by.user),
        wish.created_at,
        wish.get_state_display(),
        row.net,
        row.tax,
        row.gross,
    )


def requisition(request: PageRequest, requisition_id: int) -> HttpResponse:
    """One requisition with everything that was and will be decided about it."""
    return _detail(request, requisition_id)


@require_POST
def requisition_submit(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Submit; a refusal names every limit that is short, and nothing is held."""
    return _act(request, requisition_id, domain.submit, "ist eingereicht.")


@require_POST
def requisition_withdraw(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Take the requisition back; what it held is free again."""
    return _act(request, requisition_id, domain.withdraw, "ist zurückgezogen.")


def _act(
    request: PageRequest, requisition_id: int, step: Callable[..., Requisition], outcome: str
) -> HttpResponse:
    try:
        done = step(requisition_id=requisition_id, by=request.actor, now=timezone.now())
    except REFUSALS as error:
        _raise_if_missing(error)
        return _detail(request, requisition_id, refusal=explain(error), status=422)
    messages.success(request, f"Anforderung {done.number} {outcome}")
    return redirect("frontend:requisition", requisition_id=requisition_id)


def requisition_edit(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Write a new revision: head, account assignment, quantities."""
    wish = _own(request, requisition_id)
    now = timezone.now()
    lines = domain.current_lines(wish)
    data = request.POST if request.method == "POST" else None
    old = domain.ask_of(lines)
    form = RevisionForm(data, lines=lines, old=old)
    budget = usable_lines(request.actor, fiscal_year(berlin_day(now)))
    split = split_formset(budget, data, form.old_shares)
    refusal = None
    if data is not None and all((form.is_valid(), split.is_valid())):
        try:
            domain.revise(
                requisition_id=wish.pk,
                by=request.actor,
                ask=form.ask(split.shares),
                wanted=form.wanted,
                base_revision=wish.current_revision,
                now=now,
            )
        except REFUSALS as error:
            _raise_if_missing(error)
            refusal = explain(error)
        else:
            messages.success(request, "Die neue Fassung ist gespeichert.")
            return redirect("frontend:requisition", requisition_id=wish.pk)
    context = {
        "wish": wish,
        "form": form,
        "split": split,
        "refusal": refusal,
        "more_shares": len(form.old_shares) > 1,
        "crumbs": [*_crumbs(wish), {"label": "Bearbeiten", "url": ""}],
    }
    status = 422 if data is not None else 200
    return render(request, "frontend/requisitions/edit.html", context, status=status)


def _own(request: PageRequest, requisition_id: int) -> Requisition:
    """An editable requisition of the actor's organisation, or 404."""
    rows = domain.visible_requisitions(request.actor)
    wish = rows.filter(pk=requisition_id, state__in=EDITABLE).first()
    if wish is None:
        raise Http404
    return wish


def _raise_if_missing(error: Exception) -> None:
    """What the actor's organisation does not have stays a 404, not a refusal."""
    if isinstance(error, NotFound):
        raise error


def _crumbs(wish: Requisition) -> list[dict[str, str]]:
    return [
        {"label": "Anforderungen", "url": "/anforderungen/"},
        {"label": wish.number, "url": f"/anforderungen/{wish.pk}/"},
    ]


def _detail(
    request: PageRequest,
    requisition_id: int,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    wish = (
        domain.visible_requisitions(actor)
        .select_related("school", "created_by__user", "authority")
        .filter(pk=requisition_id)
        .first()
    )
    if wish is None:
        raise Http404
    lines = domain.current_lines(wish)
    today = berlin_day(timezone.now())
    with_successors(lines, by=actor, on=today)
    with_terms(lines, asked_terms(lines, on=today), ordered_on=berlin_day(wish.created_at))
    revision = lines[0].revision
    steps = signatures(wish, revision.gross, today)
    call_offs = list(wish.call_offs.select_related("supplier", "lot").order_by("number"))
    context = {
        "wish": wish,
        "decisions": _decisions(wish, lines),
        "revision": revision,
        "groups": groups(lines),
        "effects": budget_effects(wish, [a for line in lines for a in line.assignments.all()]),
        "signatures": steps,
        "call_offs": call_offs,
        "events": [*history(wish, *call_offs), *pending_events(wish, steps)],
        "refusal": refusal,
        "crumbs": _crumbs(wish),
        "may_edit": wish.state in EDITABLE and may_open(actor, "requisition_edit"),
        "may_submit": wish.state in EDITABLE and may_open(actor, "requisition_submit"),
        "may_withdraw": wish.state in WITHDRAWABLE and may_open(actor, "requisition_withdraw"),
        "may_decide": may_open(actor, "decide")
        and approvals.inbox(actor).filter(pk=wish.pk).exists(),
    }
    return render(request, "frontend/requisitions/detail.html", context, status=status)


def _decisions(wish: Requisition, lines: Sequence[RequisitionLine]) -> list[Decision]:
    """Whose turn it is, as long as it can still change; what is not orderable says so itself."""
    if wish.state not in WITHDRAWABLE:
        return []
    try:
        return outlook(wish, lines, now=timezone.now())
    except REFUSALS:
        return []
