"""An order priced from the contract's rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.prices.quotes import price_order
from tests.world import DAY, NOW, build_world


@pytest.mark.django_db
def test_two_articles_of_one_item_reach_its_tier_together() -> None:
    """60 and 60 pieces are 120 of the item, whose tier begins at 100."""
    world = build_world()
    item, supplier = world.items[0], world.suppliers[0]
    other = Article.objects.create(
        supplier=supplier, supplier_aid="A-1b", name="Notebook, blau", updated_at=NOW
    )
    (second,) = list_articles([(item, other)], supplier=supplier, now=NOW)
    wanted = [
        Wanted("grau", world.listings[0].pk, 60),
        Wanted("blau", second.pk, 60),
        Wanted("Buch", world.listings[1].pk, 60),
    ]
    order = price_order(wanted, buyer=world.authority, on=DAY)
    assert [(line.key, line.tier_base, line.net) for line in order.lines] == [
        ("grau", 120, Decimal("24690.00")),
        ("blau", 120, Decimal("24690.00")),
        ("Buch", 60, Decimal("534.00")),
    ]
    alone = price_order(wanted[:1], buyer=world.authority, on=DAY)
    assert (alone.lines[0].tier_base, alone.lines[0].net) == (60, Decimal("25740.00"))
