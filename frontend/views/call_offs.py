"""Call-offs: the issued orders, for buyers, suppliers and the purchasing body."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from frontend.actor import PageRequest
from frontend.downloads import csv_download
from frontend.presenters.timeline import history
from orders.call_offs import visible_call_offs
from orders.lifecycle import CallOffState
from orders.models import CallOff, CallOffAssignment, CallOffLine

PER_PAGE = 25
HEAD = ("Abruf", "Schulträger", "Schule", "Lieferant", "Vereinbarung", "Los", "erteilt am",
        "Lieferung bis", "Stand", "netto", "Umsatzsteuer", "brutto")  # fmt: skip


def call_offs(request: PageRequest) -> HttpResponseBase:
    """The call-offs the actor may see, filtered; `format=csv` gives the same rows."""
    rows = _filtered(request)
    if request.GET.get("format") == "csv":
        return csv_download("abrufe.csv", HEAD, (_csv_row(row) for row in rows.iterator()))
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "states": list(CallOffState),
        "state": request.GET.get("stand", ""),
        "text": request.GET.get("text", ""),
        "export_url": f"?{query.urlencode()}",
    }
    return render(request, "frontend/call_offs/list.html", context)


def _filtered(request: PageRequest) -> QuerySet[CallOff]:
    rows = visible_call_offs(request.actor).select_related(
        "authority", "school", "supplier", "lot__agreement"
    )
    state = request.GET.get("stand", "")
    if state in set(CallOffState):
        rows = rows.filter(state=state)
    if text := request.GET.get("text", "").strip():
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(supplier__name__icontains=text)
            | Q(authority__name__icontains=text)
        )
    return rows.order_by("-issued_at", "-pk")


def _csv_row(row: CallOff) -> tuple[Any, ...]:
    return (
        row.number,
        row.authority.name,
        row.school.name if row.school is not None else "",
        row.supplier.name,
        row.lot.agreement.number,
        row.lot.number,
        row.issued_at,
        row.delivery_by,
        row.get_state_display(),
        row.net,
        row.tax,
        row.gross,
    )


def call_off(request: PageRequest, call_off_id: int) -> HttpResponse:
    """One call-off with its 4-decimal prices and what stands behind each."""
    row = (
        visible_call_offs(request.actor)
        .select_related(
            "authority", "school", "supplier", "lot__agreement", "award", "terms", "requisition"
        )
        .filter(pk=call_off_id)
        .first()
    )
    if row is None:
        raise Http404
    is_buyer = row.authority_id == request.actor.organisation_id
    lines = list(_lines(row, with_budget=is_buyer))
    context = {
        "call_off": row,
        "lines": lines,
        "vat": _vat(lines),
        "is_buyer": is_buyer,
        "events": history(row),
        "crumbs": [{"label": "Abrufe", "url": "/abrufe/"}, {"label": row.number, "url": ""}],
    }
    return render(request, "frontend/call_offs/detail.html", context)


def _lines(row: CallOff, *, with_budget: bool) -> QuerySet[CallOffLine]:
    """The lines; how the buyer pays is nobody's business but the buyer's."""
    lines = row.lines.select_related("item", "price_version__change", "list_price").order_by(
        "line_no"
    )
    if not with_budget:
        return lines
    shares = CallOffAssignment.objects.select_related("budget_line", "assignment").order_by(
        "number"
    )
    return lines.prefetch_related(Prefetch("assignments", shares, to_attr="budget_shares"))


def _vat(lines: Iterable[CallOffLine]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in lines:
        known = sums.setdefault((line.tax_category, line.tax_rate), [Decimal(0), Decimal(0)])
        known[0] += line.net
        known[1] += line.tax
    return [
        {"category": category, "rate": rate, "net": net, "tax": tax}
        for (category, rate), (net, tax) in sums.items()
    ]
