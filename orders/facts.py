"""A requisition's lines as frozen facts, for those who act on them. Pure.

Pages read models; an act reads these, in one statement, decides on them and writes in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from contracts.agreements.prices.ordering import Wanted


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """The holder of a budget (Mandant), and the organisation that pays."""

    pk: int
    code: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class BudgetFacts:
    """A budget line with the account that binds it: its own, or its pool's."""

    pk: int
    budget_entity: EntityFacts
    account_id: int
    fiscal_year: int
    usable_until: date
    title: str
    budget_product: str
    gl_account: str
    cost_center: str
    cost_object: str
    measure_no: str
    grant_no: str


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """Which share of a line a budget line carries (EUR; `bound` less deductible tax)."""

    pk: int
    number: int
    share_percent: Decimal
    deductible_percent: Decimal
    grant_no: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    bound: Decimal
    budget_line: BudgetFacts

    @property
    def budget_entity(self) -> EntityFacts:
        return self.budget_line.budget_entity

    @property
    def budget_entity_id(self) -> int:
        return self.budget_line.budget_entity.pk


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when to deliver; without a school to the authority itself.

    What is left empty is taken from the school's standing data.
    """

    school_id: int | None = None
    contact: str = ""
    phone: str = ""
    earliest: date | None = None
    latest: date | None = None
    time_from: time | None = None
    time_until: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LotOfLine:
    """The lot a line stands in: its rule, its account, and whether the position hangs on a
    device at whatever rank. It says what has to be locked before the line is judged.
    """

    pk: int
    allocation: str
    account_id: int
    is_tied: bool


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of one revision; amounts in EUR. Without a place it goes where the whole goes."""

    pk: int
    line_no: int
    listing_id: int
    item_id: int
    price_version_id: int
    list_price_id: int | None
    terms_id: int
    title: str
    quantity: int
    unit: str
    net_unit_price: Decimal
    price_unit: int
    periods: int
    tier_base: int
    tax_category: str
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    stands_in: LotOfLine
    place: Place | None
    assignments: tuple[AssignmentFacts, ...]

    @property
    def key(self) -> str:
        """Two lines may stand on one listing, so it is the number that tells them apart."""
        return str(self.line_no)


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """What is asked for in one revision; sums in EUR."""

    pk: int
    number: int
    title: str
    justification: str
    needed_by: date | None
    editor_id: int
    gross: Decimal
    lines: tuple[LineFacts, ...]

    def wanted(self) -> list[Wanted]:
        """The lines as they were asked for, to be priced again."""
        return [Wanted(line.key, line.listing_id, line.quantity) for line in self.lines]

    def listing_ids(self) -> set[int]:
        """What the lines stand on."""
        return {line.listing_id for line in self.lines}

    def is_tied(self) -> bool:
        """Whether a line hangs on a device."""
        return any(line.stands_in.is_tied for line in self.lines)

    def is_funded(self) -> bool:
        """Whether a grant pays for any of it."""
        return any(row.grant_no for line in self.lines for row in line.assignments)


def references(lines: Iterable[LineFacts], mark: str = "") -> list[str]:
    """Every ledger reference the lines can have used."""
    return [
        reference
        for line in lines
        for reference in (
            line_reference(line.pk, mark),
            *(assignment_reference(row.pk, mark) for row in line.assignments),
        )
    ]


def line_reference(line_id: int, mark: str = "") -> str:
    """The caps of a line are held and posted under this reference."""
    return _marked(f"requisition-line:{line_id}", mark)


def assignment_reference(assignment_id: int, mark: str = "") -> str:
    """The budget of an assignment is held and posted under this reference.

    Finance events about it carry it as their subject.
    """
    return _marked(f"assignment:{assignment_id}", mark)


def _marked(reference: str, mark: str) -> str:
    return f"{reference}:{mark}" if mark else reference


def bare(lines: Sequence[LineFacts]) -> list[LineFacts]:
    """Lines that no budget carries."""
    return [line for line in lines if not line.assignments]
