"""What becomes of a call-off that its supplier refuses or leaves unconfirmed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.agreements.models import AllocationRule, AwardTerms
from contracts.ledger.movements import adjust, set_open
from orders import requisitions
from orders.call_offs.cancellations import cancel
from orders.call_offs.confirmations import confirm, refuse, time_out_due
from orders.errors import ConfirmationOver
from orders.lifecycle import IllegalTransition
from orders.models import (
    CallOff,
    FinanceEvent,
    Requisition,
    RequisitionLine,
)
from orders.requisitions import Ask, Share
from tests.mails import written
from tests.ranks import assert_clean, build_ranks, steps
from tests.world import NOW

pytestmark = pytest.mark.django_db

CASCADE, ROTATION = AllocationRule.CASCADE, AllocationRule.ROTATION
HUNDRED = Decimal(100)


def test_a_refusal_goes_to_the_next_rank_at_once_when_it_is_not_dearer() -> None:
    ranks = build_ranks(CASCADE, prices=[HUNDRED, Decimal(90), HUNDRED])
    first = ranks.issued(3)
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    first.refresh_from_db()
    second = CallOff.objects.get(follows=first)
    assert (first.state, second.state, ranks.rank_of(second)) == ("refused", "issued", 2)
    assert steps(first) == [(1, "taken"), (1, "refused")]
    assert steps(second) == [(1, "skipped"), (2, "taken")]
    assert second.allocation_note == (
        "Kaskade nach Rang: Rang 1 Haus A hat abgelehnt; der Abruf geht an Rang 2 Haus B"
    )
    ranks.lot.account.refresh_from_db()
    ranks.world.budget_line.own_account.refresh_from_db()
    assert ranks.lot.account.posted == 270
    assert ranks.world.budget_line.own_account.posted == Decimal("321.30")
    types = FinanceEvent.objects.order_by("pk").values_list("type", flat=True)
    assert list(types)[-2:] == ["COMMITMENT_REVERSAL", "COMMITMENT"]
    assert_clean(ranks)


def test_a_full_lot_does_not_keep_the_next_rank_from_what_was_given_back() -> None:
    ranks = build_ranks(CASCADE)
    first = ranks.issued(3)
    set_open([ranks.lot.account_id], is_open=False, reason="full")
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert ranks.rank_of(CallOff.objects.get(follows=first)) == 2
    assert_clean(ranks)


def test_a_full_lot_does_not_keep_a_dearer_rank_from_a_draft() -> None:
    ranks = build_ranks(CASCADE, prices=[HUNDRED, Decimal(110), HUNDRED])
    first = ranks.issued(3)
    set_open([ranks.lot.account_id], is_open=False, reason="full")
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    draft = Requisition.objects.get(state="draft")
    assert requisitions.submit(requisition_id=draft.pk, by=ranks.world.officer, now=NOW)
    assert_clean(ranks)


def test_what_no_rank_can_take_alone_is_split_in_a_draft() -> None:
    ranks = build_ranks(CASCADE, maxima=[None, Decimal(550), None])
    AwardTerms.objects.filter(award__in=ranks.awards).update(split_over_ranks=True)
    first = ranks.issued(10)
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    draft = Requisition.objects.get(state="draft")
    lines = RequisitionLine.objects.filter(revision__requisition=draft).order_by("line_no")
    assert [(row.listing, row.quantity) for row in lines] == [
        (ranks.listings[1], 5),
        (ranks.listings[2], 5),
    ]
    requisitions.submit(requisition_id=draft.pk, by=ranks.world.officer, now=NOW)
    ranks.world.approve(draft)
    found = CallOff.objects.filter(requisition=draft).order_by("award__rank")
    assert [ranks.rank_of(row) for row in found] == [2, 3]
    assert_clean(ranks)


def test_where_there_is_one_rank_nobody_else_is_asked() -> None:
    ranks = build_ranks(CASCADE, prices=[HUNDRED], maxima=[None])
    first = ranks.issued(3)
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert not Requisition.objects.filter(state="draft").exists()
    assert CallOff.objects.count() == 1
    mail = written().filter(key__contains=":next-rank:").latest("pk")
    assert "Es gibt keinen weiteren Rang." in mail.payload["body"]
    assert_clean(ranks)


def test_a_suspended_lot_passes_nothing_on() -> None:
    ranks = build_ranks(CASCADE)
    first = ranks.issued(3)
    set_open([ranks.lot.account_id], is_open=False, reason="suspended")
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert CallOff.objects.count() == 1
    assert_clean(ranks)


def test_refusals_go_down_the_whole_cascade_and_then_are_told() -> None:
    ranks = build_ranks(CASCADE)
    call_off = ranks.issued(2)
    for rank in (1, 2, 3):
        assert ranks.rank_of(call_off) == rank
        refuse(call_off_id=call_off.pk, reason="Nein", by=ranks.desks[rank - 1], now=NOW)
        call_off = CallOff.objects.latest("pk")
    assert CallOff.objects.count() == 3
    ranks.lot.account.refresh_from_db()
    assert (ranks.lot.account.held, ranks.lot.account.posted) == (0, 0)
    mail = written().filter(key__contains=":next-rank:").latest("pk")
    assert "niemand kann den Abruf übernehmen" in mail.payload["body"]
    assert_clean(ranks)


def test_a_time_out_goes_to_the_next_rank() -> None:
    ranks = build_ranks(CASCADE)
    first, kept = ranks.issued(2), ranks.issued(1)
    confirm(call_off_id=kept.pk, by=ranks.desks[0], now=NOW)
    assert time_out_due(now=NOW + timedelta(days=7)) == 0
    assert time_out_due(now=NOW + timedelta(days=8)) == 1
    second = CallOff.objects.get(follows=first)
    assert ranks.rank_of(second) == 2
    assert steps(first) == [(1, "taken"), (1, "timed_out")]
    assert not CallOff.objects.filter(follows=kept).exists()
    assert_clean(ranks)


def test_a_confirmation_is_too_late_before_the_sweep_has_come_by() -> None:
    ranks = build_ranks(CASCADE)
    first = ranks.issued(2)
    late = NOW + timedelta(days=8)
    with pytest.raises(ConfirmationOver):
        confirm(call_off_id=first.pk, by=ranks.desks[0], now=late)
    assert time_out_due(now=late) == 1
    assert ranks.rank_of(CallOff.objects.get(follows=first)) == 2


def test_outside_a_cascade_a_late_confirmation_is_welcome() -> None:
    ranks = build_ranks(ROTATION)
    first = ranks.issued(2)
    late = NOW + timedelta(days=30)
    assert confirm(call_off_id=first.pk, by=ranks.desks[0], now=late).state == "confirmed"


def test_a_dearer_next_rank_needs_approval_again() -> None:
    ranks = build_ranks(CASCADE, prices=[HUNDRED, Decimal(110), HUNDRED])
    first = ranks.issued(3)
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert CallOff.objects.count() == 1
    draft = Requisition.objects.get(state="draft")
    line = RequisitionLine.objects.get(revision__requisition=draft)
    assert (line.listing, line.quantity, line.net) == (ranks.listings[1], 3, 330)
    assert line.assignments.get().budget_line == ranks.world.budget_line
    mail = written().filter(key__contains=":next-rank:").latest("pk")
    assert "392,70 EUR statt 357,00 EUR" in mail.payload["body"]
    requisitions.submit(requisition_id=draft.pk, by=ranks.world.officer, now=NOW)
    ranks.world.approve(draft)
    second = CallOff.objects.get(requisition=draft)
    assert ranks.rank_of(second) == 2  # the first rank has refused this one
    assert steps(second) == [(1, "skipped"), (2, "taken")]
    assert ranks.rank_of(ranks.issued(1)) == 1  # and is asked again for the next
    assert_clean(ranks)


def test_a_budget_cut_meanwhile_makes_a_draft_and_binds_nothing() -> None:
    ranks = build_ranks(CASCADE)
    first = ranks.issued(3)
    adjust(
        ranks.world.budget_line.own_account_id,
        new_limit=Decimal(0),
        document="Sperre",
        reference="Sperre",
        by=None,
        now=NOW,
    )
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert CallOff.objects.count() == 1
    assert Requisition.objects.filter(state="draft").count() == 1
    ranks.lot.account.refresh_from_db()
    assert ranks.lot.account.bound == 0
    assert_clean(ranks)


def test_only_what_is_still_open_is_passed_on() -> None:
    ranks = build_ranks(CASCADE)
    first = ranks.issued(5)
    cancel(
        call_off_id=first.pk,
        quantities={first.lines.get().pk: 2},
        reason="Weniger Bedarf",
        token=uuid4(),
        by=ranks.world.officer,
        now=NOW,
    )
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    second = CallOff.objects.get(follows=first)
    assert [row.quantity for row in second.lines.all()] == [3]
    ranks.world.budget_line.own_account.refresh_from_db()
    assert ranks.world.budget_line.own_account.posted == second.gross == 357
    cancel(
        call_off_id=second.pk,
        quantities=None,
        reason="Kein Bedarf",
        token=uuid4(),
        by=ranks.world.officer,
        now=NOW,
    )
    ranks.world.budget_line.own_account.refresh_from_db()
    assert ranks.world.budget_line.own_account.bound == 0
    assert_clean(ranks)


def test_the_account_assignment_goes_along_to_the_next_rank() -> None:
    ranks = build_ranks(CASCADE, prices=[HUNDRED, Decimal(110), HUNDRED])
    world = ranks.world
    ranks.put(3)
    shares = [
        Share(world.budget_line.pk, Decimal(60)),
        Share(world.budget_line.pk, Decimal(40)),
    ]
    requisition = requisitions.submit_basket(
        by=world.officer, ask=Ask("Notebooks", shares={"": shares}), school_id=None, now=NOW
    )
    world.approve(requisition)
    refuse(
        call_off_id=CallOff.objects.get().pk, reason="Nein", by=ranks.desks[0], now=NOW
    )  # dearer: a draft
    draft = Requisition.objects.get(state="draft")
    line = RequisitionLine.objects.get(revision__requisition=draft)
    assert list(line.assignments.order_by("number").values_list("share_percent", flat=True)) == [
        60,
        40,
    ]


def test_what_was_confirmed_is_not_passed_on() -> None:
    ranks = build_ranks(CASCADE)
    call_off = ranks.issued()
    confirm(call_off_id=call_off.pk, by=ranks.desks[0], now=NOW)
    with pytest.raises(IllegalTransition):
        refuse(call_off_id=call_off.pk, reason="Doch nicht", by=ranks.desks[0], now=NOW)


def test_a_refused_turn_counts_as_taken() -> None:
    ranks = build_ranks(ROTATION)
    first = ranks.issued()
    refuse(call_off_id=first.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=NOW)
    assert CallOff.objects.count() == 1
    assert ranks.rank_of(ranks.issued()) == 2
    assert_clean(ranks)
