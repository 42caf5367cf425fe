"""Cancelling, receiving, refusing and timing out, with what each gives back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import AllocationRule, Article, PriceTier
from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences
from contracts.parties.models import Membership, Role
from orders.call_offs import cancellations, confirmations, goods_receipts
from orders.errors import (
    CommentMissing,
    InvalidReceipt,
    MoreThanOpen,
    NotAllowed,
    NotFound,
    NothingChosen,
    NothingOpen,
)
from orders.lifecycle import IllegalTransition
from orders.models import CallOff, Cancellation, FinanceEvent
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

GROSS = Decimal("1.19")
# Membership 1, savepoint 2, ties 1, call-off 1, token 1, lines with shares 4, state and
# progress 2, cancellation 4, events 1, audit 1, notices 1, ledger: posts 2, lock 1, append 1.
QUERIES_OF_A_GIVE_BACK = 23


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def desk(world: World) -> Membership:
    return person("auftrag@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_ORDERS)


def issued(world: World, quantities: dict[int, int]) -> CallOff:
    """The first call-off of an approved requisition."""
    world.approve(world.submitted(quantities))
    return CallOff.objects.get(supplier=world.suppliers[0])


def cancel(world: World, call_off: CallOff, quantity: int | None = None) -> Cancellation:
    """Cancel of the first line, or everything."""
    line = call_off.lines.get()
    return cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=None if quantity is None else {line.pk: quantity},
        reason="Der Bedarf ist entfallen.",
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def receive(world: World, call_off: CallOff, quantity: int | None = None) -> None:
    line = call_off.lines.get()
    goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities=None if quantity is None else {line.pk: quantity},
        received_on=DAY,
        delivery_note="LS-1",
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def posted(account: LimitAccount) -> Decimal:
    account.refresh_from_db()
    return account.posted


def state(call_off: CallOff) -> str:
    call_off.refresh_from_db()
    return call_off.state


def test_one_of_500_cancelled_leaves_499_at_the_price_of_500(world: World) -> None:
    """499 would cost 365 apiece when ordered anew; the tier of the issue stays."""
    tiers = PriceTier.objects.filter(version__item=world.items[0])
    tiers.filter(from_quantity=1).update(net_unit_price=Decimal(365))
    tiers.filter(from_quantity=100).update(from_quantity=500, net_unit_price=Decimal(352))
    call_off = issued(world, {0: 500})
    assert posted(world.agreement.account) == 176_000

    cancellation = cancel(world, call_off, 1)

    assert cancellation.net == 352
    for account in (world.agreement.account, world.lots[0].account):
        assert posted(account) == 499 * 352
    assert posted(world.items[0].account) == 499
    assert posted(world.budget_line.own_account) == 499 * 352 * GROSS
    assert state(call_off) == "issued"
    assert differences() == []


def test_a_full_cancellation_leaves_exactly_nothing(world: World) -> None:
    call_off = issued(world, {0: 7})
    cancel(world, call_off, 3)
    cancel(world, call_off)
    assert state(call_off) == "cancelled"
    for account in LimitAccount.objects.all():
        assert account.posted == account.held == 0
    assert differences() == []


def test_after_a_delivery_the_rest_is_closed_short(world: World) -> None:
    call_off = issued(world, {0: 10})
    receive(world, call_off, 4)
    assert state(call_off) == "partly_delivered"
    cancellation = cancel(world, call_off)
    assert (cancellation.cause, state(call_off)) == ("closed_short", "closed_short")
    assert posted(world.items[0].account) == 4
    assert posted(world.agreement.account) == 4 * Decimal(429)
    with pytest.raises(NothingOpen, match="nichts mehr offen"):
        receive(world, call_off)


def test_a_part_of_the_rest_may_be_given_up_too(world: World) -> None:
    call_off = issued(world, {0: 10})
    receive(world, call_off, 4)
    cancel(world, call_off, 1)
    assert state(call_off) == "partly_delivered"
    receive(world, call_off)
    assert state(call_off) == "delivered"
    assert posted(world.items[0].account) == 9


def test_what_was_delivered_is_not_cancelled(world: World) -> None:
    call_off = issued(world, {0: 10})
    receive(world, call_off)
    assert state(call_off) == "delivered"
    with pytest.raises(NothingOpen, match="Rückgabe mit dem Lieferanten"):
        cancel(world, call_off)
    assert posted(world.items[0].account) == 10


def test_the_second_click_changes_nothing(world: World) -> None:
    call_off = issued(world, {0: 10})
    cancel(world, call_off)
    events = FinanceEvent.objects.count()
    with pytest.raises(NothingOpen, match="storniert"):
        cancel(world, call_off)
    assert FinanceEvent.objects.count() == events
    assert Cancellation.objects.count() == 1


@pytest.mark.parametrize("act", [cancel, receive])
def test_more_than_open_names_the_line(world: World, act) -> None:
    call_off = issued(world, {0: 10})
    receive(world, call_off, 4)
    with pytest.raises(MoreThanOpen, match=r"Zeile 1 \(Notebooks\): Offen sind 6, angegeben 7"):
        act(world, call_off, 7)
    with pytest.raises(NothingChosen):
        act(world, call_off, 0)


def test_a_reason_and_a_possible_day_are_needed(world: World) -> None:
    call_off = issued(world, {0: 1})
    with pytest.raises(CommentMissing):
        cancellations.cancel(
            call_off_id=call_off.pk,
            quantities=None,
            reason=" ",
            token=uuid4(),
            by=world.officer,
            now=NOW,
        )
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        with pytest.raises(InvalidReceipt, match=r"15\.06\.2026"):
            goods_receipts.receive(
                call_off_id=call_off.pk,
                quantities=None,
                received_on=day,
                token=uuid4(),
                by=world.officer,
                now=NOW,
            )


def test_finance_hears_of_it_and_its_sum_is_what_is_kept(world: World) -> None:
    call_off = issued(world, {0: 10})
    receive(world, call_off, 4)
    cancel(world, call_off)
    payloads = {
        row["type"]: row
        for row in map(json.loads, FinanceEvent.objects.values_list("payload", flat=True))
    }
    taken = payloads["COMMITMENT_REVERSAL"]
    assert (taken["quantity"], taken["net"], taken["gross"]) == (-6, "-2574.00", "-3063.06")
    assert taken["reverses_event_id"] == payloads["COMMITMENT"]["event_id"]
    assert (taken["order_no"], taken["line_no"]) == (call_off.number, 1)
    received = payloads["GOODS_RECEIPT"]
    assert (received["quantity"], received["net"]) == (4, "1716.00")
    assert received["delivery_date"] == "2026-06-15"
    assert received["reverses_event_id"] is None


def test_both_sides_are_told(world: World, desk: Membership) -> None:
    cancel(world, issued(world, {0: 10}), 3)
    mails = written().filter(key__contains=":taken-back:1:")
    assert {row.payload["recipient"] for row in mails} == {
        desk.user.email,
        "post@lieferant-1.example",
        world.officer.user.email,
    }
    body = mails.first().payload["body"]
    assert "Zeile 1, Notebooks: 3" in body
    assert "Der Bedarf ist entfallen." in body


def test_only_the_buyers_procurement_cancels(world: World, desk: Membership) -> None:
    call_off = issued(world, {0: 1})
    for member, refusal in (
        (world.outsider, NotFound),
        (world.approver, NotAllowed),
        (desk, NotAllowed),
        (person("b@zbs.example", world.purchasing, Role.PROCUREMENT_OFFICER), NotFound),
    ):
        with pytest.raises(refusal):
            cancellations.cancel(
                call_off_id=call_off.pk,
                quantities=None,
                reason="Nein",
                token=uuid4(),
                by=member,
                now=NOW,
            )
    assert state(call_off) == "issued"


def test_a_school_receives_its_own_goods_only(world: World) -> None:
    call_off = issued(world, {0: 2})
    other = type(world.school).objects.create(
        authority=world.authority, name="Grundschule B", school_no="100002"
    )
    for school, refusal in ((other, NotFound), (world.school, None)):
        member = person(
            f"schule-{school.pk}@stadt-a.example",
            world.authority,
            Role.SCHOOL_REQUESTER,
            school=school,
        )
        ask = {
            "call_off_id": call_off.pk,
            "quantities": None,
            "received_on": DAY,
            "token": uuid4(),
            "by": member,
            "now": NOW,
        }
        if refusal:
            with pytest.raises(refusal):
                goods_receipts.receive(**ask)
        else:
            goods_receipts.receive(**ask)
    assert state(call_off) == "delivered"


def test_the_supplier_confirms_once_and_cannot_refuse_then(world: World, desk: Membership) -> None:
    call_off = issued(world, {0: 2})
    later = NOW + timedelta(days=1)
    confirmations.confirm(call_off_id=call_off.pk, by=desk, now=later)
    assert state(call_off) == "confirmed"
    assert call_off.updated_at == later
    with pytest.raises(IllegalTransition):
        confirmations.confirm(call_off_id=call_off.pk, by=desk, now=later)
    with pytest.raises(IllegalTransition):
        confirmations.refuse(call_off_id=call_off.pk, reason="Nein", by=desk, now=later)


def test_a_refusal_gives_everything_back_and_tells_the_buyer(
    world: World, desk: Membership
) -> None:
    call_off = issued(world, {0: 2})
    confirmations.refuse(call_off_id=call_off.pk, reason="Nicht lieferbar", by=desk, now=NOW)
    assert state(call_off) == "refused"
    assert posted(world.agreement.account) == 0
    assert posted(world.budget_line.own_account) == 0
    recipients = (
        written().filter(key__contains=":taken-back:").values_list("payload__recipient", flat=True)
    )
    assert set(recipients) == {world.officer.user.email}
    other = person("auftrag@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_ORDERS)
    with pytest.raises(NotFound):
        confirmations.refuse(call_off_id=call_off.pk, reason="Nein", by=other, now=NOW)


def test_only_cascades_time_out_and_only_after_the_day(world: World) -> None:
    call_off = issued(world, {0: 2})
    CallOff.objects.filter(pk=call_off.pk).update(confirm_by=date(2026, 6, 18))
    late = NOW + timedelta(days=4)
    assert confirmations.time_out_due(now=late) == 0
    world.lots[0].allocation = AllocationRule.CASCADE
    world.lots[0].save()
    assert confirmations.time_out_due(now=NOW + timedelta(days=3)) == 0
    assert confirmations.time_out_due(now=late) == 1
    assert confirmations.time_out_due(now=late) == 0
    assert state(call_off) == "cancelled"
    assert call_off.cancellations.get().cause == "timed_out"
    assert posted(world.agreement.account) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_give_back_costs_the_same_for_any_number_of_lines(world: World, count: int) -> None:
    for number in range(count - 1):
        article = Article.objects.create(
            supplier=world.suppliers[0], supplier_aid=f"B-{number}", name="Tasche", updated_at=NOW
        )
        world.listings += list_articles(
            [(world.items[0], article)], supplier=world.suppliers[0], now=NOW
        )
    quantities = {0: 5, **dict.fromkeys(range(2, 1 + count), 5)}
    call_off = issued(world, quantities)
    assert call_off.lines.count() == count
    with CaptureQueriesContext(connection) as captured:
        cancellations.cancel(
            call_off_id=call_off.pk,
            quantities=None,
            reason="Nein",
            token=uuid4(),
            by=world.officer,
            now=NOW,
        )
    assert len(captured) == QUERIES_OF_A_GIVE_BACK
