"""One function asks what stands between an order and its next step, at every moment. Pure.

What is asked at which moment is the table's to say (`moments`). Every refusal names the
article, the reason and the evidence (docs/moments.md, docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.errors import Blocked, NotEntitled
from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.gates.judging import GateRule, before, blocks, cosigns
from contracts.agreements.prices.ordering import PricedOrder, Wanted
from contracts.pricing import euros
from orders.errors import BelowMinimum, BudgetNotUsable, DeviceMissing, LotFull, PriceRisen

from .allotments import Allotment, allot
from .facts import OrderFacts
from .line_rules import MinimumGap, Unmet, minimum_gaps, positions, unmet_ties
from .moments import HELD, MAY_SPLIT, Moment, Rule, decides


@dataclass(frozen=True, slots=True)
class PaidFrom:
    """A budget line that a line of the order is assigned to."""

    line_no: int
    title: str
    fiscal_year: int
    usable_until: date


@dataclass(frozen=True, slots=True)
class Answer:
    """Who gets which lines at which price, and what is to be said about it.

    `cosigning` are gates that ask for one more signature. `unmet` and `gaps` are empty
    where they would have refused.
    """

    allotment: Allotment
    cosigning: tuple[GateRule, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    gaps: tuple[MinimumGap, ...] = ()

    @property
    def order(self) -> PricedOrder:
        return self.allotment.order


def ask(
    moment: Moment,
    wanted: Sequence[Wanted],
    facts: OrderFacts,
    *,
    paid_from: Iterable[PaidFrom] = (),
    approved: Decimal | None = None,
) -> Answer:
    """Judge an order at a moment; the order of the refusals is that of the questions.

    `approved` is the total (EUR gross) that was agreed to. Raises NotEntitled, Blocked,
    LotFull, NoPrice, NoVatRule, NobodyInTurn, PriceRisen, DeviceMissing, BelowMinimum,
    BudgetNotUsable or a PricingError.
    """
    held = moment in HELD
    try:
        allotted = allot(wanted, facts, may_split=moment in MAY_SPLIT, held=held)
    except NotEntitled as refused:
        raise _explained(refused, wanted, facts) from None
    if decides(Rule.TURN, moment):
        allotted.require_served()
    if decides(Rule.PRICE, moment):
        _require_price(allotted.order, approved)
    rules = _rules_before(allotted, facts)
    if decides(Rule.GATES, moment):
        _require_open(rules)
    unmet = tuple(unmet_ties(positions(allotted.order), facts.called_off, facts.shelf.ties))
    if unmet and decides(Rule.TIES, moment):
        raise DeviceMissing([found.sentence for found in unmet])
    gaps = tuple(minimum_gaps(allotted.order, facts.surcharges))
    if gaps and decides(Rule.MINIMUM, moment):
        raise BelowMinimum([gap.sentence for gap in gaps])
    if decides(Rule.USABLE, moment):
        require_usable(paid_from, facts.on)
    cosigning = tuple(rule for _, rows in rules for rule in cosigns(rows))
    return Answer(allotted, cosigning, unmet, gaps)


def require_usable(paid_from: Iterable[PaidFrom], on: date) -> None:
    """Raise BudgetNotUsable, naming the lines whose budget is over on the day (§ 24 KomHKV)."""
    over = [row for row in paid_from if row.usable_until < on]
    if over:
        raise BudgetNotUsable(
            " ".join(
                f"Zeile {row.line_no} („{row.title}“) geht zulasten des Haushalts "
                f"{row.fiscal_year}, der nur bis {row.usable_until:%d.%m.%Y} zu verwenden ist. "
                "Bitte ordnen Sie ihr eine andere Haushaltsposition zu."
                for row in over
            )
        )


def _require_price(order: PricedOrder, approved: Decimal | None) -> None:
    if approved is not None and order.quote.gross > approved:
        raise PriceRisen(
            f"Die Summe ist seit der Anforderung von {euros(approved)} auf "
            f"{euros(order.quote.gross)} brutto gestiegen."
        )


Before = Sequence[tuple[ListingFacts, Sequence[GateRule]]]


def _rules_before(allotted: Allotment, facts: OrderFacts) -> Before:
    listings = {row.offer.listing.pk: row.offer.listing for row in allotted.order.lines}
    return _before(listings.values(), facts)


def _before(listings: Iterable[ListingFacts], facts: OrderFacts) -> Before:
    by_key = {row.pk: row for row in listings}
    found = before(by_key, facts.rules, buyer_id=facts.buyer_id, on=facts.on)
    return [(by_key[pk], rows) for pk, rows in found.items()]


def _require_open(rules: Before) -> None:
    stops = {
        f"„{listing.article.name}“: {rule.sentence}"
        for listing, rows in rules
        for rule in blocks(rows)
    }
    if stops:
        raise Blocked(sorted(stops))


def _explained(
    refused: NotEntitled, wanted: Sequence[Wanted], facts: OrderFacts
) -> NotEntitled | Blocked | LotFull:
    """What left the shelf, with the gate or the full lot behind it."""
    shelf = facts.shelf
    known = [shelf.listings[row.listing_id] for row in wanted if row.listing_id in shelf.listings]
    try:
        _require_open(_before(known, facts))
    except Blocked as blocked:
        return blocked
    full = {full_lot(row) for row in known if shelf.reach[row.pk].is_full}
    return LotFull(sorted(full)) if full else refused


def full_lot(listing: ListingFacts) -> str:
    """The sentence about a lot that stopped because nothing fits its rest."""
    lot = listing.item.award.lot
    return (
        f"„{listing.article.name}“: Los {lot.number} der Vereinbarung {lot.agreement.number} ist "
        "ausgeschöpft; nichts Gelistetes passt mehr in den Rest."
    )
