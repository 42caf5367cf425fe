"""Granting less than was asked: a line refused, a quantity lowered.

A cut is a revision of its own, on the approving side, and it is quoted again: less can cost
more (a tier lost). A higher total goes back to whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.prices.quotes import PricedOrder, Wanted
from contracts.parties.models import Membership
from contracts.pricing import euros
from orders.allotting.checks import require_submittable
from orders.call_offs.placement import PriceRisen
from orders.errors import InvalidCut, StaleRevision
from orders.lifecycle import RequisitionState
from orders.models import Decision, DecisionLine, Requisition, RequisitionLine, RevisionKind
from orders.requisitions import ask_of, current_lines, key_of, step_to, wanted_of
from orders.requisitions.exchanges import advise_instead, exchange, price_instead
from orders.requisitions.reading import found


@dataclass(frozen=True, slots=True)
class Grant:
    """How much of a line is granted (0 refuses it), and why not all."""

    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a revision, priced; `refused` by line."""

    order: PricedOrder
    refused: Mapping[RequisitionLine, Grant]


@dataclass(frozen=True, slots=True)
class LostTier:
    """A line whose unit price (net EUR) rises because less of its item is left."""

    line_no: int
    title: str
    before: Decimal
    after: Decimal
    price_unit: int


@dataclass(frozen=True, slots=True)
class CutQuote:
    """What a cut would come to, gross in EUR; dearer than before it goes back instead."""

    before: Decimal
    after: Decimal
    lost_tiers: tuple[LostTier, ...]

    @property
    def freed(self) -> Decimal:
        """The money that is free again at once."""
        return self.before - self.after

    @property
    def is_dearer(self) -> bool:
        """Whether the rest would cost more than the whole."""
        return self.after > self.before


def quote_cut(
    *,
    requisition_id: int,
    revision_no: int,
    grants: Mapping[int, Grant],
    by: Membership,
    now: datetime,
) -> CutQuote | None:
    """What granting *grants* (by line number) would cost; None when they cut nothing.

    Nothing is written and nothing is locked. Raises NotFound, IllegalTransition,
    StaleRevision, InvalidCut, and what `submit` raises when the rest can't be ordered.
    """
    requisition = found(requisition_id, by)
    step_to(requisition, RequisitionState.PARTLY_APPROVED)
    require_read(requisition, revision_no)
    lines = current_lines(requisition)
    refused = _refused(lines, grants)
    if not refused:
        return None
    wanted = _rest(lines, refused)
    order = advise_instead(requisition, lines, wanted, may_split=False, now=now).order
    before, after = lines[0].revision.gross, order.quote.gross
    if after <= before:
        require_submittable(order, buyer_id=requisition.authority_id, now=now)
    return CutQuote(before, after, _lost_tiers(lines, order))


def require_read(requisition: Requisition, revision_no: int) -> None:
    """Raise StaleRevision unless the revision that was read is the current one."""
    if revision_no != requisition.current_revision:
        raise StaleRevision(
            "Die Anforderung wurde inzwischen geändert "
            f"(Fassung {requisition.current_revision}). Bitte prüfen Sie die neue Fassung."
        )


def priced_cut(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    grants: Mapping[int, Grant],
    *,
    now: datetime,
) -> Cut | None:
    """Price what *grants* (by line number) leave of the lines; None when they cut nothing.

    Locks the limits. Raises InvalidCut; PriceRisen when the rest would cost more than the
    whole; what `submit` raises when the rest can't be ordered by itself.
    """
    refused = _refused(lines, grants)
    if not refused:
        return None
    wanted = _rest(lines, refused)
    allotted = price_instead(requisition, lines, wanted, ask_of(lines), may_split=False, now=now)
    before, after = lines[0].revision.gross, allotted.order.quote.gross
    if after > before:
        raise PriceRisen(
            f"Die gekürzte Anforderung kostet {euros(after)} statt {euros(before)} brutto, "
            "weil eine Staffel nicht mehr erreicht wird."
        )
    require_submittable(allotted.order, buyer_id=requisition.authority_id, now=now)
    return Cut(allotted.order, refused)


def carry_out(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    cut: Cut,
    *,
    by: Membership,
    now: datetime,
) -> list[RequisitionLine]:
    """Write the cut revision and free what it does not need; return its lines."""
    return exchange(
        requisition, lines, ask_of(lines), cut.order, kind=RevisionKind.CUT, by=by, now=now
    )


def write_grants(decision: Decision, refused: Mapping[RequisitionLine, Grant]) -> None:
    """Keep what was granted of which line, and why."""
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=decision, line=line, granted=grant.quantity, reason=grant.reason)
        for line, grant in refused.items()
    )


def _refused(
    lines: Sequence[RequisitionLine], grants: Mapping[int, Grant]
) -> dict[RequisitionLine, Grant]:
    by_number = {line.line_no: line for line in lines}
    if unknown := grants.keys() - by_number.keys():
        raise InvalidCut(f"Diese Fassung hat keine Zeile {min(unknown)}.")
    found = {}
    for number, grant in sorted(grants.items()):
        line = by_number[number]
        if grant.quantity == line.quantity:
            continue
        if not 0 <= grant.quantity < line.quantity:
            raise InvalidCut(
                f"Zeile {number} („{line.title}“): Freigeben lassen sich 0 bis {line.quantity}, "
                f"nicht {grant.quantity}."
            )
        reason = grant.reason.strip()
        if not reason:
            raise InvalidCut(
                f"Zeile {number} („{line.title}“): Bitte begründen Sie, warum Sie kürzen."
            )
        found[line] = Grant(grant.quantity, reason)
    return found


def _rest(
    lines: Sequence[RequisitionLine], refused: Mapping[RequisitionLine, Grant]
) -> list[Wanted]:
    left = {key_of(line): grant.quantity for line, grant in refused.items()}
    wanted = [
        Wanted(row.key, row.listing_id, left.get(row.key, row.quantity))
        for row in wanted_of(lines)
        if left.get(row.key, row.quantity) > 0
    ]
    if not wanted:
        raise InvalidCut(
            "So bliebe keine Zeile übrig. Lehnen Sie die Anforderung ab, statt alles zu kürzen."
        )
    return wanted


def _lost_tiers(lines: Sequence[RequisitionLine], order: PricedOrder) -> tuple[LostTier, ...]:
    left = {priced.key: priced for priced in order.lines}
    return tuple(
        LostTier(line.line_no, line.title, line.net_unit_price, price, line.price_unit)
        for line in lines
        if (priced := left.get(key_of(line))) is not None
        and (price := priced.tier.net_unit_price) > line.net_unit_price
    )
