"""Price changes of an agreement: the register, one change, and the steps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import (
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
from frontend.addresses import at
from frontend.downloads import table_download, wants_export
from frontend.forms.filters import ChangeFilter
from frontend.forms.position import initial_position, tier_formset
from frontend.forms.price_changes import ProposalForm, RegisterVerdictForm, VerdictForm
from frontend.lists import list_page
from frontend.presenters.price_changes import CHANGE_HEAD, change_rows, clause_words, with_parties
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import form_page, saved, sent
from frontend.views.agreement_base import is_own, page_context, today, visible

STATES = PriceChangeState


def price_changes(request: PageRequest) -> HttpResponseBase:
    """The changes of all agreements the actor works on, filtered by state, or as a file."""
    asked = ChangeFilter(request.GET)
    rows = _narrowed(_all_changes(request), asked)
    if wants_export(request):
        return table_download(request, "preisaenderungen", CHANGE_HEAD, change_rows(rows))
    is_own = request.actor.role in CONTRACTS
    return list_page(request, "prices/changes", rows, filter=asked, is_own=is_own)


def agreement_changes(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The price changes the actor may read, filtered by state, or as a file."""
    row = visible(request, agreement_id)
    asked = ChangeFilter(request.GET)
    rows = _narrowed(_changes(request, row), asked)
    if wants_export(request):
        name = f"preisaenderungen-{row.number}"
        return table_download(request, name, CHANGE_HEAD, change_rows(rows))
    return list_page(
        request,
        "agreements/changes",
        rows,
        filter=asked,
        may_propose=may_open(request.actor, "price_change_propose"),
        **page_context(request, row, "Preisänderungen"),
    )


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
    item = get_object_or_404(
        domain.proposable_items(request.actor, today()), pk=item_id, award__lot__agreement=row
    )
    _, known = initial_position(item)
    data = sent(request)
    form, tiers = ProposalForm(data, item=item), tier_formset(data, known)
    in_force = item.award.terms.filter(valid_from__lte=today())
    terms = in_force.order_by("-valid_from").first()
    of_tiers = [] if form.is_list_price else [tiers]

    def propose() -> PriceChange:
        given = form.proposal(tiers.rows if of_tiers else [])
        return domain.propose(given, by=request.actor, now=timezone.now())

    return form_page(
        request,
        form,
        propose,
        title=f"Preis vorschlagen: {item.number} {item.title}",
        lead=f"Erteilte Abrufe behalten ihren Preis. {clause_words(terms)} Was die Klausel "
        "nicht erlaubt, entscheidet die Beschaffungsstelle als Vertragsänderung.",
        submit="Vorschlagen",
        said=_outcome,
        to=lambda made: at("price_change", row.pk, made.pk),
        back=at("agreement_changes", row.pk),
        template="agreements/form",
        parts=of_tiers,
        tiers=tiers,
        **page_context(request, row, "Preis vorschlagen"),
    )


def _all_changes(request: PageRequest) -> QuerySet[PriceChange]:
    rows = domain.visible_changes(request.actor, today())
    return with_parties(rows).order_by("-proposed_at", "-pk")


def _changes(request: PageRequest, row: FrameworkAgreement) -> QuerySet[PriceChange]:
    return _all_changes(request).filter(item__award__lot__agreement=row)


def _narrowed(rows: QuerySet[PriceChange], asked: ChangeFilter) -> QuerySet[PriceChange]:
    state = asked.value("stand")
    return rows.filter(state=state) if state else rows


def _change(request: PageRequest, row: FrameworkAgreement, change_id: int) -> PriceChange:
    return get_object_or_404(_changes(request, row), pk=change_id)


def _act(
    request: PageRequest,
    row: FrameworkAgreement,
    change: PriceChange,
    form: forms.Form,
    step: Callable[[], PriceChange],
) -> HttpResponse:
    return saved(
        request,
        step,
        parts=[form],
        said=_outcome,
        to=at("price_change", row.pk, change.pk),
        again=lambda refusal: _detail(request, row, change, form, refusal),
    )


def _outcome(change: PriceChange) -> str:
    day = f"{change.effective_from:%d.%m.%Y}"
    words = {
        STATES.PROPOSED: "ist vorgeschlagen; die Beschaffungsstelle entscheidet.",
        STATES.AWAITING_SECOND: "wartet auf die Bestätigung durch eine zweite Person.",
        STATES.ACCEPTED: f"ist angenommen; der Preis gilt ab dem {day}.",
        STATES.REJECTED: "ist abgelehnt.",
        STATES.WITHDRAWN: "ist zurückgezogen.",
    }[STATES(change.state)]
    return f"Die Änderung {change.number} {words}"


def _decision_form(change: PriceChange, data: Any = None) -> VerdictForm:
    if change.route == PriceChangeRoute.MODIFICATION:
        return RegisterVerdictForm(data)
    return VerdictForm(data)


def _detail(
    request: PageRequest,
    row: FrameworkAgreement,
    change: PriceChange,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
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
    return render(request, "frontend/agreements/change.html", context)


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
