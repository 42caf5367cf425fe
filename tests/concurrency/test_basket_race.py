"""Two clicks at the same moment, also where there is no basket yet."""

from __future__ import annotations

from uuid import uuid4

import pytest

from orders import quick_order
from orders.basket import baskets
from orders.quick_order import take
from tests.world import NOW, World, build_world

from .racing import losers, one_into_the_other, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize("has_basket", [True, False])
def test_one_form_sent_by_many_clicks_fills_the_basket_once(
    world: World, *, has_basket: bool
) -> None:
    listing = world.listings[0].pk
    if has_basket:
        baskets.current_basket(world.officer)
    form = uuid4()
    picks = [quick_order.Pick(listing, 5)]

    def click() -> quick_order.Taken:
        return quick_order.put_into_basket(picks=picks, by=world.officer, now=NOW, form=form)

    outcomes = race([click] * 6)
    assert not losers(outcomes)
    assert sorted(taken.is_repeated for taken in outcomes) == [False] + [True] * 5
    assert baskets.quantities(world.officer) == [(listing, 5)]


def test_forms_of_their_own_each_add(world: World) -> None:
    listing = world.listings[0].pk

    def click() -> bool:
        return baskets.add(by=world.officer, listing_id=listing, quantity=5, now=NOW, form=uuid4())

    assert race([click] * 6) == [True] * 6
    assert baskets.quantities(world.officer) == [(listing, 30)]


@pytest.mark.parametrize("is_locked", [True, False])
def test_it_is_the_lock_of_the_basket_that_lets_the_second_click_see_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_locked: bool
) -> None:
    baskets.current_basket(world.officer)
    if not is_locked:
        monkeypatch.setattr(take, "lock_basket", baskets.current_basket)
    form = uuid4()
    picks = [quick_order.Pick(world.listings[0].pk, 5)]

    def click() -> bool:
        taken = quick_order.put_into_basket(picks=picks, by=world.officer, now=NOW, form=form)
        return taken.is_repeated

    assert one_into_the_other(click, click) == [False, is_locked]
