"""The register of an agreement's buyers with their quotas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import AgreementState, BuyerEntitlement, FrameworkAgreement
from contracts.agreements.writing import buyers as domain
from contracts.agreements.writing.setup import entitle
from contracts.parties.models import Role
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.formatting import format_money
from frontend.forms.agreement_parts import (
    BuyerForm,
    EndEntitlementForm,
    QuotaForm,
    ReturnForm,
    TransferForm,
)
from frontend.refusals import Alert
from frontend.saving import attempt
from frontend.views.agreement_base import manages, own, page_context, today, visible
from frontend.views.form_page import FormPage

PER_PAGE = 25
HEAD = ("Organisation", "Umfang", "berechtigt ab", "berechtigt bis", "Kontingent netto",
        "gebucht netto", "vorgemerkt netto", "frei netto")  # fmt: skip


def agreement_buyers(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """Who may call off, and how much; a buyer sees itself alone."""
    row = visible(request, agreement_id)
    if wants_export(request):
        found = domain.visible_entitlements(row, request.actor)
        name = f"abrufberechtigte-{row.number}"
        return table_download(request, name, HEAD, (_row(entry) for entry in found))
    return _register(request, row)


def _row(row: BuyerEntitlement) -> tuple[Cell, ...]:
    quota = row.quota
    return (
        row.buyer.name,
        _scope(row),
        row.valid_from,
        row.valid_to,
        *(
            (quota.limit_amount, quota.posted, quota.held, quota.available)
            if quota is not None
            else (None, None, None, None)
        ),
    )


def _scope(row: BuyerEntitlement) -> str:
    return f"Los {row.lot.number}" if row.lot is not None else "alle Lose"


@require_POST
def buyer_name(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Name a buyer."""
    row = own(request, agreement_id)
    form = BuyerForm(request.POST, agreement=row)

    def step() -> BuyerEntitlement:
        return entitle(row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return _saved(request, row, form, step, "Die Organisation ist benannt.")


@require_POST
def quota_transfer(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Move quota from one buyer to another."""
    row = own(request, agreement_id)
    form = TransferForm(request.POST, rows=_with_quota(row))

    def step() -> bool:
        domain.transfer_quota(**form.cleaned_data, by=request.actor, now=timezone.now())
        return True

    return _saved(request, row, form, step, "Das Kontingent ist übertragen.")


def buyer_end(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Let an entitlement end."""
    row = own(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    form = EndEntitlementForm(_posted(request), initial={"last_day": entry.valid_to or today()})

    def step() -> object:
        return domain.end_entitlement(
            entitlement_id=entry.pk, **form.cleaned_data, by=request.actor, now=timezone.now()
        )

    title = f"Berechtigung beenden: {entry.buyer.name}"
    lead = f"{_scope(entry)}. Erteilte Abrufe bleiben bestehen; neue sind danach nicht möglich."
    return _page(request, row, title, form, step, "Die Berechtigung endet.", lead)


def quota_set(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Agree on a quota, or change it."""
    row = own(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    known = entry.quota.limit_amount if entry.quota is not None else None
    form = QuotaForm(_posted(request), initial={"quota": known})

    def step() -> object:
        return domain.set_quota(
            entitlement_id=entry.pk, **form.cleaned_data, by=request.actor, now=timezone.now()
        )

    bound = entry.quota.bound if entry.quota is not None else None
    lead = f"Gebunden sind {format_money(bound)}; darunter kann ein Kontingent nicht fallen."
    title = f"Kontingent: {entry.buyer.name}"
    return _page(request, row, title, form, step, "Das Kontingent gilt.", lead if bound else "")


def quota_return(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Give back what is unused of the own quota."""
    row = visible(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    if entry.buyer_id != request.actor.organisation_id:
        raise Http404
    form = ReturnForm(_posted(request))

    def step() -> object:
        return domain.return_quota(
            entitlement_id=entry.pk, **form.cleaned_data, by=request.actor, now=timezone.now()
        )

    free = entry.quota.available if entry.quota is not None else None
    lead = (
        f"Frei sind {format_money(free)}. Sie gehen an die Beschaffungsstelle zurück; Ihr "
        "Kontingent sinkt auf das, was gebunden ist."
    )
    title = "Kontingent zurückgeben"
    context = page_context(request, row, title) | {
        "back": "agreement_buyers",
        "submit": "Zurückgeben",
        "confirm": f"Sollen {format_money(free)} zurück an die Beschaffungsstelle gehen?",
    }
    return FormPage(request, title, context).saved(
        form, step, "Das Kontingent ist zurückgegeben.", lead=lead, to="agreement_buyers"
    )


def _page(
    request: PageRequest,
    row: FrameworkAgreement,
    title: str,
    form: forms.Form,
    step: Callable[[], object],
    outcome: str,
    lead: str,
) -> HttpResponse:
    context = page_context(request, row, title) | {"back": "agreement_buyers"}
    return FormPage(request, title, context).saved(
        form, step, outcome, lead=lead, to="agreement_buyers"
    )


def _saved(
    request: PageRequest,
    row: FrameworkAgreement,
    form: forms.Form,
    step: Callable[[], object],
    outcome: str,
) -> HttpResponse:
    refusal = None
    if form.is_valid():
        done, refusal = attempt(form, step)
        if done is not None:
            messages.success(request, outcome)
            return redirect("frontend:agreement_buyers", agreement_id=row.pk)
    return _register(request, row, form=form, refusal=refusal, status=422)


def _register(
    request: PageRequest,
    row: FrameworkAgreement,
    *,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = domain.visible_entitlements(row, request.actor)
    context = {
        **page_context(request, row, "Abrufberechtigte"),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "exports": export_urls(request),
        "today": today(),
        "refusal": refusal,
        "failed": form,
        "may_return": request.actor.role == Role.PROCUREMENT_OFFICER,
        **_writing(request, row, form),
    }
    return render(request, "frontend/agreements/buyers.html", context, status=status)


def _writing(
    request: PageRequest, row: FrameworkAgreement, form: forms.Form | None
) -> dict[str, Any]:
    """The forms of the contract manager, and what no quota has taken yet."""
    if not manages(request, row):
        return {}
    found: dict[str, Any] = {"free_pool": domain.free_pool(row)}
    if row.state == AgreementState.ENDED:
        return found
    quotas = _with_quota(row)
    naming = form if isinstance(form, BuyerForm) else BuyerForm(agreement=row)
    moving = form if isinstance(form, TransferForm) else TransferForm(rows=quotas)
    return {**found, "buyer_form": naming, "transfer_form": moving if len(quotas) > 1 else None}


def _with_quota(row: FrameworkAgreement) -> Sequence[BuyerEntitlement]:
    rows = row.entitlements.filter(quota__isnull=False)
    return list(rows.select_related("buyer", "lot", "quota").order_by("buyer__sort_key", "pk"))


def _entry(request: PageRequest, row: FrameworkAgreement, entitlement_id: int) -> BuyerEntitlement:
    entry = domain.visible_entitlements(row, request.actor).filter(pk=entitlement_id).first()
    if entry is None:
        raise Http404
    return entry


def _posted(request: PageRequest) -> Any:
    return request.POST if request.method == "POST" else None
