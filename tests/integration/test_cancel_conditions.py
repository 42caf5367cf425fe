"""What was asked at submit does not vanish by cancelling (docs/giving-back.md)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.agreements.models import (
    AwardTerms,
    ContractItem,
    ItemRelation,
    ItemRole,
    PriceBasis,
    RelationKind,
)
from contracts.agreements.writing.setup import ItemSpec, TierRow
from orders.call_offs import cancellations, goods_receipts
from orders.errors import BelowMinimum, DeviceNeeded, SentBefore, StaleRevision
from orders.models import CallOff, Cancellation
from tests.integration.test_stops import list_item
from tests.world import DAY, NOW, World, build_world

pytestmark = pytest.mark.django_db
DEVICE, WARRANTY, SURCHARGE = 0, 2, 3


@pytest.fixture
def world() -> World:
    """A warranty that hangs on notebooks, and a surcharge for small orders."""
    made = build_world()
    warranty = _listed(made, ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED))
    ItemRelation.objects.create(item=warranty, to_item=made.items[0], kind=RelationKind.REQUIRES)
    surcharge = ItemSpec(
        number="1.9", title="Zuschlag", basis=PriceBasis.FIXED, role=ItemRole.SURCHARGE
    )
    _listed(made, surcharge)
    return made


def _listed(world: World, spec: ItemSpec) -> ContractItem:
    item = list_item(world, spec, [TierRow(1, Decimal("30.0000"))])
    world.listings.append(item.listings.get())
    world.items.append(item)
    return item


def minimum(world: World, net: int) -> None:
    AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(net))


def issued(world: World, quantities: dict[int, int]) -> CallOff:
    requisition = world.approve(world.submitted(quantities))
    return requisition.call_offs.get(supplier=world.suppliers[0])


def of(world: World, call_off: CallOff, quantities: Mapping[int, int]) -> dict[int, int]:
    """By line, from {index of listing: quantity}."""
    return {
        call_off.lines.get(item=world.items[index]).pk: quantity
        for index, quantity in quantities.items()
    }


def cancel(
    world: World,
    call_off: CallOff,
    quantities: Mapping[int, int] | None,
    *,
    shown: Mapping[int, int] | None = None,
) -> Cancellation:
    return cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=None if quantities is None else of(world, call_off, quantities),
        shown=None if shown is None else of(world, call_off, shown),
        reason="Bedarf entfallen",
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def is_open(world: World, call_off: CallOff, index: int) -> int:
    return call_off.lines.get(item=world.items[index]).progress.open


def test_warranties_go_with_their_devices(world: World) -> None:
    call_off = issued(world, {DEVICE: 3, WARRANTY: 3})
    cancel(world, call_off, {DEVICE: 2})
    assert (is_open(world, call_off, DEVICE), is_open(world, call_off, WARRANTY)) == (1, 1)
    world.items[WARRANTY].refresh_from_db()
    assert Cancellation.objects.get().net == 2 * (429 + 30)


def test_a_device_stays_for_a_warranty_of_another_call_off(world: World) -> None:
    first = issued(world, {DEVICE: 2})
    second = issued(world, {WARRANTY: 2})
    with pytest.raises(DeviceNeeded, match="2 Stück blieben ohne Gerät"):
        cancel(world, first, None)
    assert is_open(world, first, DEVICE) == 2
    cancel(world, second, {WARRANTY: 1})
    cancel(world, first, {DEVICE: 1})
    assert is_open(world, first, DEVICE) == 1


def test_a_device_stays_for_a_warranty_delivered(world: World) -> None:
    call_off = issued(world, {DEVICE: 1, WARRANTY: 1})
    goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities=of(world, call_off, {WARRANTY: 1}),
        received_on=DAY,
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )
    with pytest.raises(DeviceNeeded):
        cancel(world, call_off, {DEVICE: 1})


def test_a_part_does_not_fall_below_the_minimum(world: World) -> None:
    minimum(world, 1000)
    call_off = issued(world, {DEVICE: 3})
    with pytest.raises(BelowMinimum, match=r"Es blieben 858,00"):
        cancel(world, call_off, {DEVICE: 1})
    cancel(world, call_off, None)
    call_off.refresh_from_db()
    assert call_off.state == "cancelled"


def test_the_surcharge_does_not_go_alone(world: World) -> None:
    minimum(world, 1000)
    call_off = issued(world, {DEVICE: 2, SURCHARGE: 1})
    with pytest.raises(BelowMinimum):
        cancel(world, call_off, {SURCHARGE: 1})
    cancel(world, call_off, {DEVICE: 1})
    assert is_open(world, call_off, SURCHARGE) == 1


def test_the_tier_is_shown_and_the_price_stays(world: World) -> None:
    call_off = issued(world, {DEVICE: 100})
    effect = cancellations.foresee(
        call_off_id=call_off.pk,
        quantities=of(world, call_off, {DEVICE: 99}),
        by=world.officer,
        now=NOW,
    )
    line = call_off.lines.get()
    (lost,) = effect.lost_tiers
    assert (lost.rest, lost.price, lost.price_of_rest) == (1, line.net_unit_price, 429)
    assert lost.more == 429 - line.net_unit_price > 0
    assert call_off.cancellations.count() == 0
    cancel(world, call_off, {DEVICE: 99})
    assert Cancellation.objects.get().net == 99 * line.net_unit_price


def test_what_goes_is_what_was_shown(world: World) -> None:
    call_off = issued(world, {DEVICE: 3, WARRANTY: 3})
    with pytest.raises(StaleRevision, match="etwas anderes mit"):
        cancel(world, call_off, {DEVICE: 2}, shown={DEVICE: 2})
    cancel(world, call_off, {DEVICE: 2}, shown={DEVICE: 2, WARRANTY: 2})
    assert Cancellation.objects.count() == 1


def test_sent_twice_a_cancellation_counts_once(world: World) -> None:
    call_off = issued(world, {DEVICE: 5, WARRANTY: 5})
    ask = {"call_off_id": call_off.pk, "reason": "Nein", "token": uuid4(), "by": world.officer}
    wanted = of(world, call_off, {DEVICE: 2})
    first = cancellations.cancel(quantities=wanted, now=NOW, **ask)
    assert cancellations.cancel(quantities=wanted, now=NOW, **ask) == first
    assert is_open(world, call_off, DEVICE) == 3
    with pytest.raises(SentBefore):
        cancellations.cancel(quantities=of(world, call_off, {DEVICE: 1}), now=NOW, **ask)


def test_sent_twice_a_receipt_counts_once(world: World) -> None:
    call_off = issued(world, {DEVICE: 5})
    ask = {
        "call_off_id": call_off.pk,
        "received_on": DAY,
        "token": uuid4(),
        "by": world.officer,
        "now": NOW,
    }
    wanted = of(world, call_off, {DEVICE: 2})
    first = goods_receipts.receive(quantities=wanted, **ask)
    assert goods_receipts.receive(quantities=wanted, **ask) == first
    assert is_open(world, call_off, DEVICE) == 3
    with pytest.raises(SentBefore):
        goods_receipts.receive(quantities=of(world, call_off, {DEVICE: 3}), **ask)
