"""The lines of a requisition as future call-offs: sums over all of them, a page to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator

from contracts.agreements.models import Listing
from contracts.agreements.prices.quotes import delivery_days
from contracts.clock import working_days_after
from contracts.pricing import euros, german
from frontend.downloads import Cell
from frontend.forms.line_numbers import format_numbers
from frontend.units import unit_name
from orders.allotting.line_rules import MinimumGap
from orders.models import Assignment, DecisionLine, RequisitionDelivery, RequisitionLine

from .difference import days_words, hours_words
from .requisitions import LineGroup, groups

LINES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class CallOffGroup:
    """What becomes, or became, one call-off: sums over all its lines, `lines` of this page.

    `delivery_on` is expected if it were issued today; `gap` where the minimum order is missed,
    with the article number of the surcharge that would do.
    """

    whole: LineGroup
    lines: Sequence[RequisitionLine]
    delivery_on: date
    gap: MinimumGap | None = None
    surcharge_number: str = ""

    @property
    def tax(self) -> Decimal:
        """The forecast VAT of all its lines (EUR)."""
        return sum((row.tax for row in self.whole.vat), Decimal(0))

    @property
    def hidden_count(self) -> int:
        """How many lines of it are on other pages."""
        return len(self.whole.lines) - len(self.lines)


@dataclass(frozen=True, slots=True)
class ShownLines:
    """One page of the lines, in groups; `groups` are all of them, `here` those of the page."""

    page: Page[RequisitionLine]
    groups: Sequence[CallOffGroup]

    @property
    def here(self) -> Sequence[CallOffGroup]:
        return [group for group in self.groups if group.lines]


def shown_lines(
    lines: Sequence[RequisitionLine],
    *,
    number: str | None,
    gaps: Iterable[MinimumGap],
    on: date,
) -> ShownLines:
    """The page *number* of the lines, those of one award together."""
    whole = groups(lines)
    ordered = [line for group in whole for line in group.lines]
    page = Paginator(ordered, LINES_PER_PAGE).get_page(number)
    shown = {line.pk for line in page.object_list}
    missed = {gap.award_id: gap for gap in gaps}
    numbers = _surcharge_numbers(missed)
    return ShownLines(
        page,
        [
            CallOffGroup(
                whole=group,
                lines=[line for line in group.lines if line.pk in shown],
                delivery_on=_delivery_on(group.lines, on),
                gap=missed.get(group.award.pk),
                surcharge_number=numbers.get(group.award.pk, ""),
            )
            for group in whole
        ],
    )


def _surcharge_numbers(missed: Mapping[int, MinimumGap]) -> dict[int, str]:
    """The article number of the surcharge per award that has one."""
    listings = {gap.surcharge_listing_id: award_id for award_id, gap in missed.items()}
    if not listings.keys() - {None}:
        return {}
    rows = Listing.objects.filter(pk__in=listings.keys() - {None})
    return {listings[pk]: aid for pk, aid in rows.values_list("pk", "article__supplier_aid")}


def _delivery_on(lines: Iterable[RequisitionLine], on: date) -> date:
    return working_days_after(on, max(delivery_days(row.listing, row.terms) for row in lines))


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place of delivery with the lines that go there."""

    delivery: RequisitionDelivery
    numbers: list[int] = field(default_factory=list)

    @property
    def lines(self) -> str:
        return format_numbers(self.numbers)

    @property
    def days(self) -> str:
        return days_words(self.delivery)

    @property
    def hours(self) -> str:
        return hours_words(self.delivery)


def places(lines: Iterable[tuple[int, RequisitionDelivery | None]]) -> list[ShownPlace]:
    """The places that lines (by number) go to, in their order."""
    found: dict[int, ShownPlace] = {}
    for number, row in lines:
        if row is not None:
            found.setdefault(row.pk, ShownPlace(row)).numbers.append(number)
    return [found[key] for key in sorted(found, key=lambda pk: found[pk].delivery.number)]


@dataclass(frozen=True, slots=True)
class ShownCut:
    """What an approver took of a line: „von 30 auf 20 gekürzt“, why, and who."""

    number: int
    title: str
    asked: int
    granted: int
    unit: str
    reason: str
    person: str
    revision_no: int


def cuts_of(requisition_id: int) -> Mapping[int, Sequence[ShownCut]]:
    """Cuts by line number, oldest first, in one query."""
    rows = (
        DecisionLine.objects.filter(decision__requisition_id=requisition_id)
        .select_related("line", "decision__person", "decision__on_behalf_of")
        .order_by("pk")
    )
    found: dict[int, list[ShownCut]] = {}
    for row in rows:
        substituted = row.decision.on_behalf_of
        who = str(row.decision.person) + (f" für {substituted}" if substituted else "")
        found.setdefault(row.line.line_no, []).append(
            ShownCut(
                number=row.line.line_no,
                title=row.line.title,
                asked=row.line.quantity,
                granted=row.granted,
                unit=row.line.unit,
                reason=row.reason,
                person=who,
                revision_no=row.decision.granted_revision or row.decision.revision_no,
            )
        )
    return found


EXPORT_HEAD = ("Zeile", "Artikelnummer", "Bezeichnung", "Lieferant", "Vereinbarung", "Los",
               "Menge", "Einheit", "Nettopreis", "je Einheiten", "Zeiträume", "netto",
               "Umsatzsteuer", "brutto", "Empfänger", "Anschrift", "Kontakt", "Telefon",
               "Liefertage", "Zeitfenster", "Hinweis", "Kontierung")  # fmt: skip


def export_rows(lines: Iterable[RequisitionLine]) -> Iterator[tuple[Cell, ...]]:
    """The lines in the order of EXPORT_HEAD."""
    for line in lines:
        award = line.listing.item.award
        yield (
            line.line_no,
            line.listing.article.supplier_aid,
            line.title,
            award.supplier.name,
            award.lot.agreement.number,
            award.lot.number,
            line.quantity,
            unit_name(line.unit),
            line.net_unit_price,
            line.price_unit,
            line.periods,
            line.net,
            line.tax,
            line.gross,
            *_delivery_cells(line.delivery),
            "; ".join(_share(row) for row in line.assignments.all()),
        )


def _share(row: Assignment) -> str:
    line = row.budget_line
    where = f"{row.budget_entity.name} {line.budget_product}.{line.gl_account} {line.title}"
    return f"{where}: {german(row.share_percent)} %, {euros(row.gross)}"


def _delivery_cells(row: RequisitionDelivery | None) -> tuple[str, ...]:
    if row is None:
        return ("",) * 7
    return (
        row.name,
        ", ".join(filter(None, (row.street, f"{row.postcode} {row.city}".strip()))),
        row.contact,
        row.phone,
        days_words(row),
        hours_words(row),
        row.note,
    )
