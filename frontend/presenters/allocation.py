"""Whose turn it is, in words: for the basket, an article, a requisition, an agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.agreements.allocation.allotment import Selection
from contracts.agreements.allocation.reading import turns
from contracts.agreements.allocation.turns import Turn
from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.models import AllocationRule, Listing, Lot
from contracts.parties.models import Membership
from frontend.downloads import Cell
from orders.allotting.allotments import in_turn
from orders.allotting.reading import read_order
from orders.models import AllocationStep
from orders.models.allocation import AllocationOutcome

HEAD = ("am", "Los", "Abruf", "Anforderung", "Rang", "Lieferant", "Ergebnis", "Begründung",
        "Zug")  # fmt: skip


def contested(decisions: Iterable[Selection]) -> list[Selection]:
    """The decisions of lots whose rule had something to decide."""
    return [row for row in decisions if row.rule is not AllocationRule.SINGLE]


@dataclass(frozen=True, slots=True)
class Detour:
    """An article that is not in turn: why, and what goes into the basket in its place."""

    decision: Selection
    instead: ListingFacts


def detour(listing: Listing, on: date) -> Detour | None:
    """None when the article itself can be ordered (of `with_contract`)."""
    lot = listing.item.award.lot
    if lot.allocation == AllocationRule.SINGLE:
        return None
    # whose turn it is does not depend on who asks
    facts = read_order([listing.pk], buyer_id=0, on=on)
    instead = in_turn(facts.shelf.listings[listing.pk], facts)
    if instead.pk == listing.pk:
        return None
    return Detour(decision_of(facts.turns[lot.pk]), instead)


def decision_of(turn: Turn) -> Selection:
    """Who would get the next call-off of the lot, before anything is asked for."""
    is_served = any(award.pk not in turn.shut for award in turn.order)
    return Selection(turn.lot, turn.award, tuple(turn.passed), is_served=is_served)


@dataclass(frozen=True, slots=True)
class LotTurn:
    """A lot with its rule, its awards in order and whose turn it is.

    `decision` is None for suppliers: how full the caps of others are is not their business.
    """

    lot: Lot
    turn: Turn
    decision: Selection | None

    @property
    def is_rotation(self) -> bool:
        return self.turn.lot.allocation == AllocationRule.ROTATION

    @property
    def sentence(self) -> str:
        """The decision in words, with the number of the turn that comes next."""
        if self.decision is None:
            return ""
        return self.decision.sentence(self.turn.taken + 1 if self.is_rotation else None)


def lot_turns(lots: Sequence[Lot], on: date, *, with_reasons: bool) -> list[LotTurn]:
    """The lots that have awards, in one query more."""
    found = turns([lot.pk for lot in lots], on)
    return [
        LotTurn(lot, found[lot.pk], decision_of(found[lot.pk]) if with_reasons else None)
        for lot in lots
        if lot.pk in found
    ]


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A recorded step with the reason as the reader may know it.

    Who got a call-off is not told why the others did not.
    """

    step: AllocationStep
    is_supplier: bool

    @property
    def reason(self) -> str:
        if self.is_supplier and self.step.outcome == AllocationOutcome.TAKEN:
            return "an der Reihe"
        return self.step.reason


def shown_steps(steps: Iterable[AllocationStep], by: Membership) -> list[ShownStep]:
    """The steps for a reader, who may be the supplier concerned."""
    return [ShownStep(step, step.award.supplier_id == by.organisation_id) for step in steps]


def step_row(step: AllocationStep, by: Membership) -> tuple[Cell, ...]:
    """A step as a row of the export; a supplier reads no requisition of the buyer."""
    (shown,) = shown_steps([step], by)
    return (
        step.at,
        step.lot.number,
        step.call_off.number if step.call_off is not None else "",
        "" if shown.is_supplier else step.requisition.number,
        step.award.rank,
        step.award.supplier.name,
        step.get_outcome_display(),
        shown.reason,
        step.turn,
    )
