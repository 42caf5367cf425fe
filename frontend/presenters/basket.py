"""The basket: one group per future call-off, with its sums, terms and obstacles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts.agreements.allocation.allotment import Selection, base_key
from contracts.agreements.gates.judging import GateRule, blocks
from contracts.agreements.models import Award, AwardTerms
from contracts.agreements.prices.ordering import PricedLine
from contracts.clock import working_days_after
from contracts.ledger.models import LimitAccount, Unit
from contracts.parties.models import Membership
from contracts.pricing import CallOffTotal, VatGroupTotal
from orders.allotting.line_rules import MinimumGap
from orders.basket.baskets import BasketView

from .allocation import contested
from .articles import caps_of


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A priced line with its gates and the caps that would not carry it today.

    `basket_listing_id` is what lies in the basket; the rule of the lot may have put the
    article of another supplier in its place. `is_part` when the quantity was split.
    `notes` are about the devices it hangs on.
    """

    priced: PricedLine
    gates: Sequence[GateRule]
    short_caps: Sequence[LimitAccount]
    is_part: bool
    notes: Sequence[str]

    @property
    def basket_listing_id(self) -> int:
        return int(base_key(self.priced.key))

    @property
    def stops(self) -> Sequence[GateRule]:
        return blocks(self.gates)

    @property
    def hints(self) -> Sequence[GateRule]:
        return [rule for rule in self.gates if rule.effect != "block"]


@dataclass(frozen=True, slots=True)
class BasketGroup:
    """What becomes one call-off: supplier, agreement, lot; `decision` where a rule chose,
    `gap` where the minimum order is missed without the supplier's surcharge.
    """

    award: Award
    terms: AwardTerms
    lines: Sequence[BasketLine]
    total: CallOffTotal
    vat_groups: Sequence[VatGroupTotal]
    delivery_on: date
    decision: Selection | None
    gap: MinimumGap | None


def groups(view: BasketView, *, by: Membership, on: date) -> list[BasketGroup]:
    """The basket's groups in the order their first article was added."""
    caps = caps_of([line.offer.listing for line in view.order.lines], by.organisation_id, on)
    decisions = {row.award.pk: row for row in contested(view.decisions) if row.is_served}
    parts = Counter(base_key(line.key) for line in view.order.lines)
    totals = {total.call_off_key: total for total in view.order.quote.call_offs}
    found = []
    for award_id, lines in view.order.by_award().items():
        key = str(award_id)
        offer = lines[0].offer
        days = max(line.offer.delivery_days for line in lines)
        found.append(
            BasketGroup(
                award=offer.listing.item.award,
                terms=offer.terms,
                lines=[
                    _line(
                        line,
                        view,
                        caps[line.offer.listing.pk],
                        is_part=parts[base_key(line.key)] > 1,
                        notes=view.advice.about(line.offer.listing.item),
                    )
                    for line in lines
                ],
                total=totals[key],
                vat_groups=[row for row in view.order.quote.groups if row.key.call_off_key == key],
                delivery_on=working_days_after(on, days),
                decision=decisions.get(award_id),
                gap=view.advice.gap_of(award_id),
            )
        )
    return found


def _line(
    line: PricedLine,
    view: BasketView,
    caps: Sequence[LimitAccount],
    *,
    is_part: bool,
    notes: Sequence[str],
) -> BasketLine:
    short = [
        cap
        for cap in caps
        if cap.available < (line.quantity if cap.unit == Unit.PIECES else line.net)
    ]
    return BasketLine(line, view.obstacles.get(line.key, []), short, is_part, notes)
