"""Price changes of an agreement: the register, one change, and the steps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import (
    ContractItem,
    FrameworkAgreement,
    PriceChange,
    PriceChangeRoute,
    PriceChangeState,
)
from contracts.agreements.prices import changes as domain
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices.comparison import tier_moves
from contracts.agreements.prices.modifications import visible_modifications
from contracts.agreements.writing.documents import visible_documents
from frontend.access import CONTRACTS, may_open
from frontend.actor import PageRequest
from frontend.downloads import export_urls, table_download, wants_export
from frontend.forms.position import initial_position, tier_formset
from frontend.forms.price_changes import ProposalForm, RegisterVerdictForm, VerdictForm
from frontend.presenters.price_changes import CHANGE_HEAD, change_rows, clause_words, with_parties
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import attempt
from frontend.views.agreement_base import is_own, page_context, today, visible

PER_PAGE = 25
STATES = PriceChangeState


def price_changes(request: PageRequest) -> HttpResponseBase:
    """The changes of all agreements the actor works on, filtered by state, or as a file."""
    rows = _filtered(request, _all_changes(request))
    if wants_export(request):
        return table_download(request, "preisaenderungen", CHANGE_HEAD, change_rows(rows))
    context = _list_context(request, rows) | {"is_own": request.actor.role in CONTRACTS}
    return render(request, "frontend/prices/changes.html", context)


def agreement_changes(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The price changes the actor may read, filtered by state, or as a file."""
    row = visible(request, agreement_id)
    rows = _filtered(request, _changes(request, row))
    if wants_export(request):
        name = f"preisaenderungen-{row.number}"
        return table_download(request, name, CHANGE_HEAD, change_rows(rows))
    context = {
        **page_context(request, row, "Preisänderungen"),
        **_list_context(request, rows),
        "may_propose": may_open(request.actor, "price_change_propose"),
    }
    return render(request, "frontend/agreements/changes.html", context)


def price_change(request: PageRequest, agreement_id: int, change_id: int) -> HttpResponse:
    """One change: what moves, why this way, who agreed, what comes next."""
    row = visible(request, agreement_id)
    return _detail(request, row, _change(request, row, change_id))


@require_POST
def price_change_decide(request: PageRequest, agreement_id: int, change_id: int) -> HttpResponse:
    """The contract manager's decision."""
    row = visible(request, agreement_id)
    change = _change(request, row, change_id)
    form = _decision_form(change, request.POST)

    def step() -> PriceChange:
        return price_decisions.decide(
            change_id=change.pk,
            accept=form.accepts,
            reason=form.cleaned_data["reason"],
            entry=form.entry if isinstance(form, RegisterVerdictForm) else None,
            by=request.actor,
            now=timezone.now(),
        )

    return _act(request, row, change, form, step)


@require_POST
def price_change_confirm(request: PageRequest, agreement_id: int, change_id: int) -> HttpResponse:
    """The second person's word."""
    row = visible(request, agreement_id)
    change = _change(request, row, change_id)
    form = VerdictForm(request.POST)

    def step() -> PriceChange:
        return price_decisions.confirm(
            change_id=change.pk,
            accept=form.accepts,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=timezone.now(),
        )

    return _act(request, row, change, form, step)


@require_POST
def price_change_withdraw(request: PageRequest, agreement_id: int, change_id: int) -> HttpResponse:
    """The supplier takes its proposal back."""
    row = visible(request, agreement_id)
    change = _change(request, row, change_id)

    def step() -> PriceChange:
        return domain.withdraw(change_id=change.pk, by=request.actor, now=timezone.now())

    return _act(request, row, change, forms.Form(request.POST), step)


def price_change_propose(request: PageRequest, agreement_id: int, item_id: int) -> HttpResponse:
    """The supplier's form for one of its positions."""
    row = visible(request, agreement_id)
    item = (
        domain.proposable_items(request.actor, today())
        .filter(pk=item_id, award__lot__agreement=row)
        .first()
    )
    if item is None:
        raise Http404
    _, known = initial_position(item)
    data = request.POST if request.method == "POST" else None
    form, tiers = ProposalForm(data, item=item), tier_formset(data, known)
    refusal = None
    if data is not None and form.is_valid() and (form.is_list_price or tiers.is_valid()):
        given = form.proposal([] if form.is_list_price else tiers.rows)
        done, refusal = attempt(
            form, lambda: domain.propose(given, by=request.actor, now=timezone.now())
        )
        if done is not None:
            _tell(request, done)
            return redirect("frontend:price_change", row.pk, done.pk)
    return _propose_page(request, row, item, form, tiers, refusal)


def _propose_page(
    request: PageRequest,
    row: FrameworkAgreement,
    item: ContractItem,
    form: ProposalForm,
    tiers: Any,
    refusal: Alert | None,
) -> HttpResponse:
    in_force = item.award.terms.filter(valid_from__lte=today())
    terms = in_force.order_by("-valid_from").first()
    context = {
        **page_context(request, row, "Preis vorschlagen"),
        "title": f"Preis vorschlagen: {item.number} {item.title}",
        "lead": f"Erteilte Abrufe behalten ihren Preis. {clause_words(terms)} Was die Klausel "
        "nicht erlaubt, entscheidet die Beschaffungsstelle als Vertragsänderung.",
        "submit": "Vorschlagen",
        "form": form,
        "tiers": tiers,
        "refusal": refusal,
        "back": "agreement_changes",
    }
    status = 422 if form.is_bound else 200
    return render(request, "frontend/agreements/form.html", context, status=status)


def _all_changes(request: PageRequest) -> QuerySet[PriceChange]:
    rows = domain.visible_changes(request.actor, today())
    return with_parties(rows).order_by("-proposed_at", "-pk")


def _changes(request: PageRequest, row: FrameworkAgreement) -> QuerySet[PriceChange]:
    return _all_changes(request).filter(item__award__lot__agreement=row)


def _filtered(request: PageRequest, rows: QuerySet[PriceChange]) -> QuerySet[PriceChange]:
    state = request.GET.get("stand", "")
    return rows.filter(state=state) if state in PriceChangeState.values else rows


def _list_context(request: PageRequest, rows: QuerySet[PriceChange]) -> dict[str, Any]:
    return {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": PriceChangeState.choices,
        "state": request.GET.get("stand", ""),
        "exports": export_urls(request),
    }


def _change(request: PageRequest, row: FrameworkAgreement, change_id: int) -> PriceChange:
    found = _changes(request, row).filter(pk=change_id).first()
    if found is None:
        raise Http404
    return found


def _act(
    request: PageRequest,
    row: FrameworkAgreement,
    change: PriceChange,
    form: forms.Form,
    step: Callable[[], PriceChange],
) -> HttpResponse:
    refusal = None
    if form.is_valid():
        done, refusal = attempt(form, step)
        if done is not None:
            _tell(request, done)
            return redirect("frontend:price_change", row.pk, done.pk)
    return _detail(request, row, change, form=form, refusal=refusal, status=422)


def _tell(request: PageRequest, change: PriceChange) -> None:
    day = f"{change.effective_from:%d.%m.%Y}"
    words = {
        STATES.PROPOSED: "ist vorgeschlagen; die Beschaffungsstelle entscheidet.",
        STATES.AWAITING_SECOND: "wartet auf die Bestätigung durch eine zweite Person.",
        STATES.ACCEPTED: f"ist angenommen; der Preis gilt ab dem {day}.",
        STATES.REJECTED: "ist abgelehnt.",
        STATES.WITHDRAWN: "ist zurückgezogen.",
    }[STATES(change.state)]
    messages.success(request, f"Die Änderung {change.number} {words}")


def _decision_form(change: PriceChange, data: Any = None) -> VerdictForm:
    if change.route == PriceChangeRoute.MODIFICATION:
        return RegisterVerdictForm(data)
    return VerdictForm(data)


def _detail(
    request: PageRequest,
    row: FrameworkAgreement,
    change: PriceChange,
    *,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
    status: int = 200,
) -> HttpResponse:
    change = _change(request, row, change.pk)  # after a refusal somebody may have been quicker
    own = is_own(request, row)
    entry = visible_modifications(request.actor, today()).filter(change=change).first()
    documents = visible_documents(request.actor, today()).filter(
        Q(change=change) | Q(modification__change=change), withdrawn_at__isnull=True
    )
    context = {
        **page_context(request, row, change.number),
        **_steps(request, change, own=own, form=form),
        "change": change,
        "entry": entry,
        "moves": tier_moves(change, change.item),
        "documents": list(documents.order_by("title", "pk")),
        "events": history(*[part for part in (change, entry) if part is not None]) if own else [],
        "refusal": refusal,
    }
    return render(request, "frontend/agreements/change.html", context, status=status)


def _steps(
    request: PageRequest, change: PriceChange, *, own: bool, form: forms.Form | None
) -> dict[str, Any]:
    """Which steps the actor can take now, with their form."""
    actor, state = request.actor, STATES(change.state)
    decides = own and state is STATES.PROPOSED and may_open(actor, "price_change_decide")
    confirms = own and state is STATES.AWAITING_SECOND and may_open(actor, "price_change_confirm")
    involved = actor.user_id in (change.proposer_id, change.decider_id)
    shown = form if isinstance(form, VerdictForm) else None
    if shown is None and (decides or confirms):
        shown = _decision_form(change) if decides else VerdictForm()
    return {
        "may_decide": decides and not involved,
        "may_confirm": confirms and not involved,
        "waits_for_others": (decides or confirms) and involved,
        "may_withdraw": state in domain.OPEN_STATES and may_open(actor, "price_change_withdraw"),
        "form": shown,
    }
