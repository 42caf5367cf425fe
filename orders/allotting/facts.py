"""Everything that is known before an order is judged, as frozen facts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.agreements.allocation.turns import Passed, Turn
from contracts.agreements.facts.shapes import ListingFacts, Position, Shelf
from contracts.agreements.gates.judging import GateRule


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the contracts and the record say to an order of one buyer on one day.

    `turns` are those of lots whose rule has something to decide, `twins` what each of their
    awards offers instead. `called_off` are pieces the buyer has called off before of
    positions that hang on each other; `surcharges` by award (listing id, name). `barred` by
    award: refusals on record. `own` in EUR or pieces per account: what the asker holds.
    """

    shelf: Shelf
    turns: Mapping[int, Turn] = field(default_factory=dict)
    twins: Mapping[tuple[int, int], ListingFacts] = field(default_factory=dict)
    rules: tuple[GateRule, ...] = ()
    called_off: Mapping[Position, int] = field(default_factory=dict)
    surcharges: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    barred: Mapping[int, Passed] = field(default_factory=dict)
    own: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def buyer_id(self) -> int:
        return self.shelf.buyer_id

    @property
    def on(self) -> date:
        return self.shelf.on

    @property
    def is_tied(self) -> bool:
        """Whether anything hangs on a device."""
        return bool(self.shelf.ties)
