"""What submitted requisitions bind, per budget account, for a whole page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Sum

from orders.binding.budgets import BudgetEffect, effects_of
from orders.models import Assignment, BudgetLine


@dataclass(frozen=True, slots=True)
class Footprint:
    """The effect on each account, as if the requisition were not held yet; whose budgets."""

    effects: tuple[BudgetEffect, ...] = ()
    budget_entities: tuple[str, ...] = ()


def footprints(revision_ids: Collection[int]) -> dict[int, Footprint]:
    """By revision in approval: what it binds already counts as its own effect.

    Two queries, however many lines there are.
    """
    bound: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    rows = (
        Assignment.objects.filter(line__revision_id__in=revision_ids)
        .order_by()
        .values_list("line__revision_id", "budget_line_id")
        .annotate(amount=Sum("bound"))
        .order_by("line__revision_id", "budget_line_id")
    )
    for revision_id, budget_line_id, amount in rows:
        bound[revision_id].append((budget_line_id, amount))
    lines = BudgetLine.objects.select_related(
        "budget_entity", "own_account", "pool__account"
    ).in_bulk({pk for found in bound.values() for pk, _ in found})
    return {
        revision_id: _footprint([(lines[pk], amount) for pk, amount in found])
        for revision_id, found in bound.items()
    }


def _footprint(bound: list[tuple[BudgetLine, Decimal]]) -> Footprint:
    return Footprint(
        tuple(replace(row, bound=row.bound - row.amount) for row in effects_of(bound)),
        tuple(dict.fromkeys(line.budget_entity.name for line, _ in bound)),
    )
