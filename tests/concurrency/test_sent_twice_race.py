"""One form that arrives twice at the same moment counts once; devices and what hangs on them
are not cancelled apart by two at once. And both races can fail (docs/giving-back.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest

from contracts.agreements.models import ItemRelation, PriceBasis, RelationKind
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.ledger.models import LimitAccount
from orders.call_offs import cancel_facts, cancellations, goods_receipts
from orders.errors import DeviceNeeded
from orders.models import CallOff, CallOffLineProgress, Cancellation, GoodsReceipt
from tests.integration.test_stops import list_item
from tests.world import DAY, NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

PART = 4


@pytest.fixture
def world() -> World:
    return build_world()


def issued(world: World, quantities: dict[int, int]) -> CallOff:
    requisition = world.approve(world.submitted(quantities))
    return requisition.call_offs.get()


def receiving(world: World, call_off: CallOff, token: UUID) -> Callable[[], object]:
    line = call_off.lines.get()
    return lambda: goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities={line.pk: PART},
        received_on=DAY,
        token=token,
        by=world.officer,
        now=NOW,
    )


def cancelling(
    world: World, call_off: CallOff, token: UUID, part: int | None = PART
) -> Callable[[], object]:
    line = call_off.lines.get()
    return lambda: cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=None if part is None else {line.pk: part},
        reason="Bedarf entfallen",
        token=token,
        by=world.officer,
        now=NOW,
    )


Act = Callable[[World, CallOff, UUID], Callable[[], object]]


@pytest.mark.parametrize(
    ("act", "what", "rows"),
    [(receiving, "delivered", GoodsReceipt), (cancelling, "cancelled", Cancellation)],
)
def test_sent_twice_at_once_it_counts_once(world: World, act: Act, what: str, rows: type) -> None:
    call_off, token = issued(world, {0: 10}), uuid4()
    outcomes = race([act(world, call_off, token)] * 3)
    assert losers(outcomes) == []
    assert {row.pk for row in winners(outcomes)} == {rows.objects.get().pk}
    assert getattr(CallOffLineProgress.objects.get(), what) == PART
    assert_books_are_clean()


@pytest.mark.parametrize(
    ("act", "what", "table"),
    [
        (receiving, "delivered", "orders_goodsreceipt DROP CONSTRAINT orders_receipt"),
        (cancelling, "cancelled", "orders_cancellation DROP CONSTRAINT orders_cancellation"),
    ],
)
def test_without_the_token_it_counts_twice(
    world: World,
    act: Act,
    what: str,
    table: str,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: nobody looks for the token, and no constraint keeps it."""
    owner.execute(f"ALTER TABLE {table}_once_per_token")
    for module in (goods_receipts, cancellations):
        monkeypatch.setattr(module, "known_by", lambda _rows, _token, _quantities: None)
    call_off, token = issued(world, {0: 10}), uuid4()
    race([act(world, call_off, token)] * 2)
    assert getattr(CallOffLineProgress.objects.get(), what) == 2 * PART


@pytest.fixture
def leaning(world: World) -> list[CallOff]:
    """Two call-offs of a device each, and a third of one warranty."""
    spec = ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED)
    item = list_item(world, spec, [TierRow(1, Decimal("30.0000"))])
    ItemRelation.objects.create(item=item, to_item=world.items[0], kind=RelationKind.REQUIRES)
    world.listings.append(item.listings.get())
    made = [issued(world, {0: 1}), issued(world, {0: 1})]
    issued(world, {2: 1})
    return made


def both(world: World, call_offs: list[CallOff]) -> list[Callable[[], object]]:
    return [cancelling(world, row, uuid4(), None) for row in call_offs]


def test_one_device_stays_for_the_warranty(world: World, leaning: list[CallOff]) -> None:
    outcomes = race(both(world, leaning))
    assert len(winners(outcomes)) == 1
    assert [type(refusal) for refusal in losers(outcomes)] == [DeviceNeeded]
    assert LimitAccount.objects.get(pk=world.items[0].account_id).posted == 1
    assert_books_are_clean()


def test_without_the_buyers_row_both_devices_go(
    world: World, leaning: list[CallOff], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both count the devices before either is cancelled."""
    count, meeting = cancel_facts.read_called_off, Barrier(2)

    def meet(*args: object) -> Mapping[object, int]:
        found = count(*args)  # type: ignore[arg-type]
        meeting.wait(PATIENCE)
        return found

    monkeypatch.setattr(cancel_facts, "read_called_off", meet)
    monkeypatch.setattr(cancellations, "lock_buyer", lambda _buyer_id: None)
    outcomes = race(both(world, leaning))
    assert len(winners(outcomes)) == 2
    assert LimitAccount.objects.get(pk=world.items[0].account_id).posted == 0
