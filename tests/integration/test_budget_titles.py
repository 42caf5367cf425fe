"""A refusal names a budget as people know it: whose, of which year, for what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.ledger.errors import LimitExceeded
from contracts.ledger.models import LimitAccount
from orders.binding.budgets import create_pool
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db


def test_whose_budget_is_short_is_said_by_its_name() -> None:
    world = build_world(budget=Decimal(500))
    with pytest.raises(LimitExceeded) as refused:
        world.submitted({0: 1})
    assert str(refused.value) == "Stadt A 2026: Geräte der Grundschule: es fehlen 10,51 EUR"


def test_a_pool_is_named_likewise_and_a_long_title_is_cut() -> None:
    world = build_world()
    pool = create_pool(
        budget_entity=world.entity,
        fiscal_year=2026,
        title="Lernmittel",
        appropriation=Decimal(1),
        document="Haushaltsplan",
        by=None,
        now=NOW,
    )
    assert pool.account.title == "Stadt A 2026: Lernmittel"
    world.entity.name = "Amt " * 50
    made = create_pool(
        budget_entity=world.entity,
        fiscal_year=2026,
        title="L" * 200,
        appropriation=Decimal(1),
        document="Haushaltsplan",
        by=None,
        now=NOW,
    )
    assert len(LimitAccount.objects.get(pk=made.account_id).title) == 250
