"""The start page: what waits for the role one acts in."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Role
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.forms.requisition import fiscal_year
from frontend.presenters.overview import caps_to_watch, tasks
from frontend.voices import voices_of, waiting_count
from orders.binding.budgets import usable_lines
from orders.call_offs.reading import visible_call_offs
from orders.models import BudgetLine, CallOff

SHOWN = 5
BUDGET_WATCHERS = (Role.PROCUREMENT_OFFICER, Role.SCHOOL_REQUESTER, Role.TREASURER)


def start(request: PageRequest) -> HttpResponse:
    """Open tasks, caps and budgets to watch, the last call-offs."""
    day = berlin_day(timezone.now())
    actor = request.actor
    budgets: list[tuple[str, LimitAccount]] = []
    if actor.role in BUDGET_WATCHERS:
        budgets = _accounts(usable_lines(actor, fiscal_year(day)))
    call_offs: list[CallOff] = []
    if may_open(actor, "call_offs"):
        call_offs = list(
            visible_call_offs(actor)
            .select_related("authority", "school", "supplier", "lot__agreement")
            .order_by("-issued_at", "-pk")[:SHOWN]
        )
    context = {
        "tasks": tasks(actor, day, to_sign=waiting_count(request, actor)),
        "substituted": [row for row in voices_of(request, actor) if row.delegation is not None],
        "caps": caps_to_watch(actor),
        "budgets": budgets,
        "fiscal_year": fiscal_year(day),
        "call_offs": call_offs,
    }
    return render(request, "frontend/start/start.html", context)


def _accounts(lines: Iterable[BudgetLine]) -> list[tuple[str, LimitAccount]]:
    """The first accounts that bind, each once: lines of a pool share what is free."""
    found: dict[int, tuple[str, LimitAccount]] = {}
    for line in lines:
        title = line.title if line.pool is None else line.pool.title
        found.setdefault(line.account.pk, (title, line.account))
    return list(found.values())[:SHOWN]
