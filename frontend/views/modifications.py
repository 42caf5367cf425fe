"""The register of contract modifications (§ 132 GWB), and what an approved entry allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import (
    AgreementState,
    ContractModification,
    FrameworkAgreement,
    ModificationKind,
    ModificationState,
    PositionProposal,
)
from contracts.agreements.prices import modification_effects
from contracts.agreements.prices import modifications as domain
from contracts.agreements.prices.admission import proposed_position
from contracts.agreements.writing.documents import visible_documents
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import table_download, wants_export
from frontend.forms.once import form_of
from frontend.forms.price_changes import (
    ExtendTermForm,
    LowerCapForm,
    ModificationForm,
    RaiseCapForm,
    VerdictForm,
)
from frontend.lists import list_page
from frontend.presenters.price_changes import MODIFICATION_HEAD, modification_rows, with_scope
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from frontend.saving import saved
from frontend.views.agreement_base import is_own, manages, own, page_context, today, visible


def agreement_modifications(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The register, with cumulative value and percent, or as a file."""
    row = visible(request, agreement_id)
    if wants_export(request):
        rows = modification_rows(_entries(request, row))
        return table_download(request, f"vertragsaenderungen-{row.number}", MODIFICATION_HEAD, rows)
    return _list(request, row)


@require_POST
def modification_register(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Write a proposed modification down."""
    row = own(request, agreement_id)
    form = ModificationForm(request.POST, agreement=row)
    return saved(
        request,
        lambda: domain.register(
            agreement_id=row.pk,
            entry=form.entry,
            token=form_of(request.POST),
            by=request.actor,
            now=timezone.now(),
        ),
        parts=[form],
        said=lambda made: f"{made.number} ist vorgeschlagen.",
        to=lambda made: at("modification", row.pk, made.pk),
        again=lambda refusal: _list(request, row, form=form, refusal=refusal),
    )


@require_POST
def cap_lower(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Lower a cap, never below what is bound."""
    row = own(request, agreement_id)
    form = LowerCapForm(request.POST, accounts=modification_effects.accounts_of(row))
    return saved(
        request,
        lambda: modification_effects.lower_cap(
            agreement_id=row.pk,
            account_id=form.cleaned_data["account"].pk,
            new_limit=form.cleaned_data["new_limit"],
            document=form.cleaned_data["document"],
            by=request.actor,
            now=timezone.now(),
        ),
        parts=[form],
        said=lambda account: f"{account.title}: Die Grenze ist gesenkt.",
        to=at("agreement_modifications", row.pk),
        again=lambda refusal: _list(request, row, lower=form, refusal=refusal),
    )


def modification(request: PageRequest, agreement_id: int, modification_id: int) -> HttpResponse:
    """One entry: what it comes to, who agreed, what it allows."""
    row = visible(request, agreement_id)
    return _detail(request, row, _entry(request, row, modification_id))


@require_POST
def modification_decide(
    request: PageRequest, agreement_id: int, modification_id: int
) -> HttpResponse:
    """The second person's approval or refusal."""
    row = own(request, agreement_id)
    entry = _entry(request, row, modification_id)
    form = VerdictForm(request.POST)

    def step() -> ContractModification:
        given: dict[str, Any] = {
            "modification_id": entry.pk, "by": request.actor, "now": timezone.now(),
        }  # fmt: skip
        if form.accepts:
            return domain.approve(**given)
        return domain.reject(reason=form.cleaned_data["reason"], **given)

    return _act(request, row, entry, form, step, "Die Entscheidung steht im Register.")


@require_POST
def modification_raise(
    request: PageRequest, agreement_id: int, modification_id: int
) -> HttpResponse:
    """Raise a cap as the approved entry allows."""
    row = own(request, agreement_id)
    entry = _entry(request, row, modification_id)
    form = RaiseCapForm(request.POST, entry=entry)

    def step() -> object:
        return modification_effects.raise_cap(
            account_id=form.cleaned_data["account"].pk,
            new_limit=form.cleaned_data["new_limit"],
            modification_id=entry.pk,
            by=request.actor,
            now=timezone.now(),
        )

    return _act(request, row, entry, form, step, "Die Grenze ist erhöht.")


@require_POST
def modification_extend(
    request: PageRequest, agreement_id: int, modification_id: int
) -> HttpResponse:
    """Extend the term as the approved entry allows."""
    row = own(request, agreement_id)
    entry = _entry(request, row, modification_id)
    form = ExtendTermForm(request.POST)

    def step() -> object:
        return modification_effects.extend_term(
            modification_id=entry.pk, by=request.actor, now=timezone.now()
        )

    return _act(request, row, entry, form, step, "Die Laufzeit ist verlängert.")


def _entries(request: PageRequest, row: FrameworkAgreement) -> QuerySet[ContractModification]:
    rows = domain.visible_modifications(request.actor, today()).filter(agreement=row)
    return with_scope(rows).order_by("-pk")


def _entry(
    request: PageRequest, row: FrameworkAgreement, modification_id: int
) -> ContractModification:
    return get_object_or_404(_entries(request, row), pk=modification_id)


def _list(
    request: PageRequest,
    row: FrameworkAgreement,
    *,
    form: ModificationForm | None = None,
    lower: LowerCapForm | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    if manages(request, row) and row.state != AgreementState.ENDED:
        form = form or ModificationForm(agreement=row)
        lower = lower or LowerCapForm(accounts=modification_effects.accounts_of(row))
    return list_page(
        request,
        "agreements/modifications",
        _entries(request, row),
        list_url=at("agreement_modifications", row.pk),
        form=form,
        lower=lower,
        refusal=refusal,
        **page_context(request, row, "Vertragsänderungen"),
    )


def _act(
    request: PageRequest,
    row: FrameworkAgreement,
    entry: ContractModification,
    form: forms.Form,
    step: Callable[[], object],
    said: str,
) -> HttpResponse:
    return saved(
        request,
        step,
        parts=[form],
        said=said,
        to=at("modification", row.pk, entry.pk),
        again=lambda refusal: _detail(request, row, entry, form, refusal),
    )


def _detail(
    request: PageRequest,
    row: FrameworkAgreement,
    entry: ContractModification,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    entry = _entry(request, row, entry.pk)
    documents = visible_documents(request.actor, today()).filter(
        modification=entry, withdrawn_at__isnull=True
    )
    context = {
        **page_context(request, row, entry.number),
        **_steps(request, row, entry, form),
        "entry": entry,
        "documents": list(documents.order_by("title", "pk")),
        "position": _proposed(entry),
        "uses": list(entry.uses.select_related("account").order_by("pk")),
        "events": history(entry) if is_own(request, row) else [],
        "refusal": refusal,
        "failed": form,
    }
    return render(request, "frontend/agreements/modification.html", context)


def _proposed(entry: ContractModification) -> tuple[ItemSpec, Prices] | None:
    """The position that waits for the approval, or came by it."""
    row = PositionProposal.objects.filter(entry=entry).first()
    return None if row is None else proposed_position(row.content)


def _steps(
    request: PageRequest,
    row: FrameworkAgreement,
    entry: ContractModification,
    form: forms.Form | None,
) -> dict[str, Any]:
    """Which steps the actor can take now, each with its form."""
    actor, is_open = request.actor, entry.state == ModificationState.PROPOSED
    decides = is_open and is_own(request, row) and may_open(actor, "modification_decide")
    applies = entry.state == ModificationState.APPROVED and manages(request, row)
    involved = actor.user_id == entry.proposer_id
    return {
        "verdict": _kept(form, VerdictForm) or VerdictForm() if decides and not involved else None,
        "waits_for_others": decides and involved,
        "raise_form": (
            _kept(form, RaiseCapForm) or RaiseCapForm(entry=entry)
            if applies and entry.kind == ModificationKind.CAP
            else None
        ),
        "extend_form": (
            _kept(form, ExtendTermForm) or ExtendTermForm()
            if applies and entry.kind == ModificationKind.TERM
            else None
        ),
    }


def _kept(form: forms.Form | None, kind: type[forms.Form]) -> forms.Form | None:
    """The form that was sent and refused, where it is this one."""
    return form if isinstance(form, kind) else None
