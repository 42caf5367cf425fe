"""What every act on a requisition begins with: lock the row, ask for the step, read the facts.

A revision is read with lines, places, shares and budgets in one statement; pages read models
(`orders.requisitions.reading`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.sql import fetch
from orders.allotting.facts import OrderFacts
from orders.allotting.reading import read_order
from orders.errors import NotFound
from orders.facts import (
    AssignmentFacts,
    BudgetFacts,
    EntityFacts,
    LineFacts,
    LotOfLine,
    Place,
    RevisionFacts,
)
from orders.lifecycle import IllegalTransition, RequisitionState, requisition_step
from orders.models import Requisition

from .reading import last_change, visible_requisitions

BUDGET = (
    "budget.id, entity.id, entity.code, entity.organisation_id,"
    " coalesce(budget.own_account_id, pool.account_id), budget.fiscal_year,"
    " budget.usable_until, budget.title, budget.budget_product,"
    " budget.gl_account, budget.cost_center, budget.cost_object, budget.measure_no,"
    " budget.grant_no"
)
TIED = """EXISTS (
       SELECT FROM agreements_award any_rank
         JOIN agreements_contractitem hanging
           ON hanging.award_id = any_rank.id AND hanging.number = item.number
         JOIN agreements_itemrelation relation
           ON relation.item_id = hanging.id AND relation.kind = 'requires'
        WHERE any_rank.lot_id = lot.id)"""
_REVISION = f"""
SELECT revision.id, revision.number, revision.title, revision.justification,
       revision.needed_by, revision.editor_id, revision.gross,
       line.id, line.line_no, line.listing_id, line.item_id, line.price_version_id,
       line.list_price_id, line.terms_id, line.title, line.quantity, line.unit,
       line.net_unit_price, line.price_unit, line.periods, line.tier_base, line.tax_category,
       line.tax_rate, line.net, line.tax, line.gross,
       lot.id, lot.allocation, lot.account_id, {TIED}, line.delivery_id,
       place.school_id, place.contact, place.phone, place.earliest, place.latest,
       place.time_from, place.time_until, place.note,
       share.id, share.number, share.share_percent, share.deductible_percent, share.grant_no,
       share.net, share.tax, share.gross, share.bound, {BUDGET}
  FROM orders_requisitionrevision revision
  JOIN orders_requisitionline line ON line.revision_id = revision.id
  JOIN agreements_contractitem item ON item.id = line.item_id
  JOIN agreements_award award ON award.id = item.award_id
  JOIN agreements_lot lot ON lot.id = award.lot_id
  LEFT JOIN orders_requisitiondelivery place ON place.id = line.delivery_id
  LEFT JOIN orders_assignment share ON share.line_id = line.id
  LEFT JOIN orders_budgetline budget ON budget.id = share.budget_line_id
  LEFT JOIN orders_budgetpool pool ON pool.id = budget.pool_id
  LEFT JOIN parties_budgetentity entity ON entity.id = budget.budget_entity_id
 WHERE revision.requisition_id = %(requisition_id)s AND revision.number = %(number)s
 ORDER BY line.line_no, share.number"""
_BUDGETS = f"""
SELECT {BUDGET}, budget.school_id,
       coalesce((SELECT deductible.percent FROM orders_budgetlinedeductible deductible
                  WHERE deductible.budget_line_id = budget.id AND deductible.valid_from <= %(on)s
                  ORDER BY deductible.valid_from DESC LIMIT 1), 0)
  FROM orders_budgetline budget
  JOIN parties_budgetentity entity ON entity.id = budget.budget_entity_id
  LEFT JOIN orders_budgetpool pool ON pool.id = budget.pool_id
 WHERE budget.id = ANY(%(ids)s::bigint[])"""


def locked(requisition_id: int, by: Membership) -> Requisition:
    """Lock a requisition of the actor's organisation; raises NotFound."""
    row = (
        visible_requisitions(by)
        .select_for_update(no_key=True, of=("self",))
        .select_related("authority", "created_by__user")
        .filter(pk=requisition_id)
        .first()
    )
    if row is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    return row


def step_to(requisition: Requisition, wanted: RequisitionState) -> str:
    """The stored value of *wanted*; raises IllegalTransition that says who came first, and when."""
    try:
        return requisition_step(requisition.state, wanted)
    except IllegalTransition as refused:
        raise refused.of(f"Anforderung {requisition.number}", last_change(requisition)) from None


def state_of(requisition: Requisition) -> dict[str, object]:
    """What the audit trail keeps of a requisition."""
    return {"state": requisition.state, "revision": requisition.current_revision}


def read_revision(requisition_id: int, number: int) -> RevisionFacts:
    """One revision of a requisition that the caller has found within the actor's reach."""
    rows = fetch(_REVISION, {"requisition_id": requisition_id, "number": number})
    lines: list[LineFacts] = []
    shares: list[AssignmentFacts] = []
    for place, row in enumerate(rows):
        if row[39] is not None:
            shares.append(AssignmentFacts(*(*row[39:48], budget_facts(row[48:62]))))
        if place + 1 == len(rows) or rows[place + 1][7] != row[7]:
            lines.append(_line(row, tuple(shares)))
            shares = []
    return RevisionFacts(*(*rows[0][0:7], tuple(lines)))


def facts_for(requisition: Requisition, listing_ids: set[int], now: datetime) -> OrderFacts:
    """What the contracts and the record say to these listings today."""
    return read_order(
        listing_ids,
        buyer_id=requisition.authority_id,
        on=berlin_day(now),
        requisition_id=requisition.pk,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A budget line that an ask names: the school it is kept for, what is deductible that day."""

    budget: BudgetFacts
    school_id: int | None
    deductible_percent: Decimal


def read_budgets(ids: Collection[int], on: date) -> dict[int, Named]:
    """Budget lines by key, with what holds on the day."""
    if not ids:
        return {}
    rows = fetch(_BUDGETS, {"ids": sorted(ids), "on": on})
    return {row[0]: Named(budget_facts(row[0:14]), row[14], row[15]) for row in rows}


def budget_facts(row: tuple[Any, ...]) -> BudgetFacts:
    """A budget line from the columns of `BUDGET`."""
    return BudgetFacts(*(row[0], EntityFacts(*row[1:4]), *row[4:14]))


def _line(row: tuple[Any, ...], shares: tuple[AssignmentFacts, ...]) -> LineFacts:
    place = Place(*row[31:39]) if row[30] is not None else None
    return LineFacts(*(*row[7:26], LotOfLine(*row[26:30]), place, shares))
