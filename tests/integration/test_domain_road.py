"""The road through the domain: basket, requisition, approval, call-offs, feed."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from contracts.ledger.errors import LimitExceeded
from contracts.ledger.models import LedgerEntry
from contracts.ledger.replay import differences
from orders import approvals, requisitions
from orders.errors import NotFound, OwnRequest, StaleRevision
from orders.finance.exports import events_after, feed_of, sequence_all, verify
from orders.models import CallOff, Decision, FinanceEvent, OutboxMessage, Requisition
from orders.models.approval import Verdict
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def test_a_requisition_over_two_lots_becomes_two_call_offs(world: World) -> None:
    requisition = world.submitted({0: 30, 1: 100})
    net = 30 * Decimal("429") + 100 * Decimal("8.90")
    gross = Decimal("12870.00") * Decimal("1.19") + Decimal("890.00") * Decimal("1.07")

    world.agreement.account.refresh_from_db()
    world.budget_line.own_account.refresh_from_db()
    assert world.agreement.account.held == net
    assert world.budget_line.own_account.held == gross

    world.approve(requisition)

    world.agreement.account.refresh_from_db()
    world.budget_line.own_account.refresh_from_db()
    assert (world.agreement.account.held, world.agreement.account.posted) == (0, net)
    assert world.budget_line.own_account.posted == gross
    call_offs = list(CallOff.objects.order_by("number"))
    assert [row.supplier for row in call_offs] == world.suppliers
    assert sum(row.gross for row in call_offs) == gross
    assert all(row.order.total_incl_tax == row.gross for row in call_offs)
    assert differences() == []


def test_the_feed_has_no_gap_and_sums_to_the_order(world: World) -> None:
    world.approve(world.submitted({0: 30, 1: 100}))
    assert sequence_all(now=NOW) == 6
    assert sequence_all(now=NOW) == 0

    feed = feed_of(world.officer, "stadt-a")
    events = events_after(feed, 0)
    assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6]
    assert events_after(feed, 6) == []
    payloads = [json.loads(event.payload) for event in events]
    committed = [Decimal(row["gross"]) for row in payloads if row["type"] == "COMMITMENT"]
    assert sum(committed) == sum(row.gross for row in CallOff.objects.all())
    reserved = [Decimal(row["gross"]) for row in payloads if row["type"].startswith("RESERV")]
    assert sum(reserved) == 0
    assert verify(feed) == 6
    with pytest.raises(NotFound):
        feed_of(world.outsider, "stadt-a")


def test_over_the_budget_nothing_happens_and_the_missing_amount_is_named(world: World) -> None:
    draft = world.draft({0: 1100})
    before = LedgerEntry.objects.count(), OutboxMessage.objects.count()
    with pytest.raises(LimitExceeded) as refusal:
        requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
    (gap,) = refusal.value.shortfalls
    assert gap.missing == 1100 * Decimal("411.50") * Decimal("1.19") - 500_000
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert (LedgerEntry.objects.count(), OutboxMessage.objects.count()) == before
    assert not FinanceEvent.objects.exists()


def test_a_decision_on_an_outdated_revision_does_not_count(world: World) -> None:
    requisition = world.submitted({0: 1})
    with pytest.raises(StaleRevision):
        approvals.decide(
            requisition_id=requisition.pk,
            revision_no=0,
            verdict=Verdict.APPROVE,
            by=world.approver,
            now=NOW,
        )


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.RETURN])
def test_a_refusal_frees_every_limit(world: World, verdict: Verdict) -> None:
    requisition = world.submitted({0: 30})
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=verdict,
        comment="Bitte Bedarf prüfen.",
        by=world.approver,
        now=NOW,
    )
    world.agreement.account.refresh_from_db()
    assert world.agreement.account.bound == 0
    assert differences() == []
    types = FinanceEvent.objects.order_by("pk").values_list("type", flat=True)
    assert list(types) == ["RESERVATION", "RESERVATION_RELEASE"]


def test_an_overdue_requisition_expires_once(world: World) -> None:
    requisition = world.submitted({0: 30})
    late = NOW + timedelta(days=30)
    assert requisitions.expire_due(now=late) == 1
    assert requisitions.expire_due(now=late) == 0
    assert Requisition.objects.get(pk=requisition.pk).state == "expired"
    world.agreement.account.refresh_from_db()
    assert world.agreement.account.bound == 0


def test_whoever_asked_cannot_approve_by_a_second_membership(world: World) -> None:
    requisition = world.submitted({0: 1})
    second = type(world.approver).objects.create(
        user=world.officer.user,
        organisation=world.authority,
        role=world.approver.role,
        signing_limit=Decimal(10**8),
        valid_from=world.approver.valid_from,
    )
    with pytest.raises(OwnRequest):
        approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            by=second,
            now=NOW,
        )


def test_the_database_itself_refuses_the_requester_as_decider(world: World) -> None:
    requisition = world.submitted({0: 1})
    step = requisition.steps.get()
    with pytest.raises(IntegrityError, match="orders_decider_is_on_approving_side"):
        Decision.objects.create(
            step=step,
            round_no=1,
            revision_no=1,
            requisition=requisition,
            membership=world.approver,
            person=world.officer.user,
            verdict=Verdict.APPROVE,
            decided_at=NOW,
        )
