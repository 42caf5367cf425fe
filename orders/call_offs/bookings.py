"""What of a call-off is still booked, line by line and assignment by assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypeVar
from uuid import UUID

from django.db.models import Case, F, Manager, Prefetch, Value, When

from contracts.pricing import BookedShare, IssuedLine, VatCategory, VatRate
from orders.errors import MoreThanOpen, NotFound, NothingChosen, NothingOpen, SentBefore
from orders.lifecycle import OPEN_CALL_OFFS, CallOffState
from orders.models import (
    CallOff,
    CallOffAssignment,
    CallOffLine,
    CallOffLineProgress,
    Cancellation,
    GoodsReceipt,
)

_ZERO = Decimal("0.00")
Recorded = TypeVar("Recorded", GoodsReceipt, Cancellation)


def lines_of(call_off: CallOff) -> list[CallOffLine]:
    """The lines with what became of them and of their assignments, in four queries."""
    shares = (
        CallOffAssignment.objects.select_related(
            "assignment__budget_entity", "assignment__budget_line"
        )
        .prefetch_related("cancelled_shares", "received_shares")
        .order_by("number")
    )
    return list(
        call_off.lines.select_related("progress", "item", "requisition_line")
        .prefetch_related(Prefetch("assignments", shares))
        .order_by("line_no")
    )


def issued_line(line: CallOffLine) -> IssuedLine:
    """A line of `lines_of` as the calculator of deliveries and give-backs takes it."""
    category = VatCategory(line.tax_category)
    return IssuedLine(
        key=line.pk,
        quantity=line.quantity,
        cancelled=line.progress.cancelled,
        delivered=line.progress.delivered,
        net_unit_price=line.net_unit_price,
        price_unit=line.price_unit,
        periods=line.periods,
        vat=VatRate(category, line.tax_rate, line.requisition_line.tax_reason),
        booked=tuple(_booked(share) for share in line.assignments.all()),
    )


def wanted_of_open(
    call_off: CallOff, lines: Sequence[CallOffLine], quantities: Mapping[int, int] | None
) -> dict[int, int]:
    """The quantity wanted per line id, checked against what is open; None takes all of it.

    Lines with quantity 0 are left out. Raises NothingOpen, NothingChosen, NotFound (a line
    of another call-off) and MoreThanOpen, which names the line.
    """
    open_lines = {line.pk: line for line in lines}
    if CallOffState(call_off.state) not in OPEN_CALL_OFFS:
        raise NothingOpen(
            f"Am Abruf {call_off.number} ist nichts mehr offen: "
            f"Er ist „{call_off.get_state_display()}“."
        )
    if quantities is None:
        return {pk: line.progress.open for pk, line in open_lines.items() if line.progress.open}
    wanted = {pk: quantity for pk, quantity in quantities.items() if quantity}
    if not wanted:
        raise NothingChosen("Bitte geben Sie bei mindestens einer Zeile eine Menge an.")
    for pk, quantity in wanted.items():
        if pk not in open_lines:
            raise NotFound("Diese Zeile gehört nicht zu dem Abruf.")
        _require_open(open_lines[pk], quantity)
    return wanted


def known_by(
    rows: Manager[Recorded], token: UUID, quantities: Mapping[int, int] | None
) -> Recorded | None:
    """What the token has recorded at the call-off already; the call-off is locked, so that
    nobody is between.

    Everything that is open, asked for again, is what the first sending left nothing of.
    Raises SentBefore where other quantities are asked for: a page left open and filled anew
    must not be taken for a second click.
    """
    known = rows.filter(token=token).first()
    if known is None or quantities is None:
        return known
    recorded = dict(known.lines.values_list("line_id", "quantity"))
    if any(recorded.get(pk) != quantity for pk, quantity in quantities.items() if quantity):
        raise SentBefore(
            "Dieses Formular ist schon gesendet und erfasst, mit anderen Mengen. Bitte laden "
            "Sie die Seite neu und geben Sie ein, was noch dazukommt."
        )
    return known


def count(quantities: Mapping[int, int], what: Literal["delivered", "cancelled"]) -> None:
    """Add the quantity per line id to the progress of the lines, in one statement."""
    steps = [When(pk=pk, then=Value(quantity)) for pk, quantity in quantities.items()]
    rows = CallOffLineProgress.objects.filter(pk__in=quantities)
    rows.update(**{what: F(what) + Case(*steps)})


def _require_open(line: CallOffLine, quantity: int) -> None:
    progress = line.progress
    if quantity > progress.open:
        raise MoreThanOpen(
            f"Zeile {line.line_no} ({line.title}): Offen sind {progress.open}, angegeben "
            f"{quantity}. Bestellt {progress.ordered}, geliefert {progress.delivered}, "
            f"storniert {progress.cancelled}."
        )


def _booked(share: CallOffAssignment) -> BookedShare:
    given, received = share.cancelled_shares.all(), share.received_shares.all()
    return BookedShare(
        key=share.pk,
        net=share.net - _sum(row.net for row in given),
        tax=share.tax - _sum(row.tax for row in given),
        bound=share.bound - _sum(row.bound for row in given),
        deductible_percent=share.assignment.deductible_percent,
        delivered_net=_sum(row.net for row in received),
        delivered_tax=_sum(row.tax for row in received),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)
