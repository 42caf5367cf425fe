"""Granting less than was asked: a line refused, a quantity lowered.

A cut is a revision of its own, on the approving side, and it is quoted again: less can cost
more (a tier lost). A higher total goes back to whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.prices.ordering import PricedOrder, Wanted
from contracts.parties.models import Membership
from contracts.pricing import euros
from orders.allotting.asking import PaidFrom
from orders.allotting.asking import ask as judge
from orders.allotting.moments import Moment
from orders.binding.standing import Standing
from orders.errors import InvalidCut, PriceRisen, StaleRevision
from orders.facts import LineFacts, RevisionFacts
from orders.lifecycle import RequisitionState
from orders.models import DecisionLine, Requisition, RevisionKind
from orders.requisitions.acting_on import read_revision, step_to
from orders.requisitions.ask import asked
from orders.requisitions.ending import require_running
from orders.requisitions.exchanges import advise_instead
from orders.requisitions.reading import found
from orders.requisitions.revisions import new_revision
from orders.requisitions.submission import paid_from
from orders.requisitions.writing import NewRevision


@dataclass(frozen=True, slots=True)
class Grant:
    """How much of a line is granted (0 refuses it), and why not all."""

    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a revision, priced and ready to be written; `refused` by line."""

    new: NewRevision
    refused: Mapping[LineFacts, Grant]


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
    RequisitionOver, StaleRevision, InvalidCut, and what `submit` raises when the rest can't be
    ordered.
    """
    requisition = found(requisition_id, by)
    step_to(requisition, RequisitionState.PARTLY_APPROVED)
    require_running(requisition, now)
    require_read(requisition, revision_no)
    revision = read_revision(requisition.pk, requisition.current_revision)
    refused = _refused(revision, grants)
    if not refused:
        return None
    wanted = _rest(revision, refused)
    answer = advise_instead(
        requisition,
        revision,
        wanted,
        moment=Moment.CUT,
        paid_from=_budgets_of(wanted, revision),
        now=now,
    )
    order = answer.order
    return CutQuote(revision.gross, order.quote.gross, _lost_tiers(revision, order))


def require_read(requisition: Requisition, revision_no: int) -> None:
    """Raise StaleRevision unless the revision that was read is the current one."""
    if revision_no != requisition.current_revision:
        raise StaleRevision(
            "Die Anforderung wurde inzwischen geändert "
            f"(Fassung {requisition.current_revision}). Bitte prüfen Sie die neue Fassung."
        )


def priced_cut(
    requisition: Requisition,
    revision: RevisionFacts,
    grants: Mapping[int, Grant],
    standing: Standing,
    *,
    by: Membership,
    now: datetime,
) -> Cut | None:
    """Price what *grants* (by line number) leave of the revision; None when they cut nothing.

    Raises InvalidCut; PriceRisen when the rest would cost more than the whole, BudgetNotUsable
    when its budget is over; what `submit` raises when the rest can't be ordered by itself.
    """
    refused = _refused(revision, grants)
    if not refused:
        return None
    wanted = _rest(revision, refused)
    budgets = _budgets_of(wanted, revision)
    order = judge(Moment.CUT, wanted, standing.facts, paid_from=budgets).order
    if order.quote.gross > revision.gross:
        raise PriceRisen(
            f"Die gekürzte Anforderung kostet {euros(order.quote.gross)} statt "
            f"{euros(revision.gross)} brutto, weil eine Staffel nicht mehr erreicht wird."
        )
    new = new_revision(
        requisition,
        asked(revision),
        order,
        revision,
        standing.facts.shelf,
        kind=RevisionKind.CUT,
        by=by,
        now=now,
    )
    return Cut(new, refused)


def cuts_of(decision_id: int, refused: Mapping[LineFacts, Grant]) -> list[DecisionLine]:
    """What was granted of which line, and why, not saved."""
    return [
        DecisionLine(
            decision_id=decision_id, line_id=line.pk, granted=grant.quantity, reason=grant.reason
        )
        for line, grant in refused.items()
    ]


def _refused(revision: RevisionFacts, grants: Mapping[int, Grant]) -> dict[LineFacts, Grant]:
    by_number = {line.line_no: line for line in revision.lines}
    if unknown := grants.keys() - by_number.keys():
        raise InvalidCut(f"Diese Fassung hat keine Zeile {min(unknown)}.")
    found_ = {}
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
        found_[line] = Grant(grant.quantity, reason)
    return found_


def _rest(revision: RevisionFacts, refused: Mapping[LineFacts, Grant]) -> list[Wanted]:
    left = {line.key: grant.quantity for line, grant in refused.items()}
    wanted = [
        Wanted(row.key, row.listing_id, left.get(row.key, row.quantity))
        for row in revision.wanted()
        if left.get(row.key, row.quantity) > 0
    ]
    if not wanted:
        raise InvalidCut(
            "So bliebe keine Zeile übrig. Lehnen Sie die Anforderung ab, statt alles zu kürzen."
        )
    return wanted


def _budgets_of(wanted: Iterable[Wanted], revision: RevisionFacts) -> list[PaidFrom]:
    left = {row.key for row in wanted}
    return paid_from([line for line in revision.lines if line.key in left])


def _lost_tiers(revision: RevisionFacts, order: PricedOrder) -> tuple[LostTier, ...]:
    left = {priced.key: priced for priced in order.lines}
    return tuple(
        LostTier(line.line_no, line.title, line.net_unit_price, price, line.price_unit)
        for line in revision.lines
        if (priced := left.get(line.key)) is not None
        and (price := priced.tier.net_unit_price) > line.net_unit_price
    )
