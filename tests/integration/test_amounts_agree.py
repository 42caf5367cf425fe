"""Basket, requisition, call-offs, Oscar's orders and the feed state the same VAT groups.

What `tests/properties/test_pricing_baskets.py` shows of the calculator for a thousand
baskets is followed here through the tables, for a few.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, PriceBasis, VatRule
from contracts.agreements.writing.setup import ItemSpec, TierRow, write_item, write_price
from contracts.ledger.replay import differences
from contracts.pricing import round_half_up
from orders import requisitions
from orders.basket import baskets
from orders.binding.budgets import Dimensions, create_line
from orders.models import Assignment, CallOff, FinanceEvent, Requisition
from orders.models.call_off import CallOffAssignment, CallOffLine
from orders.requisitions import Ask, Share
from tests.world import NOW, World, build_world

Groups = dict[tuple[str, str, Decimal], tuple[Decimal, Decimal]]
# lot, VAT class, price, price unit, periods
ITEMS = (
    (0, "standard", "0.0450", 1, 1),
    (0, "reduced", "4.9937", 100, 1),
    (0, "tablet", "365.1234", 1, 1),
    (1, "standard", "2.3333", 10, 36),
    (1, "reduced", "1.0050", 1, 12),
)


def _world() -> World:
    world = build_world()
    VatRule.objects.create(
        vat_class="tablet",
        category="AE",
        rate=Decimal(0),
        reason="§ 13b Abs. 2 Nr. 10 UStG",
        valid=DateRange(date(2021, 1, 1), None),
    )
    for number, (lot, vat_class, price, price_unit, periods) in enumerate(ITEMS):
        supplier = world.suppliers[lot]
        item = write_item(
            world.awards[lot],
            ItemSpec(
                number=f"X{number}",
                title=f"Position X{number}",
                basis=PriceBasis.FIXED,
                vat_class=vat_class,
                periods=periods,
            ),
            by=world.manager,
            now=NOW,
        )
        tiers = [
            TierRow(1, net_unit_price=Decimal(price)),
            TierRow(50, net_unit_price=Decimal(price) - Decimal("0.0007")),
        ]
        write_price(
            item,
            tiers,
            valid_from=date(2026, 1, 1),
            price_unit=price_unit,
            source="Zuschlag",
            by=world.manager,
            now=NOW,
        )
        articles = [
            Article.objects.create(
                supplier=supplier, supplier_aid=f"X{number}{name}", name=name, updated_at=NOW
            )
            for name in ("rot", "blau")
        ]
        world.listings += list_articles(
            [(item, article) for article in articles], supplier=supplier, now=NOW
        )
    return world


def _ask(world: World) -> Ask:
    lines = [
        create_line(
            budget_entity=world.entity,
            fiscal_year=2026,
            title=f"Sachkonto {account}",
            dimensions=Dimensions(budget_product="21101", gl_account=account),
            appropriation=Decimal(1_000_000),
            document="Haushaltsplan 2026",
            by=None,
            now=NOW,
        )
        for account in ("0822201", "0822202", "0822203")
    ]
    percents = (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))
    shares = [Share(line.pk, percent) for line, percent in zip(lines, percents, strict=True)]
    return Ask(title="Gemischter Korb", shares={"": shares})


@pytest.mark.django_db
def test_the_amounts_are_the_same_from_basket_to_feed() -> None:
    world, random = _world(), Random(7)  # noqa: S311 - test data
    ask = _ask(world)
    for _ in range(4):
        for listing in random.sample(world.listings, 9):
            baskets.set_quantity(
                by=world.officer, listing_id=listing.pk, quantity=random.randint(1, 80), now=NOW
            )
        draft = requisitions.create_from_basket(
            by=world.officer, ask=ask, school_id=world.school.pk, now=NOW
        )
        requisition = requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
        expected = _expected(requisition)
        assert len(expected) >= 4, "a basket of several call-offs, categories and rates"
        assert _assigned(requisition) == expected
        world.approve(requisition)
        call_offs = CallOff.objects.filter(requisition=requisition)
        assert _issued(call_offs) == expected
        assert _carried(call_offs) == expected
        assert _fed(call_offs) == expected
        for call_off in call_offs:
            assert call_off.order.total_excl_tax == call_off.net
            assert call_off.order.total_incl_tax == call_off.gross == call_off.net + call_off.tax
    assert differences() == []


def _expected(requisition: Requisition) -> Groups:
    """Net by line, tax by group, from the frozen prices and quantities alone."""
    nets: dict[tuple[str, str, Decimal], Decimal] = defaultdict(Decimal)
    for line in requisition.revisions.get(number=requisition.current_revision).lines.all():
        net = line.quantity * line.periods * line.net_unit_price / line.price_unit
        key = (line.item.award.reference, line.tax_category, line.tax_rate)
        nets[key] += round_half_up(net)
    return {key: (net, round_half_up(net * key[2] / 100)) for key, net in nets.items()}


def _summed(rows: Iterable[tuple[str, str, Decimal, Decimal, Decimal]]) -> Groups:
    sums: dict[tuple[str, str, Decimal], tuple[Decimal, Decimal]] = {}
    for award, category, rate, net, tax in rows:
        before = sums.get((award, category, rate), (Decimal(0), Decimal(0)))
        sums[award, category, rate] = (before[0] + net, before[1] + tax)
    return sums


def _assigned(requisition: Requisition) -> Groups:
    rows = Assignment.objects.filter(
        line__revision__requisition=requisition,
        line__revision__number=requisition.current_revision,
    )
    return _summed(
        rows.values_list(
            "line__item__award__reference", "line__tax_category", "line__tax_rate", "net", "tax"
        )
    )


def _issued(call_offs: Iterable[CallOff]) -> Groups:
    rows = CallOffLine.objects.filter(call_off__in=call_offs)
    return _summed(
        rows.values_list("call_off__award__reference", "tax_category", "tax_rate", "net", "tax")
    )


def _carried(call_offs: Iterable[CallOff]) -> Groups:
    rows = CallOffAssignment.objects.filter(line__call_off__in=call_offs)
    return _summed(
        rows.values_list(
            "line__call_off__award__reference",
            "line__tax_category",
            "line__tax_rate",
            "net",
            "tax",
        )
    )


def _fed(call_offs: Iterable[CallOff]) -> Groups:
    awards = {row.number: row.award.reference for row in call_offs}
    payloads = [
        json.loads(row)
        for row in FinanceEvent.objects.filter(type="COMMITMENT").values_list("payload", flat=True)
    ]
    return _summed(
        (
            awards[row["order_no"]],
            row["tax_category"],
            Decimal(row["tax_rate"]),
            Decimal(row["net"]),
            Decimal(row["tax"]),
        )
        for row in payloads
        if row["order_no"] in awards
    )
