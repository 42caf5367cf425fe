"""Issue: an approved requisition becomes call-offs, one per supplier and lot.

Runs inside the approver's transaction: prices and gates are checked again, documents
and finance events are written, and last, because those rows are the hot ones, every
hold becomes a post. A lower agreed price on the day of issue applies by itself; a
higher total goes back to the requester.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.errors import Blocked
from contracts.agreements.gates import blocks
from contracts.agreements.quotes import PricedLine, PricedOrder, Wanted, price_order
from contracts.audit.record import record
from contracts.clock import berlin_day, working_days_after
from contracts.parties.models import Membership
from contracts.pricing import QuotedLine, Share, euros, round_half_up, split

from . import events, holds
from .baskets import obstacles
from .errors import OrderError
from .facts import facts, releases
from .lifecycle import RequisitionState, requisition_step
from .models import (
    Assignment,
    CallOff,
    CallOffAssignment,
    CallOffLine,
    CallOffLineProgress,
    Requisition,
    RequisitionLine,
)
from .models.event import EventType
from .notices import announce_call_offs, announce_outcome
from .numbers import call_off_numbers
from .oscar_adapter import Document, DocumentLine, create_orders
from .requisitions import current_lines

_HUNDRED = Decimal(100)


class PriceRisen(OrderError):
    """The total is higher than what was approved; the requester has to look again."""


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A requisition line with the amounts it is issued at, cut over its assignments."""

    line: RequisitionLine
    priced: PricedLine
    parts: tuple[tuple[Assignment, Share], ...]


def place(requisition: Requisition, *, by: Membership, now: datetime) -> list[CallOff]:
    """Issue the call-offs of a locked, fully approved requisition.

    Raises PriceRisen before anything is written, Blocked when a gate has closed,
    NotEntitled when the agreement or the entitlement has ended, LimitExceeded.
    """
    lines = current_lines(requisition)
    holds.lock_cumulative(requisition, lines, now=now)
    groups = _issue_groups(lines, _requote(requisition, lines, by, now))
    requisition.state = requisition_step(requisition.state, RequisitionState.APPROVED)
    requisition.decided_at = now
    requisition.save(update_fields=["state", "decided_at"])
    call_offs = _write(requisition, groups, by, now)
    reserved = facts(EventType.RESERVATION, requisition, lines, approver=by)
    committed = facts(
        EventType.COMMITMENT,
        requisition,
        lines,
        approver=by,
        orders=_order_numbers(call_offs, groups),
        amounts=_shares(groups),
    )
    events.append([*releases(reserved), *committed], now=now)
    announce_call_offs(call_offs, now=now)
    announce_outcome(requisition, "", now=now)
    for call_off in call_offs:
        record(call_off, "call_off.issued", by=by, now=now, after={"number": call_off.number})
    holds.post_all(lines, _euros(groups), by=by, now=now)
    return call_offs


def _requote(
    requisition: Requisition, lines: Sequence[RequisitionLine], by: Membership, now: datetime
) -> PricedOrder:
    wanted = [Wanted(str(line.listing_id), line.listing_id, line.quantity) for line in lines]
    known = [line.listing for line in lines]
    order = price_order(wanted, buyer=requisition.authority, on=berlin_day(now), known=known)
    approved = lines[0].revision.gross
    if order.quote.gross > approved:
        raise PriceRisen(
            f"Die Summe ist seit der Anforderung von {euros(approved)} auf "
            f"{euros(order.quote.gross)} brutto gestiegen."
        )
    found = [rule for rules in obstacles(order.lines, by=by, now=now).values() for rule in rules]
    if stopping := blocks(found):
        raise Blocked(sorted({rule.explanation for rule in stopping}))
    return order


def _issue_groups(lines: Sequence[RequisitionLine], order: PricedOrder) -> list[list[IssueLine]]:
    """Lines per award, in the order met: each group becomes one call-off."""
    groups: dict[int, list[IssueLine]] = {}
    for line, priced in zip(lines, order.lines, strict=True):
        rows = list(line.assignments.all())
        shares = split(
            QuotedLine(priced.key, priced.net, priced.tax), [row.share_percent for row in rows]
        )
        issue = IssueLine(line, priced, tuple(zip(rows, shares, strict=True)))
        groups.setdefault(line.listing.item.award_id, []).append(issue)
    return list(groups.values())


def _write(
    requisition: Requisition, groups: Sequence[Sequence[IssueLine]], by: Membership, now: datetime
) -> list[CallOff]:
    numbers = call_off_numbers(len(groups), now)
    documents = create_orders(
        [
            _document(number, requisition, group)
            for number, group in zip(numbers, groups, strict=True)
        ],
        now=now,
    )
    call_offs = CallOff.objects.bulk_create(
        _call_off(number, order_id, requisition, group, by, now)
        for number, (order_id, _), group in zip(numbers, documents, groups, strict=True)
    )
    lines = CallOffLine.objects.bulk_create(
        _line(call_off, number, order_line_id, issue)
        for call_off, (_, order_lines), group in zip(call_offs, documents, groups, strict=True)
        for number, (order_line_id, issue) in enumerate(
            zip(order_lines, group, strict=True), start=1
        )
    )
    issues = [issue for group in groups for issue in group]
    CallOffLineProgress.objects.bulk_create(
        CallOffLineProgress(line=line, ordered=line.quantity) for line in lines
    )
    CallOffAssignment.objects.bulk_create(
        CallOffAssignment(
            line=line,
            assignment=row,
            number=row.number,
            budget_entity_id=row.budget_entity_id,
            budget_line_id=row.budget_line_id,
            net=share.net,
            tax=share.tax,
            gross=share.gross,
            bound=_bound(row, share),
        )
        for line, issue in zip(lines, issues, strict=True)
        for row, share in issue.parts
    )
    return call_offs


def _call_off(
    number: str,
    order_id: int,
    requisition: Requisition,
    group: Sequence[IssueLine],
    by: Membership,
    now: datetime,
) -> CallOff:
    first = group[0].priced.offer
    award = first.listing.item.award
    days = max(issue.priced.offer.delivery_days for issue in group)
    return CallOff(
        number=number,
        order_id=order_id,
        requisition=requisition,
        authority=requisition.authority,
        school_id=requisition.school_id,
        supplier=award.supplier,
        lot_id=award.lot_id,
        award=award,
        terms=first.terms,
        allocation_note=f"{award.lot.get_allocation_display()}: Rang {award.rank}",
        issued_by=by,
        issued_at=now,
        updated_at=now,
        delivery_by=working_days_after(berlin_day(now), days),
        net=sum((issue.priced.net for issue in group), Decimal(0)),
        tax=sum((issue.priced.tax for issue in group), Decimal(0)),
        gross=sum((issue.priced.gross for issue in group), Decimal(0)),
    )


def _line(call_off: CallOff, number: int, order_line_id: int, issue: IssueLine) -> CallOffLine:
    offer = issue.priced.offer
    return CallOffLine(
        call_off=call_off,
        order_line_id=order_line_id,
        requisition_line=issue.line,
        line_no=number,
        listing=offer.listing,
        item=offer.listing.item,
        price_version_id=offer.price_version_id,
        list_price_id=offer.list_price_id,
        title=issue.line.title,
        supplier_aid=offer.listing.article.supplier_aid,
        quantity=issue.line.quantity,
        unit=issue.line.unit,
        net_unit_price=issue.priced.tier.net_unit_price,
        price_unit=offer.price_unit,
        periods=issue.line.periods,
        tier_base=issue.priced.tier_base,
        tax_category=issue.priced.vat.category.value,
        tax_rate=issue.priced.vat.rate,
        net=issue.priced.net,
        tax=issue.priced.tax,
        gross=issue.priced.gross,
    )


def _document(number: str, requisition: Requisition, group: Sequence[IssueLine]) -> Document:
    return Document(
        number=number,
        user_id=requisition.created_by.user_id,
        net=sum((issue.priced.net for issue in group), Decimal(0)),
        gross=sum((issue.priced.gross for issue in group), Decimal(0)),
        lines=[_document_line(issue) for issue in group],
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


def _order_numbers(
    call_offs: Sequence[CallOff], groups: Sequence[Sequence[IssueLine]]
) -> dict[int, tuple[str, int]]:
    return {
        issue.line.pk: (call_off.number, number)
        for call_off, group in zip(call_offs, groups, strict=True)
        for number, issue in enumerate(group, start=1)
    }


def _shares(groups: Sequence[Sequence[IssueLine]]) -> dict[int, Share]:
    return {row.pk: share for group in groups for issue in group for row, share in issue.parts}


def _euros(groups: Sequence[Sequence[IssueLine]]) -> dict[str, Decimal]:
    """EUR to post per ledger reference: net under the caps, bound amounts in budgets."""
    amounts: dict[str, Decimal] = {}
    for group in groups:
        for issue in group:
            amounts[holds.line_reference(issue.line)] = issue.priced.net
            for row, share in issue.parts:
                amounts[holds.assignment_reference(row.pk)] = _bound(row, share)
    return amounts


def _bound(row: Assignment, share: Share) -> Decimal:
    """What the budget carries: gross less the deductible part of the tax."""
    return share.gross - round_half_up(share.tax * row.deductible_percent / _HUNDRED)
