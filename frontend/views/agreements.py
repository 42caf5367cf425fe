"""Framework agreements: terms, lots, awards, use of the caps, buyers, call-offs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from contracts.agreements.entitlement import visible_agreements
from contracts.agreements.models import AgreementState, Award, FrameworkAgreement, Lot
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import csv_download
from frontend.presenters.caps import cap_histories
from orders.call_offs import visible_call_offs

PER_PAGE = 25
SHOWN_CALL_OFFS = 10
HEAD = ("Nummer", "Titel", "Beschaffungsstelle", "Bekanntmachung", "Beginn", "Ende", "Stand",
        "Höchstwert netto", "gebucht netto", "vorgemerkt netto")  # fmt: skip


def agreements(request: PageRequest) -> HttpResponseBase:
    """The agreements the actor's organisation may look into."""
    rows = (
        visible_agreements(request.actor.organisation_id, berlin_day(timezone.now()))
        .select_related("purchasing_body", "account")
        .order_by("number")
    )
    state = request.GET.get("stand", "")
    if state in AgreementState.values:
        rows = rows.filter(state=state)
    if request.GET.get("format") == "csv":
        return csv_download("vereinbarungen.csv", HEAD, (_csv_row(row) for row in rows))
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": AgreementState.choices,
        "state": state,
        "export_url": f"?{query.urlencode()}",
    }
    return render(request, "frontend/agreements/list.html", context)


def _csv_row(row: FrameworkAgreement) -> tuple[Any, ...]:
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


def agreement(request: PageRequest, agreement_id: int) -> HttpResponse:
    """One agreement; other buyers' quotas and call-offs stay with the purchasing body."""
    day = berlin_day(timezone.now())
    actor = request.actor
    row = (
        visible_agreements(actor.organisation_id, day)
        .select_related("purchasing_body", "responsible__user", "account")
        .filter(pk=agreement_id)
        .first()
    )
    if row is None:
        raise Http404
    is_own = row.purchasing_body_id == actor.organisation_id
    caps = cap_histories(row, by=actor, on=day)
    call_offs = visible_call_offs(actor).filter(lot__agreement=row)
    context = {
        "agreement": row,
        "lots": _lots(row),
        "caps": caps,
        "plots": [cap for cap in caps if cap.is_plotted],
        "is_own": is_own,
        "buyers": _buyers(row) if is_own else [],
        "call_offs": _recent(call_offs) if may_open(actor, "call_offs") else None,
        "days_left": (row.ends_on - day).days,
        "crumbs": [
            {"label": "Vereinbarungen", "url": "/vereinbarungen/"},
            {"label": row.number, "url": ""},
        ],
    }
    return render(request, "frontend/agreements/detail.html", context)


def _recent(rows: Any) -> list[Any]:
    found = rows.select_related("authority", "school", "supplier", "lot__agreement")
    return list(found.order_by("-issued_at", "-pk")[:SHOWN_CALL_OFFS])


def _lots(row: FrameworkAgreement) -> list[dict[str, Any]]:
    """Lots with their awards, in two queries."""
    lots = list(Lot.objects.filter(agreement=row).select_related("account").order_by("number"))
    awards = Award.objects.filter(lot__in=lots).select_related("supplier").order_by("rank")
    by_lot: dict[int, list[Award]] = {lot.pk: [] for lot in lots}
    for award in awards:
        by_lot[award.lot_id].append(award)
    return [{"lot": lot, "awards": by_lot[lot.pk]} for lot in lots]


def _buyers(row: FrameworkAgreement) -> list[Any]:
    return list(
        row.entitlements.select_related("buyer", "lot", "quota").order_by(
            "buyer__sort_key", "lot__number", "valid_from"
        )
    )
