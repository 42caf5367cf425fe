"""Shared lists: which there are, what is on one, and into the basket with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import Listing
from contracts.digits import whole
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.once import form_of
from frontend.forms.quantities import Quantities, quantities
from frontend.forms.shopping_list import ListForm, ListLineForm
from frontend.refusals import Alert, explain
from frontend.saving import attempt
from frontend.views.quick_order import tell
from frontend.views.register_form import sent
from orders import quick_order as domain
from orders.errors import NotAllowed
from orders.models import ShoppingList, ShoppingListLine
from orders.quick_order import lists

PER_PAGE = 25
LISTS_HEAD = ("Merkliste", "sichtbar", "angelegt von", "geändert am", "Zeilen")
LINES_HEAD = ("Artikelnummer", "Menge", "Bezeichnung", "Lieferant", "Preis netto",
              "je Einheiten", "Netto", "nicht abrufbar, weil", "Nachfolgemodell")  # fmt: skip
CRUMB = {"label": "Merklisten", "url": "/merklisten/"}


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
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    context = {"page": page, "exports": export_urls(request)}
    return render(request, "frontend/shopping_lists/lists.html", context)


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
    return _saved(
        request, form, lambda: make(form.head), title="Merkliste anlegen", lead=lead,
        outcome="Die Merkliste ist angelegt.",
    )  # fmt: skip


def shopping_list_edit(request: PageRequest, list_id: int) -> HttpResponse:
    """Rename and share a list."""
    row = domain.visible_list(list_id, request.actor)
    form = ListForm(sent(request), by=request.actor, row=row)
    return _saved(
        request,
        form,
        lambda: lists.change(row.pk, form.head, by=request.actor, now=timezone.now()),
        title="Merkliste umbenennen und teilen",
        outcome="Die Merkliste ist geändert.",
        row=row,
    )


@require_POST
def shopping_list_retire(request: PageRequest, list_id: int) -> HttpResponse:
    """Take a list out of use."""
    row = domain.visible_list(list_id, request.actor)
    try:
        lists.retire(list_id=list_id, by=request.actor, now=timezone.now())
    except Refusal as error:
        return _page(request, row, refusal=explain(error))
    messages.success(request, f"Die Merkliste „{row.name}“ ist gelöscht.")
    return redirect("frontend:shopping_lists")


@require_POST
def shopping_list_quantities(request: PageRequest, list_id: int) -> HttpResponse:
    """Keep the quantities of the page; 0 takes a line off."""
    row = domain.visible_list(list_id, request.actor)
    typed = quantities(request.POST, blank_is_none=False)
    if typed.faults:
        return _page(request, row, typed=typed)
    try:
        lists.set_quantities(
            list_id=row.pk, quantities=typed.values, by=request.actor, now=timezone.now()
        )
    except Refusal as error:
        return _page(request, row, typed=typed, refusal=explain(error))
    messages.success(request, "Die Mengen sind gespeichert.")
    return _back(request, row)


@require_POST
def shopping_list_take(request: PageRequest, list_id: int) -> HttpResponse:
    """Put the quantities of the page into the basket, or the whole list."""
    row = domain.visible_list(list_id, request.actor)
    typed = quantities(request.POST)
    if typed.faults:
        return _page(request, row, typed=typed)
    picks = typed.picks
    if request.POST.get("umfang") == "alles":
        kept = dict(row.lines.values_list("listing_id", "quantity")) | dict(typed.values)
        picks = [domain.Pick(key, quantity) for key, quantity in kept.items() if quantity]
    try:
        taken = domain.put_into_basket(
            picks=picks, by=request.actor, now=timezone.now(), form=form_of(request.POST)
        )
    except Refusal as error:
        return _page(request, row, typed=typed, refusal=explain(error))
    tell(request, taken)
    return redirect("frontend:basket")


@require_POST
def shopping_list_successor(request: PageRequest, list_id: int, listing_id: int) -> HttpResponse:
    """Put the successor of a replaced article into the list."""
    row = domain.visible_list(list_id, request.actor)
    try:
        line = lists.take_successor(
            list_id=list_id, listing_id=listing_id, by=request.actor, now=timezone.now()
        )
    except NotAllowed as error:
        return _page(request, row, refusal=explain(error))
    name = line.listing.article.name
    messages.success(request, f"Auf der Merkliste steht jetzt „{name}“.")
    return redirect("frontend:shopping_list", list_id=list_id)


@require_POST
def shopping_list_add(request: PageRequest) -> HttpResponse:
    """Put an article onto one of the lists, then go back to the article."""
    form = ListLineForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Bitte eine Merkliste wählen und eine Menge ab 1 eingeben.")
        listing_id = whole(request.POST.get("listing", ""))
        if listing_id is None:
            return redirect("frontend:shopping_lists")
        return redirect("frontend:article", listing_id=listing_id)
    data = form.cleaned_data
    try:
        row = lists.add_line(
            list_id=data["list"],
            listing_id=data["listing"],
            quantity=data["quantity"],
            by=request.actor,
            now=timezone.now(),
        )
    except (lists.InvalidList, NotAllowed) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{data['quantity']} × auf „{row.name}“ gemerkt.")
    return redirect("frontend:article", listing_id=data["listing"])


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


def _saved(
    request: PageRequest,
    form: ListForm,
    step: Callable[[], ShoppingList],
    *,
    title: str,
    outcome: str,
    lead: str = "",
    row: ShoppingList | None = None,
) -> HttpResponse:
    refusal = None
    if form.is_bound and form.is_valid():
        done, refusal = attempt(form, step)
        if done is not None:
            messages.success(request, outcome)
            if lists.visible_lists(request.actor).filter(pk=done.pk).exists():
                return redirect("frontend:shopping_list", list_id=done.pk)
            return redirect("frontend:shopping_lists")  # now its owner's alone
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "refusal": refusal,
        "row": row,
        "crumbs": [CRUMB, {"label": row.name if row is not None else title, "url": ""}],
    }
    status = 422 if form.is_bound else 200
    return render(request, "frontend/shopping_lists/form.html", context, status=status)


def _page(
    request: PageRequest,
    row: ShoppingList,
    *,
    typed: Quantities | None = None,
    refusal: Alert | None = None,
) -> HttpResponse:
    page = Paginator(domain.list_rows(row), PER_PAGE).get_page(request.GET.get("seite"))
    context: dict[str, Any] = {
        "row": row,
        "page": page,
        "exports": export_urls(request),
        "may_rename": lists.may_rename(row, request.actor),
        "may_write": lists.may_write(row, request.actor),
        "max_quantity": domain.MAX_QUANTITY,
        "refusal": refusal,
        "faults": typed is not None and bool(typed.faults),
        "crumbs": [CRUMB, {"label": row.name, "url": ""}],
        "lines": _with_typed(_kept(request, list(page.object_list)), typed),
    }
    status = 422 if refusal is not None or context["faults"] else 200
    return render(request, "frontend/shopping_lists/list.html", context, status=status)


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


def _back(request: PageRequest, row: ShoppingList) -> HttpResponse:
    answer = redirect("frontend:shopping_list", list_id=row.pk)
    number = request.GET.get("seite", "")
    if number.isdecimal():
        answer["Location"] += f"?seite={number}"
    return answer


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
