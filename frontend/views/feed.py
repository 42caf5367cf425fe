"""The finance feed of a budget entity: gapless numbers, hashes, links to the call-offs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from contracts.parties.models import BudgetEntity
from frontend.actor import PageRequest
from frontend.lists import list_page
from orders.call_offs.reading import visible_call_offs
from orders.event_types import EventType
from orders.finance.exports import export_csv, feed_of
from orders.formats.csv import PROFILES
from orders.models import Feed, FeedEntry

PER_PAGE = 50


def feed(request: PageRequest) -> HttpResponseBase:
    """The newest events first; `format=csv` gives the whole feed as the finance file."""
    entities = list(BudgetEntity.objects.filter(organisation_id=request.actor.organisation_id))
    if not entities:
        return render(request, "frontend/feed/list.html", {"entities": []})
    code = request.GET.get("mandant") or entities[0].code
    chosen = feed_of(request.actor, code)
    if request.GET.get("format") == "csv":
        return _download(chosen, code)
    return _page(request, entities, chosen, code)


def _page(
    request: PageRequest, entities: Sequence[BudgetEntity], chosen: Feed, code: str
) -> HttpResponse:
    return list_page(
        request,
        "feed/list",
        # Numbers have no gaps: the last one counts them, and a page is some of them.
        range(chosen.last_seq, 0, -1),
        shown=partial(_rows, request, chosen),
        per_page=PER_PAGE,
        entities=entities,
        code=code,
        feed=chosen,
        export_url=f"?mandant={code}&format=csv",
    )


def _rows(request: PageRequest, chosen: Feed, numbers: list[int]) -> list[dict[str, Any]]:
    entries = list(
        FeedEntry.objects.filter(feed=chosen, seq__in=numbers)
        .select_related("event")
        .order_by("-seq")
    )
    payloads = [json.loads(entry.event.payload) for entry in entries]
    orders = {payload["order_no"] for payload in payloads if payload["order_no"]}
    keys = dict(
        visible_call_offs(request.actor).filter(number__in=orders).values_list("number", "pk")
    )
    return [
        {
            "entry": entry,
            "label": EventType(entry.event.type).label,
            "payload": payload,
            "gross": Decimal(payload["gross"]),
            "call_off_id": keys.get(payload["order_no"]),
        }
        for entry, payload in zip(entries, payloads, strict=True)
    ]


def _download(chosen: Feed, code: str) -> StreamingHttpResponse:
    export = export_csv(chosen, profile=PROFILES["de"])
    response = StreamingHttpResponse(export.chunks, content_type="text/csv; charset=utf-8")
    name = f"finanzfeed-{code}-{export.first}-{export.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
