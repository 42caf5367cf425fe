"""Mails about call-offs: issued, confirmed, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.parties.models import Role
from contracts.pricing import LineGiveback, euros
from orders.models import CallOff, CallOffLine, Cancellation, CancellationCause
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails

from .people import order_desks, people_of

_BY_SUPPLIER = frozenset({CancellationCause.REFUSED, CancellationCause.TIMED_OUT})


def announce_call_offs(call_offs: Iterable[CallOff], *, now: datetime) -> None:
    """Send each supplier its call-off, to the order desk's people and the firm's address."""
    rows = list(call_offs)
    desks = order_desks({row.supplier for row in rows}, now)
    enqueue_mails(
        (
            Mail(
                key=f"call-off:{row.number}:{address}",
                recipient=address,
                subject=f"Neuer Abruf {row.number} von {row.authority.name}",
                body=(
                    f"Guten Tag,\n\n{row.authority.name} hat den Abruf {row.number} erteilt "
                    f"({euros(row.net)} netto).\nDetails: {addresses.call_off(row.pk)}\n"
                ),
            )
            for row in rows
            for address in desks[row.supplier_id]
        ),
        now=now,
    )


def announce_taken_back(
    call_off: CallOff,
    cancellation: Cancellation,
    given: Sequence[tuple[CallOffLine, LineGiveback]],
    *,
    now: datetime,
) -> None:
    """Tell both sides what will not come: the supplier, unless it refused, and the buyer."""
    cause = CancellationCause(cancellation.cause)
    recipients = _buyers(call_off, now, with_officers=cause in _BY_SUPPLIER)
    if cause is not CancellationCause.REFUSED:
        recipients |= set(order_desks([call_off.supplier], now)[call_off.supplier_id])
    rows = "".join(f"- Zeile {line.line_no}, {line.title}: {row.quantity}\n" for line, row in given)
    _send(
        call_off,
        f"taken-back:{cancellation.number}",
        recipients,
        f"Abruf {call_off.number}: {cause.label}",
        f"vom Abruf {call_off.number} ({call_off.supplier.name}) kommt nicht mehr:\n{rows}"
        f"Anlass: {cause.label}\nBegründung: {cancellation.reason}\n"
        f"Frei geworden sind {euros(cancellation.net)} netto.\n",
        now,
    )


def announce_confirmation(call_off: CallOff, *, now: datetime) -> None:
    """Tell the person who asked that the supplier will deliver."""
    _send(
        call_off,
        "confirmed",
        _buyers(call_off, now, with_officers=False),
        f"Abruf {call_off.number} ist bestätigt",
        f"{call_off.supplier.name} hat den Abruf {call_off.number} bestätigt.\n",
        now,
    )


def _buyers(call_off: CallOff, now: datetime, *, with_officers: bool) -> set[str]:
    """The person who asked; the procurement as well where somebody has to act."""
    found = {call_off.requisition.created_by.user.email}
    if with_officers:
        officers = people_of(call_off.authority, {Role.PROCUREMENT_OFFICER}, now)
        found |= {member.user.email for member in officers}
    return found


def _send(
    call_off: CallOff, key: str, recipients: Iterable[str], subject: str, body: str, now: datetime
) -> None:
    enqueue_mails(
        (
            Mail(
                key=f"call-off:{call_off.number}:{key}:{address}",
                recipient=address,
                subject=subject,
                body=f"Guten Tag,\n\n{body}Details: {addresses.call_off(call_off.pk)}\n",
            )
            for address in sorted(set(recipients))
        ),
        now=now,
    )
