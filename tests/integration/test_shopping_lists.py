"""Shared lists: who sees, uses and changes which, and what became of their articles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.life import lifecycle
from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role, School
from contracts.pricing import InvalidQuantity
from orders import quick_order
from orders.basket import baskets
from orders.errors import (
    EmptyBasket,
    InvalidList,
    ListNameTaken,
    NotAllowed,
    NotFound,
    NothingOrderable,
    UnknownSchool,
)
from orders.models import ShoppingList
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists
from tests.integration.test_quick_order import more_articles, succeed
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db
OWN, SCHOOL, AUTHORITY = ListAudience.OWN, ListAudience.SCHOOL, ListAudience.AUTHORITY


@pytest.fixture
def world() -> World:
    return build_world()


def teacher(world: World, name: str, school: School | None = None) -> Membership:
    return person(
        f"{name}@stadt-a.example",
        world.authority,
        Role.SCHOOL_REQUESTER,
        school=school or world.school,
    )


def make(by: Membership, audience: ListAudience = OWN, name: str = "Klasse 7") -> ShoppingList:
    return lists.create(lists.ListHead(name, audience), quantities={}, by=by, now=NOW)


def quantities(row: ShoppingList) -> dict[int, int]:
    return dict(row.lines.values_list("listing_id", "quantity"))


def seen(by: Membership) -> set[str]:
    return set(lists.visible_lists(by).values_list("name", flat=True))


def test_a_list_is_seen_by_those_it_is_for(world: World) -> None:
    other_school = School.objects.create(authority=world.authority, name="B", school_no="100002")
    anna, ben = teacher(world, "anna"), teacher(world, "ben")
    clara = teacher(world, "clara", other_school)
    for audience in ListAudience:
        make(anna, audience, audience.value)
    assert seen(anna) == {"own", "school", "authority"}
    assert seen(ben) == {"school", "authority"}
    assert seen(clara) == {"authority"}
    assert seen(world.officer) == {"authority"}
    assert seen(world.outsider) == set()


def test_the_same_person_sees_its_own_in_another_role_of_the_authority_only(world: World) -> None:
    anna = teacher(world, "anna")
    make(anna)
    as_officer = person("anna@stadt-a.example", world.authority, Role.PROCUREMENT_OFFICER)
    abroad = person("anna@stadt-a.example", world.other_authority, Role.PROCUREMENT_OFFICER)
    assert seen(as_officer) == {"Klasse 7"}
    assert seen(abroad) == set()


@pytest.mark.parametrize("act", ["change", "retire", "add", "set", "successor"])
def test_who_does_not_see_a_list_changes_nothing_of_it(world: World, act: str) -> None:
    row = make(teacher(world, "anna"), AUTHORITY)
    listing = world.listings[0].pk
    by, now = world.outsider, NOW
    acts = {
        "change": lambda: lists.change(row.pk, lists.ListHead("X", OWN), by=by, now=now),
        "retire": lambda: lists.retire(list_id=row.pk, by=by, now=now),
        "add": lambda: lists.add_line(
            list_id=row.pk, listing_id=listing, quantity=1, by=by, now=now
        ),
        "set": lambda: lists.set_quantities(
            list_id=row.pk, quantities={listing: 1}, by=by, now=now
        ),
        "successor": lambda: lists.take_successor(
            list_id=row.pk, listing_id=listing, by=by, now=now
        ),
    }
    with pytest.raises(NotFound):
        acts[act]()


def test_the_head_is_the_owners_and_the_procurements(world: World) -> None:
    anna, ben = teacher(world, "anna"), teacher(world, "ben")
    row = make(anna, AUTHORITY)
    with pytest.raises(NotAllowed, match="wer sie angelegt hat"):
        lists.change(row.pk, lists.ListHead("Meine", AUTHORITY), by=ben, now=NOW)
    with pytest.raises(NotAllowed):
        lists.retire(list_id=row.pk, by=ben, now=NOW)
    lists.change(row.pk, lists.ListHead("Standard", SCHOOL), by=anna, now=NOW)
    assert seen(ben) == {"Standard"}
    lists.change(row.pk, lists.ListHead("Standard", AUTHORITY), by=anna, now=NOW)
    lists.retire(list_id=row.pk, by=world.officer, now=NOW)
    assert seen(anna) == set()
    # the name is free again, the lines are kept
    make(anna, AUTHORITY, "Standard")
    assert ShoppingList.objects.count() == 2


def test_owner_and_procurement_work_on_the_lines_and_no_other_school(world: World) -> None:
    one, two = (row.pk for row in world.listings)
    anna, ben = teacher(world, "anna"), teacher(world, "ben")
    row = make(anna, AUTHORITY)
    with pytest.raises(NotAllowed, match="ganzen Schulträger"):
        lists.add_line(list_id=row.pk, listing_id=one, quantity=2, by=ben, now=NOW)
    assert list(lists.visible_lists(ben)) == [row]
    assert not lists.writable_lists(ben)
    for by in (anna, world.officer):
        lists.add_line(list_id=row.pk, listing_id=one, quantity=2, by=by, now=NOW)
    lists.add_line(list_id=row.pk, listing_id=two, quantity=9, by=world.officer, now=NOW)
    assert quantities(row) == {one: 4, two: 9}
    lists.set_quantities(
        list_id=row.pk, quantities={one: 0, two: 8, 999: 3}, by=world.officer, now=NOW
    )
    assert quantities(row) == {two: 8}
    with pytest.raises(NotAllowed):
        lists.set_quantities(list_id=row.pk, quantities={two: 1}, by=world.approver, now=NOW)


def test_every_change_is_on_record(world: World) -> None:
    one = world.listings[0].pk
    row = make(world.officer, AUTHORITY)
    lists.add_line(list_id=row.pk, listing_id=one, quantity=2, by=world.officer, now=NOW)
    lists.set_quantities(list_id=row.pk, quantities={one: 2}, by=world.officer, now=NOW)
    lists.change(row.pk, lists.ListHead("Neu", OWN), by=world.officer, now=NOW)
    lists.retire(list_id=row.pk, by=world.officer, now=NOW)
    entries = AuditEntry.objects.filter(object_type="orders.shoppinglist", object_id=row.pk)
    assert list(entries.order_by("pk").values_list("action", flat=True)) == [
        "shopping_list.created",
        "shopping_list.lines",
        "shopping_list.changed",
        "shopping_list.retired",
    ]
    assert entries.get(action="shopping_list.lines").after == {str(one): 2}


def test_what_cannot_be_written_is_refused(world: World) -> None:
    one = world.listings[0].pk
    row = make(world.officer)
    with pytest.raises(ListNameTaken):
        make(world.officer)
    make(teacher(world, "anna"))  # another person's list may have the same name
    with pytest.raises(InvalidList, match="Namen"):
        make(world.officer, name="  ")
    with pytest.raises(InvalidList, match="120"):
        make(world.officer, name="x" * 121)
    with pytest.raises(UnknownSchool, match="keiner Schule"):
        make(world.officer, SCHOOL, "S")
    with pytest.raises(NotAllowed):
        make(world.approver)
    for quantity in (0, -1, 1_000_001):
        with pytest.raises(InvalidQuantity):
            lists.add_line(
                list_id=row.pk, listing_id=one, quantity=quantity, by=world.officer, now=NOW
            )
    with pytest.raises(InvalidQuantity):
        lists.set_quantities(list_id=row.pk, quantities={one: -1}, by=world.officer, now=NOW)


def test_an_article_out_of_reach_cannot_be_put_on_a_list(world: World) -> None:
    row = make(world.outsider)
    for listing_id in (world.listings[0].pk, 10**9):
        with pytest.raises(NotFound):
            lists.add_line(
                list_id=row.pk, listing_id=listing_id, quantity=1, by=world.outsider, now=NOW
            )


def test_a_list_holds_no_more_than_can_be_ordered_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MAX_LINES", 1)
    one, two = (row.pk for row in world.listings)
    row = make(world.officer)
    lists.add_line(list_id=row.pk, listing_id=one, quantity=1, by=world.officer, now=NOW)
    with pytest.raises(InvalidList, match=r"höchstens 2\.000"):
        lists.add_line(list_id=row.pk, listing_id=two, quantity=1, by=world.officer, now=NOW)
    assert quantities(row) == {one: 1}


def test_a_basket_and_a_requisition_become_lists(world: World) -> None:
    one, two = (row.pk for row in world.listings)
    head = lists.ListHead("Korb", OWN)
    with pytest.raises(EmptyBasket):
        lists.create_from_basket(head, by=world.officer, now=NOW)
    baskets.set_quantity(by=world.officer, listing_id=one, quantity=5, now=NOW)
    kept = lists.create_from_basket(head, by=world.officer, now=NOW)
    assert quantities(kept) == dict(baskets.quantities(world.officer)) == {one: 5}
    draft = world.draft({0: 5, 1: 6})
    head = lists.ListHead("Anforderung", OWN)
    made = lists.create_from_requisition(head, requisition_id=draft.pk, by=world.officer, now=NOW)
    assert quantities(made) == {one: 5, two: 6}
    with pytest.raises(NotFound):
        lists.create_from_requisition(head, requisition_id=draft.pk, by=world.outsider, now=NOW)


def test_an_old_list_says_what_ended_and_keeps_it_out_of_the_basket(world: World) -> None:
    one = world.listings[0].pk
    row = make(world.officer)
    lists.add_line(list_id=row.pk, listing_id=one, quantity=5, by=world.officer, now=NOW)
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Neue Ausschreibung", by=world.manager, now=NOW
    )
    (line,) = quick_order.kept_lines(list(quick_order.list_rows(row)), by=world.officer, now=NOW)
    assert line.cost is None
    assert "ist beendet" in line.standing.reasons[0]
    with pytest.raises(NothingOrderable, match="ist beendet"):
        quick_order.put_into_basket(picks=[quick_order.Pick(one, 5)], by=world.officer, now=NOW)


def test_a_successor_takes_the_place_on_the_list(world: World) -> None:
    one, two = (row.pk for row in world.listings)
    row = make(world.officer)
    for listing in (one, two):
        lists.add_line(list_id=row.pk, listing_id=listing, quantity=5, by=world.officer, now=NOW)
    with pytest.raises(NotFound, match="kein Nachfolgemodell"):
        lists.take_successor(list_id=row.pk, listing_id=two, by=world.officer, now=NOW)
    new = succeed(world)
    lists.add_line(list_id=row.pk, listing_id=new.pk, quantity=1, by=world.officer, now=NOW)
    lists.take_successor(list_id=row.pk, listing_id=one, by=world.officer, now=NOW)
    assert quantities(row) == {two: 5, new.pk: 6}
    with pytest.raises(NotFound):
        lists.take_successor(list_id=row.pk, listing_id=one, by=world.officer, now=NOW)


def test_a_buyer_no_longer_named_reads_no_reason(world: World) -> None:
    row = make(world.officer)
    one = world.listings[0].pk
    lists.add_line(list_id=row.pk, listing_id=one, quantity=5, by=world.officer, now=NOW)
    world.agreement.entitlements.update(valid_to=(NOW - timedelta(days=1)).date())
    lifecycle.suspend_agreement(world.agreement.pk, reason="Nachprüfung", by=world.manager, now=NOW)
    (line,) = quick_order.kept_lines(list(quick_order.list_rows(row)), by=world.officer, now=NOW)
    assert line.standing.reasons == (
        "Der Artikel ist für Ihre Organisation nicht (mehr) abrufbar.",
    )


def test_queries_of_a_list_do_not_grow(world: World) -> None:
    more_articles(world, 300)
    counts = []
    for size in (3, 300):
        look = quick_order.preview(
            "\n".join(f"B-{number}" for number in range(size)), by=world.officer, now=NOW
        )
        row = lists.create(
            lists.ListHead(f"Liste {size}", OWN),
            quantities={pick.listing_id: pick.quantity for pick in look.picks},
            by=world.officer,
            now=NOW,
        )
        with CaptureQueriesContext(connection) as captured:
            lines = quick_order.kept_lines(
                list(quick_order.list_rows(row)), by=world.officer, now=NOW
            )
        assert len(lines) == size
        counts.append(len(captured))
    assert counts == [9, 9]
