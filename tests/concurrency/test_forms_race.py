"""One form sent by many clicks at the same moment writes once; forms of their own each write."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from contracts.agreements.gates.register import GateScope, GateSpec, set_gate
from contracts.agreements.models import (
    ContractModification,
    Gate,
    GateEffect,
    GateReason,
    ModificationKind,
)
from contracts.agreements.prices import modifications
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists
from tests.price_changes import entry, legal_figures
from tests.world import DAY, NOW, World, build_world

from .racing import losers, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
CLICKS = 4
Act = tuple[Callable[[UUID], object], Callable[[], int]]


def gate(world: World) -> Act:
    spec = GateSpec(
        scope=GateScope(lot_id=world.lots[0].pk),
        reason=GateReason.SAFETY,
        explanation="Netzteile prüfen",
        evidence="Herstellerhinweis",
        valid_from=DAY,
        effect=GateEffect.WARN,
    )
    return lambda token: set_gate(spec, by=world.manager, now=NOW, token=token), Gate.objects.count


def register(world: World) -> Act:
    legal_figures()
    agreement_id = world.agreement.pk
    given = entry(Decimal(100), ModificationKind.CAP)

    def click(token: UUID) -> object:
        return modifications.register(
            agreement_id=agreement_id, entry=given, by=world.manager, now=NOW, token=token
        )

    return click, ContractModification.objects.count


def list_line(world: World) -> Act:
    head, listing = lists.ListHead("Bedarf", ListAudience.OWN), world.listings[0].pk
    row = lists.create(head, quantities={}, by=world.officer, now=NOW)

    def click(token: UUID) -> object:
        return lists.add_line(
            list_id=row.pk, listing_id=listing, quantity=1, by=world.officer, now=NOW, form=token
        )

    return click, lambda: row.lines.get().quantity


@pytest.mark.parametrize("act", [gate, register, list_line])
def test_clicks_at_the_same_moment(act: Callable[[World], Act]) -> None:
    click, count = act(build_world())
    token = uuid4()
    assert not losers(race([lambda: click(token)] * CLICKS))
    assert count() == 1
    assert not losers(race([lambda: click(uuid4())] * CLICKS))
    assert count() == 1 + CLICKS
