"""A lot or an award that is full with the very requisition that is cut or made smaller."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from contracts.agreements.caps.stops import review_stops
from contracts.ledger.errors import LimitExceeded
from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import open_account
from orders import requisitions
from orders.binding import cap_nudges
from orders.binding.budgets import freeze
from orders.models import Requisition
from orders.requisitions.drafting import draft_of, with_quantities
from tests.integration.test_cuts import cut, second_tier
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db
PRICE = Decimal(429)


@pytest.fixture
def world() -> World:
    """Notebooks whose award has a cap of its own: 30 pieces fit, and no more."""
    world = build_world()
    second_tier(world)
    award = world.awards[0]
    award.account = open_account(
        kind=AccountKind.AWARD_VALUE,
        unit=Unit.EUR,
        title="Zuschlag Z-1",
        limit=30 * PRICE,
        document="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    award.save(update_fields=["account"])
    return world


def closed(account_id: int) -> str:
    return LimitAccount.objects.get(pk=account_id).closed_reason


def lower(world: World, requisition: Requisition, quantity: int) -> None:
    """The asking side asks for less of line 1."""
    requisition.refresh_from_db()
    draft = with_quantities(draft_of(requisitions.current_lines(requisition)), {"1": quantity})
    requisitions.revise(
        requisition_id=requisition.pk,
        base_revision=requisition.current_revision,
        ask=draft.ask,
        wanted=draft.wanted,
        by=world.officer,
        now=NOW,
    )


def test_an_award_that_is_full_with_the_requisition_opens_by_the_cut(world: World) -> None:
    requisition = world.submitted({0: 30})
    award = world.awards[0].account_id
    review_stops(now=NOW)
    assert closed(award) == "full"
    cut(requisition, {1: 20}, world.approver)
    review_stops(now=NOW)
    assert closed(award) == ""
    assert LimitAccount.objects.get(pk=award).held == 20 * PRICE


def test_an_award_that_is_full_with_the_requisition_opens_by_a_decrease(world: World) -> None:
    requisition = world.submitted({0: 30})
    review_stops(now=NOW)
    lower(world, requisition, 20)
    review_stops(now=NOW)
    assert closed(world.awards[0].account_id) == ""


def test_where_still_nothing_fits_the_lot_and_the_award_are_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    world = build_world(notebook_quantity=30)
    second_tier(world)
    requisition = world.submitted({0: 30, 1: 10})
    review_stops(now=NOW)
    lot = world.lots[0].account_id
    assert closed(lot) == "full"
    asked: list[int] = []
    monkeypatch.setattr(cap_nudges, "_send", asked.extend)
    with django_capture_on_commit_callbacks(execute=True):
        cut(requisition, {2: 5}, world.approver)
    assert world.lots[0].pk in asked
    review_stops(now=NOW, lot_ids=set(asked))
    assert closed(lot) == "full"


def test_a_budget_that_a_freeze_has_overdrawn_carries_less_and_not_more(world: World) -> None:
    requisition = world.submitted({0: 20})
    line = world.budget_line
    bound = LimitAccount.objects.get(pk=line.binding_account_id).held
    freeze(line, line.account.limit_amount - bound + 1, document="Sperre", by=None, now=NOW)
    with pytest.raises(LimitExceeded):
        lower(world, requisition, 21)
    lower(world, requisition, 10)
    assert LimitAccount.objects.get(pk=line.binding_account_id).held < bound
    requisition.refresh_from_db()
    assert (requisition.state, requisition.current_revision) == ("submitted", 2)
