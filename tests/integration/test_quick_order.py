"""Numbers to articles for one buyer, into the basket, onto a draft, and once more."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from contracts.agreements.gates.register import GateScope, GateSpec, set_gate
from contracts.agreements.life import lifecycle
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    FrameworkAgreement,
    GateReason,
    Listing,
    PriceVersion,
)
from contracts.agreements.writing.setup import TierRow, write_price
from contracts.catalogue import successors
from contracts.ledger.movements import set_open
from contracts.parties.models import Membership, Role
from orders import quick_order, requisitions
from orders.basket import baskets
from orders.errors import EmptyBasket, NotAllowed, NotFound, NothingOrderable, StaleRevision
from orders.models import Requisition
from orders.quick_order.resolve import Matched, Resolution, State, resolve
from orders.quick_order.rows import Row, parse
from tests.ranks import build_ranks
from tests.successors import propose_successor
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def world() -> World:
    return build_world()


def found(world: World, text: str, by: Membership | None = None) -> list[Resolution]:
    member = by or world.officer
    return resolve(parse(text).rows, buyer_id=member.organisation_id, on=DAY)


def only(world: World, text: str, by: Membership | None = None) -> Resolution:
    (row,) = found(world, text, by)
    return row


def preview(world: World, text: str, **more: dict[str, str]) -> quick_order.Preview:
    return quick_order.preview(text, by=world.officer, now=NOW, **more)  # type: ignore[arg-type]


def describe(listing: Listing, **facts: str) -> None:
    Article.objects.filter(pk=listing.article_id).update(**facts)


def block(world: World, listing: Listing, explanation: str = "Rückruf") -> None:
    spec = GateSpec(
        scope=GateScope(item_id=listing.item_id),
        reason=GateReason.SUSPENSION,
        explanation=explanation,
        evidence="Vermerk 7",
        valid_from=DAY,
    )
    set_gate(spec, by=world.manager, now=NOW)


def succeed(world: World) -> Listing:
    keeper = person("katalog@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE)
    proposal = propose_successor(world, keeper, now=NOW)
    successors.release(proposal_id=proposal.pk, by=world.manager, now=NOW)
    return Listing.objects.get(article__supplier_aid="A-1-NEU")


@pytest.mark.parametrize(
    ("number", "matched"),
    [
        ("A-1", Matched.SUPPLIER),
        ("a-1", Matched.SUPPLIER),
        ("4006381333931", Matched.GTIN),
        ("04006381333931", Matched.GTIN),
        ("MPN-7", Matched.MAKER),
        ("mpn-7", Matched.MAKER),
        ("1.1", Matched.POSITION),
    ],
)
def test_a_number_of_any_kind_is_found(world: World, number: str, matched: Matched) -> None:
    describe(world.listings[0], gtin="4006381333931", mpn="MPN-7")
    row = only(world, f"{number};3")
    assert (row.state, row.matched, row.quantity) == (State.RESOLVED, matched, 3)
    assert row.standing is not None
    assert row.standing.listing == world.listings[0]


def test_leading_zeros_that_a_spreadsheet_dropped_do_not_matter(world: World) -> None:
    describe(world.listings[0], gtin="00012345678905")
    assert only(world, "12345678905").state is State.RESOLVED


def test_the_suppliers_number_comes_before_the_makers(world: World) -> None:
    describe(world.listings[1], mpn="A-1")
    row = only(world, "A-1")
    assert row.standing is not None
    assert (row.matched, row.standing.listing) == (Matched.SUPPLIER, world.listings[0])


def test_what_can_be_ordered_comes_before_precedence(world: World) -> None:
    describe(world.listings[1], mpn="A-1")
    block(world, world.listings[0])
    row = only(world, "A-1")
    assert row.standing is not None
    assert (row.matched, row.standing.listing) == (Matched.MAKER, world.listings[1])


def test_a_number_of_several_articles_is_for_the_person_to_choose(world: World) -> None:
    for listing in world.listings:
        describe(listing, mpn="MX-1")
    row = only(world, "MX-1;2")
    assert row.state is State.AMBIGUOUS
    assert [way.listing for way in row.choices] == world.listings
    chosen = str(world.listings[1].pk)
    look = preview(world, "MX-1;2", choices={"1": chosen})
    assert [(pick.listing_id, pick.quantity) for pick in look.picks] == [(int(chosen), 2)]
    assert preview(world, "MX-1;2").picks == []
    # a listing that is none of the candidates is no choice
    assert preview(world, "MX-1;2", choices={"1": "999999"}).picks == []


def test_nobody_learns_of_an_article_that_names_others_as_buyers(world: World) -> None:
    known, none = found(world, "A-1\nGIBT-ES-NICHT", by=world.outsider)
    assert (known.state, none.state) == (State.UNKNOWN, State.UNKNOWN)
    assert known.reasons == none.reasons
    assert known.standing is None
    assert known.choices == ()


def test_an_entitlement_that_ended_makes_a_number_unknown(world: World) -> None:
    world.agreement.entitlements.update(valid_to=DAY - timedelta(days=1))
    assert only(world, "A-1").state is State.UNKNOWN


def test_a_gate_is_named(world: World) -> None:
    block(world, world.listings[0], "Akku überhitzt")
    row = only(world, "A-1")
    assert row.state is State.BLOCKED
    assert "Akku überhitzt" in row.reasons[0]


def test_a_full_a_suspended_and_an_ended_offer_are_told_apart(world: World) -> None:
    set_open([world.lots[0].account_id], is_open=False, reason="full")
    assert "ausgeschöpft" in only(world, "A-1").reasons[0]
    set_open([world.lots[0].account_id], is_open=True, reason="full")
    set_open([world.lots[0].account_id], is_open=False, reason="suspended")
    assert "ruht" in only(world, "A-1").reasons[0]
    set_open([world.lots[0].account_id], is_open=True, reason="suspended")
    lifecycle.suspend_agreement(world.agreement.pk, reason="Nachprüfung", by=world.manager, now=NOW)
    assert "ist ausgesetzt" in only(world, "A-1").reasons[0]
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Neue Ausschreibung", by=world.manager, now=NOW
    )
    (reason,) = only(world, "A-1").reasons
    assert reason == (
        "Die Rahmenvereinbarung RV-TEST ist beendet; aus ihr wird nichts mehr abgerufen. "
        "Grund: Neue Ausschreibung"
    )


def test_an_agreement_whose_term_is_over_is_named(world: World) -> None:
    FrameworkAgreement.objects.filter(pk=world.agreement.pk).update(
        starts_on=date(2025, 1, 1), ends_on=DAY - timedelta(days=1)
    )
    assert "beendet" in only(world, "A-1").reasons[0]


def test_an_article_off_the_shelf_is_named(world: World) -> None:
    Listing.objects.filter(pk=world.listings[0].pk).update(is_listed=False)
    assert only(world, "A-1").reasons == ("Der Artikel steht nicht mehr im Katalog.",)


def test_a_replaced_article_offers_its_successor(world: World) -> None:
    new = succeed(world)
    row = only(world, "A-1;4")
    assert (row.state, [way.listing for way in row.choices]) == (State.BLOCKED, [new])
    look = preview(world, "A-1;4", choices={"1": str(new.pk)})
    assert [(pick.listing_id, pick.quantity) for pick in look.picks] == [(new.pk, 4)]


def test_a_successor_that_is_blocked_is_not_offered(world: World) -> None:
    new = succeed(world)
    block(world, new)
    assert only(world, "A-1").choices == ()


def test_rows_of_one_article_are_summed_with_a_note(world: World) -> None:
    describe(world.listings[0], gtin="4006381333931")
    row = only(world, "A-1;3\n4006381333931;4\na-1;5")
    assert (row.quantity, row.rows) == (12, (1, 2, 3))
    assert row.note == "Zeilen 1, 2 und 3 zusammengezählt"
    assert only(world, "\n".join(["A-1;1"] * 11)).note == "11 Zeilen ab Zeile 1 zusammengezählt"


def test_a_sum_beyond_the_largest_quantity_stays_out(world: World) -> None:
    row = only(world, "A-1;1000000\nA-1;1")
    assert row.state is State.BLOCKED
    assert "mehr als 1.000.000" in row.reasons[0]


def test_of_suppliers_of_one_lot_the_one_in_turn_is_meant() -> None:
    ranks = build_ranks(AllocationRule.CASCADE)
    for listing in ranks.listings:
        describe(listing, gtin="4006381333931")
    row = only(ranks.world, "4006381333931;2")
    assert row.state is State.RESOLVED
    assert row.standing is not None
    assert row.standing.listing == ranks.listings[0]
    (entry,) = preview(ranks.world, "N-2;2").entries
    assert entry.cost is not None
    assert entry.cost.instead is not None
    assert entry.cost.instead.pk == ranks.listings[0].pk


def test_the_preview_prices_by_the_tier_and_sums_only_what_is_taken(world: World) -> None:
    look = preview(world, "A-1;100\nA-2;2\nX;1", quantities={"2": "0"})
    one, two, unknown = look.entries
    assert one.cost is not None
    assert one.cost.net_unit_price == Decimal("411.5000")
    assert (two.is_taken, unknown.is_taken) == (False, False)
    assert (look.estimate.net, look.estimate.gross) == (Decimal("41150.00"), Decimal("48968.50"))


def test_a_typed_quantity_that_is_none_is_kept_and_named(world: World) -> None:
    look = preview(world, "A-1;3", quantities={"1": "2,5"})
    (entry,) = look.faults
    assert (entry.typed, look.picks) == ("2,5", [])
    assert entry.fault == "Die Menge 2,5 ist keine ganze Zahl. Bitte eine ganze Zahl ab 1 angeben."


def test_every_line_that_stays_out_is_in_the_leftovers(world: World) -> None:
    block(world, world.listings[1])
    look = preview(world, "A-1;3\nX;1\nA-2;2\nA-1;0")
    assert [(row.rows, row.number) for row in look.leftovers] == [
        ("2", "X"),
        ("3", "A-2"),
        ("4", "A-1"),
    ]
    assert all(row.reason for row in look.leftovers)
    shown = [getattr(row, "row", 0) or row.resolution.rows[0] for row in look.unusable(findings=9)]
    assert shown == [2, 3, 4]


def more_articles(world: World, count: int) -> list[str]:
    articles = Article.objects.bulk_create(
        [
            Article(
                supplier=world.suppliers[0],
                supplier_aid=f"B-{number}",
                name=f"Notebook {number}",
                updated_at=NOW,
            )
            for number in range(count)
        ]
    )
    list_articles([(world.items[0], row) for row in articles], supplier=world.suppliers[0], now=NOW)
    return [row.supplier_aid for row in articles]


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    numbers = more_articles(world, 300)
    counts = []
    for size in (3, 300):
        text = "\n".join([*(f"{number};2" for number in numbers[:size]), "X;1"])
        with CaptureQueriesContext(connection) as captured:
            look = preview(world, text)
        with CaptureQueriesContext(connection) as taking:
            quick_order.put_into_basket(picks=look.picks, by=world.officer, now=NOW)
        counts.append((len(captured), len(taking)))
        assert len(look.picks) == size
    assert counts == [(10, 18), (10, 12)]  # the first time a basket is made, and locked
    assert len(baskets.quantities(world.officer)) == 300


def test_quantities_are_added_to_the_basket(world: World) -> None:
    one, two = (row.pk for row in world.listings)
    baskets.set_quantity(by=world.officer, listing_id=one, quantity=5, now=NOW)
    block(world, world.listings[1])
    picks = [quick_order.Pick(one, 2), quick_order.Pick(one, 3), quick_order.Pick(two, 1)]
    taken = quick_order.put_into_basket(picks=picks, by=world.officer, now=NOW)
    assert baskets.quantities(world.officer) == [(one, 10)]
    assert taken.added == 1
    ((name, reason),) = taken.missing
    assert name == "Digitale Schulbücher"
    assert "Rückruf" in reason


def test_what_is_out_of_reach_does_not_get_into_the_basket(world: World) -> None:
    picks = [quick_order.Pick(world.listings[0].pk, 2)]
    with pytest.raises(NothingOrderable):
        quick_order.put_into_basket(picks=picks, by=world.outsider, now=NOW)
    assert baskets.quantities(world.outsider) == []


def test_only_the_asking_roles_and_only_something(world: World) -> None:
    picks = [quick_order.Pick(world.listings[0].pk, 2)]
    with pytest.raises(NotAllowed):
        quick_order.put_into_basket(picks=picks, by=world.approver, now=NOW)
    with pytest.raises(NotAllowed):
        quick_order.preview("A-1", by=world.approver, now=NOW)
    with pytest.raises(EmptyBasket):
        quick_order.put_into_basket(picks=[], by=world.officer, now=NOW)


def append(world: World, draft: Requisition, **more: object) -> None:
    given = {
        "requisition_id": draft.pk,
        "base_revision": draft.current_revision,
        "picks": [quick_order.Pick(world.listings[1].pk, 7)],
        "by": world.officer,
        "now": LATER,
        **more,
    }
    quick_order.append(**given)  # type: ignore[arg-type]


def test_a_draft_keeps_its_lines_and_gets_the_new_ones(world: World) -> None:
    draft = world.draft({0: 3})
    append(world, draft)
    draft.refresh_from_db()
    lines = requisitions.current_lines(draft)
    assert [(line.line_no, line.listing_id, line.quantity) for line in lines] == [
        (1, world.listings[0].pk, 3),
        (2, world.listings[1].pk, 7),
    ]
    # all lines were paid from one budget line, so is the new one
    assert {row.budget_line_id for line in lines for row in line.assignments.all()} == {
        world.budget_line.pk
    }


def test_nothing_is_appended_to_what_was_not_seen(world: World) -> None:
    draft = world.draft({0: 3})
    append(world, draft)
    with pytest.raises(StaleRevision):
        append(world, draft)
    with pytest.raises(NotFound):
        append(world, draft, by=world.outsider)
    with pytest.raises(NotFound):
        append(world, draft, base_revision=9)
    submitted = world.submitted({0: 1})
    with pytest.raises(NotAllowed, match="angehängt wird nur"):
        append(world, submitted)


def test_the_drafts_offered_are_those_that_may_be_added_to(world: World) -> None:
    draft = world.draft({0: 1})
    world.submitted({0: 1})
    offered = quick_order.open_drafts(world.officer, NOW)
    assert [(row.requisition_id, row.number) for row in offered] == [(draft.pk, 1)]
    assert quick_order.open_drafts(world.outsider, NOW) == []


def test_an_order_once_more_shows_then_and_today(world: World) -> None:
    old = world.submitted({0: 3, 1: 10})
    PriceVersion.objects.filter(item=world.items[1]).update(
        valid=DateRange(date(2026, 1, 1), date(2026, 7, 1))
    )
    write_price(
        world.items[1],
        [TierRow(1, net_unit_price=Decimal("9.4000"))],
        valid_from=date(2026, 7, 1),
        source="Änderung 1",
        by=world.manager,
        now=NOW,
    )
    new = succeed(world)
    july = NOW + timedelta(days=20)
    again = quick_order.reorder(requisition_id=old.pk, by=world.officer, now=july)
    notebook, book = again.lines
    assert (notebook.target, notebook.standing.is_orderable) == (new, False)
    assert notebook.difference == 0
    assert (book.then, book.difference) == (Decimal("8.9000"), Decimal("0.5000"))
    assert again.is_changed
    assert again.estimate.net == 3 * Decimal(429) + 10 * Decimal("9.40")


def test_nobody_else_orders_it_once_more(world: World) -> None:
    old = world.draft({0: 1})
    with pytest.raises(NotFound):
        quick_order.reorder(requisition_id=old.pk, by=world.outsider, now=NOW)


def test_queries_of_an_order_once_more_do_not_grow(world: World) -> None:
    numbers = more_articles(world, 60)
    counts = []
    for size in (3, 60):
        picks = preview(world, "\n".join(numbers[:size])).picks
        quick_order.put_into_basket(picks=picks, by=world.officer, now=NOW)
        old = requisitions.create_from_basket(
            by=world.officer, ask=world.ask(), school_id=None, now=NOW
        )
        with CaptureQueriesContext(connection) as captured:
            again = quick_order.reorder(requisition_id=old.pk, by=world.officer, now=NOW)
        assert len(again.lines) == size
        counts.append(len(captured))
    assert counts == [11, 11]


def test_rows_are_kept_in_order(world: World) -> None:
    rows = [Row(1, "X", 1), Row(2, "A-2", 1), Row(3, "A-1", 1)]
    states = resolve(rows, buyer_id=world.authority.pk, on=DAY)
    assert [row.number for row in states] == ["X", "A-2", "A-1"]
