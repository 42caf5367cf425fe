"""Oscar's own basket prices through the contract, stockrecord by stockrecord."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from oscar.core.loading import get_class, get_model

from orders.basket import baskets
from tests.world import DAY, NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def strategy_of(world: World, actor: object):
    strategy = get_class("partner.strategy", "Selector")().strategy(
        SimpleNamespace(actor=actor, user=SimpleNamespace(is_authenticated=False))
    )
    strategy.day = DAY
    return strategy


def test_oscars_basket_lines_carry_the_contract_price(world: World) -> None:
    for listing in world.listings:
        baskets.set_quantity(by=world.officer, listing_id=listing.pk, quantity=2, now=NOW)
    basket = get_model("basket", "Basket").objects.get(pk=baskets.current_basket(world.officer))
    basket.strategy = strategy_of(world, world.officer)
    prices = [line.purchase_info.price for line in basket.lines.order_by("pk")]
    assert [price.excl_tax for price in prices] == [Decimal("429.0000"), Decimal("8.9000")]
    assert [price.tax_code for price in prices] == ["S", "S"]


def test_who_is_not_entitled_gets_neither_price_nor_availability(world: World) -> None:
    product = world.listings[0].article.product
    for actor in (world.outsider, None):
        info = strategy_of(world, actor).fetch_for_product(product)
        assert not info.price.exists
        assert not info.availability.is_available_to_buy


def test_a_primed_page_needs_no_further_query(world: World, django_assert_num_queries) -> None:
    strategy = strategy_of(world, world.officer)
    records = [(row.stockrecord.product, row.stockrecord) for row in world.listings]
    strategy.prime([record.pk for _, record in records])
    with django_assert_num_queries(0):
        for product, record in records:
            assert strategy.fetch_for_product(product, record).price.exists
