"""Equipment bundles: read, write, put into the basket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.gates import bundles as domain
from contracts.agreements.models import EquipmentBundle
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import as_it_was, at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.once import ALREADY, form_of
from frontend.forms.standards import (
    BaseBundleLines,
    BundleForm,
    TimesForm,
    bundle_lines,
    bundle_spec,
)
from frontend.lists import list_page
from frontend.saving import form_page, saved, sent, told_at
from frontend.views.standards import tabs
from orders.basket.bundles import MAX_TIMES, BundleOutcome, put_bundle

PER_PAGE = 12
HEAD = ("Paket", "für", "Position", "Bezeichnung", "Menge", "heutiger Artikel", "Artikelnummer",
        "Lieferant", "nicht abrufbar, weil")  # fmt: skip


def bundles(request: PageRequest) -> HttpResponseBase:
    """The bundles of the actor's organisation, with what of them can be ordered today."""
    rows = domain.own_bundles(request.actor).order_by("audience", "title")
    if wants_export(request):
        return table_download(request, "ausstattungspakete", HEAD, _cells(request, list(rows)))
    return list_page(
        request,
        "standards/bundles",
        rows,
        shown=lambda found: _with_choices(request, found),
        per_page=PER_PAGE,
        may_write=may_open(request.actor, "bundle_create"),
        may_order=may_open(request.actor, "bundle_add"),
        max_times=MAX_TIMES,
        tabs=tabs("bundles"),
        tabs_label="Ausstattung",
    )


def bundle_create(request: PageRequest) -> HttpResponse:
    """The form of a new bundle, and the writing of it."""
    now = timezone.now()
    head = BundleForm(sent(request))
    lines = bundle_lines(request.actor, berlin_day(now), sent(request))
    return form_page(
        request,
        head,
        lambda: domain.create_bundle(bundle_spec(head, lines), by=request.actor, now=now),
        title="Paket anlegen",
        said="Das Paket ist angelegt.",
        **_about(lines),
    )


def bundle_edit(request: PageRequest, bundle_id: int) -> HttpResponse:
    """The form of a bundle, and the rewriting of it."""
    now = timezone.now()
    row = _own(request, bundle_id)
    initial = {"audience": row.audience, "title": row.title, "description": row.description}
    head = BundleForm(sent(request), initial=initial)
    lines = bundle_lines(request.actor, berlin_day(now), sent(request), lines=list(row.lines.all()))
    return form_page(
        request,
        head,
        lambda: domain.change_bundle(row.pk, bundle_spec(head, lines), by=request.actor, now=now),
        title="Paket ändern",
        said="Das Paket ist geändert.",
        **_about(lines),
    )


def _about(lines: BaseBundleLines) -> dict[str, Any]:
    """What both forms of a bundle have in common."""
    return {
        "to": at("bundles"),
        "template": "standards/bundle_form",
        "submit": "Speichern",
        "parts": [lines],
        "lines": lines,
    }


@require_POST
def bundle_retire(request: PageRequest, bundle_id: int) -> HttpResponse:
    """Take a bundle off the list."""
    back = as_it_was(request, at("bundles"))
    return saved(
        request,
        lambda: domain.retire_bundle(bundle_id=bundle_id, by=request.actor, now=timezone.now()),
        said="Das Paket ist entfernt.",
        to=back,
        again=lambda refusal: told_at(request, refusal, back),
    )


@require_POST
def bundle_add(request: PageRequest, bundle_id: int) -> HttpResponse:
    """Put a bundle into the basket so many times over; say what did not go in, and why."""
    form = TimesForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Bitte eine ganze Zahl von 1 bis {MAX_TIMES} eingeben.")
        return redirect(as_it_was(request, at("bundles")))
    times = form.cleaned_data["times"]
    back = as_it_was(request, at("bundles"))
    return saved(
        request,
        lambda: put_bundle(
            bundle_id=bundle_id,
            times=times,
            by=request.actor,
            now=timezone.now(),
            form=form_of(request.POST),
        ),
        said=lambda outcome: _tell(request, outcome, times),
        to=lambda outcome: at("basket") if outcome.added or outcome.is_repeated else back,
        again=lambda refusal: told_at(request, refusal, back),
    )


def _tell(request: PageRequest, outcome: BundleOutcome, times: int) -> None:
    if outcome.is_repeated:
        messages.info(request, ALREADY)
    if outcome.added:
        count = len(outcome.added)
        words = "1 Artikel liegt" if count == 1 else f"{count} Artikel liegen"
        messages.success(request, f"{times} × {outcome.title}: {words} im Bedarfskorb.")
    for title, reason in outcome.missing:
        messages.warning(request, f"Nicht hineingelegt: {title} – {reason}.")


def _own(request: PageRequest, bundle_id: int) -> EquipmentBundle:
    return get_object_or_404(domain.own_bundles(request.actor), pk=bundle_id)


def _with_choices(request: PageRequest, rows: list[EquipmentBundle]) -> list[dict[str, object]]:
    choices = _choices(request, rows)
    return [{"bundle": row, "choices": choices[row.pk]} for row in rows]


def _choices(
    request: PageRequest, rows: list[EquipmentBundle]
) -> dict[int, list[domain.BundleChoice]]:
    day = berlin_day(timezone.now())
    return domain.bundle_listings(rows, request.actor.organisation_id, day)


def _cells(request: PageRequest, rows: list[EquipmentBundle]) -> Iterator[tuple[Cell, ...]]:
    choices = _choices(request, rows)
    for row in rows:
        for choice in choices[row.pk]:
            listing = choice.listing
            yield (
                row.title,
                row.get_audience_display(),
                choice.line.item.number,
                choice.line.item.title,
                choice.line.quantity,
                listing.article.name if listing is not None else "",
                listing.article.supplier_aid if listing is not None else "",
                listing.item.award.supplier.name if listing is not None else "",
                choice.reason,
            )
