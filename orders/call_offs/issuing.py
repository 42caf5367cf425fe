"""Writing issued call-offs: Oscar's documents, our rows, the steps of the allocation.

Nothing is locked, held or posted here: `call_offs.placement` and `call_offs.cascade` do that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.agreements.allocation.allotment import Selection
from contracts.agreements.facts.shapes import AwardFacts, TermsFacts
from contracts.agreements.prices.ordering import PricedLine
from contracts.bulk import insert
from contracts.clock import berlin_day, working_days_after
from contracts.parties.models import Membership
from contracts.pricing import NetTax, QuotedLine, round_half_up, split
from orders.facts import AssignmentFacts, LineFacts
from orders.finance import facts as finance
from orders.models import (
    AllocationStep,
    CallOff,
    CallOffAssignment,
    CallOffLine,
    Requisition,
)
from orders.models.allocation import AllocationOutcome
from orders.numbers import call_off_numbers
from orders.oscar_adapter import Document, DocumentLine, create_orders

from .service_terms import service_term

_HUNDRED = Decimal(100)
_PROGRESS = (
    "INSERT INTO orders_callofflineprogress (line_id, ordered, delivered, cancelled)"
    " SELECT id, quantity, 0, 0 FROM written"
)


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A requisition line with the amounts it is issued at, cut over its assignments.

    The listing priced may be another supplier's than the one held at submit.
    """

    line: LineFacts
    priced: PricedLine
    parts: tuple[tuple[AssignmentFacts, NetTax], ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """What becomes one call-off: its lines and how the rule came to its supplier.

    `turn` is the number taken in a rotation; `follows` the call-off that the rank
    before did not take.
    """

    lines: tuple[IssueLine, ...]
    decision: Selection
    turn: int | None = None
    follows: CallOff | None = None

    @property
    def net(self) -> Decimal:
        return sum((row.priced.net for row in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((row.priced.tax for row in self.lines), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return sum((row.priced.gross for row in self.lines), Decimal(0))

    @property
    def terms(self) -> TermsFacts:
        return self.lines[0].priced.offer.terms

    @property
    def award(self) -> AwardFacts:
        return self.lines[0].priced.offer.listing.item.award

    def delivery_by(self, day: date) -> date:
        """The last day of delivery of what is issued on the day: that of the slowest line."""
        days = max(row.priced.offer.delivery_days for row in self.lines)
        return working_days_after(day, days)


@dataclass(frozen=True, slots=True)
class Issued:
    """A call-off that was written, and what each account assignment carries of it."""

    call_off: CallOff
    issue: Issue
    parts: tuple[finance.Issued, ...]


def issue_line(line: LineFacts, priced: PricedLine) -> IssueLine:
    """Cut the priced line over the assignments of the requisition line."""
    shares = split(
        QuotedLine(priced.key, priced.net, priced.tax),
        [row.share_percent for row in line.assignments],
    )
    return IssueLine(line, priced, tuple(zip(line.assignments, shares, strict=True)))


def bound(row: AssignmentFacts, share: NetTax) -> Decimal:
    """What the budget carries: gross less the deductible part of the tax."""
    return share.gross - round_half_up(share.tax * row.deductible_percent / _HUNDRED)


def write(
    requisition: Requisition,
    issues: Sequence[Issue],
    needed_by: date | None,
    *,
    by: Membership,
    now: datetime,
) -> list[Issued]:
    """Write the call-offs of a requisition, in the order given; a statement per table."""
    numbers = call_off_numbers(len(issues), now)
    documents = create_orders(
        [
            _document(number, requisition, issue)
            for number, issue in zip(numbers, issues, strict=True)
        ],
        now=now,
    )
    call_offs = insert(
        _call_off(number, order_id, requisition, issue, by, now)
        for number, (order_id, _), issue in zip(numbers, documents, issues, strict=True)
    )
    lines = insert(
        (
            line
            for call_off, (_, order_lines), issue in zip(call_offs, documents, issues, strict=True)
            for line in _lines(call_off, order_lines, issue, needed_by)
        ),
        also=_PROGRESS,
    )
    issue_lines = [line for issue in issues for line in issue.lines]
    insert(
        _assignment(line, row, share)
        for line, issue in zip(lines, issue_lines, strict=True)
        for row, share in issue.parts
    )
    insert(
        step
        for call_off, issue in zip(call_offs, issues, strict=True)
        for step in _steps(call_off, issue, by, now)
    )
    rows = iter(lines)
    return [
        Issued(call_off, issue, tuple(_parts(issue, rows)))
        for call_off, issue in zip(call_offs, issues, strict=True)
    ]


def _parts(issue: Issue, rows: Iterator[CallOffLine]) -> Iterator[finance.Issued]:
    for issue_line_ in issue.lines:
        row = next(rows)
        for assignment, share in issue_line_.parts:
            yield finance.Issued(
                issue_line_.line,
                assignment,
                row.line_no,
                row.title,
                row.quantity,
                row.tax_category,
                row.tax_rate,
                share,
            )


def _call_off(
    number: str,
    order_id: int,
    requisition: Requisition,
    issue: Issue,
    by: Membership,
    now: datetime,
) -> CallOff:
    award = issue.award
    day = berlin_day(now)
    return CallOff(
        number=number,
        order_id=order_id,
        requisition=requisition,
        authority=requisition.authority,
        school_id=requisition.school_id,
        supplier_id=award.supplier_id,
        lot_id=award.lot_id,
        award_id=award.pk,
        terms_id=issue.terms.pk,
        allocation_note=issue.decision.sentence(issue.turn),
        follows=issue.follows,
        confirm_by=working_days_after(day, issue.terms.confirmation_days),
        issued_by=by,
        issued_at=now,
        updated_at=now,
        delivery_by=issue.delivery_by(day),
        net=issue.net,
        tax=issue.tax,
        gross=issue.gross,
    )


def _lines(
    call_off: CallOff, order_lines: Sequence[int], issue: Issue, needed_by: date | None
) -> list[CallOffLine]:
    delivery_by = issue.delivery_by(berlin_day(call_off.issued_at))
    return [
        _line(call_off, number, order_line_id, row, delivery_by, needed_by)
        for number, (order_line_id, row) in enumerate(
            zip(order_lines, issue.lines, strict=True), start=1
        )
    ]


def _line(
    call_off: CallOff,
    number: int,
    order_line_id: int,
    issue: IssueLine,
    delivery_by: date,
    needed_by: date | None,
) -> CallOffLine:
    offer, line = issue.priced.offer, issue.line
    item = offer.listing.item
    is_same = offer.listing.pk == line.listing_id
    periods = line.periods if is_same else item.periods
    term = service_term(item, periods, delivery_by=delivery_by, needed_by=needed_by)
    return CallOffLine(
        call_off=call_off,
        order_line_id=order_line_id,
        requisition_line_id=line.pk,
        line_no=number,
        listing_id=offer.listing.pk,
        item_id=item.pk,
        price_version_id=offer.price_version_id,
        list_price_id=offer.list_price_id,
        title=line.title if is_same else offer.listing.article.name,
        supplier_aid=offer.listing.article.supplier_aid,
        quantity=issue.priced.quantity,
        unit=line.unit if is_same else item.unit,
        net_unit_price=issue.priced.tier.net_unit_price,
        price_unit=offer.price_unit,
        periods=periods,
        service_from=term.first if term is not None else None,
        service_to=term.last if term is not None else None,
        tier_base=issue.priced.tier_base,
        tax_category=issue.priced.vat.category.value,
        tax_rate=issue.priced.vat.rate,
        net=issue.priced.net,
        tax=issue.priced.tax,
        gross=issue.priced.gross,
    )


def _assignment(line: CallOffLine, row: AssignmentFacts, share: NetTax) -> CallOffAssignment:
    return CallOffAssignment(
        line_id=line.pk,
        assignment_id=row.pk,
        number=row.number,
        budget_entity_id=row.budget_entity_id,
        budget_line_id=row.budget_line.pk,
        net=share.net,
        tax=share.tax,
        gross=share.gross,
        bound=bound(row, share),
    )


def _steps(call_off: CallOff, issue: Issue, by: Membership, now: datetime) -> list[AllocationStep]:
    """Each award passed over with its reason, then the one that got the call-off."""
    common: Mapping[str, object] = {
        "requisition": call_off.requisition,
        "call_off": call_off,
        "lot_id": call_off.lot_id,
        "rule": issue.decision.rule,
        "by": by,
        "at": now,
    }
    steps = [
        AllocationStep(
            award_id=row.award.pk,
            outcome=AllocationOutcome.EXHAUSTED if row.exhausted else AllocationOutcome.SKIPPED,
            reason=row.reason,
            **common,
        )
        for row in issue.decision.passed
    ]
    steps.append(
        AllocationStep(
            award_id=call_off.award_id,
            outcome=AllocationOutcome.TAKEN,
            reason=call_off.allocation_note,
            turn=issue.turn,
            **common,
        )
    )
    return steps


def _document(number: str, requisition: Requisition, issue: Issue) -> Document:
    return Document(
        number=number,
        user_id=requisition.created_by.user_id,
        net=issue.net,
        gross=issue.gross,
        lines=[_document_line(row) for row in issue.lines],
    )


def _document_line(issue: IssueLine) -> DocumentLine:
    priced = issue.priced
    unit_net = priced.tier.net_unit_price / priced.offer.price_unit
    return DocumentLine(
        listing=priced.offer.listing,
        quantity=priced.quantity,
        net=priced.net,
        gross=priced.gross,
        unit_net=round_half_up(unit_net),
        unit_gross=round_half_up(unit_net * (_HUNDRED + priced.vat.rate) / _HUNDRED),
        tax_code=priced.vat.category.value,
    )
