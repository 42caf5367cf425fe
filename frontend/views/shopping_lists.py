"""Shared lists: which there are, what is on one, and into the basket with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import Listing
from contracts.digits import whole
from frontend.actor import PageRequest
from frontend.addresses import as_it_was, at, crumbs
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.once import ALREADY_LISTED, form_of
from frontend.forms.quantities import Quantities, quantities
from frontend.forms.shopping_list import ListForm, ListLineForm
from frontend.lists import list_page
from frontend.refusals import Alert
from frontend.saving import form_page, saved, sent, told_at
from frontend.views.quick_order import tell
from orders import quick_order as domain
from orders.models import ShoppingList, ShoppingListLine
from orders.quick_order import lists

LISTS_HEAD = ("Merkliste", "sichtbar", "angelegt von", "geändert am", "Zeilen")
LINES_HEAD = ("Artikelnummer", "Menge", "Bezeichnung", "Lieferant", "Preis netto",
              "je Einheiten", "Netto", "nicht abrufbar, weil", "Nachfolgemodell")  # fmt: skip
ABOVE = ("Merklisten", "/merklisten/")


def shopping_lists(request: PageRequest) -> HttpResponseBase:
    """The lists that the actor may use."""
    rows = (
        lists.visible_lists(request.actor)
        .select_related("created_by__user", "school")
        .annotate(size=Count("lines"))
        .order_by("name", "pk")
    )
    if wants_export(request):
        return table_download(request, "merklisten", LISTS_HEAD, _heads(rows))
    return list_page(request, "shopping_lists/lists", rows)


def shopping_list(request: PageRequest, list_id: int) -> HttpResponseBase:
    """The lines of a list with today's price, or with why not and what instead."""
    row = domain.visible_list(list_id, request.actor)
    if wants_export(request):
        lines = _kept(request, list(domain.list_rows(row)))
        return table_download(request, f"merkliste-{row.pk}", LINES_HEAD, _lines(lines))
    return _page(request, row)


def shopping_list_create(request: PageRequest) -> HttpResponse:
    """A new list: empty, of an article, of the basket, or of a requisition."""
    form = ListForm(sent(request), by=request.actor)
    lead, make = _source(request)
    return form_page(
        request,
        form,
        lambda: make(form.head),
        title="Merkliste anlegen",
        lead=lead,
        submit="Speichern",
        said="Die Merkliste ist angelegt.",
        to=lambda made: at("shopping_list", made.pk),
        back=at("shopping_lists"),
        crumbs=crumbs(ABOVE, here="Merkliste anlegen"),
    )


def shopping_list_edit(request: PageRequest, list_id: int) -> HttpResponse:
    """Rename and share a list."""
    row = domain.visible_list(list_id, request.actor)
    form = ListForm(sent(request), by=request.actor, row=row)

    def onwards(done: ShoppingList) -> str:
        is_seen = lists.visible_lists(request.actor).filter(pk=done.pk).exists()
        return at("shopping_list", done.pk) if is_seen else at("shopping_lists")

    return form_page(
        request,
        form,
        lambda: lists.change(row.pk, form.head, by=request.actor, now=timezone.now()),
        title="Merkliste umbenennen und teilen",
        submit="Speichern",
        said="Die Merkliste ist geändert.",
        to=onwards,
        back=at("shopping_list", row.pk),
        crumbs=crumbs(ABOVE, here=row.name),
    )


@require_POST
def shopping_list_retire(request: PageRequest, list_id: int) -> HttpResponse:
    """Take a list out of use."""
    row = domain.visible_list(list_id, request.actor)
    return saved(
        request,
        lambda: lists.retire(list_id=list_id, by=request.actor, now=timezone.now()),
        said=f"Die Merkliste „{row.name}“ ist gelöscht.",
        to=at("shopping_lists"),
        again=lambda refusal: _page(request, row, refusal=refusal),
    )


@require_POST
def shopping_list_quantities(request: PageRequest, list_id: int) -> HttpResponse:
    """Keep the quantities of the page; 0 takes a line off."""
    row = domain.visible_list(list_id, request.actor)
    typed = quantities(request.POST, blank_is_none=False)
    return saved(
        request,
        lambda: lists.set_quantities(
            list_id=row.pk, quantities=typed.values, by=request.actor, now=timezone.now()
        ),
        parts=[typed],
        said="Die Mengen sind gespeichert.",
        to=as_it_was(request, at("shopping_list", row.pk)),
        again=lambda refusal: _page(request, row, typed, refusal),
    )


@require_POST
def shopping_list_take(request: PageRequest, list_id: int) -> HttpResponse:
    """Put the quantities of the page into the basket, or the whole list."""
    row = domain.visible_list(list_id, request.actor)
    typed = quantities(request.POST)

    def take() -> domain.Taken:
        picks = typed.picks
        if request.POST.get("umfang") == "alles":
            kept = dict(row.lines.values_list("listing_id", "quantity")) | dict(typed.values)
            picks = [domain.Pick(key, quantity) for key, quantity in kept.items() if quantity]
        return domain.put_into_basket(
            picks=picks, by=request.actor, now=timezone.now(), form=form_of(request.POST)
        )

    return saved(
        request,
        take,
        parts=[typed],
        said=partial(tell, request),
        to=at("basket"),
        again=lambda refusal: _page(request, row, typed, refusal),
    )


@require_POST
def shopping_list_successor(request: PageRequest, list_id: int, listing_id: int) -> HttpResponse:
    """Put the successor of a replaced article into the list."""
    row = domain.visible_list(list_id, request.actor)
    return saved(
        request,
        lambda: lists.take_successor(
            list_id=list_id, listing_id=listing_id, by=request.actor, now=timezone.now()
        ),
        said=lambda line: f"Auf der Merkliste steht jetzt „{line.listing.article.name}“.",
        to=as_it_was(request, at("shopping_list", list_id)),
        again=lambda refusal: _page(request, row, refusal=refusal),
    )


@require_POST
def shopping_list_add(request: PageRequest) -> HttpResponse:
    """Put an article onto one of the lists, then go back to the article."""
    form = ListLineForm(request.POST)
    listing_id = whole(request.POST.get("listing", ""))
    back = at("shopping_lists") if listing_id is None else at("article", listing_id)
    if not form.is_valid():
        messages.error(request, "Bitte eine Merkliste wählen und eine Menge ab 1 eingeben.")
        return redirect(back)
    return saved(
        request,
        lambda: lists.add_line(
            list_id=form.cleaned_data["list"],
            listing_id=form.cleaned_data["listing"],
            quantity=form.cleaned_data["quantity"],
            form=form_of(request.POST),
            by=request.actor,
            now=timezone.now(),
        ),
        said=lambda row: (
            f"{form.cleaned_data['quantity']} × auf „{row.name}“ gemerkt."
            if row is not None
            else messages.info(request, ALREADY_LISTED)
        ),
        to=back,
        again=lambda refusal: told_at(request, refusal, back),
    )


def _source(request: PageRequest) -> tuple[str, Callable[[lists.ListHead], ShoppingList]]:
    """What a new list is made of, in words and as the domain call."""
    by, now = request.actor, timezone.now()
    if request.GET.get("aus") == "korb":
        return (
            "Sie enthält, was jetzt im Bedarfskorb liegt; der Bedarfskorb bleibt, wie er ist.",
            lambda head: lists.create_from_basket(head, by=by, now=now),
        )
    requisition_id = whole(request.GET.get("anforderung", ""))
    listing_id = whole(request.GET.get("artikel", ""))
    if requisition_id is not None:
        return (
            "Sie enthält die Artikel der Anforderung mit ihren Mengen.",
            lambda head: lists.create_from_requisition(
                head, requisition_id=requisition_id, by=by, now=now
            ),
        )
    quantities = {} if listing_id is None else {listing_id: 1}
    return (
        "Sie enthält den Artikel mit der Menge 1." if quantities else "",
        lambda head: lists.create(head, quantities=quantities, by=by, now=now),
    )


def _page(
    request: PageRequest,
    row: ShoppingList,
    typed: Quantities | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    return list_page(
        request,
        "shopping_lists/list",
        domain.list_rows(row),
        shown=lambda found: _with_typed(_kept(request, found), typed),
        list_url=at("shopping_list", row.pk),
        row=row,
        may_rename=lists.may_rename(row, request.actor),
        may_write=lists.may_write(row, request.actor),
        max_quantity=domain.MAX_QUANTITY,
        refusal=refusal,
        faults=typed is not None and bool(typed.faults),
        crumbs=crumbs(ABOVE, here=row.name),
    )


def _kept(request: PageRequest, rows: Sequence[ShoppingListLine]) -> list[domain.KeptLine]:
    return domain.kept_lines(rows, by=request.actor, now=timezone.now())


def _with_typed(lines: Sequence[domain.KeptLine], typed: Quantities | None) -> list[dict[str, Any]]:
    """Each line with what stands in its field, and what is wrong with that."""
    return [
        {
            "line": line,
            "typed": typed.typed.get(str(line.listing.pk), "") if typed else line.quantity,
            "fault": typed.faults.get(str(line.listing.pk), "") if typed else "",
        }
        for line in lines
    ]


def _heads(rows: Any) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield (
            row.name,
            row.get_audience_display(),
            str(row.created_by.user),
            row.updated_at,
            row.size,
        )


def _lines(lines: Sequence[domain.KeptLine]) -> Iterator[tuple[Cell, ...]]:
    for line in lines:
        article = line.listing.article
        yield (
            article.supplier_aid,
            line.quantity,
            article.name,
            line.listing.item.award.supplier.name,
            line.cost.net_unit_price if line.cost is not None else None,
            line.cost.price_unit if line.cost is not None else None,
            line.cost.net if line.cost is not None else None,
            " ".join(line.standing.reasons),
            _number(line.standing.successor),
        )


def _number(listing: Listing | None) -> str:
    return listing.article.supplier_aid if listing is not None else ""
