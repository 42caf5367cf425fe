"""The inbox of those who sign, and the decision. GET never decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from contracts.clock import berlin_day
from frontend.actor import PageRequest
from frontend.forms.decision import DecisionForm
from frontend.presenters.requisitions import budget_effects, current_revisions, groups
from frontend.presenters.service_terms import with_terms
from frontend.refusals import REFUSALS, Refusal, explain
from orders import approvals as domain
from orders.budgets import BudgetEffect
from orders.errors import NotFound, StaleRevision
from orders.models import (
    ApprovalStep,
    Assignment,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
)
from orders.models.approval import Verdict
from orders.requisitions import current_lines, visible_requisitions
from orders.service_terms import asked_terms
from orders.signing.steps import steps_of_round

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A requisition to decide: lines, budget effect and why this role signs."""

    revision: RequisitionRevision
    lines: Sequence[RequisitionLine]
    effects: Sequence[BudgetEffect]
    step: ApprovalStep | None


def approvals(request: PageRequest) -> HttpResponse:
    """What waits for the actor's signature, oldest first."""
    rows = current_revisions(domain.inbox(request.actor)).order_by(
        "requisition__submitted_at", "pk"
    )
    page = Paginator(rows.prefetch_related(*_prefetches(request)), PER_PAGE).get_page(
        request.GET.get("seite")
    )
    context = {"page": page, "rows": [_row(revision) for revision in page.object_list]}
    return render(request, "frontend/approvals/inbox.html", context)


def _prefetches(request: PageRequest) -> list[Prefetch]:  # type: ignore[type-arg]
    assignments = Assignment.objects.select_related(
        "budget_line__own_account", "budget_line__pool__account"
    )
    lines = RequisitionLine.objects.order_by("line_no").prefetch_related(
        Prefetch("assignments", assignments)
    )
    steps = ApprovalStep.objects.filter(role=request.actor.role, completed_at__isnull=True)
    return [
        Prefetch("lines", lines, to_attr="shown_lines"),
        Prefetch("requisition__steps", steps.order_by("tier"), to_attr="own_steps"),
    ]


def _row(revision: RequisitionRevision) -> InboxRow:
    lines = revision.shown_lines  # type: ignore[attr-defined]
    steps = revision.requisition.own_steps  # type: ignore[attr-defined]
    own = [row for row in steps if row.revision_no == revision.requisition.submitted_revision]
    return InboxRow(
        revision=revision,
        lines=lines,
        effects=budget_effects(
            revision.requisition, [row for line in lines for row in line.assignments.all()]
        ),
        step=own[0] if own else None,
    )


def decide(request: PageRequest, requisition_id: int) -> HttpResponse:
    """The page to read and confirm (GET), and the decision itself (POST)."""
    wish = (
        visible_requisitions(request.actor)
        .select_related("school", "created_by__user", "authority")
        .filter(pk=requisition_id)
        .first()
    )
    if wish is None:
        raise Http404
    if request.method == "POST":
        return _decided(request, wish)
    if not domain.inbox(request.actor).filter(pk=wish.pk).exists():
        messages.info(request, "Diese Anforderung wartet nicht auf Ihre Entscheidung.")
        return redirect("frontend:requisition", requisition_id=wish.pk)
    form = DecisionForm(initial={"revision_no": wish.current_revision})
    return _confirm(request, wish, form)


def _decided(request: PageRequest, wish: Requisition) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _confirm(request, wish, form, status=422)
    data = form.cleaned_data
    try:
        done = domain.decide(
            requisition_id=wish.pk,
            revision_no=data["revision_no"],
            verdict=form.chosen,
            comment=data["comment"],
            by=request.actor,
            now=timezone.now(),
        )
    except REFUSALS as error:
        if isinstance(error, NotFound):
            raise
        if isinstance(error, StaleRevision):
            initial = {"revision_no": wish.current_revision, "comment": data["comment"]}
            form = DecisionForm(initial=initial)
        return _confirm(request, wish, form, refusal=explain(error), status=422)
    _tell(request, done, form.chosen)
    return redirect("frontend:approvals")


def _tell(request: PageRequest, done: Requisition, verdict: Verdict) -> None:
    """Say what became of it: an approval can also send a dearer requisition back."""
    if verdict is Verdict.APPROVE and done.state == "returned":
        messages.warning(
            request,
            f"{done.number}: Der Preis ist seit der Anforderung gestiegen. "
            "Die Anforderung ging zur Überarbeitung zurück.",
        )
    elif verdict is Verdict.APPROVE and done.state == "submitted":
        messages.success(request, f"{done.number}: freigegeben. Es folgt die nächste Unterschrift.")
    elif verdict is Verdict.APPROVE:
        count = done.call_offs.count()
        words = "1 Abruf ist erteilt" if count == 1 else f"{count} Abrufe sind erteilt"
        messages.success(request, f"{done.number}: freigegeben, {words}.")
    else:
        messages.success(request, f"{done.number}: {verdict.label}.")


def _confirm(
    request: PageRequest,
    wish: Requisition,
    form: DecisionForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = current_lines(wish)
    terms = asked_terms(lines, on=berlin_day(timezone.now()))
    with_terms(lines, terms, ordered_on=berlin_day(wish.created_at))
    step = steps_of_round(wish).filter(role=request.actor.role, completed_at__isnull=True).first()
    context = {
        "wish": wish,
        "revision": lines[0].revision,
        "groups": groups(lines),
        "effects": budget_effects(wish, [a for line in lines for a in line.assignments.all()]),
        "step": step,
        "form": form,
        "refusal": refusal,
        "crumbs": [
            {"label": "Freigaben", "url": "/freigaben/"},
            {"label": wish.number, "url": ""},
        ],
    }
    return render(request, "frontend/approvals/decide.html", context, status=status)
