"""Two requisitions at once do not lean on the same devices called off before; and the race
can fail (docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from threading import Barrier

import pytest

from contracts.agreements.models import ItemRelation, PriceBasis, RelationKind
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.ledger.models import LimitAccount
from contracts.parties import acting
from contracts.parties.models import Membership, Role
from orders import approvals
from orders.allotting import reading
from orders.binding import holds, standing
from orders.errors import DeviceMissing
from orders.models import CallOffLine, Requisition
from orders.models.approval import Verdict
from tests.integration.test_stops import list_item
from tests.world import NOW, World, build_world, person

from .racing import PATIENCE, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

DEVICES = 2


@pytest.fixture
def world() -> World:
    """Two notebooks called off before, and a warranty that hangs on notebooks."""
    made = build_world()
    item = list_item(
        made,
        ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("30.0000"))],
    )
    ItemRelation.objects.create(item=item, to_item=made.items[0], kind=RelationKind.REQUIRES)
    made.listings.append(item.listings.get())
    made.items.append(item)
    made.approve(made.submitted({0: DEVICES}))
    return made


def deciding(requisition: Requisition, by: Membership) -> Callable[[], object]:
    return lambda: approvals.decide(
        requisition_id=requisition.pk, revision_no=1, verdict=Verdict.APPROVE, by=by, now=NOW
    )


def two_approvals(world: World) -> list[Callable[[], object]]:
    second = person(
        "zweite@stadt-a.example", world.authority, Role.APPROVER, signing_limit=Decimal(10**6)
    )
    requisitions = [world.submitted({2: DEVICES}) for _ in range(2)]
    return [
        deciding(requisition, by)
        for requisition, by in zip(requisitions, (world.approver, second), strict=True)
    ]


def hanging(world: World) -> int:
    return sum(CallOffLine.objects.filter(item=world.items[2]).values_list("quantity", flat=True))


def test_one_of_two_gets_the_devices(world: World) -> None:
    outcomes = race(two_approvals(world))
    assert len(winners(outcomes)) == 1
    assert [type(refusal) for refusal in losers(outcomes)] == [DeviceMissing]
    assert hanging(world) == DEVICES


def unlocked(account_ids: Collection[int]) -> dict[int, LimitAccount]:
    """In place of the lock on the accounts: two warranties of one lot wait for each other there
    too, which would hide whether the buyer's row is locked.
    """
    return LimitAccount.objects.in_bulk(list(account_ids))


def test_the_lock_of_the_buyer_alone_suffices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = two_approvals(world)
    monkeypatch.setattr(holds, "lock", unlocked)
    outcomes = race(acts)
    assert [type(refusal) for refusal in losers(outcomes)] == [DeviceMissing]
    assert hanging(world) == DEVICES


def test_without_the_lock_both_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both read what was called off before either issues."""
    look, meeting = reading.read_called_off, Barrier(2)

    def meet(*args: object) -> object:
        found = look(*args)  # type: ignore[arg-type]
        meeting.wait(PATIENCE)
        return found

    acts = two_approvals(world)
    monkeypatch.setattr(holds, "lock", unlocked)
    monkeypatch.setattr(reading, "read_called_off", meet)
    monkeypatch.setattr(standing, "lock_buyer", lambda _: None)
    monkeypatch.setattr(acting, "_ALONE", acting._WITH_OTHERS)
    assert len(winners(race(acts))) == 2
    assert hanging(world) == 2 * DEVICES
