"""What people read of a checked upload: counts, pages, price jumps, messages.

Every function takes an upload that came from `uploads.visible_uploads`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, FloatField, Q
from django.db.models.functions import Abs, Cast

from .models import CatalogueUpload, StagedAction, StagedArticle

PER_PAGE = 50
_HEADINGS = ("Zeile", "Spalte", "Code", "Wert", "Art", "Meldung")
# a spreadsheet would run a cell that starts so as a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class DiffCounts:
    """Rows per effect, and refused ones; together the rows that were read."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held_back: int = 0
    refused: int = 0

    @property
    def staged(self) -> int:
        return self.new + self.changed + self.unchanged + self.held_back


@dataclass(frozen=True, slots=True)
class DiffPage:
    """One page of staged rows; `pages` is at least 1."""

    rows: Sequence[StagedArticle]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PriceJump:
    """A price that moves; both prices are net EUR per the row's price unit."""

    row: StagedArticle
    before: Decimal
    after: Decimal

    @property
    def percent(self) -> Decimal:
        """The change in percent of the price before, to tenths."""
        change = (self.after - self.before) * 100 / self.before
        return change.quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")


def diff_counts(upload: CatalogueUpload) -> DiffCounts:
    """Count the staged rows by effect, in one query."""
    rows = upload.staged.order_by().values_list("action").annotate(count=Count("pk"))
    counts = {str(action): int(count) for action, count in rows}
    return DiffCounts(**counts, refused=upload.rows_refused)


def diff_page(
    upload: CatalogueUpload, action: StagedAction | None = None, page: int = 1
) -> DiffPage:
    """Return a page of staged rows in the file's order, of one effect or of all.

    A page beyond the last gives the last one.
    """
    found = upload.staged.select_related("item", "article").order_by("row", "pk")
    if action is not None:
        found = found.filter(action=action)
    count = found.count()
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * PER_PAGE
    return DiffPage(list(found[start : start + PER_PAGE]), count, page, pages)


def price_jumps(upload: CatalogueUpload, limit: int = 20) -> list[PriceJump]:
    """Return the rows whose price moves most in percent, the largest move first.

    Of list prices every move counts; of fixed prices only offers above the contract,
    because lower ones change nothing.
    """
    moving = (
        upload.staged.filter(previous_price__gt=0)
        .exclude(price=F("previous_price"))
        .filter(Q(changed_fields__contains="price") | Q(action=StagedAction.HELD_BACK))
        .annotate(
            move=Abs(Cast((F("price") - F("previous_price")) / F("previous_price"), FloatField()))
        )
        .select_related("item")
        .order_by("-move", "row")[:limit]
    )
    return [
        PriceJump(row, row.previous_price, row.price)
        for row in moving
        if row.previous_price is not None
    ]


def issues_csv(upload: CatalogueUpload) -> Iterator[str]:
    """Yield the messages as CSV, line by line: UTF-8 with mark, semicolons, CRLF."""
    yield "\ufeff" + _line(_HEADINGS)
    issues = upload.issues.order_by("row", "pk").values_list(
        "row", "column", "code", "value", "is_error", "message"
    )
    for row, column, code, value, is_error, message in issues.iterator(chunk_size=2000):
        kind = "abgelehnt" if is_error else "Hinweis"
        yield _line((str(row), column, code, value, kind, message))


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerow(
        [f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells]
    )
    return buffer.getvalue()
