"""What submitted requisitions bind, per budget account, for a whole page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from contracts.ledger.models import LimitAccount

from .budgets import BudgetEffect
from .models import Assignment


@dataclass(frozen=True, slots=True)
class Footprint:
    """The effect on each account, as if the requisition were not held yet; whose budgets."""

    effects: tuple[BudgetEffect, ...] = ()
    budget_entities: tuple[str, ...] = ()


def footprints(revision_ids: Collection[int]) -> dict[int, Footprint]:
    """By revision in approval: what it binds already counts as its own effect.

    Two queries, however many lines there are.
    """
    amounts: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    names: dict[int, dict[str, None]] = defaultdict(dict)
    rows = (
        Assignment.objects.filter(line__revision_id__in=revision_ids)
        .order_by()
        .values_list("line__revision_id", "budget_entity__name")
        .annotate(
            account=Coalesce("budget_line__own_account_id", "budget_line__pool__account_id"),
            amount=Sum("bound"),
        )
        .order_by("line__revision_id", "account")
    )
    for revision_id, name, account_id, amount in rows:
        amounts[revision_id][account_id] += amount
        names[revision_id][name] = None
    accounts = LimitAccount.objects.in_bulk({pk for found in amounts.values() for pk in found})
    return {
        revision_id: Footprint(
            tuple(_effect(accounts[pk], amount) for pk, amount in found.items()),
            tuple(names[revision_id]),
        )
        for revision_id, found in amounts.items()
    }


def _effect(account: LimitAccount, amount: Decimal) -> BudgetEffect:
    return BudgetEffect(
        title=account.title,
        limit=account.limit_amount,
        bound=account.bound - amount,
        amount=amount,
    )
