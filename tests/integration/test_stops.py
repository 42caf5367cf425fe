"""A lot stops when nothing listed fits its rest, and opens when something fits again."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from contracts.agreements.caps.stops import review_stops
from contracts.agreements.gates.register import GateScope, GateSpec, lift_gate, set_gate
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, ContractItem, GateReason, ItemRole, PriceBasis
from contracts.agreements.writing.setup import (
    ItemSpec,
    TierRow,
    create_award,
    write_item,
    write_list_price,
    write_price,
)
from contracts.ledger.models import LimitAccount
from contracts.ledger.movements import adjust, set_open
from contracts.pricing import Tier, active_tier, line_net
from orders import requisitions
from tests.world import DAY, NOW, World, build_world, drafting

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)


def state(account_id: int) -> str:
    return LimitAccount.objects.get(pk=account_id).closed_reason


def limit(account_id: int, amount: Decimal | int) -> None:
    count = LimitAccount.objects.get(pk=account_id).entries.count()
    adjust(
        account_id,
        new_limit=Decimal(amount),
        document="Nachtrag",
        reference=f"nachtrag-{count}",
        by=None,
        now=NOW,
    )


def list_item(world: World, spec: ItemSpec, tiers: list[TierRow], **article: str) -> ContractItem:
    item = write_item(world.awards[0], spec, by=world.manager, now=NOW)
    write_price(item, tiers, valid_from=START, source="Zuschlag", by=world.manager, now=NOW)
    row = Article.objects.create(
        supplier=world.suppliers[0],
        supplier_aid=spec.number,
        name=spec.title,
        updated_at=NOW,
        **article,
    )
    list_articles([(item, row)], supplier=world.suppliers[0], now=NOW)
    return item


def test_a_lot_is_full_one_cent_below_its_cheapest_piece() -> None:
    world = build_world()
    lot = world.lots[0].account_id
    limit(lot, Decimal("429.00"))
    review_stops(now=NOW)
    assert state(lot) == ""
    limit(lot, Decimal("428.99"))
    assert review_stops(now=NOW).closed == {lot}
    assert state(lot) == "full"
    assert not review_stops(now=NOW).closed
    limit(lot, Decimal("429.00"))
    assert review_stops(now=NOW).opened == {lot}


def test_a_later_tier_counts_with_its_whole_first_quantity() -> None:
    """Ten at 20 EUR fit 200 EUR, where one piece costs 429 EUR."""
    world = build_world()
    item = list_item(
        world,
        ItemSpec(number="1.2", title="Stift", basis=PriceBasis.FIXED, max_quantity=50),
        [TierRow(1, Decimal("500.0000")), TierRow(10, Decimal("20.0000"))],
    )
    lot = world.lots[0].account_id
    limit(lot, 200)
    review_stops(now=NOW)
    assert state(lot) == ""
    limit(lot, Decimal("199.99"))
    review_stops(now=NOW)
    assert state(lot) == "full"
    limit(lot, 200)
    limit(item.account_id, 9)
    review_stops(now=NOW)
    assert state(lot) == "full"


def test_a_sold_out_item_does_not_keep_the_lot_open() -> None:
    world = build_world(notebook_quantity=3)
    requisition = world.submitted({0: 3})
    lot = world.lots[0].account_id
    review_stops(now=NOW)
    assert state(lot) == "full"
    assert state(world.lots[1].account_id) == ""
    requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
    review_stops(now=NOW)
    assert state(lot) == ""


def test_an_exhausted_agreement_fills_all_its_lots() -> None:
    world = build_world()
    limit(world.agreement.account_id, 8)
    review_stops(now=NOW)
    assert {state(lot.account_id) for lot in world.lots} == {"full"}


def test_freight_does_not_keep_a_lot_open() -> None:
    world = build_world()
    list_item(
        world,
        ItemSpec(number="1.9", title="Fracht", basis=PriceBasis.FIXED, role=ItemRole.FREIGHT),
        [TierRow(1, Decimal("5.0000"))],
    )
    limit(world.lots[0].account_id, 10)
    review_stops(now=NOW)
    assert state(world.lots[0].account_id) == "full"


def test_a_discount_off_the_list_price_counts_as_the_calculator_counts_it() -> None:
    world = build_world()
    item = list_item(
        world,
        ItemSpec(
            number="1.5",
            title="Zubehör",
            basis=PriceBasis.LIST_DISCOUNT,
            product_group="Zubehör",
        ),
        [TierRow(1, discount_percent=Decimal("12.5000"))],
        product_group="Zubehör",
    )
    (listing,) = item.listings.all()
    write_list_price(
        listing.article,
        Decimal("99.9900"),
        item=item,
        valid_from=START,
        evidence="Preisliste",
        by=world.manager,
        now=NOW,
    )
    lot = world.lots[0].account_id
    limit(lot, Decimal("87.49"))  # 99.99 less 12.5 % = 87.49125
    review_stops(now=NOW)
    assert state(lot) == ""
    limit(lot, Decimal("87.48"))
    review_stops(now=NOW)
    assert state(lot) == "full"


def test_a_lot_without_anything_listed_is_not_full() -> None:
    world = build_world()
    world.listings[0].is_listed = False
    world.listings[0].save(update_fields=["is_listed"])
    limit(world.lots[0].account_id, 1)
    review_stops(now=NOW)
    assert state(world.lots[0].account_id) == ""


def test_an_award_is_full_by_its_own_cap_alone() -> None:
    world = build_world()
    with drafting(world.agreement):
        award = create_award(
            world.lots[0],
            supplier=world.suppliers[1],
            reference="Z-1b",
            awarded_on=START,
            rank=2,
            maximum=Decimal(100),
            by=world.manager,
            now=NOW,
        )
    review_stops(now=NOW)
    assert state(award.account_id) == ""  # nothing is listed there yet
    item = write_item(
        award,
        ItemSpec(number="1.1", title="Notebooks", basis=PriceBasis.FIXED),
        by=world.manager,
        now=NOW,
    )
    write_price(
        item,
        [TierRow(1, Decimal("440.0000"))],
        valid_from=START,
        source="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    article = Article.objects.create(
        supplier=world.suppliers[1], supplier_aid="B-1", name="Notebook B", updated_at=NOW
    )
    list_articles([(item, article)], supplier=world.suppliers[1], now=NOW)
    review_stops(now=NOW)
    assert state(award.account_id) == "full"
    assert state(world.lots[0].account_id) == ""


def test_a_suspended_lot_is_neither_opened_nor_hidden_by_being_full() -> None:
    world = build_world(notebook_quantity=1)
    lot = world.lots[0].account_id
    spec = GateSpec(
        scope=GateScope(lot_id=world.lots[0].pk),
        reason=GateReason.SUSPENSION,
        explanation="Prüfung",
        evidence="Vermerk 7",
        valid_from=DAY,
    )
    world.submitted({0: 1})
    review_stops(now=NOW)
    assert state(lot) == "full"
    gate = set_gate(spec, by=world.manager, now=NOW)
    assert state(lot) == "suspended"
    review_stops(now=NOW)
    assert state(lot) == "suspended"
    lift_gate(gate_id=gate.pk, reason="geprüft", by=world.manager, now=NOW)
    assert state(lot) == "full"


def test_what_is_held_in_a_full_lot_is_still_issued() -> None:
    world = build_world(notebook_quantity=2)
    requisition = world.submitted({0: 2})
    review_stops(now=NOW)
    assert state(world.lots[0].account_id) == "full"
    assert world.approve(requisition).state == "approved"


def test_only_the_lots_named_are_looked_at() -> None:
    world = build_world()
    for lot in world.lots:
        limit(lot.account_id, 1)
    review_stops(now=NOW, lot_ids=[world.lots[1].pk])
    assert [state(lot.account_id) for lot in world.lots] == ["", "full"]


def test_lots_of_agreements_that_are_not_listed_are_left_alone() -> None:
    world = build_world()
    world.agreement.state = "suspended"
    world.agreement.save(update_fields=["state"])
    set_open([world.lots[0].account_id], is_open=False, reason="suspended")
    review_stops(now=NOW)
    assert state(world.lots[0].account_id) == "suspended"


def smallest_fits(tiers: list[TierRow], price_unit: int, periods: int, rest: Decimal) -> bool:
    """By the calculator alone, trying every quantity up to beyond the last tier."""
    prices = [Tier(row.from_quantity, row.net_unit_price) for row in tiers if row.net_unit_price]
    return rest > 0 and any(
        line_net(quantity, active_tier(prices, quantity).net_unit_price, price_unit, periods)
        <= rest
        for quantity in range(1, 60)
    )


def test_the_database_judges_as_the_calculator_does() -> None:
    """Forty random price sheets, each with a rest just around what its smallest order costs."""
    chance = random.Random(20261124)  # noqa: S311 - repeatable, not secret
    world = build_world()
    world.listings[0].is_listed = False
    world.listings[0].save(update_fields=["is_listed"])
    seen = set()
    for number in range(40):
        starts = sorted({1, *chance.sample(range(2, 50), chance.randint(0, 2))})
        price_unit, periods = chance.choice([1, 100]), chance.choice([1, 1, 12])
        tiers = [TierRow(start, Decimal(chance.randint(1, 9_999_999)) / 10_000) for start in starts]
        spec = ItemSpec(number=f"r{number}", title="Ding", basis=PriceBasis.FIXED, periods=periods)
        with transaction.atomic():
            item = write_item(world.awards[0], spec, by=world.manager, now=NOW)
            write_price(
                item,
                tiers,
                valid_from=START,
                price_unit=price_unit,
                source="Zuschlag",
                by=world.manager,
                now=NOW,
            )
            article = Article.objects.create(
                supplier=world.suppliers[0], supplier_aid="R", name="Ding", updated_at=NOW
            )
            list_articles([(item, article)], supplier=world.suppliers[0], now=NOW)
            cheapest = min(
                line_net(row.from_quantity, row.net_unit_price or Decimal(1), price_unit, periods)
                for row in tiers
            )
            rest = max(cheapest + Decimal(chance.choice([-1, 0, 1])) / 100, Decimal(0))
            limit(world.lots[0].account_id, rest)
            review_stops(now=NOW)
            fits = smallest_fits(tiers, price_unit, periods, rest)
            assert (state(world.lots[0].account_id) == "") == fits, (tiers, price_unit, rest)
            seen.add(fits)
            transaction.set_rollback(True)
    assert seen == {True, False}
