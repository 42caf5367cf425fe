"""When a charge per period runs (Leistungszeitraum), and which fiscal years it burdens.

A service begins with the delivery, or on the later day the requisition names; its length
follows from the contract item (docs/prices.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.facts.shapes import ItemFacts
from contracts.agreements.models import ChargeType, ContractItem
from contracts.agreements.prices.quotes import delivery_days
from contracts.clock import working_days_after
from contracts.pricing import service_end, split_by_fiscal_year
from orders.models import CallOffLine, RequisitionLine


@dataclass(frozen=True, slots=True)
class ServiceTerm:
    """A service of whole months from its first day on."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """The last day (§§ 187 (2), 188 (2) BGB)."""
        return service_end(self.first, self.months)

    def by_fiscal_year(self, net: Decimal) -> dict[int, Decimal]:
        """*net* (EUR) cut over the fiscal years, to the cent."""
        return split_by_fiscal_year(net, self.first, self.months)


def service_term(
    item: ContractItem | ItemFacts, periods: int, *, delivery_by: date, needed_by: date | None
) -> ServiceTerm | None:
    """The term of a line; None for what is charged once."""
    if item.charge != ChargeType.PER_PERIOD:
        return None
    return ServiceTerm(max(delivery_by, needed_by or delivery_by), periods * item.period_months)


def issued_terms(lines: Iterable[CallOffLine]) -> dict[int, ServiceTerm]:
    """The terms of call-off lines (joined with their items) as issued, by line."""
    return {
        line.pk: ServiceTerm(line.service_from, line.periods * line.item.period_months)
        for line in lines
        if line.service_from is not None
    }


def asked_terms(lines: Sequence[RequisitionLine], *, on: date) -> Mapping[int, ServiceTerm]:
    """The terms of requisition lines (of `current_lines`), by line.

    Those of the call-offs where there are any; of the last one where a rank refused.
    Otherwise what an issue on the day would give. One query where a service is asked for.
    """
    expected = _expected_terms(lines, on)
    if not expected:
        return {}
    ordered = CallOffLine.objects.filter(requisition_line__in=expected).select_related("item")
    rows = list(ordered.order_by("pk"))
    issued = issued_terms(rows)
    return {
        **expected,
        **{row.requisition_line_id: issued[row.pk] for row in rows if row.pk in issued},
    }


def _expected_terms(lines: Sequence[RequisitionLine], on: date) -> dict[int, ServiceTerm]:
    days: dict[int, int] = {}
    for line in lines:
        award_id = line.listing.item.award_id
        own = delivery_days(line.listing, line.terms)
        days[award_id] = max(own, days.get(award_id, 0))
    found = {}
    for line in lines:
        item = line.listing.item
        term = service_term(
            item,
            line.periods,
            delivery_by=working_days_after(on, days[item.award_id]),
            needed_by=line.revision.needed_by,
        )
        if term is not None:
            found[line.pk] = term
    return found
