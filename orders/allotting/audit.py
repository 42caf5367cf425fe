"""Replaying the recorded steps: did every call-off go where the rule says?

Steps are append-only, so what they add up to can be checked at any time: each rotation's
turns are 1, 2, 3 … round the ring, and whoever was passed over has a step with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contracts.agreements.allocation.turns import named, ring_after
from contracts.agreements.models import AllocationRule, Award, Lot, RotationCounter
from contracts.clock import berlin_day
from orders.allotting.reading import GIVEN_BACK
from orders.models import AllocationStep, CallOff
from orders.models.allocation import AllocationOutcome


@dataclass(slots=True)
class _Replay:
    """What the steps of one lot have led to so far."""

    lot: Lot
    awards: Sequence[Award]
    taken: int = 0
    last_award_id: int | None = None
    given_back: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    passed: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def deviations(lot_id: int | None = None) -> list[str]:
    """Sentences about every step that does not follow from those before; none when clean.

    An award that was entered later counts from its day of award on.
    """
    lots = Lot.objects.select_related("agreement").order_by("pk")
    if lot_id is not None:
        lots = lots.filter(pk=lot_id)
    return [sentence for lot in lots for sentence in _of_lot(lot)]


def _of_lot(lot: Lot) -> list[str]:
    awards = list(lot.awards.select_related("supplier").order_by("rank"))
    replay = _Replay(lot, awards)
    found: list[str] = []
    rows = AllocationStep.objects.filter(lot=lot).select_related("award__supplier", "call_off")
    for step in rows.order_by("pk").iterator():
        found += _apply(replay, step)
    missing = CallOff.objects.filter(lot=lot).exclude(
        allocation_steps__outcome=AllocationOutcome.TAKEN
    )
    found += [f"{row.number}: kein Vergabeschritt." for row in missing.order_by("pk")]
    return [*found, *_counter(replay)]


def _apply(replay: _Replay, step: AllocationStep) -> Iterable[str]:
    if step.outcome in GIVEN_BACK:
        replay.given_back[step.requisition_id].add(step.award_id)
        return []
    call_off_id = step.call_off_id or 0
    if step.outcome != AllocationOutcome.TAKEN:
        replay.passed[call_off_id].add(step.award_id)
        return []
    known = replay.passed[call_off_id] | replay.given_back[step.requisition_id]
    found = _ahead(replay, step, known)
    if replay.lot.allocation == AllocationRule.ROTATION:
        if step.turn != replay.taken + 1:
            found.append(f"{step.call_off}: Zug {step.turn} folgt auf Zug {replay.taken}.")
        replay.taken, replay.last_award_id = step.turn or replay.taken, step.award_id
    return found


def _ahead(replay: _Replay, step: AllocationStep, known: set[int]) -> list[str]:
    """Awards that were to be asked before the one that got the call-off, and were not."""
    order: Sequence[Award] = replay.awards
    if step.rule == AllocationRule.ROTATION:
        order = ring_after(replay.awards, replay.last_award_id)
    found = []
    for award in order:
        if award.pk == step.award_id:
            break
        if award.pk not in known and award.awarded_on <= berlin_day(step.at):
            found.append(f"{step.call_off}: {named(award)} wurde ohne Grund übergangen.")
    return found


def _counter(replay: _Replay) -> list[str]:
    counter = RotationCounter.objects.filter(lot=replay.lot).first()
    stands = (counter.taken, counter.last_award_id) if counter is not None else (0, None)
    if stands == (replay.taken, replay.last_award_id):
        return []
    return [f"{replay.lot}: Der Zähler steht auf {stands[0]}, die Schritte auf {replay.taken}."]
