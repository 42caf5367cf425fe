"""From account assignments to finance facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from contracts.parties.models import Membership
from contracts.pricing import Share

from .events import FinanceFact, pseudonym
from .models import Assignment, Requisition, RequisitionLine
from .models.event import EventType


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
        for assignment in line.assignments.all():
            fact = _fact(type_, requisition, line, assignment, approver)
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


def _fact(
    type_: EventType,
    requisition: Requisition,
    line: RequisitionLine,
    assignment: Assignment,
    approver: Membership | None,
) -> FinanceFact:
    award = line.listing.item.award
    budget_line = assignment.budget_line
    return FinanceFact(
        type=type_,
        subject=f"assignment:{assignment.pk}",
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
        quantity=line.quantity,
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
