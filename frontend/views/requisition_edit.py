"""Editing a requisition: head and lines, places of delivery, account assignment.

Every save is a new revision, made from the one that was read (`requisition_changes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.search import exact_listing
from frontend.actor import PageRequest
from frontend.forms.line_numbers import format_numbers
from frontend.forms.place import PartsForm, places_formset
from frontend.forms.requisition import fiscal_year
from frontend.forms.revision import (
    AddLineForm,
    PlaceChoices,
    RevisionForm,
    typed_on_another_revision,
)
from frontend.forms.shares import ScopeForm, one_row_more, shares_formset
from orders.binding.budgets import usable_lines
from orders.errors import StaleRevision
from orders.models import BudgetLine, RequisitionLine
from orders.requisitions import key_of
from orders.requisitions.budget_preview import SharePreview, preview_shares
from orders.requisitions.deliveries import deliverable
from orders.requisitions.drafting import split_line, with_places, with_shares

from .requisition_changes import Change, NotEditable, not_editable

PER_PAGE = 50
EXTRA_PLACES = 1

ChangeView = Callable[..., HttpResponse]


def changing(view: ChangeView) -> ChangeView:
    """Hand the view its `Change`; back to the requisition where it can't be edited.

    Another revision in this very moment is told like one that came a minute before.
    """

    @wraps(view)
    def changed(request: PageRequest, requisition_id: int, **kwargs: Any) -> HttpResponse:
        try:
            try:
                return view(request, Change(request, requisition_id), **kwargs)
            except StaleRevision:
                return view(request, Change(request, requisition_id), **kwargs)
        except NotEditable as error:
            return not_editable(request, requisition_id, error)

    return changed


@changing
def requisition_edit(request: PageRequest, change: Change) -> HttpResponse:
    """Head, quantities, places, what goes and what comes, one page of lines at a time."""
    page = _page_of(request, change)
    form = _lines_form(request, change, page)
    adding = _adding(request, change)
    can_add = not adding.is_bound or adding.is_valid()
    if _may_save(change, form) and can_add:
        draft = form.draft(change.old)
        if adding.is_bound:
            draft = adding.draft(draft)
        if change.save(draft):
            return redirect(_last_page(change)) if adding.is_bound else _onwards(request, change)
    return _editor(request, change, page, form, adding)


@require_POST
@changing
def requisition_line_add(request: PageRequest, change: Change) -> HttpResponse:
    """One line more, by the number of its article, and nothing else changes."""
    adding = _add_form(request, change, request.POST)
    if _may_save(change, adding) and change.save(adding.draft(change.old)):
        return redirect(_last_page(change))
    page = _page_of(request, change)
    places = _places(request, change)
    untouched = RevisionForm(lines=page.object_list, old=change.old, places=places)
    return _editor(request, change, page, untouched, adding)


def _may_save(change: Change, form: BaseForm | BaseFormSet[Any]) -> bool:
    return bool(form.is_bound and not change.is_stale and form.is_valid())


def _editor(
    request: PageRequest,
    change: Change,
    page: Page[RequisitionLine],
    form: RevisionForm,
    adding: AddLineForm,
) -> HttpResponse:
    context = {**change.context("Bearbeiten"), "form": form, "page": page, "adding": adding}
    return render(request, "frontend/requisitions/edit.html", context, status=change.status)


def _lines_form(request: PageRequest, change: Change, page: Page[RequisitionLine]) -> RevisionForm:
    old, places = change.old, _places(request, change)
    form = RevisionForm(lines=page.object_list, old=old, places=places)
    if request.method != "POST":
        return form
    data = typed_on_another_revision(request.POST, form) if change.is_stale else request.POST
    return RevisionForm(data, lines=page.object_list, old=old, places=places)


def _adding(request: PageRequest, change: Change) -> AddLineForm:
    """The line to add: bound where the button or a number says that one is wanted."""
    is_wanted = "hinzu" in request.POST or request.POST.get("neu-number", "").strip()
    return _add_form(request, change, request.POST if is_wanted else None)


def _add_form(request: PageRequest, change: Change, data: QueryDict | None) -> AddLineForm:
    def listing_of(number: str) -> int | None:
        return exact_listing(
            buyer_id=request.actor.organisation_id, on=berlin_day(change.now), text=number
        )

    return AddLineForm(data, numbers=_numbers(change), listing_of=listing_of)


def _places(request: PageRequest, change: Change) -> PlaceChoices:
    return PlaceChoices(change.lines, list(deliverable(request.actor, change.requisition)))


def _page_of(request: PageRequest, change: Change) -> Page[RequisitionLine]:
    wanted = request.POST.get("seite") or request.GET.get("seite")
    return Paginator(change.lines, PER_PAGE).get_page(wanted)


def _numbers(change: Change) -> Mapping[int, str]:
    return {line.line_no: line.title for line in change.lines}


def _onwards(request: PageRequest, change: Change) -> HttpResponse:
    """The page asked for by the button, else back to the requisition."""
    following = request.POST.get("weiter", "")
    if following.isdecimal():
        return redirect(f"{_address('requisition_edit', change)}?seite={following}")
    return redirect("frontend:requisition", requisition_id=change.requisition.pk)


def _last_page(change: Change) -> str:
    last = (len(change.lines) // PER_PAGE) + 1
    return f"{_address('requisition_edit', change)}?seite={last}#neu"


def _address(name: str, change: Change) -> str:
    return reverse(f"frontend:{name}", args=[change.requisition.pk])


@changing
def requisition_line_split(request: PageRequest, change: Change, line_no: int) -> HttpResponse:
    """Send one line to several schools."""
    line = next((row for row in change.lines if row.line_no == line_no), None)
    if line is None:
        raise Http404
    old = change.old.place_of(key_of(line))
    data = request.POST if request.method == "POST" else None
    schools = list(deliverable(request.actor, change.requisition))
    form = PartsForm(data, schools=schools, here=old.school_id, quantity=line.quantity)
    if _may_save(change, form) and change.save(
        split_line(change.old, key_of(line), form.parts(old))
    ):
        return redirect(_address("requisition_edit", change))
    context = {**change.context(f"Zeile {line_no} aufteilen"), "line": line, "form": form}
    return render(request, "frontend/requisitions/split.html", context, status=change.status)


@changing
def requisition_places(request: PageRequest, change: Change) -> HttpResponse:
    """Where the lines go: recipient, contact, days, hours; lines by their numbers."""
    grows = "mehr" in request.POST
    data = request.POST if request.method == "POST" else None
    places = places_formset(
        one_row_more(data, "ort") if grows else data,
        rows=_place_rows(change),
        schools=deliverable(request.actor, change.requisition),
        numbers=[line.line_no for line in change.lines],
        extra=EXTRA_PLACES,
    )
    if (
        not grows
        and _may_save(change, places)
        and change.save(with_places(change.old, places.places))
    ):
        return redirect("frontend:requisition", requisition_id=change.requisition.pk)
    context = {
        **change.context("Lieferorte"),
        "places": places,
        "show_errors": data is not None and not grows and not places.is_valid(),
    }
    status = 200 if grows else change.status
    return render(request, "frontend/requisitions/places.html", context, status=status)


def _place_rows(change: Change) -> list[dict[str, Any]]:
    """The places of the revision with the numbers of their lines."""
    numbers: dict[Any, list[int]] = {}
    for line in change.lines:
        numbers.setdefault(change.old.place_of(key_of(line)), []).append(line.line_no)
    return [
        {
            "school": place.school_id,
            "lines": format_numbers(lines),
            "contact": place.contact,
            "phone": place.phone,
            "earliest": place.earliest,
            "latest": place.latest,
            "time_from": place.time_from,
            "time_until": place.time_until,
            "note": place.note,
        }
        for place, lines in numbers.items()
    ]


@changing
def requisition_shares(request: PageRequest, change: Change) -> HttpResponse:
    """Which budgets pay which lines, in percent, with the euros beside."""
    grows, previews = "mehr" in request.POST, "vorschau" in request.POST
    data = request.POST if request.method == "POST" else None
    budget = _budget(request, change)
    scope = ScopeForm(data, numbers=_numbers(change), initial={"zeilen": _asked_for(request)})
    shares = shares_formset(
        budget,
        one_row_more(data, "kontierung") if grows else data,
        shares=_first_shares(request, change),
    )
    preview: list[SharePreview] = []
    if data is not None and not grows and all((scope.is_valid(), shares.is_valid())):
        chosen = [line for line in change.lines if line.line_no in scope.chosen]
        preview = preview_shares(
            chosen,
            shares.shares,
            {line.pk: line for line in budget},
            on=berlin_day(change.now),
        )
        if not previews and not change.is_stale:
            keys = [key_of(line) for line in chosen]
            if change.save(with_shares(change.old, keys, shares.shares)):
                return redirect("frontend:requisition", requisition_id=change.requisition.pk)
    context = {
        **change.context("Kontierung"),
        "scope": scope,
        "shares": shares,
        "preview": preview,
        "show_errors": data is not None and not grows and not preview,
        "now_assigned": _now_assigned(change),
    }
    shown_again = grows or (previews and preview)
    status = 200 if shown_again else change.status
    return render(request, "frontend/requisitions/shares.html", context, status=status)


def _budget(request: PageRequest, change: Change) -> list[BudgetLine]:
    """This year's lines open to the actor, and those that pay already."""
    year = fiscal_year(berlin_day(change.now))
    used = {
        row.budget_line_id: row.budget_line
        for line in change.lines
        for row in line.assignments.all()
    }
    rows = {row.pk: row for row in usable_lines(request.actor, year)}
    return list({**rows, **used}.values())


def _asked_for(request: PageRequest) -> str:
    return request.GET.get("zeilen", "")


def _first_shares(request: PageRequest, change: Change) -> Sequence[Any]:
    """The shares to start from: those of the line asked for, else of the first."""
    keys = [key_of(line) for line in change.lines]
    asked = _asked_for(request)
    return change.old.ask.shares_of(asked if asked in keys else keys[0])


def _now_assigned(change: Change) -> list[tuple[str, Sequence[Any]]]:
    """The account assignments there are, each with the numbers of its lines."""
    found: dict[tuple[Any, ...], tuple[list[int], Sequence[Any]]] = {}
    for line in change.lines:
        rows = list(line.assignments.all())
        key = tuple((row.budget_line_id, row.share_percent) for row in rows)
        found.setdefault(key, ([], rows))[0].append(line.line_no)
    return [(format_numbers(numbers), rows) for numbers, rows in found.values()]
