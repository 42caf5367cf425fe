"""Who gets the call-off: single, cascade, rotation, each step with its reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.allocation.reading import turns
from contracts.agreements.models import AllocationRule, AwardTerms, RotationCounter
from contracts.catalogue.indexing import reindex
from contracts.ledger.movements import set_open
from contracts.ledger.replay import differences
from contracts.search import Filters, exact_listing, search
from orders import approvals, requisitions
from orders.basket import baskets
from orders.errors import NobodyInTurn
from orders.models import (
    AllocationStep,
    CallOff,
    RequisitionLine,
)
from orders.models.approval import Verdict
from tests.ranks import Ranks, assert_clean, build_ranks, close, steps
from tests.world import DAY, NOW

pytestmark = pytest.mark.django_db

CASCADE, ROTATION = AllocationRule.CASCADE, AllocationRule.ROTATION
HUNDRED = Decimal(100)


def shown(ranks: Ranks) -> list[int]:
    found = search(buyer_id=ranks.world.authority.pk, on=DAY, filters=Filters(lots=(ranks.lot.pk,)))
    (facet,) = [row for row in found.facets if row.parameter == "lieferant"]
    assert found.count == len(found.listings) == sum(value.count for value in facet.values)
    return [row.item.award.rank for row in found.listings]


def test_a_single_lot_says_so(ranks_of_single: Ranks) -> None:
    call_off = ranks_of_single.issued()
    assert call_off.allocation_note == "ein Lieferant: Rang 1 Haus A"
    assert steps(call_off) == [(1, "taken")]
    assert_clean(ranks_of_single)


@pytest.fixture
def ranks_of_single() -> Ranks:
    return build_ranks(AllocationRule.SINGLE, prices=[HUNDRED], maxima=[None])


# the shelf


def test_only_the_articles_of_the_award_in_turn_are_on_the_shelf() -> None:
    ranks = build_ranks(ROTATION)
    assert shown(ranks) == [1]
    ranks.issued()
    assert shown(ranks) == [2]


def test_an_article_that_is_not_in_turn_keeps_its_address_and_leads_to_the_one_in_turn() -> None:
    ranks = build_ranks(CASCADE)
    officer, third = ranks.world.officer, ranks.listings[2]
    assert exact_listing(buyer_id=officer.organisation_id, on=DAY, text="N-3") == third.pk
    baskets.add(by=officer, listing_id=third.pk, quantity=4, now=NOW)
    assert baskets.quantities(officer) == [(ranks.listings[0].pk, 4)]


def test_a_gtin_that_every_rank_offers_opens_the_one_in_turn() -> None:
    ranks = build_ranks(CASCADE)
    for listing in ranks.listings:
        type(listing.article).objects.filter(pk=listing.article_id).update(gtin="4006381333931")
    reindex([row.pk for row in ranks.listings])
    buyer = ranks.world.authority.pk
    assert exact_listing(buyer_id=buyer, on=DAY, text="4006381333931") == ranks.listings[0].pk


def test_turns_of_many_lots_take_one_query() -> None:
    ranks = build_ranks(ROTATION)
    with CaptureQueriesContext(connection) as captured:
        found = turns([lot.pk for lot in [*ranks.world.lots, ranks.lot]], DAY)
    assert len(captured) == 1
    assert len(found) == 3


# the basket


def test_the_basket_goes_to_the_award_in_turn_and_says_why() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(500), None, None])
    ranks.put(6, rank=1)
    view = baskets.view(ranks.world.officer, now=NOW)
    (line,) = view.order.lines
    assert (line.key, line.offer.listing.pk) == (str(ranks.listings[0].pk), ranks.listings[1].pk)
    (decision,) = view.decisions
    assert decision.sentence() == (
        "Kaskade nach Rang: Rang 1 Haus A hat von seinem Höchstwert nur noch 500,00 EUR frei; "
        "der Abruf geht an Rang 2 Haus B"
    )


def test_a_basket_with_a_rule_asks_two_queries_more() -> None:
    ranks = build_ranks(CASCADE)
    world = ranks.world

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            baskets.view(world.officer, now=NOW)
        return len(captured)

    baskets.set_quantity(by=world.officer, listing_id=world.listings[0].pk, quantity=1, now=NOW)
    without = queries()
    ranks.put(1)
    assert queries() == without + 2  # the awards in order, and what they offer instead
    ranks.put(1, rank=2)
    assert queries() == without + 2


def test_of_a_group_the_same_gtin_or_makers_number_is_equivalent() -> None:
    gtin, maker = {"gtin": "4006381333931"}, {"manufacturer": "Kestrin", "mpn": "K-7"}
    ranks = build_ranks(
        CASCADE,
        prices=[HUNDRED] * 2,
        maxima=[None] * 2,
        groups=[
            [gtin, {**maker, "manufacturer": "KESTRIN"}, {"mpn": "K-8", "manufacturer": "Andere"}],
            [gtin, maker, {"mpn": "K-8", "manufacturer": "Kestrin"}, {}],
        ],
    )
    first, second = ranks.extra[:3], ranks.extra[3:]
    for listing in second:
        baskets.set_quantity(by=ranks.world.officer, listing_id=listing.pk, quantity=1, now=NOW)
    view = baskets.view(ranks.world.officer, now=NOW)
    assert [line.offer.listing.pk for line in view.order.lines] == [
        row.pk
        for row in (
            first[0],
            first[1],
            second[2],  # another maker's article of the same number is another article
            second[3],
        )
    ]
    assert [row.award.rank for row in view.decisions] == [1, 2]
    assert "bietet nicht alle Positionen an" in view.decisions[1].sentence()


# cascade


def test_the_first_rank_gets_the_call_off() -> None:
    ranks = build_ranks(CASCADE)
    call_off = ranks.issued()
    assert ranks.rank_of(call_off) == 1
    assert steps(call_off) == [(1, "taken")]
    assert call_off.confirm_by == DAY + timedelta(days=7)  # five working days
    assert_clean(ranks)


@pytest.mark.parametrize(
    ("reason", "outcome", "words"),
    [("suspended", "skipped", "ist ausgesetzt"), ("full", "exhausted", "Höchstwert ausgeschöpft")],
)
def test_a_closed_rank_is_passed_over(reason: str, outcome: str, words: str) -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(10_000)] * 3)
    close(ranks, 1, reason)
    call_off = ranks.issued()
    assert steps(call_off) == [(1, outcome), (2, "taken")]
    assert words in call_off.allocation_note
    assert shown(ranks) == [2]
    assert_clean(ranks)


def test_a_rank_whose_own_cap_is_used_up_is_passed_over_for_the_whole_request() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(500), None, None])
    assert ranks.rank_of(ranks.issued(3)) == 1
    second = ranks.issued(3)  # 200 EUR are left, 300 are asked for
    assert steps(second) == [(1, "exhausted"), (2, "taken")]
    assert [row.quantity for row in second.lines.all()] == [3]
    assert ranks.rank_of(ranks.issued(2)) == 1  # what fits goes to the first rank still
    assert_clean(ranks)


def test_what_a_requisition_holds_itself_does_not_count_against_it() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(500), None, None])
    call_off = ranks.issued(5)
    assert steps(call_off) == [(1, "taken")]
    ranks.awards[0].account.refresh_from_db()
    assert ranks.awards[0].account.posted == 500


def test_where_the_terms_say_so_a_quantity_is_split_over_the_ranks() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(550), Decimal(250), None])
    AwardTerms.objects.filter(award__in=ranks.awards).update(split_over_ranks=True)
    requisition = ranks.submitted(10)
    lines = RequisitionLine.objects.filter(revision__requisition=requisition).order_by("line_no")
    assert [(row.listing_id, row.quantity) for row in lines] == [
        (ranks.listings[0].pk, 5),
        (ranks.listings[1].pk, 2),
        (ranks.listings[2].pk, 3),
    ]
    assert {row.assignments.get().budget_line for row in lines} == {ranks.world.budget_line}
    ranks.world.approve(requisition)
    found = CallOff.objects.filter(requisition=requisition).order_by("award__rank")
    assert [row.net for row in found] == [500, 200, 300]
    assert steps(found[2]) == [(1, "exhausted"), (2, "exhausted"), (3, "taken")]
    assert_clean(ranks)


def test_a_position_the_rank_does_not_offer_goes_on() -> None:
    ranks = build_ranks(CASCADE, only={"1.2": 2})
    ranks.put(1)
    baskets.add(by=ranks.world.officer, listing_id=ranks.extra[0].pk, quantity=2, now=NOW)
    requisition = requisitions.submit_basket(
        by=ranks.world.officer, ask=ranks.world.ask(), school_id=None, now=NOW
    )
    ranks.world.approve(requisition)
    first, second = CallOff.objects.order_by("award__rank")
    assert (steps(first), steps(second)) == ([(1, "taken")], [(1, "skipped"), (2, "taken")])
    assert second.allocation_note == (
        "Kaskade nach Rang: Rang 1 Haus A bietet nicht alle Positionen an; "
        "der Abruf geht an Rang 2 Haus B"
    )
    assert_clean(ranks)


def test_nobody_left_is_a_refusal_with_every_reason() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(50)] * 3)
    draft = ranks.draft(1)
    with pytest.raises(NobodyInTurn) as refusal:
        requisitions.submit(requisition_id=draft.pk, by=ranks.world.officer, now=NOW)
    assert str(refusal.value).count("nur noch 50,00 EUR frei") == 3
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert differences() == []


def test_a_rank_suspended_during_approval_is_passed_over_at_issue() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(10_000)] * 3)
    requisition = ranks.submitted(3)
    close(ranks, 1)
    ranks.world.approve(requisition)
    call_off = CallOff.objects.get()
    assert steps(call_off) == [(1, "skipped"), (2, "taken")]
    line = call_off.lines.get()
    assert (line.listing, line.title) == (ranks.listings[1], "Notebook N-2")
    for award, posted in zip(ranks.awards, (0, 300, 0), strict=True):
        award.account.refresh_from_db()
        assert (award.account.held, award.account.posted) == (0, posted)
    assert_clean(ranks)


def test_nobody_left_at_issue_is_a_refusal_and_nothing_has_happened() -> None:
    ranks = build_ranks(CASCADE, maxima=[Decimal(10_000)] * 3)
    requisition = ranks.submitted(3)
    for rank in (1, 2, 3):
        close(ranks, rank)
    with pytest.raises(NobodyInTurn):
        ranks.world.approve(requisition)
    requisition.refresh_from_db()
    assert requisition.state == "submitted"
    set_open([ranks.awards[2].account_id], is_open=True, reason="suspended")
    ranks.world.approve(requisition)
    assert steps(CallOff.objects.get()) == [(1, "skipped"), (2, "skipped"), (3, "taken")]
    assert_clean(ranks)


def test_a_dearer_rank_at_issue_goes_back_to_the_requester() -> None:
    ranks = build_ranks(
        CASCADE, prices=[HUNDRED, Decimal(101), HUNDRED], maxima=[Decimal(10_000)] * 3
    )
    requisition = ranks.submitted(3)
    close(ranks, 1)
    ranks.world.approve(requisition)
    requisition.refresh_from_db()
    assert requisition.state == "returned"
    assert not AllocationStep.objects.exists()
    again = requisitions.submit(requisition_id=requisition.pk, by=ranks.world.officer, now=NOW)
    assert again.current_revision == 2
    ranks.world.approve(again)
    assert ranks.rank_of(CallOff.objects.get()) == 2
    assert_clean(ranks)


# rotation


def test_turns_go_round_the_ring_and_are_counted() -> None:
    ranks = build_ranks(ROTATION)
    call_offs = [ranks.issued() for _ in range(4)]
    assert [ranks.rank_of(row) for row in call_offs] == [1, 2, 3, 1]
    turns_taken = AllocationStep.objects.filter(turn__isnull=False).values_list("turn", flat=True)
    assert list(turns_taken) == [1, 2, 3, 4]
    counter = RotationCounter.objects.get(lot=ranks.lot)
    assert (counter.taken, counter.last_award) == (4, ranks.awards[0])
    assert call_offs[3].allocation_note == "Rotation: Zug 4 geht an Rang 1 Haus A"
    assert_clean(ranks)


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.RETURN])
def test_a_requisition_that_is_not_approved_uses_no_turn(verdict: Verdict) -> None:
    ranks = build_ranks(ROTATION)
    requisition = ranks.submitted()
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=verdict,
        comment="Bitte Bedarf prüfen.",
        by=ranks.world.approver,
        now=NOW,
    )
    assert not RotationCounter.objects.filter(taken__gt=0).exists()
    assert ranks.rank_of(ranks.issued()) == 1


def test_the_turn_is_taken_at_issue_whoever_was_held_at_submit() -> None:
    ranks = build_ranks(ROTATION, maxima=[Decimal(10_000)] * 3)
    early, late = ranks.submitted(2), ranks.submitted(3)
    ranks.world.approve(late)
    ranks.world.approve(early)
    first, second = CallOff.objects.order_by("pk")
    assert (ranks.rank_of(first), first.net) == (1, 300)
    assert (ranks.rank_of(second), second.net) == (2, 200)
    for award, posted in zip(ranks.awards, (300, 200, 0), strict=True):
        award.account.refresh_from_db()
        assert (award.account.held, award.account.posted) == (0, posted)
    assert_clean(ranks)


def test_a_dearer_supplier_in_turn_goes_back_and_uses_no_turn() -> None:
    ranks = build_ranks(ROTATION, prices=[HUNDRED, Decimal(120), HUNDRED])
    early, late = ranks.submitted(2), ranks.submitted(3)
    ranks.world.approve(late)
    ranks.world.approve(early)
    early.refresh_from_db()
    assert early.state == "returned"
    assert RotationCounter.objects.get().taken == 1
    requisitions.submit(requisition_id=early.pk, by=ranks.world.officer, now=NOW)
    ranks.world.approve(early)
    assert [ranks.rank_of(row) for row in CallOff.objects.order_by("pk")] == [1, 2]
    assert_clean(ranks)


def test_an_exhausted_supplier_misses_its_turn_with_the_reason() -> None:
    ranks = build_ranks(ROTATION, maxima=[None, Decimal(150), None])
    assert [ranks.rank_of(ranks.issued(2)) for _ in range(3)] == [1, 3, 1]
    call_off = CallOff.objects.order_by("pk")[1]
    assert steps(call_off) == [(2, "exhausted"), (3, "taken")]
    assert ranks.rank_of(ranks.issued(1)) == 2
    assert_clean(ranks)
