"""A list price is agreed for one position: no body moves the price of another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.agreements.models import AwardTerms, ListPriceVersion
from contracts.agreements.prices.errors import ChangePending
from contracts.agreements.prices.history import price_history
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.setup import set_list_price
from contracts.catalogue import publication, uploads
from orders.call_offs.price_audit import audit
from tests.refusals import refused_by
from tests.two_bodies import AUGUST, Market, two_bodies
from tests.world import DAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return two_bodies()


def test_what_one_body_accepts_leaves_the_other_at_the_price_it_agreed(market: Market) -> None:
    market.accepted(market.a, 120)
    assert (market.a.price(AUGUST), market.b.price(AUGUST)) == (Decimal(108), Decimal(90))
    assert [span.tiers[0].net_unit_price for span in price_history(market.a.listing)] == [90, 108]
    assert [span.tiers[0].net_unit_price for span in price_history(market.b.listing)] == [90]


def test_each_body_is_asked_and_judged_by_its_own_clause(market: Market) -> None:
    AwardTerms.objects.filter(award=market.b.award).update(rise_percent_per_year=None)
    assert market.proposed(market.a, 120).route == "two_people"
    assert market.proposed(market.b, 120).route == "modification"
    with pytest.raises(ChangePending):
        market.proposed(market.b, 130)


def test_a_fall_that_one_clause_lets_pass_moves_no_other(market: Market) -> None:
    AwardTerms.objects.filter(award=market.b.award).update(automatic_fall=False)
    assert market.proposed(market.a, 80).state == "accepted"
    assert (market.a.price(AUGUST), market.b.price(AUGUST)) == (Decimal(72), Decimal(90))
    assert market.proposed(market.b, 80).state == "proposed"


def test_a_published_catalogue_moves_the_prices_of_its_award_only(market: Market) -> None:
    upload = uploads.receive(
        by=market.keeper,
        award_id=market.a.award.pk,
        filename="katalog.csv",
        content="Artikelnummer;Bezeichnung;Warengruppe;Preis\nK;Maus;Zubehör;80,00\n".encode(),
        mapping={},
        now=NOW,
    )
    uploads.check(upload.pk, now=NOW)
    uploads.submit(upload_id=upload.pk, by=market.keeper, now=NOW)
    publication.publish(upload_id=upload.pk, by=market.a.manager, now=NOW)
    assert (market.a.price(DAY), market.b.price(DAY)) == (Decimal(72), Decimal(90))


def test_orders_name_the_list_price_of_their_position_and_the_audit_agrees(
    market: Market,
) -> None:
    market.world.listings += [market.a.listing, market.b.listing]
    market.world.approve(market.world.submitted({2: 1, 3: 1}))
    lines = {
        line.item_id: line.list_price
        for call_off in market.world.authority.call_offs.all()
        for line in call_off.lines.all()
    }
    for body in (market.a, market.b):
        assert lines[body.item.pk].item == body.item
        assert not audit(by=body.manager, start=DAY, end=DAY).deviations


def test_one_position_has_one_list_price_a_day(market: Market) -> None:
    with refused_by("agreements_list_price_no_overlap"):
        ListPriceVersion.objects.create(
            article=market.article, item=market.a.item, amount=1, created_at=NOW,
            valid=ListPriceVersion.objects.filter(item=market.a.item).get().valid,
        )  # fmt: skip


def test_alone_nobody_writes_one_into_a_listed_agreement(market: Market) -> None:
    with pytest.raises(NotEditable):
        set_list_price(
            market.article, Decimal(1), item=market.a.item, valid_from=AUGUST,
            evidence="ich", by=market.a.manager, now=NOW,
        )  # fmt: skip
