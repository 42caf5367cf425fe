"""The shape of a lot and of the rows of its price sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from contracts.agreements.models import AllocationRule, ItemRole


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a price sheet and the articles that may be delivered under it.

    `tiers` are (from quantity, net EUR per `price_unit`); `vary` names the features whose
    combinations make the articles; `cap` is the most pieces over the whole term;
    `same_for_all` leaves out the surcharge of the further ranks.
    """

    title: str
    group: str
    image: str
    maker: str
    tiers: tuple[tuple[int, str], ...]
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    vat_class: str = "standard"
    cap: int | None = None
    periods: int = 1
    price_unit: int = 1
    days: int = 10
    role: ItemRole = ItemRole.GOODS
    same_for_all: bool = False

    def variants(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Name and features of each article of the row."""
        for values in product(*self.vary.values()):
            name = ", ".join([f"{self.maker} {self.title}", *values])
            yield name, {**self.features, **dict(zip(self.vary, values, strict=True))}


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A lot with its suppliers by rank and the price sheet of rank 1.

    `award_maximum` (net EUR) is the cap of each award by rank; `catalogue_discount` the
    (from quantity, percent) off the list price of rank 1's whole catalogue; `has_clause`
    says that prices may change by the terms of the award.
    """

    number: int
    title: str
    rule: AllocationRule
    estimate: str
    maximum: str
    cpv: tuple[str, ...]
    suppliers: tuple[str, ...]
    rows: tuple[Row, ...]
    award_maximum: tuple[str, ...] = ()
    surcharge_percent: tuple[str, ...] = ()
    catalogue_discount: tuple[tuple[int, str], ...] = ()
    has_clause: bool = True
