"""Ordering an earlier requisition once more, at today's prices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.once import form_of
from frontend.forms.quantities import Quantities, quantities
from frontend.refusals import Alert, explain
from frontend.views.quick_order import tell
from orders import quick_order as domain

HEAD = ("Zeile", "Bezeichnung", "Menge", "Preis damals je Einheit", "Preis heute je Einheit",
        "Unterschied", "nicht abrufbar, weil", "heutiger Artikel", "Artikelnummer")  # fmt: skip


def reorder(request: PageRequest, requisition_id: int) -> HttpResponseBase:
    """Then and today, line by line; sent, the chosen quantities go into the basket."""
    found = domain.reorder(requisition_id=requisition_id, by=request.actor, now=timezone.now())
    if request.method != "POST":
        if wants_export(request):
            name = f"nachbestellung-{found.requisition.number}"
            return table_download(request, name, HEAD, _cells(found))
        return _page(request, found)
    typed = quantities(request.POST)
    if typed.faults:
        return _page(request, found, typed=typed)
    try:
        taken = domain.put_into_basket(
            picks=typed.picks,
            by=request.actor,
            now=timezone.now(),
            form=form_of(request.POST),
        )
    except Refusal as error:
        return _page(request, found, typed=typed, refusal=explain(error))
    tell(request, taken)
    return redirect("frontend:basket")


def _page(
    request: PageRequest,
    found: domain.Reorder,
    *,
    typed: Quantities | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    number = found.requisition.number
    context = {
        "found": found,
        "lines": [_line(line, typed) for line in found.lines],
        "faults": typed is not None and bool(typed.faults),
        "refusal": refusal,
        "exports": export_urls(request),
        "max_quantity": domain.MAX_QUANTITY,
        "crumbs": [
            {"label": "Anforderungen", "url": reverse("frontend:requisitions")},
            {
                "label": number,
                "url": reverse("frontend:requisition", args=[found.requisition.pk]),
            },
            {"label": "Nachbestellen", "url": ""},
        ],
    }
    status = 422 if refusal is not None or context["faults"] else 200
    return render(request, "frontend/requisitions/reorder.html", context, status=status)


def _line(old: domain.OldLine, typed: Quantities | None) -> dict[str, Any]:
    target = old.target
    key = f"{target.pk}-{old.line.line_no}" if target is not None else ""
    return {
        "old": old,
        "key": key,
        "typed": typed.typed.get(key, "") if typed else old.line.quantity,
        "fault": typed.faults.get(key, "") if typed else "",
    }


def _cells(found: domain.Reorder) -> Iterator[tuple[Cell, ...]]:
    for row in found.lines:
        target = row.target
        yield (
            row.line.line_no,
            row.line.title,
            row.line.quantity,
            row.then,
            row.cost.unit_price if row.cost is not None else None,
            row.difference,
            " ".join(row.standing.reasons),
            target.article.name if target is not None else "",
            target.article.supplier_aid if target is not None else "",
        )
