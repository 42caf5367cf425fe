"""Framework agreements: the list, the overview of one, and the steps of its life."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.entitlement import visible_agreements
from contracts.agreements.life import lifecycle
from contracts.agreements.life.listing_rules import obstacles_to_listing
from contracts.agreements.life.visibility import visible_terms
from contracts.agreements.models import (
    AgreementState,
    Award,
    EndReason,
    FrameworkAgreement,
    Lot,
    LotCpv,
)
from contracts.agreements.writing import cpv
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import export_urls, table_download, wants_export
from frontend.forms.agreement_parts import EndForm, SuspendForm
from frontend.forms.filters import AgreementFilter
from frontend.lists import list_page
from frontend.presenters.caps import CAP_HEAD, cap_histories, cap_row
from frontend.refusals import Alert
from frontend.saving import saved
from frontend.views.agreement_base import manages, page_context, today, visible
from orders.call_offs.reading import visible_call_offs

SHOWN_CALL_OFFS = 5
HEAD = ("Nummer", "Titel", "Beschaffungsstelle", "Bekanntmachung", "Beginn", "Ende", "Stand",
        "Höchstwert netto", "gebucht netto", "vorgemerkt netto")  # fmt: skip
RUNNING = (AgreementState.LISTED, AgreementState.SUSPENDED)
LISTABLE = (AgreementState.DRAFT, AgreementState.SUSPENDED)


def agreements(request: PageRequest) -> HttpResponseBase:
    """The agreements the actor's organisation may look into, filtered, or as a file."""
    asked = AgreementFilter(request.GET)
    rows = visible_agreements(request.actor.organisation_id, today()).select_related(
        "purchasing_body", "account"
    )
    if state := asked.value("stand"):
        rows = rows.filter(state=state)
    if text := asked.value("text"):
        rows = rows.filter(
            Q(number__icontains=text) | Q(title__icontains=text) | Q(notice_number__icontains=text)
        )
    rows = rows.order_by("number")
    if wants_export(request):
        return table_download(request, "vereinbarungen", HEAD, (_row(row) for row in rows))
    may_create = may_open(request.actor, "agreement_create")
    return list_page(request, "agreements/list", rows, filter=asked, may_create=may_create)


def _row(row: FrameworkAgreement) -> tuple[Any, ...]:
    account = row.account
    return (
        row.number,
        row.title,
        row.purchasing_body.name,
        row.notice_number,
        row.starts_on,
        row.ends_on,
        row.get_state_display(),
        account.limit_amount if account is not None else None,
        account.posted if account is not None else None,
        account.held if account is not None else None,
    )


def agreement(request: PageRequest, agreement_id: int) -> HttpResponseBase:
    """The overview of one agreement; other buyers' quotas stay with the purchasing body.

    As a file it is the use of every cap.
    """
    if wants_export(request):
        row = visible(request, agreement_id)
        caps = cap_histories(row, by=request.actor, on=today())
        found = (cap_row(cap) for cap in caps)
        return table_download(request, f"hoechstwerte-{row.number}", CAP_HEAD, found)
    return _overview(request, agreement_id)


@require_POST
def agreement_list(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Put the agreement on the shelf, or say everything that stands against it."""
    step = partial(lifecycle.list_agreement, on=today())
    return _act(request, agreement_id, step, "Die Vereinbarung ist gelistet.")


@require_POST
def agreement_suspend(request: PageRequest, agreement_id: int) -> HttpResponse:
    """Take the agreement off the shelf for the time being."""
    reason = request.POST.get("reason", "")
    step = partial(lifecycle.suspend_agreement, reason=reason)
    said, form = "Die Vereinbarung ist ausgesetzt.", SuspendForm(request.POST)
    return _act(request, agreement_id, step, said, form)


@require_POST
def agreement_end(request: PageRequest, agreement_id: int) -> HttpResponse:
    """End the agreement by time, by its maximum or by decision."""
    step: Callable[..., None] = lifecycle.end_by_cap
    if request.POST.get("because") == EndReason.TERM:
        step = partial(lifecycle.end_agreement, on=today())
    elif request.POST.get("because") != EndReason.CAP:
        step = partial(lifecycle.end_by_decision, reason=request.POST.get("reason", ""))
    said, form = "Die Vereinbarung ist beendet.", EndForm(request.POST)
    return _act(request, agreement_id, step, said, form)


def _act(
    request: PageRequest,
    agreement_id: int,
    step: Callable[..., None],
    said: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    return saved(
        request,
        lambda: step(agreement_id, by=request.actor, now=timezone.now()),
        parts=[form] if form is not None else [],
        said=said,
        to=at("agreement", agreement_id),
        again=lambda refusal: _overview(request, agreement_id, form, refusal),
    )


def _overview(
    request: PageRequest,
    agreement_id: int,
    form: forms.Form | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    row = visible(request, agreement_id)
    day = today()
    caps = cap_histories(row, by=request.actor, on=day)
    context = {
        **page_context(request, row),
        "lots": _lots(request, row),
        "caps": caps,
        "plots": [cap for cap in caps if cap.is_plotted],
        "forecasts": [cap for cap in caps if cap.forecast is not None],
        "warned": [cap for cap in caps if cap.is_warned],
        "call_offs": _recent(request, row) if may_open(request.actor, "call_offs") else None,
        "days_left": (row.ends_on - day).days,
        "cap_exports": export_urls(request, at("agreement", row.pk)),
        "refusal": refusal,
        **_life(request, row, form),
    }
    return render(request, "frontend/agreements/detail.html", context)


def _life(request: PageRequest, row: FrameworkAgreement, form: forms.Form | None) -> dict[str, Any]:
    """The steps that are open to the actor, with what still stands against a listing."""
    if not manages(request, row):
        return {}
    listable = row.state in LISTABLE
    running = row.state in RUNNING
    suspend = form if isinstance(form, SuspendForm) else SuspendForm()
    end = form if isinstance(form, EndForm) else EndForm()
    return {
        "obstacles": obstacles_to_listing(row, today()) if listable else [],
        "may_list": listable,
        "suspend_form": suspend if row.state == AgreementState.LISTED else None,
        "end_form": end if running else None,
        "failed": form,
    }


def _recent(request: PageRequest, row: FrameworkAgreement) -> list[Any]:
    found = visible_call_offs(request.actor).filter(lot__agreement=row)
    joined = found.select_related("authority", "school", "supplier", "lot__agreement")
    return list(joined.order_by("-issued_at", "-pk")[:SHOWN_CALL_OFFS])


def _lots(request: PageRequest, row: FrameworkAgreement) -> list[dict[str, Any]]:
    """Lots with their awards, the terms of today the actor may read and CPV codes, in five
    queries.
    """
    lots = list(Lot.objects.filter(agreement=row).select_related("account").order_by("number"))
    awards = list(Award.objects.filter(lot__in=lots).select_related("supplier").order_by("rank"))
    in_force = visible_terms(row, by=request.actor, on=today())
    terms = {found.award_id: found for found in in_force}
    codes = list(LotCpv.objects.filter(lot__in=lots).order_by("code"))
    names = cpv.names([code.code for code in codes])
    return [
        {
            "lot": lot,
            "awards": [(a, terms.get(a.pk)) for a in awards if a.lot_id == lot.pk],
            "cpv": [(c.code, names.get(c.code, "")) for c in codes if c.lot_id == lot.pk],
        }
        for lot in lots
    ]
