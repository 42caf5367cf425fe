"""Ordering an earlier requisition once more, at today's prices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from frontend.actor import PageRequest
from frontend.addresses import at, crumbs_of
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.once import form_of
from frontend.forms.quantities import Quantities, quantities
from frontend.refusals import Alert
from frontend.saving import saved
from frontend.views.quick_order import tell
from orders import quick_order as domain

HEAD = ("Zeile", "Bezeichnung", "Menge", "Preis damals je Einheit", "Preis heute je Einheit",
        "Unterschied", "nicht abrufbar, weil", "heutiger Artikel", "Artikelnummer")  # fmt: skip


def reorder(request: PageRequest, requisition_id: int) -> HttpResponseBase:
    """Then and today, line by line; sent, the chosen quantities go into the basket."""
    found = domain.reorder(requisition_id=requisition_id, by=request.actor, now=timezone.now())
    if wants_export(request) and request.method == "GET":
        name = f"nachbestellung-{found.requisition.number}"
        return table_download(request, name, HEAD, _cells(found))
    typed = quantities(request.POST) if request.method == "POST" else None
    return saved(
        request,
        lambda: domain.put_into_basket(
            picks=typed.picks if typed is not None else [],
            by=request.actor,
            now=timezone.now(),
            form=form_of(request.POST),
        ),
        parts=[typed] if typed is not None else [],
        said=partial(tell, request),
        to=at("basket"),
        again=lambda refusal: _page(request, found, typed, refusal),
    )


def _page(
    request: PageRequest, found: domain.Reorder, typed: Quantities | None, refusal: Alert | None
) -> HttpResponse:
    context = {
        "found": found,
        "lines": [_line(line, typed) for line in found.lines],
        "faults": typed is not None and bool(typed.faults),
        "refusal": refusal,
        "exports": export_urls(request),
        "max_quantity": domain.MAX_QUANTITY,
        "crumbs": crumbs_of(found.requisition, "Nachbestellen"),
    }
    return render(request, "frontend/requisitions/reorder.html", context)


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
