"""The allocation rule at work: every line goes to the award in turn, priced for it. Pure.

For whoever does not hold the locks of the candidates' accounts it is advice; at submit and at
issue it is the truth (docs/allocation.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.allocation.allotment import Limits, Selection, base_key, walk
from contracts.agreements.allocation.turns import Passed, Turn
from contracts.agreements.facts.shapes import AwardFacts, ListingFacts
from contracts.agreements.prices.ordering import PricedLine, PricedOrder, Wanted, price
from contracts.pricing import euros, line_net
from orders.errors import NobodyInTurn

from .facts import OrderFacts


@dataclass(frozen=True, slots=True)
class Allotment:
    """A priced order whose lines stand with the suppliers in turn.

    Line keys are those asked for; parts of a split line have keys of their own. One
    decision per future call-off; a lot nobody can serve has one that is not served.
    """

    order: PricedOrder
    decisions: tuple[Selection, ...]

    def for_award(self, award_id: int) -> Selection:
        """The decision that gave lines to the award."""
        return next(row for row in self.decisions if row.is_served and row.award.pk == award_id)

    def require_served(self) -> None:
        """Raise NobodyInTurn when a lot has lines that no supplier can take."""
        if stuck := [f"{row.sentence()}." for row in self.decisions if not row.is_served]:
            raise NobodyInTurn(stuck)


def allot(wanted: Sequence[Wanted], facts: OrderFacts, *, may_split: bool, held: bool) -> Allotment:
    """Send each line to the award in turn and price it there.

    An award whose own cap does not carry the lines is passed over, or takes what fits
    where its terms let quantities be split (`may_split`; later a line goes on as a whole).
    Raises what `price` raises.
    """
    limits = {pk: Limits({**turn.shut, **facts.barred}) for pk, turn in facts.turns.items()}
    while True:
        lines, decisions = _walked(wanted, facts, limits)
        order = price(lines, facts.shelf, held=held)
        narrower = _narrowed(order, decisions, limits, facts.own, may_split=may_split)
        if narrower is None:
            return Allotment(order, (*_uncontested(order, facts.turns), *decisions))
        limits |= narrower


def _walked(
    wanted: Sequence[Wanted], facts: OrderFacts, limits: Mapping[int, Limits]
) -> tuple[list[Wanted], list[Selection]]:
    """Lines in the order asked for, each lot's along its awards."""
    asked: dict[int, list[Wanted]] = {pk: [] for pk in facts.turns}
    lot_of = {
        want.key: facts.shelf.listings[want.listing_id].item.award.lot_id
        for want in wanted
        if want.listing_id in facts.shelf.listings
    }
    for want in wanted:
        if lot_of.get(want.key) in asked:
            asked[lot_of[want.key]].append(want)
    moved: dict[str, list[Wanted]] = {want.key: [] for want in wanted}
    decisions: list[Selection] = []
    for lot_id, lines in asked.items():
        if not lines:
            continue
        pieces, decided = walk(facts.turns[lot_id], lines, facts.twins, limits[lot_id])
        decisions += decided
        for piece in pieces:
            moved[base_key(piece.key)].append(piece)
    return [piece for want in wanted for piece in moved[want.key] or [want]], decisions


def _narrowed(
    order: PricedOrder,
    decisions: Sequence[Selection],
    limits: Mapping[int, Limits],
    own: Mapping[int, Decimal],
    *,
    may_split: bool,
) -> dict[int, Limits] | None:
    """Tighter limits of the first lot whose award cannot carry its lines; else None."""
    by_award = order.by_award()
    for decision in decisions:
        account = decision.award.account
        if account is None or not decision.is_served:
            continue
        lines = by_award[decision.award.pk]
        room = account.available + own.get(account.pk, Decimal(0))
        if sum((line.net for line in lines), Decimal(0)) > room:
            before = limits[decision.lot.pk]
            return {
                decision.lot.pk: _tighter(before, decision.award, lines, room, may_split=may_split)
            }
    return None


def _tighter(
    before: Limits,
    award: AwardFacts,
    lines: Sequence[PricedLine],
    room: Decimal,
    *,
    may_split: bool,
) -> Limits:
    full = Passed(award, f"hat von seinem Höchstwert nur noch {euros(room)} frei", exhausted=True)
    shut = Limits({**before.shut, award.pk: full}, before.most)
    if not lines[0].offer.terms.split_over_ranks:
        return shut
    most: dict[tuple[int, str], int] = {}
    for line in lines:
        fits = _fitting(line, room)
        if fits < line.quantity and not may_split:
            fits = 0
        most[award.pk, base_key(line.key)] = fits
        room -= _net(line, fits)
    if not any(most.values()):
        return shut
    return Limits(before.shut, {**before.most, **most})


def _fitting(line: PricedLine, room: Decimal) -> int:
    """The largest quantity of the line, at its present price, that *room* (EUR) carries.

    Less quantity may cost more a piece; the next round of pricing sees that.
    """
    if _net(line, line.quantity) <= room:
        return line.quantity
    whole = _net(line, line.quantity)
    fits = int(line.quantity * max(room, Decimal(0)) / whole)
    while fits and _net(line, fits) > room:
        fits -= 1
    return fits


def _net(line: PricedLine, quantity: int) -> Decimal:
    if quantity == 0:
        return Decimal(0)
    price = line.tier.net_unit_price
    return line_net(quantity, price, line.offer.price_unit, line.offer.listing.item.periods)


def _uncontested(order: PricedOrder, turns: Mapping[int, Turn]) -> list[Selection]:
    awards = [lines[0].offer.listing.item.award for lines in order.by_award().values()]
    return [Selection(award.lot, award) for award in awards if award.lot_id not in turns]


def in_turn(listing: ListingFacts, facts: OrderFacts) -> ListingFacts:
    """What the award in turn offers in place of a listing, or the listing itself."""
    turn = facts.turns.get(listing.item.award.lot_id)
    if turn is None or turn.award.pk == listing.item.award_id:
        return listing
    return facts.twins.get((listing.pk, turn.award.pk), listing)
