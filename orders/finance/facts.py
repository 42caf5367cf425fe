"""From account assignments to finance facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from contracts.agreements.facts.shapes import AwardFacts, Shelf
from contracts.agreements.models import Award
from contracts.parties.models import Membership
from contracts.pricing import NetTax, carried_pieces
from orders.event_types import EventType
from orders.facts import AssignmentFacts, LineFacts, assignment_reference
from orders.finance.events import FinanceFact, event_id, pseudonym
from orders.models import (
    Assignment,
    CallOff,
    CallOffAssignment,
    FinanceEvent,
    Requisition,
    RequisitionLine,
)


def reservations(
    requisition: Requisition,
    lines: Iterable[LineFacts],
    shelf: Shelf,
    *,
    approver: Membership | None = None,
) -> list[FinanceFact]:
    """The RESERVATION of each assignment of the lines."""
    return [
        _fact(
            EventType.RESERVATION,
            requisition,
            line,
            assignment,
            shelf.listings[line.listing_id].item.award,
            approver,
        )
        for line in lines
        for assignment in line.assignments
    ]


def were_reserved(assignment_ids: Iterable[int]) -> bool:
    """Whether finance has ever heard a RESERVATION of one of the account assignments."""
    told = [event_id(EventType.RESERVATION, assignment_reference(pk)) for pk in assignment_ids]
    return FinanceEvent.objects.filter(event_id__in=told).exists()


def releases(reserved: Iterable[FinanceFact]) -> list[FinanceFact]:
    """The RESERVATION_RELEASE that takes back each RESERVATION, to the cent."""
    return [
        replace(
            fact,
            type=EventType.RESERVATION_RELEASE,
            net=-fact.net,
            tax=-fact.tax,
            gross=-fact.gross,
            quantity=-fact.quantity,
            reverses=(EventType.RESERVATION, fact.subject),
        )
        for fact in reserved
    ]


@dataclass(frozen=True, slots=True)
class Issued:
    """What one account assignment carries of a call-off line as issued."""

    line: LineFacts
    assignment: AssignmentFacts
    line_no: int
    title: str
    quantity: int
    tax_category: str
    tax_rate: Decimal
    share: NetTax


def commitments(
    call_off: CallOff, requisition: Requisition, award: AwardFacts, parts: Iterable[Issued]
) -> list[FinanceFact]:
    """The COMMITMENT of each part of a call-off that is being issued."""
    mark = call_off.number if call_off.follows_id is not None else ""
    return [
        replace(
            _fact(
                EventType.COMMITMENT,
                requisition,
                part.line,
                part.assignment,
                award,
                call_off.issued_by,
            ),
            subject=assignment_reference(part.assignment.pk, mark),
            order_no=call_off.number,
            line_no=part.line_no,
            quantity=carried_pieces(part.quantity, part.assignment.share_percent),
            net=part.share.net,
            tax=part.share.tax,
            gross=part.share.gross,
            tax_category=part.tax_category,
            tax_rate=part.tax_rate,
            text=part.title,
        )
        for part in parts
    ]


@dataclass(frozen=True, slots=True)
class AssignedPart:
    """Pieces of a call-off line, and the value of those that an account assignment carries."""

    assignment: CallOffAssignment
    quantity: int
    share: NetTax


def call_off_facts(
    type_: EventType,
    call_off: CallOff,
    parts: Iterable[AssignedPart],
    *,
    mark: str = "",
    reverses: EventType | None = None,
    delivery_date: date | None = None,
) -> list[FinanceFact]:
    """One fact per part of an issued call-off.

    `mark` tells several facts of a type about one assignment apart. `reverses` names the
    type of the event taken back: quantity and amounts are negative then.
    """
    suffix = call_off.number if call_off.follows_id is not None else ""
    found = []
    for part in parts:
        line = part.assignment.line
        subject = assignment_reference(part.assignment.assignment_id, suffix)
        sign = 1 if reverses is None else -1
        fact = _fact(
            type_,
            call_off.requisition,
            line.requisition_line,
            part.assignment.assignment,
            call_off.award,
            call_off.issued_by,
        )
        found.append(
            replace(
                fact,
                subject=f"{subject}:{mark}" if mark else subject,
                order_no=call_off.number,
                line_no=line.line_no,
                quantity=sign
                * carried_pieces(part.quantity, part.assignment.assignment.share_percent),
                net=sign * part.share.net,
                tax=sign * part.share.tax,
                gross=sign * part.share.gross,
                tax_category=line.tax_category,
                tax_rate=line.tax_rate,
                text=line.title,
                reverses=None if reverses is None else (reverses, subject),
                delivery_date=delivery_date,
            )
        )
    return found


def _fact(
    type_: EventType,
    requisition: Requisition,
    line: LineFacts | RequisitionLine,
    assignment: AssignmentFacts | Assignment,
    award: AwardFacts | Award,
    approver: Membership | None,
) -> FinanceFact:
    budget_line = assignment.budget_line
    return FinanceFact(
        type=type_,
        subject=assignment_reference(assignment.pk),
        budget_entity_id=assignment.budget_entity_id,
        budget_entity_code=assignment.budget_entity.code,
        fiscal_year=budget_line.fiscal_year,
        requisition_no=requisition.number,
        order_no="",
        line_no=line.line_no,
        assignment_no=assignment.number,
        agreement_no=award.lot.agreement.number,
        lot_no=award.lot.number,
        supplier_id=award.supplier.code,
        creditor_no=award.supplier.creditor_no,
        vat_id=award.supplier.vat_id,
        budget_product=budget_line.budget_product,
        gl_account=budget_line.gl_account,
        cost_center=budget_line.cost_center,
        cost_object=budget_line.cost_object,
        measure_no=budget_line.measure_no,
        grant_no=assignment.grant_no,
        quantity=carried_pieces(line.quantity, assignment.share_percent),
        unit=line.unit,
        net=assignment.net,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        tax=assignment.tax,
        gross=assignment.gross,
        leitweg_id=requisition.authority.leitweg_id,
        text=line.title,
        requester=pseudonym(requisition.created_by.user_id),
        approver=pseudonym(approver.user_id) if approver is not None else "",
    )
