"""The term of a charge per period beside its line, and what of it later years bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from orders.call_offs.service_terms import ServiceTerm


class _Line(Protocol):
    pk: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """`years` are (fiscal year, net EUR), empty where nothing leaves the year of the order."""

    term: ServiceTerm
    years: tuple[tuple[int, Decimal], ...]


def with_terms(
    lines: Sequence[_Line],
    terms: Mapping[int, ServiceTerm],
    *,
    ordered_on: date,
    with_years: bool = True,
) -> None:
    """Set `service` on every line: its term as shown, or None.

    What was cancelled of a line (`cancelled_net`, where annotated) burdens no year.
    """
    for line in lines:
        term = terms.get(line.pk)
        shown = None
        if term is not None:
            kept = line.net - getattr(line, "cancelled_net", Decimal(0))
            shown = ShownTerm(term, _years(term, kept, ordered_on) if with_years else ())
        line.service = shown  # type: ignore[attr-defined]


def _years(term: ServiceTerm, net: Decimal, ordered_on: date) -> tuple[tuple[int, Decimal], ...]:
    years = term.by_fiscal_year(net)
    if not net or set(years) == {ordered_on.year}:
        return ()
    return tuple(years.items())
