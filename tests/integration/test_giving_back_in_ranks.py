"""Giving back a call-off that another rank got than the one held, or after a refusal."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.agreements.models import AllocationRule
from contracts.ledger.models import ClosedReason, LimitAccount
from contracts.ledger.movements import set_open
from contracts.ledger.replay import differences
from orders.call_offs import cancellations, confirmations, goods_receipts
from orders.models import CallOff, FinanceEvent
from tests.ranks import PRICE, Ranks, build_ranks
from tests.world import DAY, NOW

pytestmark = pytest.mark.django_db
OWN_CAPS = (Decimal(5_000), Decimal(5_000), Decimal(5_000))


def cancel(ranks: Ranks, call_off: CallOff, quantity: int | None = None) -> None:
    quantities = None if quantity is None else {call_off.lines.get().pk: quantity}
    cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=quantities,
        reason="Bedarf entfallen",
        token=uuid4(),
        by=ranks.world.officer,
        now=NOW,
    )


def posted(ranks: Ranks) -> list[Decimal]:
    """What is posted on the lot and on the awards by rank."""
    keys = [ranks.lot.account_id, *(award.account_id for award in ranks.awards)]
    rows = LimitAccount.objects.in_bulk([key for key in keys if key is not None])
    return [rows[key].posted for key in keys if key is not None]


def test_a_call_off_that_follows_gives_back_its_own_posts() -> None:
    ranks = build_ranks(AllocationRule.CASCADE, maxima=OWN_CAPS)
    first = ranks.issued(10)
    confirmations.refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    second = CallOff.objects.get(follows=first)
    assert posted(ranks) == [10 * PRICE, 0, 10 * PRICE, 0]

    goods_receipts.receive(
        call_off_id=second.pk,
        quantities={second.lines.get().pk: 4},
        received_on=DAY,
        token=uuid4(),
        by=ranks.world.officer,
        now=NOW,
    )
    cancel(ranks, second)

    assert posted(ranks) == [4 * PRICE, 0, 4 * PRICE, 0]
    ranks.world.budget_line.own_account.refresh_from_db()
    assert ranks.world.budget_line.own_account.posted == 4 * PRICE * Decimal("1.19")
    assert _committed() == 4 * PRICE
    assert differences() == []


def test_a_rank_that_came_in_at_issue_gives_back_from_its_own_cap() -> None:
    ranks = build_ranks(AllocationRule.CASCADE, maxima=OWN_CAPS)
    requisition = ranks.submitted(10)
    first = ranks.awards[0].account_id
    assert first is not None
    set_open([first], is_open=False, reason=ClosedReason.SUSPENDED)
    ranks.world.approve(requisition)
    call_off = CallOff.objects.get()
    assert ranks.rank_of(call_off) == 2
    assert posted(ranks) == [10 * PRICE, 0, 10 * PRICE, 0]

    cancel(ranks, call_off, 3)
    assert posted(ranks) == [7 * PRICE, 0, 7 * PRICE, 0]
    cancel(ranks, call_off)
    assert posted(ranks) == [0, 0, 0, 0]
    assert _committed() == 0
    assert differences() == []


def _committed() -> Decimal:
    """Net that finance heard of as committed and not taken back."""
    rows = FinanceEvent.objects.filter(type__startswith="COMMITMENT")
    payloads = [json.loads(text) for text in rows.values_list("payload", flat=True)]
    return sum((Decimal(row["net"]) for row in payloads), Decimal(0))
