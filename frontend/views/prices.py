"""Prices over time, why they are what they are, and the audit of what was ordered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from contracts.agreements.models import Listing
from contracts.agreements.prices.changes import visible_changes
from contracts.agreements.prices.history import PriceSpan, price_history
from contracts.agreements.prices.reasons import Asked, price_reasons
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.prices import PeriodForm
from frontend.views.agreement_base import today
from orders.call_offs.line_prices import listings_with_prices
from orders.call_offs.price_audit import AuditReport, Deviation, audit

PER_PAGE = 50
HISTORY_HEAD = ("gilt ab", "gilt bis", "ab Menge", "netto EUR", "je", "Grundlage",
                "Preisänderung", "Beleg des Listenpreises", "genehmigt von")  # fmt: skip
AUDIT_HEAD = ("Abruf", "Zeile", "Bezeichnung", "Lieferant", "erteilt am", "Abweichung",
              "vereinbart", "berechnet", "vereinbart netto EUR", "berechnet netto EUR",
              "Unterschied netto EUR")  # fmt: skip


def prices(request: PageRequest, listing_id: int) -> HttpResponseBase:
    """How the price of a listing moved, with everything behind the one of today."""
    day = today()
    listing = get_object_or_404(
        listings_with_prices(request.actor, day).select_related(
            "article", "item__award__supplier", "item__award__lot__agreement"
        ),
        pk=listing_id,
    )
    spans = price_history(listing)
    if wants_export(request):
        name = f"preise-{listing.article.supplier_aid}"
        return table_download(request, name, HISTORY_HEAD, _history_rows(spans))
    current = next((row for row in spans if _holds(row, day)), None)
    context = {
        "listing": listing,
        "spans": spans,
        "current": current,
        "reason": _reason(request, current, day) if current is not None else None,
        "readable_changes": _readable_changes(request, listing, day),
        "today": day,
        "is_own": listing.item.award.lot.agreement.purchasing_body_id
        == request.actor.organisation_id,
        "exports": export_urls(request),
        "crumbs": _crumbs(request, listing),
    }
    return render(request, "frontend/prices/history.html", context)


def price_audit(request: PageRequest) -> HttpResponseBase:
    """Every ordered line of a period beside the award."""
    form = PeriodForm(request.GET or None, on=today())
    report = None
    if form.is_valid():
        report = audit(by=request.actor, start=form.start, end=form.end)
    if report is not None and wants_export(request):
        name = f"preispruefung-{report.start:%Y-%m-%d}-{report.end:%Y-%m-%d}"
        return table_download(request, name, AUDIT_HEAD, _audit_rows(report))
    context = {"form": form, "report": report, "exports": export_urls(request)}
    if report is not None:
        pages = Paginator(report.deviations, PER_PAGE)
        context["page"] = pages.get_page(request.GET.get("seite"))
    status = 422 if form.errors else 200
    return render(request, "frontend/prices/audit.html", context, status=status)


def _holds(span: PriceSpan, day: date) -> bool:
    return span.lower <= day and (span.upper is None or day < span.upper)


def _reason(request: PageRequest, span: PriceSpan, day: date) -> Any:
    asked = Asked(
        key=0,
        version_id=span.version.pk,
        list_price_id=None if span.list_price is None else span.list_price.pk,
        base=1,
        on=day,
    )
    return price_reasons([asked], by=request.actor, on=day)[0]


def _readable_changes(request: PageRequest, listing: Listing, day: date) -> set[int]:
    """Changes the actor may open: others are named without a link."""
    rows = visible_changes(request.actor, day).filter(item=listing.item_id)
    return set(rows.values_list("pk", flat=True))


def _crumbs(request: PageRequest, listing: Listing) -> list[dict[str, str]]:
    name = listing.article.name
    if may_open(request.actor, "article"):
        return crumbs(
            ("Katalog", at("catalogue")), (name, at("article", listing.pk)), here="Preise"
        )
    agreement = listing.item.award.lot.agreement
    return crumbs(
        ("Vereinbarungen", at("agreements")),
        (agreement.number, at("agreement", agreement.pk)),
        here=f"Preise: {name}",
    )


def _history_rows(spans: list[PriceSpan]) -> Iterator[tuple[Cell, ...]]:
    for span in spans:
        approved = span.approved_by
        for tier in span.tiers:
            yield (
                span.lower,
                span.last_day,
                tier.from_quantity,
                tier.net_unit_price,
                span.price_unit,
                span.version.source,
                ", ".join(row.number for row in span.changes),
                span.list_price.evidence if span.list_price is not None else "",
                str(approved.organisation) if approved is not None else "",
            )


def _audit_rows(report: AuditReport) -> Iterator[tuple[Cell, ...]]:
    for row in report.deviations:
        for finding in row.findings:
            yield (*_line(row), finding.label, finding.expected, finding.found, *_amounts(row))


def _line(row: Deviation) -> tuple[Cell, ...]:
    return (row.call_off_number, row.line_no, row.title, row.supplier, row.issued_at)


def _amounts(row: Deviation) -> tuple[Cell, ...]:
    return (row.net_expected, row.net_found, row.difference)
