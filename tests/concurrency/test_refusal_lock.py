"""A refusal, and a time-out, wait for whoever works on the requisition behind the call-off.

They pass on what was asked, so the requisition's row is locked first, as everywhere; the call-off
and the accounts come after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from contracts.agreements.models import AllocationRule
from contracts.sweeps.models import SweepFailure
from orders.call_offs import confirmations
from orders.models import CallOff
from tests.ranks import Ranks, build_ranks
from tests.world import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]
LATE = NOW + timedelta(days=60)


@pytest.fixture
def ranks() -> Ranks:
    return build_ranks(AllocationRule.CASCADE)


@pytest.fixture
def call_off(ranks: Ranks) -> CallOff:
    return ranks.issued()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Whoever waits for a lock gives up soon, so that waiting can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '150ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@pytest.fixture
def worked_on(owner: psycopg.Connection, call_off: CallOff, impatient: None) -> Iterator[None]:
    """Another session holds the requisition."""
    with owner.transaction():
        owner.execute(
            "SELECT 1 FROM orders_requisition WHERE id = %s FOR NO KEY UPDATE",
            (call_off.requisition_id,),
        )
        yield


def refusing(ranks: Ranks, call_off: CallOff) -> Act:
    return lambda: confirmations.refuse(
        call_off_id=call_off.pk, reason="Nein", by=ranks.desks[0], now=NOW
    )


def state_of(call_off: CallOff) -> str:
    call_off.refresh_from_db()
    return call_off.state


@pytest.mark.usefixtures("worked_on")
def test_a_refusal_waits_for_the_requisition(ranks: Ranks, call_off: CallOff) -> None:
    with pytest.raises(OperationalError, match="lock timeout"):
        refusing(ranks, call_off)()
    assert state_of(call_off) == "issued"


@pytest.mark.usefixtures("worked_on")
def test_a_time_out_waits_for_the_requisition(call_off: CallOff) -> None:
    assert confirmations.time_out_due(now=LATE) == 0
    assert "lock timeout" in SweepFailure.objects.get().reason
    assert state_of(call_off) == "issued"


@pytest.mark.usefixtures("worked_on")
def test_without_the_lock_it_does_not_wait(
    ranks: Ranks, call_off: CallOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(confirmations, "lock_requisition_of", lambda _call_off_id: None)
    refusing(ranks, call_off)()
    assert state_of(call_off) == "refused"
