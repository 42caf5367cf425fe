"""What submitted requisitions bind, per budget account, for a whole page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from contracts.sql import fetch
from orders.binding.budgets import BudgetEffect, account_title

# A pool binds the lines in it. What is bound already holds these very amounts.
_BOUND = """
SELECT share.revision_id, coalesce(pool.account_id, budget.own_account_id),
       entity.name, budget.fiscal_year, coalesce(pool.title, budget.title),
       account.limit_amount, account.held + account.posted, share.bound
  FROM (SELECT line.revision_id, share.budget_line_id, sum(share.bound) AS bound
          FROM orders_requisitionline line
          JOIN orders_assignment share ON share.line_id = line.id
         WHERE line.revision_id = ANY (%(revisions)s::bigint[])
         GROUP BY line.revision_id, share.budget_line_id) share
  JOIN orders_budgetline budget ON budget.id = share.budget_line_id
  JOIN parties_budgetentity entity ON entity.id = budget.budget_entity_id
  LEFT JOIN orders_budgetpool pool ON pool.id = budget.pool_id
  JOIN ledger_limitaccount account
    ON account.id = coalesce(pool.account_id, budget.own_account_id)
 ORDER BY share.revision_id, share.budget_line_id"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The effect on each account, as if the requisition were not held yet; whose budgets."""

    effects: tuple[BudgetEffect, ...] = ()
    budget_entities: tuple[str, ...] = ()


def footprints(revision_ids: Collection[int]) -> dict[int, Footprint]:
    """By revision in approval: what it binds already counts as its own effect.

    One query, however many lines there are.
    """
    effects: dict[int, dict[int, BudgetEffect]] = defaultdict(dict)
    entities: dict[int, dict[str, None]] = defaultdict(dict)
    for revision_id, account_id, entity, year, what, limit, bound, amount in fetch(
        _BOUND, {"revisions": list(revision_ids)}
    ):
        entities[revision_id][entity] = None
        own = effects[revision_id]
        first = own.get(account_id)
        title = first.title if first else account_title(entity, year, what)
        total = amount + first.amount if first else amount
        own[account_id] = BudgetEffect(title, limit, bound - total, total)
    return {
        revision_id: Footprint(
            tuple(effect for _, effect in sorted(own.items())), tuple(entities[revision_id])
        )
        for revision_id, own in effects.items()
    }
