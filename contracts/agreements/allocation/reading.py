"""Reading and taking turns: the awards of lots, their counters, what they offer instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from contracts.agreements.facts.reading import read_awards
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.models import Lot, RotationCounter

from .turns import Turn, turn_of

_NOTHING: Mapping[int, Decimal] = {}


def turns(
    lot_ids: Iterable[int], on: date, *, own: Mapping[int, Decimal] = _NOTHING
) -> dict[int, Turn]:
    """The turn of each lot that has awards, in one query for all; `own` as in `turn_of`."""
    return {
        lot_id: turn_of(awards, taken=taken, last_award_id=last, on=on, own=own)
        for lot_id, (awards, taken, last) in read_awards(set(lot_ids)).items()
    }


def hidden_award_ids(lot_ids: Iterable[int], on: date) -> list[int]:
    """Awards of these lots whose articles the shelf leaves out: it is not their turn.

    At most two queries, and none for the awards where every lot has a single one.
    """
    contestable = Lot.objects.filter(pk__in=list(lot_ids)).exclude(allocation=AllocationRule.SINGLE)
    return [
        award.pk
        for turn in turns(contestable.values_list("pk", flat=True), on).values()
        for award in turn.order
        if award != turn.award
    ]


def lock_counters(lot_ids: Collection[int]) -> dict[int, RotationCounter]:
    """Lock the counters of these rotation lots in order; called before any limit account.

    A counter is created with the first turn.
    """
    wanted = sorted(set(lot_ids))
    if not wanted:
        return {}
    known = RotationCounter.objects.filter(lot_id__in=wanted).values_list("lot_id", flat=True)
    if missing := sorted(set(wanted) - set(known)):
        RotationCounter.objects.bulk_create(
            [RotationCounter(lot_id=pk) for pk in missing], ignore_conflicts=True
        )
    rows = RotationCounter.objects.filter(lot_id__in=wanted).order_by("lot_id")
    return {row.lot_id: row for row in rows.select_for_update(no_key=True)}


def take_turn(counter: RotationCounter, award_id: int) -> int:
    """Give the next turn of a locked counter to the award; return its number."""
    counter.taken += 1
    counter.last_award_id = award_id
    counter.save(update_fields=["taken", "last_award"])
    return counter.taken
