"""What hangs on what: accessories on devices, warranty and licences on what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.agreements.models import ItemRelation, RelationKind

from .agreements import Shelf
from .plans import SCHOOL_IT_NUMBER


def relate_items(shelves: Sequence[Shelf]) -> None:
    """Accessories to devices; warranty and licences only together with a device."""
    items = {
        shelf.item.number: shelf.item
        for shelf in shelves
        if shelf.item.award.lot.agreement.number == SCHOOL_IT_NUMBER and shelf.item.award.rank == 1
    }
    ties = (
        ("1.2", "1.1", RelationKind.ACCESSORY),
        ("1.3", "1.1", RelationKind.ACCESSORY),
        ("1.4", "1.1", RelationKind.ACCESSORY),
        ("1.9", "1.2", RelationKind.ACCESSORY),
        ("2.3", "2.2", RelationKind.ACCESSORY),
        ("3.2", "3.1", RelationKind.ACCESSORY),
        ("5.1", "1.1", RelationKind.REQUIRES),
        ("5.2", "1.1", RelationKind.REQUIRES),
        ("5.2", "2.1", RelationKind.REQUIRES),
        ("5.2", "2.2", RelationKind.REQUIRES),
        ("5.2", "2.4", RelationKind.REQUIRES),
    )
    ItemRelation.objects.bulk_create(
        ItemRelation(item=items[number], to_item=items[to_number], kind=kind)
        for number, to_number, kind in ties
    )
