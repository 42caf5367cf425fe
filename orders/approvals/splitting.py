"""Order splitting (Auftragsteilung): one need asked for in parts, each below a band.

A warning, no refusal: whoever signs decides whether it is one need. Parts count where they
ask for the same position (lot and number), by the same person or for the same school, at
close dates; § 3 (2) VgV forbids splitting an order so that a rule does not apply to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Min, Q, QuerySet, Sum

from contracts.agreements.facts.shapes import Position
from contracts.clock import berlin_day
from contracts.parties.models import Role
from contracts.pricing import euros
from orders.lifecycle import RequisitionState
from orders.models import RequisitionLine
from orders.signing.rules import Rule
from orders.signing.steps import read_rules

from .neighbours import SPLIT_DAYS, NeedPart, Neighbours

NAMED = 3
"""How many of the other requisitions a sentence names."""
COUNTED = (
    RequisitionState.SUBMITTED.value,
    RequisitionState.APPROVED.value,
    RequisitionState.PARTLY_APPROVED.value,
)


@dataclass(frozen=True, slots=True)
class Band:
    """From `start` (EUR gross) on, people of these roles sign too."""

    start: Decimal
    roles: tuple[str, ...]
    committees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Splitting:
    """Other parts of what may be one need: together they reach a band that none reaches.

    `others` are the earliest of them, as many as a sentence names; `count` is how many there are.
    """

    others: tuple[NeedPart, ...]
    count: int
    total: Decimal
    band: Band

    @property
    def sentence(self) -> str:
        """Which requisitions, how much together, and who would have to sign then."""
        named = ", ".join(
            f"{part.number} ({berlin_day(part.submitted_at):%d.%m.%Y})" for part in self.others
        )
        more = self.count - len(self.others)
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


def splittings(
    requisition_ids: Collection[int], *, authority_id: int, now: datetime
) -> dict[int, Splitting]:
    """The warnings about submitted requisitions of one authority, by requisition.

    Three queries, however many there are.
    """
    _, rules = read_rules(authority_id, berlin_day(now))
    bands = bands_of(rules)
    if not bands or not requisition_ids:
        return {}
    asked = _parts(_current(authority_id).filter(_requisition(pk__in=requisition_ids)))
    if not asked:
        return {}
    # What was withdrawn since the first query is still looked at.
    near = Neighbours([*_parts(_related_lines(authority_id, asked)), *asked])
    found = {part.requisition_id: splitting(part, near, bands) for part in asked}
    return {pk: warning for pk, warning in found.items() if warning is not None}


def splitting(part: NeedPart, near: Neighbours, bands: Sequence[Band]) -> Splitting | None:
    """The highest band (of `bands_of`) that *part* and what is near to it reach only together.

    *part* is among those that *near* was made of.
    """
    for band in bands:
        if part.gross >= band.start:
            return None
        others = near.below(part, band.start)
        total = near.total(part, others, band.start)
        if others and total >= band.start:
            return Splitting(near.first(others, NAMED), others.bit_count(), total, band)
    return None


def _requisition(**condition: object) -> Q:
    return Q(**{f"revision__requisition__{key}": value for key, value in condition.items()})


def _current(authority_id: int) -> QuerySet[RequisitionLine]:
    """Lines of the current revisions of what is submitted or was approved."""
    return RequisitionLine.objects.filter(
        _requisition(authority_id=authority_id, state__in=COUNTED, submitted_at__isnull=False),
        revision__number=F("revision__requisition__current_revision"),
    )


def _related_lines(authority_id: int, parts: Sequence[NeedPart]) -> QuerySet[RequisitionLine]:
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


def _parts(lines: QuerySet[RequisitionLine]) -> list[NeedPart]:
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
    found: dict[int, NeedPart] = {}
    positions: dict[int, dict[Position, Decimal]] = defaultdict(dict)
    for pk, number, person_id, school_id, at, gross, lot_id, item_number, amount, _ in rows:
        positions[pk][lot_id, item_number] = amount
        if pk not in found:
            found[pk] = NeedPart(pk, number, person_id, school_id, at, gross, positions[pk])
    return list(found.values())
