"""Budget lines of the actor's organisation: pools, own appropriations, freezes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.ledger.models import EntryKind, LedgerEntry
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.requisition import fiscal_year
from orders.binding.budgets import usable_lines
from orders.models import BudgetLine, BudgetPool

HEAD = ("Mandant", "Jahr", "Produkt", "Sachkonto", "Kostenstelle", "Bezeichnung", "Deckungskreis",
        "Grenze", "gebucht", "vorgemerkt", "frei")  # fmt: skip


@dataclass(slots=True)
class PoolGroup:
    """A pool with its lines; the pool's account binds them all."""

    pool: BudgetPool
    lines: list[BudgetLine] = field(default_factory=list)


def budgets(request: PageRequest) -> HttpResponseBase:
    """The budget lines of a fiscal year, with what is left of each."""
    this_year = fiscal_year(berlin_day(timezone.now()))
    text = request.GET.get("jahr", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else this_year
    lines = list(usable_lines(request.actor, year).select_related("school"))
    if wants_export(request):
        return table_download(request, f"haushalt-{year}", HEAD, map(_cells, lines))
    return _page(request, lines, year, this_year)


def _page(request: PageRequest, lines: list[BudgetLine], year: int, this_year: int) -> HttpResponse:
    context = {
        "own": [line for line in lines if line.pool_id is None],
        "pools": _pools(lines),
        "changes": _changes(lines),
        "year": year,
        "years": sorted({this_year - 1, this_year, this_year + 1, year}),
        "exports": export_urls(request),
    }
    return render(request, "frontend/budgets/list.html", context)


def _pools(lines: Iterable[BudgetLine]) -> list[PoolGroup]:
    groups: dict[int, PoolGroup] = {}
    for line in lines:
        if line.pool is not None:
            groups.setdefault(line.pool.pk, PoolGroup(line.pool)).lines.append(line)
    return list(groups.values())


def _changes(lines: Iterable[BudgetLine]) -> list[LedgerEntry]:
    """Supplements and freezes: every change of a limit after the first, newest first."""
    accounts = {line.account.pk for line in lines}
    rows = LedgerEntry.objects.filter(account__in=accounts, kind=EntryKind.ADJUST)
    first = set(
        rows.order_by("account_id", "pk").distinct("account_id").values_list("pk", flat=True)
    )
    changed = rows.exclude(pk__in=first).select_related("account", "by__user")
    return list(changed.order_by("-pk"))


def _cells(line: BudgetLine) -> tuple[Cell, ...]:
    account = line.account
    return (
        line.budget_entity.name,
        line.fiscal_year,
        line.budget_product,
        line.gl_account,
        line.cost_center,
        line.title,
        line.pool.title if line.pool is not None else "",
        account.limit_amount,
        account.posted,
        account.held,
        account.available,
    )
