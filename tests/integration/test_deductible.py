"""The deductible part of the tax: decided at the budget line by days, copied when asked."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, transaction

from contracts.audit.models import AuditEntry
from orders import requisitions
from orders.binding.budgets import Dimensions, create_line, deductibles, set_deductible
from orders.models import Assignment, BudgetLine, BudgetLineDeductible, Requisition
from orders.requisitions import Share
from orders.requisitions.budget_preview import preview_shares
from orders.requisitions.drafting import draft_of
from tests.world import DAY, NOW, World, build_world

pytestmark = pytest.mark.django_db
HALF = Decimal(50)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def world() -> World:
    return build_world()


def decide(world: World, percent: Decimal, valid_from: date) -> None:
    set_deductible(
        world.budget_line, percent, valid_from=valid_from, reason="BgA", by=None, now=NOW
    )


def written(requisition: Requisition) -> Assignment:
    requisition.refresh_from_db()
    return Assignment.objects.get(
        line__revision__requisition=requisition,
        line__revision__number=requisition.current_revision,
    )


def test_nobody_who_asks_names_it() -> None:
    assert {field.name for field in fields(Share)} == {"budget_line_id", "percent"}


def test_what_is_bound_follows_the_line_and_not_the_asker(world: World) -> None:
    draft = world.draft({0: 1})
    assert written(draft).deductible_percent == 0
    assert written(draft).bound == written(draft).gross
    decide(world, HALF, DAY)
    submitted = world.submitted({0: 1})
    row = written(submitted)
    assert row.deductible_percent == HALF
    assert row.bound == row.gross - Decimal("40.76")  # half of 81.51
    world.budget_line.own_account.refresh_from_db()
    assert world.budget_line.own_account.held == row.bound


def test_the_day_of_the_revision_decides(world: World) -> None:
    decide(world, HALF, TOMORROW)
    draft = world.draft({0: 1})
    assert written(draft).deductible_percent == 0
    _rewrite(world, draft, NOW + timedelta(days=1))
    assert written(draft).deductible_percent == HALF
    first = Assignment.objects.get(line__revision__requisition=draft, line__revision__number=1)
    assert first.deductible_percent == 0, "what was written stays as it was"


def _rewrite(world: World, draft: Requisition, now: datetime) -> None:
    same = draft_of(requisitions.current_lines(draft))
    requisitions.revise(
        requisition_id=draft.pk,
        base_revision=draft.current_revision,
        ask=same.ask,
        wanted=same.wanted,
        by=world.officer,
        now=now,
    )


def test_the_last_row_that_has_begun_holds(world: World) -> None:
    decide(world, HALF, TOMORROW)
    decide(world, Decimal(20), DAY)
    pk = world.budget_line.pk
    days = (DAY - timedelta(days=1), DAY, TOMORROW, TOMORROW + timedelta(days=400))
    found = [deductibles([pk], day)[pk] for day in days]
    assert found == [0, 20, 50, 50]


def test_the_preview_binds_what_the_revision_will(world: World) -> None:
    decide(world, HALF, DAY)
    draft = world.draft({0: 3})
    line = world.budget_line
    (row,) = preview_shares(
        requisitions.current_lines(draft), [Share(line.pk)], {line.pk: line}, on=DAY
    )
    assert row.bound == written(draft).bound < row.gross


def test_two_rows_of_one_day_are_refused(world: World) -> None:
    decide(world, HALF, DAY)
    with pytest.raises(IntegrityError, match="orders_deductible_once_per_day"):
        decide(world, Decimal(20), DAY)


@pytest.mark.parametrize("percent", [Decimal("-0.0001"), Decimal("100.0001")])
def test_it_is_a_share(world: World, percent: Decimal) -> None:
    with pytest.raises(IntegrityError, match="orders_deductible_range"):
        decide(world, percent, DAY)


def test_a_row_is_final_and_in_the_audit(world: World) -> None:
    decide(world, HALF, DAY)
    with pytest.raises(Error, match=r"append-only|permission denied"), transaction.atomic():
        BudgetLineDeductible.objects.update(percent=0)
    entry = AuditEntry.objects.get(action="budget_line.deductible")
    assert (entry.object_id, entry.reason) == (world.budget_line.pk, "BgA")


def _line(world: World, until: date | None) -> BudgetLine:
    return create_line(
        budget_entity=world.entity,
        fiscal_year=2026,
        title="Zuwendung",
        dimensions=Dimensions("21109", "0822100", grant_no="DP-1"),
        appropriation=Decimal(1000),
        usable_until=until,
        by=None,
        now=NOW,
    )


def test_a_line_pays_until_its_year_ends_or_its_grant(world: World) -> None:
    assert world.budget_line.usable_until == date(2026, 12, 31)
    assert _line(world, date(2026, 9, 30)).usable_until == date(2026, 9, 30)


def test_a_line_does_not_end_before_its_year(world: World) -> None:
    with pytest.raises(IntegrityError, match="orders_budget_line_usable_in_its_year"):
        _line(world, date(2025, 12, 31))
