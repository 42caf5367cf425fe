"""Bad input of the buyer API, for the table in docs/bad-input.md: what is sent, and where the
answer points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.agreements.life import lifecycle
from contracts.agreements.models import Listing
from contracts.parties.models import BudgetEntity, School
from orders.binding.budgets import Dimensions, create_line
from tests.buyer_requests import line, requisition
from tests.world import NOW, World

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """What is sent, and the place that is wrong with it."""

    make: Callable[[World], Body]
    pointer: str


def _line(**changed: Any) -> Callable[[World], Body]:
    """A good line first, so that the pointer has to count."""

    def make(world: World) -> Body:
        return requisition(world, lines=[line(world), {**line(world, 1), **changed}])

    return make


def _head(**changed: Any) -> Callable[[World], Body]:
    return lambda world: {**requisition(world), **changed}


def _quantity(quantity: Any) -> Bad:
    return Bad(_line(quantity=quantity), "#/lines/1/quantity")


def _shares(*percents: str) -> Bad:
    def make(world: World) -> Body:
        rows = [{"budget_line": world.budget_line.pk, "percent": row} for row in percents]
        return _line(assignments=rows)(world)

    return Bad(make, "#/lines/1/assignments")


def _delivery(**given: Any) -> Callable[[World], Body]:
    return lambda world: _line(delivery={"school_no": world.school.school_no, **given})(world)


def _foreign_school(world: World) -> Body:
    School.objects.create(authority=world.other_authority, name="Schule B", school_no="200002")
    return _line(delivery={"school_no": "200002"})(world)


def _foreign_budget(world: World) -> Body:
    entity = BudgetEntity.objects.create(
        organisation=world.other_authority, code="stadt-b", name="Stadt B"
    )
    foreign = create_line(
        budget_entity=entity,
        fiscal_year=2026,
        title="Geräte",
        dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
        appropriation=Decimal(1),
        by=None,
        now=NOW,
    )
    return _line(assignments=[{"budget_line": foreign.pk}])(world)


def _deductible(world: World) -> Body:
    row = {"budget_line": world.budget_line.pk, "deductible_percent": "100"}
    return _line(assignments=[row])(world)


def _ended(world: World) -> Body:
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Neue Ausschreibung", by=world.manager, now=NOW
    )
    return requisition(world)


def _delisted(world: World) -> Body:
    Listing.objects.filter(pk=world.listings[1].pk).update(is_listed=False)
    return _line()(world)


CASES: dict[str, Bad] = {
    "api: quantity zero": _quantity(0),
    "api: negative quantity": _quantity(-3),
    "api: fractional quantity": _quantity(2.5),
    "api: quantity of 10^9": _quantity(10**9),
    "api: quantity as text": _quantity("3"),
    "api: unknown article": Bad(_line(article=999_999_999), "#/lines/1/article"),
    "api: article that left the catalogue": Bad(_delisted, "#/lines/1/article"),
    "api: article of an ended agreement": Bad(_ended, "#/lines/0/article"),
    "api: article that is neither key nor number": Bad(_line(article="A-1"), "#/lines/1/article"),
    "api: shares that sum to 99.9999": _shares("33.3333", "66.6666"),
    "api: share of zero": _shares("0", "100"),
    "api: share with five decimals": _shares("33.33333", "66.66667"),
    "api: budget line of another authority": Bad(
        _foreign_budget, "#/lines/1/assignments/0/budget_line"
    ),
    "api: deductible tax named by the asker": Bad(
        _deductible, "#/lines/1/assignments/0/deductible_percent"
    ),
    "api: school of another authority": Bad(_foreign_school, "#/lines/1/delivery/school_no"),
    "api: requisition for an unknown school": Bad(_head(school_no="999999"), "#/school_no"),
    "api: last day before the first": Bad(
        _delivery(earliest="2026-12-05", latest="2026-12-01"), "#/lines/1/delivery"
    ),
    "api: hours half given": Bad(_delivery(time_from="08:00"), "#/lines/1/delivery"),
    "api: no line": Bad(_head(lines=[]), "#/lines"),
    "api: 1,001 lines": Bad(
        lambda world: requisition(world, lines=[line(world)] * 1001), "#/lines"
    ),
    "api: title of blanks": Bad(_head(title="   "), "#/title"),
    "api: a day that is none": Bad(_head(needed_by="2026-02-30"), "#/needed_by"),
}
