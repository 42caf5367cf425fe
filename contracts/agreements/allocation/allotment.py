"""Walking along the awards of a lot: who takes which lines, and why others do not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.agreements.allocation.turns import Passed, Turn, named
from contracts.agreements.facts.shapes import AwardFacts, ListingFacts, LotFacts
from contracts.agreements.kinds import AllocationRule
from contracts.agreements.prices.ordering import Wanted

_LONGEST = 250
_PART = "/"


@dataclass(frozen=True, slots=True)
class Selection:
    """Who gets lines of a lot, and the awards passed over on the way.

    Not served: every award was passed over; `award` is the first of the order then.
    """

    lot: LotFacts
    award: AwardFacts
    passed: tuple[Passed, ...] = ()
    is_served: bool = True

    @property
    def rule(self) -> AllocationRule:
        return AllocationRule(self.lot.allocation)

    def sentence(self, turn: int | None = None) -> str:
        """The decision as the buyer reads it and the call-off keeps it (250 characters)."""
        if self.rule is AllocationRule.SINGLE:
            return f"{self.rule.label}: {named(self.award)}"
        ways = "; ".join(str(row) for row in self.passed)
        if not self.is_served:
            return _cut(f"{self.rule.label}: niemand kann den Abruf übernehmen: {ways}")
        who = "der Abruf" if turn is None else f"Zug {turn}"
        end = f"{who} geht an {named(self.award)}"
        return _cut(f"{self.rule.label}: {ways}; {end}" if ways else f"{self.rule.label}: {end}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the walk has to respect besides the turn.

    `shut` by award id: passed over altogether; `most` by (award id, line key): the
    largest quantity of a line that fits into the rest of the award's own cap.
    """

    shut: Mapping[int, Passed] = field(default_factory=dict)
    most: Mapping[tuple[int, str], int] = field(default_factory=dict)


def base_key(key: str) -> str:
    """The key of the line that a part was split off."""
    return key.partition(_PART)[0]


def walk(
    turn: Turn,
    wanted: Sequence[Wanted],
    twins: Mapping[tuple[int, int], ListingFacts],
    limits: Limits,
) -> tuple[list[Wanted], list[Selection]]:
    """Offer the lines to the awards in order; what one does not take goes on to the next.

    Parts of a split line come with a key of their own (`base_key` leads back). What
    nobody takes stays as it was asked, under a decision that is not served.
    """
    rest, pieces = list(wanted), []
    passed: list[Passed] = []
    decisions: list[Selection] = []
    for award in turn.order:
        if not rest:
            break
        if award.pk in limits.shut:
            passed.append(limits.shut[award.pk])
            continue
        taken, left = _serve(award, rest, twins, limits)
        if taken:
            decisions.append(Selection(turn.lot, award, tuple(passed)))
        if left:
            passed.append(_rest_reason(award, left, twins, taken))
        pieces += taken
        rest = left
    if rest:
        decisions.append(Selection(turn.lot, turn.order[0], tuple(passed), is_served=False))
    return _keyed([*pieces, *rest], wanted), decisions


def _serve(
    award: AwardFacts,
    asked: Sequence[Wanted],
    twins: Mapping[tuple[int, int], ListingFacts],
    limits: Limits,
) -> tuple[list[Wanted], list[Wanted]]:
    taken, left = [], []
    for ask in asked:
        twin = twins.get((ask.listing_id, award.pk))
        most = limits.most.get((award.pk, ask.key), ask.quantity)
        share = min(ask.quantity, most) if twin is not None else 0
        if twin is not None and share:
            taken.append(replace(ask, listing_id=twin.pk, quantity=share))
        if share < ask.quantity:
            left.append(replace(ask, quantity=ask.quantity - share))
    return taken, left


def _rest_reason(
    award: AwardFacts,
    left: Sequence[Wanted],
    twins: Mapping[tuple[int, int], ListingFacts],
    taken: Sequence[Wanted],
) -> Passed:
    if any((ask.listing_id, award.pk) in twins for ask in left):
        return Passed(award, "hat für die übrige Menge keinen Höchstwert mehr", exhausted=True)
    if taken:
        return Passed(award, "bietet nicht alle Positionen an")
    return Passed(award, "bietet keine gleichwertige Position an")


def _keyed(pieces: Sequence[Wanted], wanted: Sequence[Wanted]) -> list[Wanted]:
    """In the order asked; the second and further parts of a line get keys of their own."""
    places = {want.key: place for place, want in enumerate(wanted)}
    seen: Counter[str] = Counter()
    found = []
    for piece in sorted(pieces, key=lambda row: places[row.key]):
        seen[piece.key] += 1
        number = seen[piece.key]
        key = piece.key if number == 1 else f"{piece.key}{_PART}{number}"
        found.append(replace(piece, key=key))
    return found


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
