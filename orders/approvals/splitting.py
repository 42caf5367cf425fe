"""Order splitting (Auftragsteilung): one need asked for in parts, each below a band.

A warning, no refusal: whoever signs decides whether it is one need. Parts count where they
ask for the same position (lot and number), by the same person or for the same school, at
close dates; § 3 (2) VgV forbids splitting an order so that a rule does not apply to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Min, Q, QuerySet, Sum

from contracts.clock import berlin_day
from contracts.parties.models import Role
from contracts.pricing import euros
from orders.allotting.line_rules import Position
from orders.lifecycle import RequisitionState
from orders.models import RequisitionLine
from orders.signing.rules import Rule
from orders.signing.steps import policy_in_force, rules_of

SPLIT_DAYS = 30
"""Days between two requisitions that may be parts of one need.

No law names a figure. A month holds the orders for one room or one class, and keeps out the
need that comes back every term.
"""
NAMED = 3
"""How many of the other requisitions a sentence names."""
COUNTED = (
    RequisitionState.SUBMITTED.value,
    RequisitionState.APPROVED.value,
    RequisitionState.PARTLY_APPROVED.value,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A requisition as far as it may be part of a greater need; amounts gross in EUR."""

    requisition_id: int
    number: str
    person_id: int
    school_id: int | None
    submitted_at: datetime
    gross: Decimal
    positions: Mapping[Position, Decimal]


@dataclass(frozen=True, slots=True)
class Band:
    """From `start` (EUR gross) on, people of these roles sign too."""

    start: Decimal
    roles: tuple[str, ...]
    committees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Splitting:
    """Other parts of what may be one need: together they reach a band that none reaches."""

    others: tuple[Part, ...]
    total: Decimal
    band: Band

    @property
    def sentence(self) -> str:
        """Which requisitions, how much together, and who would have to sign then."""
        named = ", ".join(
            f"{part.number} ({berlin_day(part.submitted_at):%d.%m.%Y})"
            for part in self.others[:NAMED]
        )
        more = len(self.others) - NAMED
        rest = f" und {more} weiteren" if more > 0 else ""
        whom = ", ".join(
            [*(Role(role).label for role in self.band.roles), *self.band.committees],
        )
        return (
            f"Mögliche Auftragsteilung: Zusammen mit {named}{rest} sind es für dieselben "
            f"Positionen {euros(self.total)} brutto. Ab {euros(self.band.start)} brutto "
            f"unterschreibt auch: {whom}."
        )


def bands_of(rules: Iterable[Rule]) -> list[Band]:
    """The bands above the first, highest first; rules on grants depend on more than amounts."""
    found: dict[Decimal, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.from_gross > 0 and not rule.when_funded:
            found[rule.from_gross].append(rule)
    return [
        Band(
            start,
            tuple(dict.fromkeys(rule.role for rule in found[start])),
            tuple(dict.fromkeys(rule.committee for rule in found[start] if rule.committee)),
        )
        for start in sorted(found, reverse=True)
    ]


def splitting(part: Part, others: Iterable[Part], bands: Sequence[Band]) -> Splitting | None:
    """The highest band (of `bands_of`) that *part* and related *others* reach only together."""
    related = [
        other
        for other in others
        if _related(part, other) and part.positions.keys() & other.positions.keys()
    ]
    for band in bands:
        if part.gross >= band.start:
            return None
        below = [other for other in related if other.gross < band.start]
        total = _together(part, below)
        if below and total >= band.start:
            ordered = sorted(below, key=lambda row: (row.submitted_at, row.number))
            return Splitting(tuple(ordered), total, band)
    return None


def splittings(
    requisition_ids: Collection[int], *, authority_id: int, now: datetime
) -> dict[int, Splitting]:
    """The warnings about submitted requisitions of one authority, by requisition.

    Four queries, however many there are.
    """
    policy = policy_in_force(authority_id, berlin_day(now))
    bands = bands_of(rules_of(policy)) if policy is not None else []
    if not bands or not requisition_ids:
        return {}
    asked = _parts(_current(authority_id).filter(_requisition(pk__in=requisition_ids)))
    if not asked:
        return {}
    near = _Neighbours(_parts(_related_lines(authority_id, asked)))
    found = {part.requisition_id: splitting(part, near.of(part), bands) for part in asked}
    return {pk: warning for pk, warning in found.items() if warning is not None}


class _Neighbours:
    """Parts by person and by school, so that a long inbox is not compared pair by pair."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._of_person: dict[int, list[Part]] = defaultdict(list)
        self._of_school: dict[int, list[Part]] = defaultdict(list)
        for part in parts:
            self._of_person[part.person_id].append(part)
            if part.school_id is not None:
                self._of_school[part.school_id].append(part)

    def of(self, part: Part) -> list[Part]:
        """Each part of the same person or the same school once."""
        rows = list(self._of_person[part.person_id])
        if part.school_id is not None:
            rows += self._of_school[part.school_id]
        return list({row.requisition_id: row for row in rows}.values())


def _related(part: Part, other: Part) -> bool:
    return (
        other.requisition_id != part.requisition_id
        and abs(other.submitted_at - part.submitted_at) <= timedelta(days=SPLIT_DAYS)
        and (
            other.person_id == part.person_id
            or (part.school_id is not None and other.school_id == part.school_id)
        )
    )


def _together(part: Part, others: Sequence[Part]) -> Decimal:
    """What all of them ask of the positions that *part* shares with one of them."""
    shared = {key for other in others for key in part.positions.keys() & other.positions.keys()}
    return sum(
        (row.positions.get(key, Decimal(0)) for row in (part, *others) for key in shared),
        Decimal(0),
    )


def _requisition(**condition: object) -> Q:
    return Q(**{f"revision__requisition__{key}": value for key, value in condition.items()})


def _current(authority_id: int) -> QuerySet[RequisitionLine]:
    """Lines of the current revisions of what is submitted or was approved."""
    return RequisitionLine.objects.filter(
        _requisition(authority_id=authority_id, state__in=COUNTED, submitted_at__isnull=False),
        revision__number=F("revision__requisition__current_revision"),
    )


def _related_lines(authority_id: int, parts: Sequence[Part]) -> QuerySet[RequisitionLine]:
    """Lines that could be part of the same need as one of the parts."""
    days = timedelta(days=SPLIT_DAYS)
    moments = [part.submitted_at for part in parts]
    positions = {key for part in parts for key in part.positions}
    schools = {part.school_id for part in parts if part.school_id is not None}
    return _current(authority_id).filter(
        _requisition(created_by__user_id__in={part.person_id for part in parts})
        | _requisition(school_id__in=schools),
        _requisition(submitted_at__range=(min(moments) - days, max(moments) + days)),
        item__award__lot_id__in={lot_id for lot_id, _ in positions},
        item__number__in={number for _, number in positions},
    )


def _parts(lines: QuerySet[RequisitionLine]) -> list[Part]:
    head = (
        "revision__requisition_id",
        "revision__requisition__number",
        "revision__requisition__created_by__user_id",
        "revision__requisition__school_id",
        "revision__requisition__submitted_at",
        "revision__gross",
    )
    rows = (
        lines.order_by()
        .values_list(*head, "item__award__lot_id", "item__number")
        .annotate(amount=Sum("gross"), first=Min("line_no"))
        .order_by("revision__requisition_id", "first")
    )
    found: dict[int, Part] = {}
    positions: dict[int, dict[Position, Decimal]] = defaultdict(dict)
    for pk, number, person_id, school_id, at, gross, lot_id, item_number, amount, _ in rows:
        positions[pk][lot_id, item_number] = amount
        if pk not in found:
            found[pk] = Part(pk, number, person_id, school_id, at, gross, positions[pk])
    return list(found.values())
