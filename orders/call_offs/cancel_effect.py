"""What a buyer's cancellation does to the rest of the order. Pure.

What was asked at submit must not vanish by cancelling: what hangs on a device goes along,
the minimum order stays reached, and a tier that the rest would not reach is shown. The
price stays as issued (docs/giving-back.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.facts.shapes import Position, Tie
from contracts.pricing import Tier, active_tier, euros, line_net

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as issued, and what became of it; `tiers` are empty where the others' orders
    decided the tier.
    """

    key: int
    line_no: int
    title: str
    item_id: int
    position: Position
    kept: int
    open: int
    net_unit_price: Decimal
    price_unit: int
    periods: int
    is_surcharge: bool
    tiers: tuple[Tier, ...] = ()

    def net_of(self, quantity: int, price: Decimal | None = None) -> Decimal:
        """Net (EUR) of so many, at the price as issued or another."""
        if not quantity:
            return _ZERO
        unit = self.net_unit_price if price is None else price
        return line_net(quantity, unit, self.price_unit, self.periods)


@dataclass(frozen=True, slots=True)
class IssuedFacts:
    """A call-off, and over all call-offs of its buyer what is kept of the tied positions."""

    minimum: Decimal
    lines: tuple[LineFacts, ...]
    ties: tuple[Tie, ...] = ()
    kept: Mapping[Position, int] | None = None


@dataclass(frozen=True, slots=True)
class Along:
    """Pieces of a line that can't stay without what is cancelled."""

    line_no: int
    title: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Pieces that hang on what is cancelled and can't go along from this call-off."""

    title: str
    devices: tuple[str, ...]
    quantity: int

    @property
    def sentence(self) -> str:
        """Why not, and what to do."""
        names = " oder ".join(f"„{name}“" for name in self.devices)
        return (
            f"„{self.title}“ hängt an {names}: {self.quantity} Stück blieben ohne Gerät, und "
            "hier ist nichts davon mehr offen. Stornieren Sie zuerst den Abruf, in dem sie noch "
            "offen sind; was geliefert ist, braucht sein Gerät."
        )


@dataclass(frozen=True, slots=True)
class LostTier:
    """The rest would not have reached the tier (EUR net); the price stays all the same."""

    title: str
    rest: int
    price: Decimal
    price_of_rest: Decimal
    price_unit: int
    more: Decimal


@dataclass(frozen=True, slots=True)
class Effect:
    """`quantities` by line with all that goes along; nets (EUR) of what goes and what stays."""

    quantities: Mapping[int, int]
    along: tuple[Along, ...]
    stuck: tuple[Stuck, ...]
    net_back: Decimal
    net_kept: Decimal
    minimum: Decimal
    below_minimum: bool
    lost_tiers: tuple[LostTier, ...]

    @property
    def minimum_sentence(self) -> str:
        """Why a part can't be cancelled, and what to do."""
        return (
            f"Es blieben {euros(self.net_kept)} netto, und der Mindestbestellwert ist "
            f"{euros(self.minimum)}. Stornieren Sie weniger, lassen Sie den Zuschlag für kleine "
            "Bestellungen stehen, oder stornieren Sie alles, was offen ist."
        )

    @property
    def refusals(self) -> list[str]:
        """What speaks against it; nothing when it may be done."""
        minimum = [self.minimum_sentence] if self.below_minimum else []
        return [*(row.sentence for row in self.stuck), *minimum]


def effect_of(issued: IssuedFacts, wanted: Mapping[int, int]) -> Effect:
    """What cancelling *wanted* (open pieces by line key) does."""
    quantities = Counter(wanted)
    stuck = _take_along(issued, quantities)
    _take_surcharge_along(issued.lines, quantities)
    net_kept = _net(issued.lines, quantities)
    return Effect(
        quantities={key: quantity for key, quantity in quantities.items() if quantity},
        along=tuple(
            Along(line.line_no, line.title, quantities[line.key] - wanted.get(line.key, 0))
            for line in issued.lines
            if quantities[line.key] > wanted.get(line.key, 0)
        ),
        stuck=stuck,
        net_back=_net(issued.lines, {}) - net_kept,
        net_kept=net_kept,
        minimum=issued.minimum,
        below_minimum=_falls_below(issued, quantities, net_kept),
        lost_tiers=tuple(_lost_tiers(issued.lines, quantities)),
    )


def _take_along(issued: IssuedFacts, quantities: Counter[int]) -> tuple[Stuck, ...]:
    """Add what hangs on the cancelled devices, and what hangs on that, and so on."""
    by_position: dict[Position, list[Tie]] = defaultdict(list)
    for tie in issued.ties:
        known = by_position[tie.position]
        if all(tie.to_position != other.to_position for other in known):
            known.append(tie)
    before = issued.kept or {}
    missing: dict[Position, int] = {}
    changed = True
    while changed:
        changed = False
        after = _kept_after(issued.lines, before, quantities)
        for position, ties in by_position.items():
            must = _excess(position, ties, after) - _excess(position, ties, before)
            taken = _take(issued.lines, position, must, quantities)
            changed = changed or taken > 0
            missing[position] = max(must - taken, 0)
            if taken:
                after = _kept_after(issued.lines, before, quantities)
    return tuple(
        Stuck(
            by_position[position][0].title,
            tuple(sorted(tie.to_title for tie in by_position[position])),
            quantity,
        )
        for position, quantity in missing.items()
        if quantity
    )


def _excess(position: Position, ties: Iterable[Tie], kept: Mapping[Position, int]) -> int:
    """Pieces of a position that no device carries; also where it was so before."""
    carried = sum(tie.factor * kept.get(tie.to_position, 0) for tie in ties)
    return max(kept.get(position, 0) - carried, 0)


def _kept_after(
    lines: Iterable[LineFacts], before: Mapping[Position, int], quantities: Mapping[int, int]
) -> Mapping[Position, int]:
    after = Counter(before)
    for line in lines:
        after[line.position] -= quantities.get(line.key, 0)
    return after


def _take(
    lines: Iterable[LineFacts], position: Position, must: int, quantities: Counter[int]
) -> int:
    """Cancel up to *must* open pieces of a position more; return how many."""
    taken = 0
    for line in lines:
        if line.position == position and taken < must:
            more = min(line.open - quantities[line.key], must - taken)
            quantities[line.key] += more
            taken += more
    return taken


def _take_surcharge_along(lines: Sequence[LineFacts], quantities: Counter[int]) -> None:
    """The surcharge of an order of which nothing stays does not stay either."""
    if any(line.kept > quantities[line.key] for line in lines if not line.is_surcharge):
        return
    for line in lines:
        if line.is_surcharge:
            quantities[line.key] = line.open


def _net(lines: Iterable[LineFacts], quantities: Mapping[int, int]) -> Decimal:
    return sum((line.net_of(line.kept - quantities.get(line.key, 0)) for line in lines), _ZERO)


def _falls_below(issued: IssuedFacts, quantities: Mapping[int, int], net_kept: Decimal) -> bool:
    """Whether a part goes and the rest is no order any more that would have been accepted.

    Who gives up all that is open may: else nobody could end what will not come.
    """
    if all(quantities.get(line.key, 0) == line.open for line in issued.lines):
        return False
    if net_kept >= issued.minimum or _is_charged(issued.lines, quantities):
        return False
    return _net(issued.lines, {}) >= issued.minimum or _is_charged(issued.lines, {})


def _is_charged(lines: Iterable[LineFacts], quantities: Mapping[int, int]) -> bool:
    return any(line.is_surcharge and line.kept > quantities.get(line.key, 0) for line in lines)


def _lost_tiers(lines: Sequence[LineFacts], quantities: Mapping[int, int]) -> Iterable[LostTier]:
    by_item: dict[int, list[LineFacts]] = defaultdict(list)
    for line in lines:
        by_item[line.item_id].append(line)
    for group in by_item.values():
        first = group[0]
        rest = {line.key: line.kept - quantities.get(line.key, 0) for line in group}
        total = sum(rest.values())
        if not first.tiers or not total or total == sum(line.kept for line in group):
            continue
        price = active_tier(first.tiers, total).net_unit_price
        if price > first.net_unit_price:
            more = sum(
                (
                    line.net_of(rest[line.key], price) - line.net_of(rest[line.key])
                    for line in group
                ),
                _ZERO,
            )
            yield LostTier(first.title, total, first.net_unit_price, price, first.price_unit, more)
