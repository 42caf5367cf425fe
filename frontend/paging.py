"""Pages of a list whose end nobody has to know.

Counting all of a long list costs more than showing a page of it. It is counted no further than
AHEAD rows around the page asked for: "1–25 von mehr als 1.000". Who goes on is shown further
pages, so that every row can be reached; a page costs what its number says, not what the list
holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from contracts.digits import whole

AHEAD = 1_000
"""A multiple of every page's size, so that a page never ends the count."""
_MOST_DIGITS = 8


def counted(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are; `most` + 1 where there are more."""
    return rows.order_by()[: most + 1].count()


class OpenEnded(Paginator):  # type: ignore[type-arg]
    """Counts up to *reach* rows; `is_more` says that there are others behind them."""

    def __init__(self, rows: QuerySet[Any], per_page: int, *, reach: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.reach = reach

    @cached_property
    def _found(self) -> int:
        return counted(self.rows, self.reach)

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return min(self._found, self.reach)

    @property
    def is_more(self) -> bool:
        return self._found > self.reach


def page_of(rows: QuerySet[Any] | Sequence[Any], per_page: int, asked: str | None) -> Page[Any]:
    """The page of the ordered rows with the number *asked*; the first or last where none is."""
    if not isinstance(rows, QuerySet):
        return Paginator(rows, per_page).get_page(asked)
    number = whole(asked or "", most_digits=_MOST_DIGITS) or 1
    reach = (number * per_page // AHEAD + 1) * AHEAD
    return OpenEnded(rows, per_page, reach=reach).get_page(number)
