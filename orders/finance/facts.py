"""From account assignments to finance facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from contracts.agreements.models import Award
from contracts.parties.models import Membership
from contracts.pricing import Share, carried_pieces
from orders.binding import holds
from orders.finance.events import FinanceFact, pseudonym
from orders.models import Assignment, CallOff, CallOffAssignment, Requisition, RequisitionLine
from orders.models.event import EventType


def facts(
    type_: EventType,
    requisition: Requisition,
    lines: Iterable[RequisitionLine],
    *,
    approver: Membership | None = None,
    orders: Mapping[int, tuple[str, int]] | None = None,
    amounts: Mapping[int, Share] | None = None,
) -> list[FinanceFact]:
    """One fact per assignment of the lines.

    Once issued, `orders` gives (call-off number, line number) per requisition line
    and `amounts` what is issued per assignment.
    """
    found = []
    for line in lines:
        order_no, line_no = (orders or {}).get(line.pk, ("", line.line_no))
        award = line.listing.item.award
        for assignment in line.assignments.all():
            fact = _fact(type_, requisition, line, assignment, award, approver)
            share = (amounts or {}).get(assignment.pk)
            if share is not None:
                fact = replace(fact, net=share.net, tax=share.tax, gross=share.gross)
            found.append(replace(fact, order_no=order_no, line_no=line_no))
    return found


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
class Part:
    """Pieces of a call-off line, and the value of those that an account assignment carries."""

    assignment: CallOffAssignment
    quantity: int
    share: Share


def call_off_facts(
    type_: EventType,
    call_off: CallOff,
    parts: Iterable[Part],
    *,
    mark: str = "",
    reverses: EventType | None = None,
    delivery_date: date | None = None,
) -> list[FinanceFact]:
    """One fact per part of an issued call-off.

    `mark` tells several facts of a type about one assignment apart. `reverses` names the
    type of the event taken back: quantity and amounts are negative then.
    """
    suffix = holds.follow_up(call_off)
    found = []
    for part in parts:
        line = part.assignment.line
        subject = holds.assignment_reference(part.assignment.assignment_id, suffix)
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
    line: RequisitionLine,
    assignment: Assignment,
    award: Award,
    approver: Membership | None,
) -> FinanceFact:
    budget_line = assignment.budget_line
    return FinanceFact(
        type=type_,
        subject=holds.assignment_reference(assignment.pk),
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
