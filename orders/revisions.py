"""Writing an immutable revision: priced lines and their account assignments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from contracts.agreements.allocation.allotment import base_key
from contracts.agreements.prices.quotes import PricedLine, PricedOrder
from contracts.parties.models import Membership
from contracts.pricing import QuotedLine, round_half_up, split

from .errors import InvalidAssignment, OwnRequest
from .models import (
    Assignment,
    BudgetLine,
    Involvement,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
    Side,
)

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """Which budget line carries how many percent of a line."""

    budget_line_id: int
    percent: Decimal = _HUNDRED
    deductible_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: head data, and the shares per line key ('' is the default)."""

    title: str
    justification: str = ""
    needed_by: date | None = None
    shares: Mapping[str, Sequence[Share]] = field(default_factory=dict)

    def shares_of(self, key: str) -> Sequence[Share]:
        """The shares of one line, or of the line that a part was split off.

        Raises InvalidAssignment when there are none.
        """
        shares = self.shares.get(key) or self.shares.get(base_key(key)) or self.shares.get("")
        if not shares:
            raise InvalidAssignment("Bitte jeder Zeile eine Haushaltsposition zuordnen.")
        return shares


def involve(requisition: Requisition, person_id: int, side: Side) -> None:
    """Put a person on a side of the requisition, once and for ever.

    Raises OwnRequest when the person stands on the other side already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_involvement (requisition_id, person_id, side)"
            " VALUES (%s, %s, %s) ON CONFLICT (requisition_id, person_id) DO NOTHING",
            [requisition.pk, person_id, side.value],
        )
        if cursor.rowcount == 1:
            return
    known = Involvement.objects.get(requisition=requisition, person_id=person_id)
    if known.side != side.value:
        raise OwnRequest(
            "Wer angefordert oder bearbeitet hat, kann nicht entscheiden, und umgekehrt."
        )


def write_revision(
    requisition: Requisition, ask: Ask, order: PricedOrder, *, by: Membership, now: datetime
) -> RequisitionRevision:
    """Append the next revision with its lines and assignments; the editor joins the asking side.

    Raises OwnRequest or InvalidAssignment.
    """
    involve(requisition, by.user_id, Side.ASK)
    budget_lines = _budget_lines(order, ask, by)
    requisition.current_revision += 1
    revision = RequisitionRevision.objects.create(
        requisition=requisition,
        number=requisition.current_revision,
        edited_by=by,
        editor_id=by.user_id,
        edited_at=now,
        title=ask.title,
        justification=ask.justification,
        needed_by=ask.needed_by,
        net=order.quote.net,
        tax=order.quote.tax,
        gross=order.quote.gross,
    )
    lines = RequisitionLine.objects.bulk_create(
        [_line(revision, number, priced) for number, priced in enumerate(order.lines, start=1)]
    )
    Assignment.objects.bulk_create(
        assignment
        for line, priced in zip(lines, order.lines, strict=True)
        for assignment in _assignments(line, priced, ask.shares_of(priced.key), budget_lines)
    )
    requisition.save(update_fields=["current_revision"])
    return revision


def _budget_lines(order: PricedOrder, ask: Ask, by: Membership) -> dict[int, BudgetLine]:
    wanted = {share.budget_line_id for line in order.lines for share in ask.shares_of(line.key)}
    rows = {
        row.pk: row
        for row in BudgetLine.objects.filter(
            pk__in=wanted, budget_entity__organisation_id=by.organisation_id
        ).select_related("budget_entity")
    }
    if wanted - rows.keys():
        raise InvalidAssignment("Die Haushaltsposition gehört nicht zu Ihrer Organisation.")
    return rows


def _line(revision: RequisitionRevision, number: int, priced: PricedLine) -> RequisitionLine:
    item = priced.offer.listing.item
    return RequisitionLine(
        revision=revision,
        line_no=number,
        listing=priced.offer.listing,
        item=item,
        price_version_id=priced.offer.price_version_id,
        list_price_id=priced.offer.list_price_id,
        terms=priced.offer.terms,
        title=priced.offer.listing.article.name,
        quantity=priced.quantity,
        unit=item.unit,
        net_unit_price=priced.tier.net_unit_price,
        price_unit=priced.offer.price_unit,
        periods=item.periods,
        tier_base=priced.tier_base,
        tax_category=priced.vat.category.value,
        tax_rate=priced.vat.rate,
        tax_reason=priced.vat.reason,
        net=priced.net,
        tax=priced.tax,
        gross=priced.gross,
    )


def _assignments(
    line: RequisitionLine,
    priced: PricedLine,
    shares: Sequence[Share],
    budget_lines: Mapping[int, BudgetLine],
) -> list[Assignment]:
    parts = split(
        QuotedLine(priced.key, priced.net, priced.tax), [share.percent for share in shares]
    )
    rows = []
    for number, (share, part) in enumerate(zip(shares, parts, strict=True), start=1):
        budget_line = budget_lines[share.budget_line_id]
        deductible = round_half_up(part.tax * share.deductible_percent / _HUNDRED)
        rows.append(
            Assignment(
                line=line,
                number=number,
                payer_id=budget_line.budget_entity.organisation_id,
                budget_entity=budget_line.budget_entity,
                budget_line=budget_line,
                share_percent=share.percent,
                deductible_percent=share.deductible_percent,
                grant_no=budget_line.grant_no,
                net=part.net,
                tax=part.tax,
                gross=part.gross,
                bound=part.gross - deductible,
            )
        )
    return rows
