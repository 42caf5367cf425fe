"""Equipment bundles: read, write, put into the basket."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.gates import bundles as domain
from contracts.agreements.models import EquipmentBundle
from contracts.clock import berlin_day
from contracts.pricing import InvalidQuantity
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.once import ALREADY, form_of
from frontend.forms.standards import (
    BaseBundleLines,
    BundleForm,
    TimesForm,
    bundle_lines,
    bundle_spec,
)
from frontend.saving import attempt
from frontend.views.register_form import sent
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
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    choices = _choices(request, list(page.object_list))
    context = {
        "page": page,
        "rows": [{"bundle": row, "choices": choices[row.pk]} for row in page.object_list],
        "exports": export_urls(request),
        "may_write": may_open(request.actor, "bundle_create"),
        "may_order": may_open(request.actor, "bundle_add"),
        "max_times": MAX_TIMES,
        "tabs": tabs("bundles"),
    }
    return render(request, "frontend/standards/bundles.html", context)


def bundle_create(request: PageRequest) -> HttpResponse:
    """The form of a new bundle, and the writing of it."""
    now = timezone.now()
    head = BundleForm(sent(request))
    lines = bundle_lines(request.actor, berlin_day(now), sent(request))
    return _saved(
        request,
        head,
        lines,
        lambda: domain.create_bundle(bundle_spec(head, lines), by=request.actor, now=now),
        title="Paket anlegen",
        outcome="Das Paket ist angelegt.",
    )


def bundle_edit(request: PageRequest, bundle_id: int) -> HttpResponse:
    """The form of a bundle, and the rewriting of it."""
    now = timezone.now()
    row = _own(request, bundle_id)
    initial = {"audience": row.audience, "title": row.title, "description": row.description}
    head = BundleForm(sent(request), initial=initial)
    lines = bundle_lines(request.actor, berlin_day(now), sent(request), lines=list(row.lines.all()))
    return _saved(
        request,
        head,
        lines,
        lambda: domain.change_bundle(row.pk, bundle_spec(head, lines), by=request.actor, now=now),
        title="Paket ändern",
        outcome="Das Paket ist geändert.",
    )


@require_POST
def bundle_retire(request: PageRequest, bundle_id: int) -> HttpResponse:
    """Take a bundle off the list."""
    domain.retire_bundle(bundle_id=bundle_id, by=request.actor, now=timezone.now())
    messages.success(request, "Das Paket ist entfernt.")
    return redirect("frontend:bundles")


@require_POST
def bundle_add(request: PageRequest, bundle_id: int) -> HttpResponse:
    """Put a bundle into the basket so many times over; say what did not go in, and why."""
    form = TimesForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Bitte eine ganze Zahl von 1 bis {MAX_TIMES} eingeben.")
        return redirect("frontend:bundles")
    times = form.cleaned_data["times"]
    try:
        outcome = put_bundle(
            bundle_id=bundle_id,
            times=times,
            by=request.actor,
            now=timezone.now(),
            form=form_of(request.POST),
        )
    except InvalidQuantity as error:
        messages.error(request, str(error))
        return redirect("frontend:bundles")
    _tell(request, outcome, times)
    is_there = outcome.added or outcome.is_repeated
    return redirect("frontend:basket" if is_there else "frontend:bundles")


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
    row = domain.own_bundles(request.actor).filter(pk=bundle_id).first()
    if row is None:
        raise Http404
    return row


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


def _saved(
    request: PageRequest,
    head: BundleForm,
    lines: BaseBundleLines,
    step: Callable[[], object],
    *,
    title: str,
    outcome: str,
) -> HttpResponse:
    refusal = None
    sound = [head.is_valid(), lines.is_valid()]  # both: every error is named at once
    if head.is_bound and all(sound):
        done, refusal = attempt(head, step)
        if done is not None:
            messages.success(request, outcome)
            return redirect("frontend:bundles")
    context = {"title": title, "form": head, "lines": lines, "refusal": refusal}
    status = 422 if head.is_bound else 200
    return render(request, "frontend/standards/bundle_form.html", context, status=status)
