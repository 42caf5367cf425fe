"""What hangs on what: accessories on devices, warranty and licences on what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.agreements.models import RelationKind
from contracts.agreements.writing.relations import Tie, relate
from contracts.parties.models import Membership

from .agreements import Shelf
from .plans import SCHOOL_IT_NUMBER

_TIES = (
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


def relate_items(shelves: Sequence[Shelf], *, by: Membership, now: datetime) -> None:
    """Accessories to devices; warranty and licences only together with a device."""
    items = {
        shelf.item.number: shelf.item.pk
        for shelf in shelves
        if shelf.item.award.lot.agreement.number == SCHOOL_IT_NUMBER and shelf.item.award.rank == 1
    }
    for number, to_number, kind in _TIES:
        relate(Tie(items[number], items[to_number], kind), by=by, now=now)
