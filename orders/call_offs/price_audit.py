"""The price audit: every ordered line of a period beside what the award says.

Nothing of the ordering side is asked for the expected price. It is worked out again from
the contract: the price version that held on the day of issue as far as it was known then,
the tier by the item's quantity over the call-off (or by the base kept on the line, where
tiers are cumulative), the discount off the list price of that day, price unit and periods.
The lines are streamed and the prices read in four statements, whatever the period holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum, Window

from contracts.agreements.models import PriceBasis
from contracts.clock import BERLIN, berlin_day
from contracts.parties.models import Membership, Role
from contracts.pricing import ZERO, active_tier, line_net
from orders.call_offs.price_book import Agreed, PriceBook
from orders.errors import NotAllowed, OrderError
from orders.models import CallOffLine

PURCHASING = frozenset({Role.CONTRACT_MANAGER, Role.REVIEWER})
BUYING = frozenset({Role.AUDITOR, Role.TREASURER})
_CHUNK = 5000


class InvalidPeriod(OrderError):
    """The period of a report ends before it begins."""

    code = "invalid_period"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that differs; `field` is for programs, the values are for people."""

    field: str
    label: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """A line that was not ordered at the agreed price; amounts net EUR."""

    line_id: int
    call_off_id: int
    call_off_number: str
    line_no: int
    title: str
    supplier: str
    issued_at: datetime
    findings: tuple[Finding, ...]
    net_expected: Decimal | None
    net_found: Decimal

    @property
    def difference(self) -> Decimal | None:
        """What was charged too much (or, negative, too little)."""
        return None if self.net_expected is None else self.net_found - self.net_expected


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked between two days (both included) and what deviates; net EUR."""

    start: date
    end: date
    lines_checked: int
    net_checked: Decimal
    deviations: tuple[Deviation, ...]


class _Line(NamedTuple):
    """A line as it was ordered, with what its item says."""

    line_id: int
    call_off_id: int
    number: str
    issued_at: datetime
    supplier: str
    line_no: int
    title: str
    item_id: int
    article_id: int
    basis: str
    cumulative: bool
    item_periods: int
    quantity: int
    item_quantity: int
    tier_base: int
    net_unit_price: Decimal
    price_unit: int
    periods: int
    net: Decimal
    version_id: int
    list_price_id: int | None

    @property
    def base(self) -> int:
        return max(self.tier_base, 1) if self.cumulative else self.item_quantity


def audit(*, by: Membership, start: date, end: date) -> AuditReport:
    """Compare every line issued from `start` to `end` (Berlin days) within reach.

    A purchasing body's contract people check its agreements; auditor and treasurer of an
    authority what it ordered. Raises NotAllowed and InvalidPeriod.
    """
    if end < start:
        raise InvalidPeriod("Der Zeitraum endet vor seinem Beginn. Bitte prüfen Sie die Tage.")
    lines = _within_reach(by).filter(
        call_off__issued_at__gte=_midnight(start),
        call_off__issued_at__lt=_midnight(end + timedelta(days=1)),
    )
    book = PriceBook.of(lines)
    checked, net, deviations = 0, ZERO, []
    for line in _stream(lines):
        checked += 1
        net += line.net
        deviation = _compare(line, book)
        if deviation is not None:
            deviations.append(deviation)
    return AuditReport(start, end, checked, net, tuple(deviations))


def _within_reach(by: Membership) -> QuerySet[CallOffLine]:
    if by.role in PURCHASING:
        return CallOffLine.objects.filter(
            call_off__lot__agreement__purchasing_body_id=by.organisation_id
        )
    if by.role in BUYING:
        return CallOffLine.objects.filter(call_off__authority_id=by.organisation_id)
    raise NotAllowed("Ihre Rolle erlaubt die Preisprüfung nicht.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)


def _stream(lines: QuerySet[CallOffLine]) -> Iterator[_Line]:
    rows = (
        lines.annotate(
            item_quantity=Window(Sum("quantity"), partition_by=[F("call_off_id"), F("item_id")])
        )
        .order_by("call_off_id", "line_no")
        .values_list(
            "pk",
            "call_off_id",
            "call_off__number",
            "call_off__issued_at",
            "call_off__supplier__name",
            "line_no",
            "title",
            "item_id",
            "listing__article_id",
            "item__basis",
            "item__cumulative_tiers",
            "item__periods",
            "quantity",
            "item_quantity",
            "tier_base",
            "net_unit_price",
            "price_unit",
            "periods",
            "net",
            "price_version_id",
            "list_price_id",
        )
    )
    return (_Line(*row) for row in rows.iterator(chunk_size=_CHUNK))


def _compare(line: _Line, book: PriceBook) -> Deviation | None:
    agreed = book.agreed(
        item_id=line.item_id,
        article_id=line.article_id if line.basis == PriceBasis.LIST_DISCOUNT else None,
        on=berlin_day(line.issued_at),
        known_at=line.issued_at,
    )
    if agreed is None:
        found = f"{line.net_unit_price} EUR"
        missing = Finding("version", "Preisfassung", "kein Vertragspreis an diesem Tag", found)
        return _deviation(line, (missing,), None)
    price = active_tier(agreed.tiers, line.base).net_unit_price
    net = line_net(line.quantity, price, agreed.price_unit, line.item_periods)
    findings = _findings(line, agreed, price, net)
    return _deviation(line, findings, net) if findings else None


def _findings(line: _Line, agreed: Agreed, price: Decimal, net: Decimal) -> tuple[Finding, ...]:
    # a line from before list prices belonged to positions keeps the version that held for all
    is_origin = line.list_price_id is not None and line.list_price_id == agreed.list_price_origin_id
    list_price_id = line.list_price_id if is_origin else agreed.list_price_id
    pairs = (
        ("version", "Preisfassung", agreed.version_id, line.version_id),
        ("list_price", "Listenpreisfassung", list_price_id, line.list_price_id),
        ("net_unit_price", "Nettopreis", price, line.net_unit_price),
        ("price_unit", "Preiseinheit", agreed.price_unit, line.price_unit),
        ("periods", "Zeiträume", line.item_periods, line.periods),
        ("net", "Netto der Zeile", net, line.net),
    )
    return tuple(
        Finding(field, label, _words(expected), _words(found))
        for field, label, expected, found in pairs
        if expected != found
    )


def _words(value: Decimal | int | None) -> str:
    return "–" if value is None else str(value).replace(".", ",")


def _deviation(line: _Line, findings: tuple[Finding, ...], net: Decimal | None) -> Deviation:
    return Deviation(
        line_id=line.line_id,
        call_off_id=line.call_off_id,
        call_off_number=line.number,
        line_no=line.line_no,
        title=line.title,
        supplier=line.supplier,
        issued_at=line.issued_at,
        findings=findings,
        net_expected=net,
        net_found=line.net,
    )
