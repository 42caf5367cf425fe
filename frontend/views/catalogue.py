"""Searching the catalogue, and one article with everything behind its price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from contracts.agreements.allocation.successors import offered_replacements
from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.agreements.prices.reasons import Asked, PriceReason, price_reasons
from contracts.agreements.writing.relations import ties_of
from contracts.clock import berlin_day
from contracts.digits import whole
from contracts.search import Facet, Filters, SearchPage, exact_listing, search
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.held import held_by
from frontend.presenters.allocation import detour
from frontend.presenters.articles import ArticleCard, cards, gross_preview
from orders.quick_order import lists

PER_PAGE = 24
SORTS = (("relevance", "Relevanz"), ("name", "Name"))
FACET_PARAMETERS = ("gruppe", "hersteller", "lieferant", "vereinbarung", "los")
OPEN_FACETS = 1
MAX_LISTS = 100


def catalogue(request: PageRequest) -> HttpResponse:
    """Search first: an exact number opens its article, everything else becomes a list."""
    day = berlin_day(timezone.now())
    filters = filters_from(request.GET)
    buyer_id = request.actor.organisation_id
    if filters.text and not any(name in request.GET for name in (*FACET_PARAMETERS, "seite")):
        exact = exact_listing(buyer_id=buyer_id, on=day, text=filters.text)
        if exact is not None:
            return redirect("frontend:article", listing_id=exact)
    found = search(
        buyer_id=buyer_id,
        on=day,
        filters=filters,
        page=_number(request.GET.get("seite", "1")),
        per_page=PER_PAGE,
    )
    context = {
        "found": found,
        "cards": cards(
            found.listings,
            found.offers,
            held=held_by(request, request.actor),
            by=request.actor,
            on=day,
        ),
        "page": Paginator(range(found.count), PER_PAGE).get_page(found.page),
        "facets": _facets(found.facets),
        "hidden": [(name, value) for name, value in _kept(request.GET) if value],
        "chips": _chips(found, request.GET),
        "clear_url": _without(request.GET, *FACET_PARAMETERS),
        "sorts": [(value, label, value == filters.sort) for value, label in SORTS],
        "sort_hidden": [
            (name, value)
            for name, values in request.GET.lists()
            if name in (*FACET_PARAMETERS, "q")
            for value in values
        ],
        "search_query": filters.text,
        "may_order": may_open(request.actor, "basket_add"),
        "here": request.get_full_path(),
    }
    return render(request, "frontend/catalogue/list.html", context)


def article(request: PageRequest, listing_id: int) -> HttpResponse:
    """One article; who is not entitled to it learns that it does not exist."""
    day = berlin_day(timezone.now())
    rows = entitled_listings(request.actor.organisation_id, day)
    listing = with_contract(rows).filter(pk=listing_id).first()
    if listing is None:
        return _successor(request, listing_id, day)
    held = held_by(request, request.actor)
    (card,) = cards([listing], offers([listing], day), held=held, by=request.actor, on=day)
    why = _why(card, request, day)
    context = {
        "card": card,
        "detour": detour(listing, day),
        "why": why,
        "readable_changes": {change.pk for change in why.changes} if why is not None else set(),
        "vat": (
            gross_preview(card.offer, card.price, request.actor.organisation, day)
            if card.offer is not None and card.price is not None
            else None
        ),
        "ties": ties_of(listing.item),
        "may_order": may_open(request.actor, "basket_add"),
        "shopping_lists": lists.writable_lists(request.actor)[:MAX_LISTS],
        "crumbs": crumbs(("Katalog", at("catalogue")), here=listing.article.name),
        "here": request.get_full_path(),
    }
    return render(request, "frontend/catalogue/article.html", context)


def _successor(request: PageRequest, listing_id: int, day: date) -> HttpResponse:
    """On to what stands in place of a replaced article, where the actor may see that."""
    buyer_id = request.actor.organisation_id
    new = offered_replacements([listing_id], buyer_id=buyer_id, on=day).get(listing_id)
    if new is None:
        raise Http404
    messages.info(
        request, f"Der gesuchte Artikel wurde durch das Nachfolgemodell {new.article.name} ersetzt."
    )
    return redirect("frontend:article", listing_id=new.pk)


def _why(card: ArticleCard, request: PageRequest, day: date) -> PriceReason | None:
    """Where the price comes from: version, award, change, list price and documents."""
    offer = card.offer
    if offer is None:
        return None
    base = max(card.base_quantity, 1)
    asked = Asked(card.listing.pk, offer.price_version_id, offer.list_price_id, base, day)
    return price_reasons([asked], by=request.actor, on=day)[card.listing.pk]


def filters_from(query: QueryDict) -> Filters:
    """The filters of an address; unknown and unreadable values are left out."""
    sort = query.get("sort", "relevance")
    return Filters(
        text=query.get("q", "").strip()[:200],
        product_groups=tuple(query.getlist("gruppe")),
        manufacturers=tuple(query.getlist("hersteller")),
        suppliers=tuple(query.getlist("lieferant")),
        agreements=_numbers(query.getlist("vereinbarung")),
        lots=_numbers(query.getlist("los")),
        sort=sort if sort in dict(SORTS) else "relevance",
    )


def _number(text: str) -> int:
    return whole(text, most_digits=8) or 1


def _numbers(texts: list[str]) -> tuple[int, ...]:
    return tuple(number for text in texts if (number := whole(text)) is not None)


def _kept(query: QueryDict) -> list[tuple[str, str]]:
    """What the facet form has to carry along."""
    return [("q", query.get("q", "")), ("sort", query.get("sort", ""))]


def _facets(facets: Sequence[Facet]) -> list[dict[str, Any]]:
    """Facets with something to choose; the first ones are open."""
    useful = [facet for facet in facets if facet.values]
    return [_facet(facet, position) for position, facet in enumerate(useful)]


def _facet(facet: Facet, position: int) -> dict[str, Any]:
    return {
        "title": facet.label,
        "name": facet.parameter,
        "open": position < OPEN_FACETS or any(value.active for value in facet.values),
        "values": [
            {
                "value": value.value,
                "label": value.label,
                "count": value.count,
                "selected": value.active,
            }
            for value in facet.values
        ],
    }


def _chips(found: SearchPage, query: QueryDict) -> list[dict[str, str]]:
    """One removable chip per chosen value, also for values without hits."""
    labels = {
        (facet.parameter, value.value): f"{facet.label}: {value.label}"
        for facet in found.facets
        for value in facet.values
    }
    return [
        {
            "label": labels.get((name, value), value),
            "remove_url": _without_value(query, name, value),
        }
        for name in FACET_PARAMETERS
        for value in query.getlist(name)
    ]


def _without(query: QueryDict, *names: str) -> str:
    rest = query.copy()
    for name in (*names, "seite"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


def _without_value(query: QueryDict, name: str, value: str) -> str:
    rest = query.copy()
    rest.setlist(name, [other for other in query.getlist(name) if other != value])
    rest.pop("seite", None)
    return f"?{rest.urlencode()}"
