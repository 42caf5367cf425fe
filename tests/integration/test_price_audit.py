"""The audit report: no deviation in an honest world, exactly the tampered one otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    Article,
    ContractItem,
    ListPriceVersion,
    PriceBasis,
    PriceVersion,
)
from contracts.agreements.writing.setup import ItemSpec, write_item, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.parties.models import Membership, Role
from orders.call_offs.price_audit import AuditReport, InvalidPeriod, audit
from orders.errors import NotAllowed
from orders.models import CallOffLine
from tests.price_changes import FALL, Bargain, bargain, discount_item
from tests.world import DAY, NOW, World, build_world, person

START, END = date(2026, 6, 1), date(2026, 12, 31)
QUERIES = 4  # lines, versions, tiers, list prices


@pytest.fixture
def deal(db: None) -> Bargain:
    return bargain(build_world())


def order(world: World, quantities: dict[int, int], now: datetime = NOW) -> None:
    world.approve(world.submitted(quantities, now=now), now=now)


def report(deal: Bargain, by: Membership | None = None) -> AuditReport:
    return audit(by=by or deal.manager, start=START, end=END)


class TestHonestWorld:
    def test_every_line_is_checked_and_none_deviates(self, deal: Bargain) -> None:
        order(deal.world, {0: 30, 1: 100})
        order(deal.world, {0: 120})
        found = report(deal)
        assert (found.lines_checked, found.deviations) == (3, ())
        assert found.net_checked == 30 * Decimal(429) + 890 + 120 * Decimal("411.5")

    def test_orders_before_and_after_a_change_hold_their_own_price(self, deal: Bargain) -> None:
        order(deal.world, {0: 10})
        deal.proposed(FALL)
        order(deal.world, {0: 10}, now=NOW + timedelta(days=60))
        found = report(deal)
        assert (found.lines_checked, found.deviations) == (2, ())
        assert found.net_checked == 10 * (Decimal(429) + FALL[0])

    def test_a_change_on_the_very_day_leaves_the_morning_alone(self, deal: Bargain) -> None:
        order(deal.world, {0: 10})
        evening = NOW + timedelta(hours=8)
        PriceVersion.objects.filter(item=deal.item).update(valid=DateRange(date(2026, 1, 1), DAY))
        write_price(
            deal.item, [TierRow(1, net_unit_price=FALL[0])], valid_from=DAY, source="Änderung",
            by=deal.manager, now=evening,
        )  # fmt: skip
        order(deal.world, {0: 10}, now=evening + timedelta(hours=1))
        found = report(deal)
        assert (found.lines_checked, found.deviations) == (2, ())

    def test_a_list_price_replaced_on_its_own_day_still_explains_the_order(
        self, deal: Bargain
    ) -> None:
        item, article = discount_item(deal.world)
        ListPriceVersion.objects.update(valid=DateRange(DAY, None))
        order(deal.world, {2: 3})
        ListPriceVersion.objects.update(valid=DateRange(empty=True))
        ListPriceVersion.objects.create(
            article=article, item=item, amount=Decimal(45), valid=DateRange(DAY, None),
            evidence="neu", created_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        order(deal.world, {2: 3}, now=NOW + timedelta(hours=2))
        found = report(deal)
        assert (found.lines_checked, found.deviations) == (2, ())
        assert found.net_checked == 3 * (Decimal(45) + Decimal("40.5"))

    def test_lines_of_one_item_share_their_tier(self, deal: Bargain) -> None:
        article = Article.objects.create(
            supplier=deal.world.suppliers[0], supplier_aid="A-1b", name="Notebook blau",
            updated_at=NOW,
        )  # fmt: skip
        deal.world.listings += list_articles(
            [(deal.item, article)], supplier=deal.world.suppliers[0], now=NOW
        )
        order(deal.world, {0: 60, 2: 60})
        found = report(deal)
        assert (found.lines_checked, found.deviations) == (2, ())
        assert found.net_checked == 120 * Decimal("411.5")

    def test_cumulative_tiers_go_by_the_base_kept_on_the_line(self, deal: Bargain) -> None:
        ContractItem.objects.filter(pk=deal.item.pk).update(cumulative_tiers=True)
        order(deal.world, {0: 120})
        order(deal.world, {0: 1})
        bases = list(CallOffLine.objects.order_by("pk").values_list("tier_base", flat=True))
        assert bases == [1, 120]
        assert report(deal).deviations == ()

    def test_periods_and_price_units_are_part_of_the_price(self, deal: Bargain) -> None:
        world = deal.world
        item = write_item(
            world.awards[0],
            ItemSpec("1.7", "Wartung", basis=PriceBasis.FIXED, periods=36, period_months=1),
            by=world.manager,
            now=NOW,
        )
        write_price(
            item, [TierRow(1, net_unit_price=Decimal("4.5000"))], valid_from=date(2026, 1, 1),
            price_unit=100, source="Zuschlag", by=world.manager, now=NOW,
        )  # fmt: skip
        article = Article.objects.create(
            supplier=world.suppliers[0], supplier_aid="W-1", name="Wartung", updated_at=NOW
        )
        world.listings += list_articles([(item, article)], supplier=world.suppliers[0], now=NOW)
        order(world, {2: 7})
        found = report(deal)
        assert (found.net_checked, found.deviations) == (Decimal("11.34"), ())


class TestReach:
    def test_body_and_authority_see_their_own(self, deal: Bargain) -> None:
        world = deal.world
        order(world, {0: 3})
        auditor = person("rpa@stadt-a.example", world.authority, Role.AUDITOR)
        treasurer = person("kasse@stadt-a.example", world.authority, Role.TREASURER)
        for by in (deal.manager, deal.reviewer, auditor, treasurer):
            assert report(deal, by).lines_checked == 1
        stranger = person("rpa@stadt-b.example", world.other_authority, Role.AUDITOR)
        assert report(deal, stranger).lines_checked == 0
        for by in (deal.keeper, world.officer, world.approver):
            with pytest.raises(NotAllowed):
                report(deal, by)

    def test_the_days_are_those_of_berlin_and_both_count(self, deal: Bargain) -> None:
        late = datetime.fromisoformat("2026-06-15T22:30:00+00:00")  # 00:30 in Berlin
        order(deal.world, {0: 1}, now=late)
        tuesday = date(2026, 6, 16)
        assert audit(by=deal.manager, start=tuesday, end=tuesday).lines_checked == 1
        assert audit(by=deal.manager, start=DAY, end=DAY).lines_checked == 0
        with pytest.raises(InvalidPeriod):
            audit(by=deal.manager, start=tuesday, end=DAY)

    @pytest.mark.parametrize("count", [1, 4])
    def test_queries_do_not_grow(
        self, deal: Bargain, count: int, django_assert_num_queries: object
    ) -> None:
        for _ in range(count):
            order(deal.world, {0: 1, 1: 2})
        with django_assert_num_queries(QUERIES):  # type: ignore[operator]
            assert report(deal).lines_checked == 2 * count


@contextmanager
def without_triggers(owner: psycopg.Connection) -> Iterator[None]:
    """As the schema's owner, behind the back of everything that protects the lines."""
    owner.execute("ALTER TABLE orders_calloffline DISABLE TRIGGER USER")
    try:
        yield
    finally:
        owner.execute("ALTER TABLE orders_calloffline ENABLE TRIGGER USER")


def tamper(owner: psycopg.Connection, change: str, line_id: int) -> None:
    owner.execute(f"UPDATE orders_calloffline SET {change} WHERE id = {line_id}")  # noqa: S608


TAMPERED = (
    ("net_unit_price = net_unit_price + 1", {"net_unit_price"}, Decimal(0)),
    ("price_unit = 100", {"price_unit"}, Decimal(0)),
    ("net = net + 0.01", {"net"}, Decimal("0.01")),
    ("periods = 2", {"periods"}, Decimal(0)),
    ("net_unit_price = 430, net = 12900", {"net_unit_price", "net"}, Decimal(30)),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("change", "fields", "difference"), TAMPERED)
def test_a_tampered_line_is_the_one_that_is_found(
    owner: psycopg.Connection, change: str, fields: set[str], difference: Decimal
) -> None:
    deal = bargain(build_world())
    order(deal.world, {0: 30, 1: 100})
    order(deal.world, {0: 30})
    line = CallOffLine.objects.filter(item=deal.item).latest("pk")
    with pytest.raises(psycopg.IntegrityError):
        tamper(owner, change, line.pk)
    assert report(deal).deviations == ()
    with without_triggers(owner):
        tamper(owner, change, line.pk)
    found = report(deal)
    assert found.lines_checked == 3
    (deviation,) = found.deviations
    assert (deviation.line_id, deviation.difference) == (line.pk, difference)
    assert {finding.field for finding in deviation.findings} == fields


@pytest.mark.django_db(transaction=True)
def test_a_line_under_another_version_is_found(owner: psycopg.Connection) -> None:
    deal = bargain(build_world())
    order(deal.world, {0: 30})
    change = deal.proposed(FALL)
    other = PriceVersion.objects.get(change=change)
    with without_triggers(owner):
        tamper(owner, f"price_version_id = {other.pk}", CallOffLine.objects.get().pk)
    (deviation,) = report(deal).deviations
    assert [finding.field for finding in deviation.findings] == ["version"]
