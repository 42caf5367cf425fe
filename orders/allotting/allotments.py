"""The allocation rule at work: every line goes to the award in turn, priced for it.

Basket, requisition and issue all ask `allot`. For whoever does not hold the locks of
the candidates' accounts (`candidates`, `orders.binding.holds.lock_first`) it is advice; at
submit and at issue it is the truth (docs/allocation.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.agreements.allocation.allotment import Decision, Limits, base_key, walk
from contracts.agreements.allocation.turns import Passed, Turn, equivalents, turns
from contracts.agreements.models import AllocationRule, Award, Listing
from contracts.agreements.prices.quotes import (
    PricedLine,
    PricedOrder,
    Wanted,
    price_order,
    with_contract,
)
from contracts.parties.models import Organisation
from contracts.pricing import euros, line_net
from orders.errors import NobodyInTurn
from orders.models import AllocationStep, Requisition, RequisitionLine
from orders.models.allocation import AllocationOutcome

GIVEN_BACK = (AllocationOutcome.REFUSED, AllocationOutcome.TIMED_OUT)
_NOTHING: Mapping[int, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Allotment:
    """A priced order whose lines stand with the suppliers in turn.

    Line keys are those asked for; parts of a split line have keys of their own. One
    decision per future call-off; a lot nobody can serve has one that is not served.
    """

    order: PricedOrder
    decisions: tuple[Decision, ...]

    def for_award(self, award_id: int) -> Decision:
        """The decision that gave lines to the award."""
        return next(row for row in self.decisions if row.is_served and row.award.pk == award_id)

    def require_served(self) -> None:
        """Raise NobodyInTurn when a lot has lines that no supplier can take."""
        if stuck := [f"{row.sentence()}." for row in self.decisions if not row.is_served]:
            raise NobodyInTurn(stuck)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known about the asker: refusals on record, and what it holds already.

    `barred` by award id; `own` in EUR per limit account. `may_split` is off at issue,
    where the lines are final: a line then goes on as a whole. `held` says that the limits
    are held already, so a full lot does not stand in the way.
    """

    barred: Mapping[int, Passed] = field(default_factory=dict)
    own: Mapping[int, Decimal] = field(default_factory=dict)
    may_split: bool = True
    held: bool = False


def allot(
    wanted: Sequence[Wanted],
    *,
    buyer: Organisation,
    on: date,
    known: Iterable[Listing] = (),
    grounds: Grounds | None = None,
) -> Allotment:
    """Send each line to the award in turn and price it there.

    An award whose own cap does not carry the lines is passed over, or takes what fits
    where its terms let quantities be split. Raises what `price_order` raises.
    """
    grounds = grounds or Grounds()
    listings = _listings(wanted, known)
    found = _contested(listings.values(), on, grounds.own)
    twins = equivalents(listings.values(), found)
    listings |= {row.pk: row for row in twins.values()}
    limits = {pk: Limits({**turn.shut, **grounds.barred}) for pk, turn in found.items()}
    while True:
        lines, decisions = _walked(wanted, listings, found, twins, limits)
        order = price_order(lines, buyer=buyer, on=on, known=listings.values(), held=grounds.held)
        narrower = _narrowed(order, decisions, limits, grounds)
        if narrower is None:
            return Allotment(order, (*_uncontested(order, found), *decisions))
        limits |= narrower


def _listings(wanted: Sequence[Wanted], known: Iterable[Listing]) -> dict[int, Listing]:
    listings = {row.pk: row for row in known}
    if missing := {want.listing_id for want in wanted} - listings.keys():
        rows = with_contract(Listing.objects.filter(pk__in=missing))
        listings |= {row.pk: row for row in rows}
    return listings


def _contested(
    listings: Iterable[Listing], on: date, own: Mapping[int, Decimal]
) -> dict[int, Turn]:
    """The turns of those lots that leave something to decide."""
    ids = contestable(listings)
    if not ids:
        return {}
    return {pk: turn for pk, turn in turns(ids, on, own=own).items() if turn.is_contested}


def contestable(listings: Iterable[Listing]) -> set[int]:
    """Keys of the lots whose rule may have to decide."""
    lots = (row.item.award.lot for row in listings)
    return {lot.pk for lot in lots if lot.allocation != AllocationRule.SINGLE}


def _walked(
    wanted: Sequence[Wanted],
    listings: Mapping[int, Listing],
    found: Mapping[int, Turn],
    twins: Mapping[tuple[int, int], Listing],
    limits: Mapping[int, Limits],
) -> tuple[list[Wanted], list[Decision]]:
    """Lines in the order asked for, each lot's along its awards."""
    asked: dict[int, list[Wanted]] = {pk: [] for pk in found}
    lot_of = {
        want.key: listings[want.listing_id].item.award.lot_id
        for want in wanted
        if want.listing_id in listings
    }
    for want in wanted:
        if lot_of.get(want.key) in asked:
            asked[lot_of[want.key]].append(want)
    moved: dict[str, list[Wanted]] = {want.key: [] for want in wanted}
    decisions: list[Decision] = []
    for lot_id, lines in asked.items():
        if not lines:
            continue
        pieces, decided = walk(found[lot_id], lines, twins, limits[lot_id])
        decisions += decided
        for piece in pieces:
            moved[base_key(piece.key)].append(piece)
    return [piece for want in wanted for piece in moved[want.key] or [want]], decisions


def _narrowed(
    order: PricedOrder,
    decisions: Sequence[Decision],
    limits: Mapping[int, Limits],
    grounds: Grounds,
) -> dict[int, Limits] | None:
    """Tighter limits of the first lot whose award cannot carry its lines; else None."""
    by_award = order.by_award()
    for decision in decisions:
        account = decision.award.account
        if account is None or not decision.is_served:
            continue
        lines = by_award[decision.award.pk]
        room = account.available + grounds.own.get(account.pk, Decimal(0))
        if sum((line.net for line in lines), Decimal(0)) > room:
            before = limits[decision.lot.pk]
            return {decision.lot.pk: _tighter(before, decision.award, lines, room, grounds)}
    return None


def _tighter(
    before: Limits, award: Award, lines: Sequence[PricedLine], room: Decimal, grounds: Grounds
) -> Limits:
    full = Passed(award, f"hat von seinem Höchstwert nur noch {euros(room)} frei", exhausted=True)
    shut = Limits({**before.shut, award.pk: full}, before.most)
    if not lines[0].offer.terms.split_over_ranks:
        return shut
    most: dict[tuple[int, str], int] = {}
    for line in lines:
        fits = _fitting(line, room)
        if fits < line.quantity and not grounds.may_split:
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


def _uncontested(order: PricedOrder, found: Mapping[int, Turn]) -> list[Decision]:
    awards = [lines[0].offer.listing.item.award for lines in order.by_award().values()]
    return [Decision(award.lot, award) for award in awards if award.lot_id not in found]


def in_turn(listing: Listing, on: date) -> Listing:
    """What the award in turn offers in place of a listing (of `with_contract`), or itself."""
    found = _contested([listing], on, _NOTHING)
    turn = found.get(listing.item.award.lot_id)
    if turn is None or turn.award.pk == listing.item.award_id:
        return listing
    return equivalents([listing], found).get((listing.pk, turn.award.pk), listing)


def candidates(
    listings: Collection[Listing], on: date, *, rules: Collection[AllocationRule] = ()
) -> list[Listing]:
    """Listings that the rule of a lot might put in place of these.

    None where no locked row decides: the awards have no caps of their own, and the rule is
    not among `rules`, for which the caller is about to choose anew.
    """
    found = {
        pk: turn
        for pk, turn in _contested(listings, on, _NOTHING).items()
        if turn.lot.allocation in rules or any(award.account_id for award in turn.order)
    }
    return list(equivalents(listings, found).values())


def grounds_of(requisition: Requisition, lines: Sequence[RequisitionLine] | None = None) -> Grounds:
    """The refusals on record for the requisition: those awards were asked before it."""
    if lines is not None and not contestable(line.listing for line in lines):
        return Grounds()
    rows = AllocationStep.objects.filter(
        requisition=requisition, outcome__in=GIVEN_BACK
    ).select_related("award__supplier")
    return Grounds({row.award_id: Passed(row.award, row.get_outcome_display()) for row in rows})
