"""Bad returns, for the table in docs/bad-input.md: sent twice, tied, below the minimum."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

from contracts.agreements.models import AwardTerms, ItemRelation, PriceBasis, RelationKind
from contracts.agreements.writing.setup import ItemSpec, TierRow
from orders.call_offs import cancellations, goods_receipts
from orders.models import CallOff
from tests.integration.test_stops import list_item
from tests.world import DAY, NOW, World

Act = Callable[[World], Callable[[], object]]


def _issued(world: World, quantities: dict[int, int]) -> CallOff:
    requisition = world.approve(world.submitted(quantities))
    return requisition.call_offs.get(supplier=world.suppliers[0])


def _cancel(world: World, call_off: CallOff, quantity: int) -> Callable[[], object]:
    line = call_off.lines.get(item=world.items[0])
    return lambda: cancellations.cancel(
        call_off_id=call_off.pk,
        quantities={line.pk: quantity},
        reason="Bedarf entfallen",
        token=uuid4(),
        by=world.officer,
        now=NOW,
    )


def _sent_before(world: World) -> Callable[[], object]:
    call_off, token = _issued(world, {0: 5}), uuid4()
    line = call_off.lines.get()

    def receive(quantity: int) -> object:
        return goods_receipts.receive(
            call_off_id=call_off.pk,
            quantities={line.pk: quantity},
            received_on=DAY,
            token=token,
            by=world.officer,
            now=NOW,
        )

    receive(2)
    return lambda: receive(3)


def _warranty_elsewhere(world: World) -> Callable[[], object]:
    spec = ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED)
    item = list_item(world, spec, [TierRow(1, Decimal("30.0000"))])
    ItemRelation.objects.create(item=item, to_item=world.items[0], kind=RelationKind.REQUIRES)
    world.listings.append(item.listings.get())
    devices = _issued(world, {0: 1})
    _issued(world, {2: 1})
    return _cancel(world, devices, 1)


def _rest_too_small(world: World) -> Callable[[], object]:
    AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(1000))
    return _cancel(world, _issued(world, {0: 3}), 2)


RETURNS: dict[str, Act] = {
    "receipt sent again with other quantities": _sent_before,
    "device cancelled whose warranty stays": _warranty_elsewhere,
    "part cancelled so that the rest is too small": _rest_too_small,
}
