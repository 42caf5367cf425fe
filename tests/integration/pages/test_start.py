"""The start page: what it says about budgets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.clock import berlin_day
from orders.binding.budgets import Dimensions, create_line, create_pool
from tests.pages import PageWorld

pytestmark = pytest.mark.django_db


def test_lines_of_a_pool_share_one_budget(pages: PageWorld) -> None:
    entity, year = pages.world.entity, berlin_day(pages.now).year
    pool = create_pool(
        budget_entity=entity,
        fiscal_year=year,
        title="Deckungskreis Schul-IT",
        appropriation=Decimal(60_000),
        document="Haushaltsplan",
        by=None,
        now=pages.now,
    )
    for account in ("5255000", "5431500"):
        create_line(
            budget_entity=entity,
            fiscal_year=year,
            title=f"Konto {account}",
            dimensions=Dimensions(budget_product="24301", gl_account=account),
            pool=pool,
            by=None,
            now=pages.now,
        )
    answer = pages.client(pages.officer).get("/")
    shown = [title for title, _ in answer.context["budgets"]]
    assert shown.count("Deckungskreis Schul-IT") == 1
    assert "Lernmittel dieses Jahres" in shown
    assert "Konto 5255000" not in answer.content.decode()
