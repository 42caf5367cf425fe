"""Warnings at 70, 85 and 95 %: who hears of which, once, and when they are cleared."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.agreements.models import CapWarning
from contracts.agreements.writing.setup import entitle
from contracts.ledger.movements import adjust
from contracts.parties.models import Role
from orders import requisitions
from orders.binding.cap_watch import review
from orders.tasks import review_caps
from tests.mails import written
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Twenty notebooks: one is five percent of the position's cap."""
    return build_world(notebook_quantity=20)


def item_account(world: World) -> int:
    return int(world.items[0].account_id)


def marks(account_id: int) -> list[int]:
    rows = CapWarning.objects.filter(account_id=account_id, cleared_at__isnull=True)
    return sorted(rows.values_list("mark", flat=True))


def mails() -> list[tuple[str, str]]:
    rows = written().filter(key__startswith="mail:cap:")
    return [(row.payload["recipient"], row.payload["subject"]) for row in rows]


def test_a_mark_is_reached_when_it_is_met_exactly(world: World) -> None:
    reached = []
    for quantity in (13, 1, 2, 1, 2):
        world.submitted({0: quantity})
        review(now=NOW)
        reached.append(marks(item_account(world)))
    # 65 %, 70 %, 80 %, 85 %, 95 %
    assert reached == [[], [70], [70], [70, 85], [70, 85, 95]]


def test_a_second_review_changes_nothing(world: World) -> None:
    world.submitted({0: 14})
    first = review(now=NOW)
    assert first.raised == ((item_account(world), 70),)
    again = review(now=NOW + timedelta(minutes=1))
    assert (again.raised, again.cleared) == ((), ())
    assert len(mails()) == 1


def test_what_is_given_back_clears_the_mark_and_keeps_its_row(world: World) -> None:
    requisition = world.submitted({0: 14})
    review(now=NOW)
    requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
    later = NOW + timedelta(hours=1)
    assert review(now=later).cleared == ((item_account(world), 70),)
    (row,) = CapWarning.objects.all()
    assert (row.raised_at, row.cleared_at) == (NOW, later)


def test_one_mail_per_account_mark_and_person(world: World) -> None:
    second = person("zwei@zbs.example", world.purchasing, Role.CONTRACT_MANAGER)
    person("prüfung@zbs.example", world.purchasing, Role.REVIEWER)
    for _ in range(2):
        requisition = world.submitted({0: 14})
        review(now=NOW)
        requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
        review(now=NOW)
    subject = "Position 1.1 Notebooks: 70 % erreicht"
    assert mails() == [(world.manager.user.email, subject), (second.user.email, subject)]


def test_of_several_marks_at_once_the_highest_is_mailed(world: World) -> None:
    world.submitted({0: 18})
    assert [mark for _, mark in review(now=NOW).raised] == [70, 85]
    assert [subject for _, subject in mails()] == ["Position 1.1 Notebooks: 85 % erreicht"]


def test_a_new_limit_is_a_new_reason_to_write(world: World) -> None:
    world.submitted({0: 14})
    review(now=NOW)
    for limit in (30, 19):
        adjust(
            item_account(world),
            new_limit=Decimal(limit),
            document="Nachtrag",
            reference=f"nachtrag-{limit}",
            by=world.manager,
            now=NOW,
        )
        review(now=NOW)
    assert len(mails()) == 2


def test_a_quota_also_tells_the_buyers_procurement(world: World) -> None:
    world.agreement.entitlements.all().delete()
    entitlement = entitle(
        world.agreement,
        world.authority,
        valid_from=date(2026, 1, 1),
        quota=Decimal(1000),
        by=world.manager,
        now=NOW,
    )
    world.submitted({0: 2})  # 858 EUR of 1,000
    review(now=NOW)
    assert marks(entitlement.quota_id) == [70, 85]
    assert {recipient for recipient, _ in mails()} == {
        world.manager.user.email,
        world.officer.user.email,
    }


def test_the_mail_says_what_is_bound_and_free(world: World) -> None:
    world.submitted({0: 14})
    review(now=NOW)
    body = written().get(key__startswith="mail:cap:").payload["body"]
    assert "14 Stück von 20 Stück, frei sind noch 6 Stück" in body
    assert f"/vereinbarungen/{world.agreement.pk}/" in body


def test_ended_memberships_hear_nothing(world: World) -> None:
    world.manager.valid_to = date(2026, 6, 1)
    world.manager.save(update_fields=["valid_to"])
    world.submitted({0: 14})
    review(now=NOW)
    assert marks(item_account(world)) == [70]
    assert mails() == []


def test_named_lots_bring_their_agreements_other_lots_along(world: World) -> None:
    world.submitted({0: 20})
    review(now=NOW, lot_ids=[world.lots[1].pk])
    assert marks(item_account(world)) == [70, 85, 95]


def test_the_task_reviews_as_of_now(world: World) -> None:
    world.submitted({0: 14})
    review_caps([world.lots[0].pk])
    assert marks(item_account(world)) == [70]


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_num_queries: object
) -> None:
    world.submitted({0: 14})
    review(now=NOW)
    with django_assert_num_queries(5):  # type: ignore[operator]
        review(now=NOW)
