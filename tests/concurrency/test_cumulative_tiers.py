"""Cumulative tiers: the base is what stands posted while the price is bound."""

from __future__ import annotations

from decimal import Decimal
from threading import Event

import pytest
from django.db import transaction
from django.db.models import Sum

from contracts.agreements.models import ContractItem
from contracts.ledger.models import EntryKind, LedgerEntry
from orders import requisitions
from orders.basket import baskets
from orders.facts import line_reference
from orders.models import CallOffLine, Requisition, RequisitionLine
from orders.requisitions import submission
from tests.concurrency.racing import PATIENCE, race, until_somebody_waits
from tests.world import NOW, World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

FIRST = Decimal("429.0000")
REACHED = Decimal("411.5000")


@pytest.fixture
def world() -> World:
    """Notebooks whose tier from 100 pieces counts what all buyers have called off."""
    made = build_world()
    ContractItem.objects.filter(pk=made.items[0].pk).update(cumulative_tiers=True)
    return made


def _line(requisition: Requisition) -> RequisitionLine:
    requisition.refresh_from_db()
    return RequisitionLine.objects.get(
        revision__requisition=requisition, revision__number=requisition.current_revision
    )


def _posted_before(line: RequisitionLine) -> Decimal:
    """What stood posted on the item's account when the line was held, by the entries."""
    hold = LedgerEntry.objects.get(
        account_id=line.item.account_id, kind=EntryKind.HOLD, reference=line_reference(line.pk)
    )
    entries = LedgerEntry.objects.filter(account_id=hold.account_id, pk__lt=hold.pk)
    return entries.aggregate(sum=Sum("delta_posted"))["sum"] or Decimal(0)


def test_the_order_itself_does_not_count_and_earlier_ones_do(world: World) -> None:
    first = world.submitted({0: 150})
    assert (_line(first).net_unit_price, _line(first).tier_base) == (FIRST, 1)
    world.approve(first)
    second = world.submitted({0: 1})
    assert (_line(second).net_unit_price, _line(second).tier_base) == (REACHED, 150)


def test_what_was_called_off_meanwhile_lowers_the_price_at_issue(world: World) -> None:
    waiting = world.submitted({0: 10})
    world.approve(world.submitted({0: 100}))
    world.approve(waiting)
    issued = CallOffLine.objects.get(requisition_line=_line(waiting))
    assert _line(waiting).net_unit_price == FIRST
    assert (issued.net_unit_price, issued.tier_base) == (REACHED, 100)


def test_submitting_the_basket_at_once_prices_under_the_lock_too(world: World) -> None:
    world.approve(world.submitted({0: 100}))
    baskets.set_quantity(by=world.officer, listing_id=world.listings[0].pk, quantity=2, now=NOW)
    requisition = requisitions.submit_basket(
        by=world.officer, ask=world.ask(), school_id=None, now=NOW
    )
    assert _line(requisition).net_unit_price == REACHED


def _issue_while_submitting(world: World) -> tuple[int, Decimal]:
    """Submit 10 pieces while an approval over 100 has posted but not committed."""
    big, small = world.submitted({0: 100}), world.draft({0: 10})
    posted = Event()

    def approve() -> None:
        with transaction.atomic():
            world.approve(big)
            posted.set()
            until_somebody_waits()

    def submit() -> None:
        assert posted.wait(PATIENCE)
        requisitions.submit(requisition_id=small.pk, by=world.officer, now=NOW)

    assert [outcome for outcome in race([approve, submit]) if outcome is not None] == []
    line = _line(small)
    return line.tier_base, _posted_before(line)


def test_a_price_is_bound_to_what_is_posted_when_it_is_held(world: World) -> None:
    assert _issue_while_submitting(world) == (100, Decimal(100))


def test_without_the_lock_the_price_is_bound_to_an_outdated_quantity(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(submission, "_needs_lock", lambda _: False)
    base, posted = _issue_while_submitting(world)
    assert (base, posted) == (1, Decimal(100))
