"""A suspension against a submit that has passed every check already."""

from __future__ import annotations

import pytest
from django.db import transaction

from contracts.agreements.life import lifecycle
from contracts.ledger.errors import AccountClosed
from contracts.ledger.models import LimitAccount
from orders import requisitions
from orders.lifecycle import RequisitionState
from orders.models import Requisition
from tests.concurrency.racing import assert_books_are_clean, race, until_somebody_waits
from tests.world import NOW, World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def _race(world: World) -> object:
    """The suspension holds its rows until the submit waits for one; return what it got."""
    draft = world.draft({0: 10})

    def suspend() -> None:
        with transaction.atomic():
            LimitAccount.objects.select_for_update(no_key=True).get(pk=world.agreement.account_id)
            lifecycle.suspend_agreement(
                world.agreement.pk, reason="Nachprüfung", by=world.manager, now=NOW
            )
            until_somebody_waits()

    def submit() -> Requisition:
        return requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)

    return race([suspend, submit])[1]


def test_a_submit_that_waits_for_the_row_finds_it_closed() -> None:
    world = build_world()
    assert isinstance(_race(world), AccountClosed)
    assert Requisition.objects.get().state == RequisitionState.DRAFT
    assert LimitAccount.objects.get(pk=world.agreement.account_id).held == 0
    assert_books_are_clean()


def test_without_the_stop_on_the_row_it_would_slip_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the state of the agreement alone does not hold the submit up."""
    monkeypatch.setattr(lifecycle, "_set_open", lambda *_, **__: None)
    outcome = _race(build_world())
    assert isinstance(outcome, Requisition)
    assert outcome.state == RequisitionState.SUBMITTED
