"""Goods receipts (Wareneingang): what arrived of a call-off, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import NetTax
from contracts.pricing import receive as worth
from contracts.retrying import again
from orders.call_offs.bookings import count, issued_line, known_by, lines_of, wanted_of_open
from orders.call_offs.reading import bought_call_offs, locked_call_off, translated
from orders.consequences import Step
from orders.errors import InvalidReceipt
from orders.event_types import EventType
from orders.finance.events import FinanceFact
from orders.finance.facts import AssignedPart, call_off_facts
from orders.lifecycle import after_delivery
from orders.models import CallOff, CallOffLine, GoodsReceipt, ReceivedLine, ReceivedShare
from orders.plan import Plan

RECEIVING_ROLES = (Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER)

Received = Sequence[tuple[CallOffLine, int, tuple[NetTax, ...]]]


@again
def receive(
    *,
    call_off_id: int,
    quantities: Mapping[int, int] | None,
    received_on: date,
    delivery_note: str = "",
    token: UUID,
    by: Membership,
    now: datetime,
) -> GoodsReceipt:
    """Record what came in: `quantities` by line id, or None for everything that is open.

    A form or call names itself by its `token`: sent again, it gets the receipt of the first
    time and counts nothing. Done by the school that gets the goods or by the procurement of
    its authority. Writes GOODS_RECEIPT events: all of a line together are worth what is
    committed for it. Raises NotFound, NotAllowed, InvalidReceipt (a day before the issue or
    after today), NothingOpen, NothingChosen, MoreThanOpen, which names the line, and
    SentBefore (this token has recorded something else).
    """
    require_role(by, RECEIVING_ROLES, now)
    with translated(), transaction.atomic():
        call_off = locked_call_off(call_off_id, bought_call_offs(by))
        known = known_by(call_off.receipts, token, quantities)
        if known is not None:
            return known
        _require_day(call_off, received_on, now)
        lines = lines_of(call_off)
        wanted = wanted_of_open(call_off, lines, quantities)
        received = [
            (line, wanted[line.pk], worth(issued_line(line), wanted[line.pk]))
            for line in lines
            if line.pk in wanted
        ]
        before = call_off.state
        left = sum(line.progress.open for line in lines) - sum(wanted.values())
        call_off.state = after_delivery(call_off.state, left=left)
        call_off.updated_at = now
        call_off.save(update_fields=["state", "updated_at"])
        count(wanted, "delivered")
        receipt = _write(call_off, received, received_on, delivery_note, token, by, now)
        plan = Plan(by, now)
        plan.follow(
            Step(f"call_off.{call_off.state}"),
            call_off,
            events=_facts(call_off, receipt, received),
            before={"state": before},
            after={
                "state": call_off.state,
                "quantities": {str(line.line_no): quantity for line, quantity, _ in received},
                "received_on": received_on.isoformat(),
                "delivery_note": receipt.delivery_note,
            },
        )
        plan.carry_out()
    return receipt


def _require_day(call_off: CallOff, received_on: date, now: datetime) -> None:
    if not berlin_day(call_off.issued_at) <= received_on <= berlin_day(now):
        raise InvalidReceipt(
            "Der Tag des Wareneingangs liegt zwischen dem Tag der Erteilung "
            f"({berlin_day(call_off.issued_at):%d.%m.%Y}) und heute."
        )


def _write(
    call_off: CallOff,
    received: Received,
    received_on: date,
    delivery_note: str,
    token: UUID,
    by: Membership,
    now: datetime,
) -> GoodsReceipt:
    receipt = GoodsReceipt.objects.create(
        call_off=call_off,
        number=call_off.receipts.count() + 1,
        token=token,
        delivery_note=delivery_note.strip()[:60],
        received_on=received_on,
        by=by,
        at=now,
    )
    rows = ReceivedLine.objects.bulk_create(
        ReceivedLine(receipt=receipt, line=line, quantity=quantity)
        for line, quantity, _ in received
    )
    ReceivedShare.objects.bulk_create(
        ReceivedShare(received_line=row, assignment=assignment, net=share.net, tax=share.tax)
        for row, (line, _, shares) in zip(rows, received, strict=True)
        for assignment, share in zip(line.assignments.all(), shares, strict=True)
    )
    return receipt


def _facts(call_off: CallOff, receipt: GoodsReceipt, received: Received) -> list[FinanceFact]:
    parts = [
        AssignedPart(assignment, quantity, share)
        for line, quantity, shares in received
        for assignment, share in zip(line.assignments.all(), shares, strict=True)
    ]
    return call_off_facts(
        EventType.GOODS_RECEIPT,
        call_off,
        parts,
        mark=f"receipt-{receipt.number}",
        delivery_date=receipt.received_on,
    )
