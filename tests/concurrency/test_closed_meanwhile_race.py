"""Something is closed while the last signature waits for its locks: nothing is issued on what
was read before, because it is read after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.agreements.errors import Blocked, NotEntitled
from contracts.agreements.gates import register
from contracts.agreements.gates.register import GateScope, GateSpec
from contracts.agreements.life import lifecycle
from contracts.agreements.models import BuyerEntitlement, GateReason
from contracts.agreements.writing import buyers
from contracts.ledger import movements
from orders import approvals
from orders.binding import standing
from orders.errors import BudgetOverdrawn
from orders.models import CallOff, Requisition
from orders.models.approval import Verdict
from orders.requisitions import exchanges
from tests.properties.mutation import Edits, spoilt_copy
from tests.world import DAY, NOW, World, build_world

from .racing import assert_books_are_clean, one_into_the_other, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]
READ_FIRST: Edits = (
    (
        "    locked = holds.lock(accounts)\n",
        "    locked = LimitAccount.objects.in_bulk(accounts)\n",
    ),
    (
        "    return Standing(facts, held, locked, counters)",
        "    holds.lock(accounts)\n    return Standing(facts, held, locked, counters)",
    ),
)


def suspending(world: World) -> Act:
    return lambda: lifecycle.suspend_agreement(
        world.agreement.pk, reason="Nachprüfung", by=world.manager, now=NOW
    )


def blocking(world: World) -> Act:
    """Before one position, so that no account is stopped."""
    spec = GateSpec(
        scope=GateScope(item_id=world.items[0].pk),
        reason=GateReason.SAFETY,
        explanation="Rückruf",
        evidence="Vermerk 7",
        valid_from=DAY,
    )
    return lambda: register.set_gate(spec, by=world.manager, now=NOW)


def ending(world: World) -> Act:
    named = BuyerEntitlement.objects.get(buyer=world.authority)
    yesterday = DAY - timedelta(days=1)
    return lambda: buyers.end_entitlement(
        entitlement_id=named.pk, last_day=yesterday, reason="Austritt", by=world.manager, now=NOW
    )


def freezing(world: World) -> Act:
    return lambda: movements.adjust(
        world.budget_line.binding_account_id,
        new_limit=Decimal(0),
        document="Sperre",
        reference="Sperre 1",
        by=None,
        now=NOW,
    )


CLOSING: Mapping[str, tuple[Callable[[World], Act], type[Exception]]] = {
    "a suspension": (suspending, NotEntitled),
    "a gate": (blocking, Blocked),
    "the end of the entitlement": (ending, NotEntitled),
    "a freeze": (freezing, BudgetOverdrawn),
}


def signing(world: World, row: Requisition) -> Act:
    return lambda: approvals.decide(
        requisition_id=row.pk, revision_no=1, verdict=Verdict.APPROVE, by=world.approver, now=NOW
    )


@pytest.mark.parametrize("kind", CLOSING)
def test_nothing_is_issued_on_what_was_closed_before(kind: str) -> None:
    world = build_world()
    row = world.submitted({0: 2})
    closing, refusal = CLOSING[kind]
    closed, signed = one_into_the_other(closing(world), signing(world, row))
    assert not isinstance(closed, BaseException), closed
    assert isinstance(signed, refusal), signed
    assert not CallOff.objects.exists()
    assert_books_are_clean()


@pytest.mark.parametrize("kind", CLOSING)
def test_what_is_read_before_the_lock_is_issued_all_the_same(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    world = build_world()
    row = world.submitted({0: 2})
    closing, _ = CLOSING[kind]
    monkeypatch.setattr(exchanges, "stand_still", spoilt_copy(standing, READ_FIRST).stand_still)
    assert len(winners(one_into_the_other(closing(world), signing(world, row)))) == 2
    assert CallOff.objects.count() == 1
