"""Mails about call-offs: issued, confirmed, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from contracts.pricing import euros
from orders.models import CallOff, Cancellation, CancellationCause
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, address_of, found, one_line
from .people import asker_of, asking_people, order_desk

_BY_SUPPLIER = frozenset({CancellationCause.REFUSED, CancellationCause.TIMED_OUT})
_READ_WITH = ("authority", "supplier", "requisition__created_by__user")


def call_off_of(notice: Notice) -> CallOff:
    """The call-off that a notice names, with the people around it. Raises Gone."""
    return found(CallOff.objects.select_related(*_READ_WITH), notice.facts["call_off"])


def issued(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the supplier: the order desk's people and the firm's address."""
    call_off = call_off_of(notice)
    net = euros(Decimal(notice.facts["net"]))
    for address in order_desk(call_off.supplier, now):
        yield Mail(
            key=f"{notice.key}:{address}",
            recipient=address,
            subject=f"Neuer Abruf {call_off.number} von {call_off.authority.name}",
            body=(
                f"Guten Tag,\n\n{call_off.authority.name} hat den Abruf {call_off.number} erteilt "
                f"({net} netto).\nDetails: {addresses.call_off(call_off.pk)}\n"
            ),
        )


def taken_back(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To both sides: the supplier, unless it refused, and the buyer."""
    rows = Cancellation.objects.select_related(*(f"call_off__{name}" for name in _READ_WITH))
    cancellation = found(rows, notice.facts["cancellation"])
    call_off, cause = cancellation.call_off, CancellationCause(cancellation.cause)
    recipients = _buyers(call_off, now, with_officers=cause in _BY_SUPPLIER)
    if cause is not CancellationCause.REFUSED:
        recipients |= set(order_desk(call_off.supplier, now))
    given = "".join(
        f"- Zeile {row.line.line_no}, {one_line(row.line.title)}: {row.quantity}\n"
        for row in cancellation.lines.select_related("line").order_by("line__line_no", "pk")
    )
    return _mails(
        notice,
        call_off,
        recipients,
        f"Abruf {call_off.number}: {cause.label}",
        f"vom Abruf {call_off.number} ({call_off.supplier.name}) kommt nicht mehr:\n{given}"
        f"Anlass: {cause.label}\nBegründung: {cancellation.reason}\n"
        f"Frei geworden sind {euros(cancellation.net)} netto.\n",
    )


def confirmed(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the person who asked: the supplier will deliver."""
    call_off = call_off_of(notice)
    return _mails(
        notice,
        call_off,
        _buyers(call_off, now, with_officers=False),
        f"Abruf {call_off.number} ist bestätigt",
        f"{call_off.supplier.name} hat den Abruf {call_off.number} bestätigt.\n",
    )


def _buyers(call_off: CallOff, now: datetime, *, with_officers: bool) -> set[str]:
    """The person who asked; the procurement as well where somebody has to act."""
    ask = asking_people if with_officers else asker_of
    return {address_of(user) for user in ask(call_off.requisition, now)}


def _mails(
    notice: Notice, call_off: CallOff, recipients: Iterable[str], subject: str, body: str
) -> Iterator[Mail]:
    for address in sorted(set(recipients)):
        yield Mail(
            key=f"{notice.key}:{address}",
            recipient=address,
            subject=subject,
            body=f"Guten Tag,\n\n{body}Details: {addresses.call_off(call_off.pk)}\n",
        )
