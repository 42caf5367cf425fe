"""The register of an agreement's buyers with their quotas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import AgreementState, BuyerEntitlement, FrameworkAgreement
from contracts.agreements.writing import buyers as domain
from contracts.agreements.writing.setup import entitle
from contracts.parties.models import Role
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, table_download, wants_export
from frontend.formatting import format_money
from frontend.forms.agreement_parts import (
    BuyerForm,
    EndEntitlementForm,
    QuotaForm,
    ReturnForm,
    TransferForm,
)
from frontend.lists import list_page
from frontend.refusals import Alert
from frontend.saving import saved, sent
from frontend.views.agreement_base import (
    agreement_form,
    manages,
    own,
    page_context,
    today,
    visible,
)

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
    return saved(
        request,
        lambda: entitle(row, **form.cleaned_data, by=request.actor, now=timezone.now()),
        parts=[form],
        said="Die Organisation ist benannt.",
        to=at("agreement_buyers", row.pk),
        again=lambda refusal: _register(request, row, form, refusal),
    )


@require_POST
def quota_transfer(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Move quota from one buyer to another."""
    row = own(request, agreement_id)
    form = TransferForm(request.POST, rows=_with_quota(row))
    return saved(
        request,
        lambda: domain.transfer_quota(**form.cleaned_data, by=request.actor, now=timezone.now()),
        parts=[form],
        said="Das Kontingent ist übertragen.",
        to=at("agreement_buyers", row.pk),
        again=lambda refusal: _register(request, row, form, refusal),
    )


def buyer_end(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Let an entitlement end."""
    row = own(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    return _about(
        request,
        row,
        entry,
        EndEntitlementForm(sent(request), initial={"last_day": entry.valid_to or today()}),
        domain.end_entitlement,
        title=f"Berechtigung beenden: {entry.buyer.name}",
        lead=f"{_scope(entry)}. Erteilte Abrufe bleiben bestehen; neue sind danach nicht möglich.",
        said="Die Berechtigung endet.",
    )


def quota_set(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Agree on a quota, or change it."""
    row = own(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    quota = entry.quota
    bound = quota.bound if quota is not None else None
    lead = f"Gebunden sind {format_money(bound)}; darunter kann ein Kontingent nicht fallen."
    known = quota.limit_amount if quota is not None else None
    return _about(
        request,
        row,
        entry,
        QuotaForm(sent(request), initial={"quota": known}),
        domain.set_quota,
        title=f"Kontingent: {entry.buyer.name}",
        lead=lead if bound else "",
        said="Das Kontingent gilt.",
    )


def quota_return(request: PageRequest, agreement_id: int, entitlement_id: int) -> HttpResponse:
    """Give back what is unused of the own quota."""
    row = visible(request, agreement_id)
    entry = _entry(request, row, entitlement_id)
    if entry.buyer_id != request.actor.organisation_id:
        raise Http404
    free = format_money(entry.quota.available if entry.quota is not None else None)
    return _about(
        request,
        row,
        entry,
        ReturnForm(sent(request)),
        domain.return_quota,
        title="Kontingent zurückgeben",
        lead=f"Frei sind {free}. Sie gehen an die Beschaffungsstelle zurück; Ihr "
        "Kontingent sinkt auf das, was gebunden ist.",
        submit="Zurückgeben",
        confirm=f"Sollen {free} zurück an die Beschaffungsstelle gehen?",
        said="Das Kontingent ist zurückgegeben.",
    )


def _about(
    request: PageRequest,
    row: FrameworkAgreement,
    entry: BuyerEntitlement,
    form: forms.Form,
    step: Callable[..., object],
    **words: str,
) -> HttpResponse:
    """A form about one entitlement."""
    return agreement_form(
        request,
        row,
        form,
        lambda: step(
            entitlement_id=entry.pk, **form.cleaned_data, by=request.actor, now=timezone.now()
        ),
        to="agreement_buyers",
        **words,
    )


def _register(
    request: PageRequest,
    row: FrameworkAgreement,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    return list_page(
        request,
        "agreements/buyers",
        domain.visible_entitlements(row, request.actor),
        list_url=at("agreement_buyers", row.pk),
        today=today(),
        refusal=refusal,
        failed=form,
        may_return=request.actor.role == Role.PROCUREMENT_OFFICER,
        **page_context(request, row, "Abrufberechtigte"),
        **_writing(request, row, form),
    )


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
    return get_object_or_404(domain.visible_entitlements(row, request.actor), pk=entitlement_id)
