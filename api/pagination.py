"""Cursor pages: `{items, next, prev}` by key, so that late pages cost what early ones do.

A cursor holds the sort key of the row at its edge. Rows are ordered by a key that ends
in the primary key, hence stable; thousands of rows with one timestamp (a published
catalogue) page as well as any others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from . import params
from .refusals import InvalidParameter

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
UPDATED_SINCE_OVERLAP = timedelta(minutes=15)
"""A transaction that began before another may commit after it: with this overlap
`updated_since` repeats a few rows rather than skip one."""

_FORWARD, _BACKWARD = "n", "p"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the addresses of its neighbours."""

    rows: list[Any]
    next: str | None
    prev: str | None

    def body(self, shape: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
        """The answer, with the rows as *shape* makes them."""
        return {"items": shape(self.rows), "next": self.next, "prev": self.prev}


def updated_since(request: Request, rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    """Rows whose *field* is at or after the parameter, less the overlap."""
    since = params.moment(request, "updated_since")
    if since is None:
        return rows
    return rows.filter(**{f"{field}__gte": _earlier(since)})


def page_of(request: Request, rows: QuerySet[Any], *, order: Sequence[str]) -> Page:
    """One page of *rows*; *order* names plain fields and ends in a unique one."""
    limit = params.integer(request, "limit", default=DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT)
    direction, edge = _read_cursor(request, rows.model, order)
    backward = direction == _BACKWARD
    if edge:
        rows = rows.filter(_beyond(order, edge, "lt" if backward else "gt"))
    ordered = rows.order_by(*(f"-{name}" if backward else name for name in order))
    found = list(ordered[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backward:
        found.reverse()
    has_next = more if not backward else bool(found)
    has_prev = more if backward else bool(edge and found)
    return Page(
        rows=found,
        next=_link(request, _FORWARD, found[-1], order) if has_next else None,
        prev=_link(request, _BACKWARD, found[0], order) if has_prev else None,
    )


def _earlier(since: datetime) -> datetime:
    try:
        return since - UPDATED_SINCE_OVERLAP
    except OverflowError:
        return since


def _beyond(order: Sequence[str], edge: Sequence[Any], comparison: str) -> Q:
    """Rows after (or before) the edge; the first condition lets an index be used."""
    beyond, equal = Q(), {}
    for name, value in zip(order, edge, strict=True):
        beyond |= Q(**equal, **{f"{name}__{comparison}": value})
        equal[name] = value
    return Q(**{f"{order[0]}__{comparison}e": edge[0]}) & beyond


def _link(request: Request, direction: str, row: Model, order: Sequence[str]) -> str:
    values = [direction, *(_as_text(getattr(row, name)) for name in order)]
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read_cursor(
    request: Request, model: type[Model], order: Sequence[str]
) -> tuple[str, list[Any]]:
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return _FORWARD, []
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        direction, *texts = json.loads(raw)
        edge = [
            model._meta.get_field(name).to_python(str(text))  # noqa: SLF001
            for name, text in zip(order, texts, strict=True)
        ]
    except (ValueError, TypeError, RecursionError, ValidationError) as error:
        raise _foreign_cursor() from error
    if direction not in (_FORWARD, _BACKWARD) or not "".join(map(str, texts)).isprintable():
        raise _foreign_cursor()
    return direction, edge


def _foreign_cursor() -> InvalidParameter:
    return InvalidParameter(
        "cursor", "Der Zeiger stammt nicht von dieser Liste. Bitte von vorn beginnen."
    )
