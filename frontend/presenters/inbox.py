"""The inbox as people read it: all it takes to see what is asked, on one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Prefetch, QuerySet

from frontend.downloads import Cell
from orders.approvals import Splitting, splittings, steps_to_sign
from orders.binding.budget_footprints import Footprint, footprints
from orders.models import ApprovalStep, Requisition, RequisitionLine, RequisitionRevision
from orders.signing.voices import Voice

SHOWN_LINES = 3
CHUNK = 500
HEAD = (
    "Nummer", "Betreff", "Schule", "angefordert von", "eingereicht am", "Frist", "überfällig",
    "Zeilen", "erste Zeilen", "brutto", "Grund der Unterschrift", "Haushalt", "Hinweise",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A requisition to decide: lines, budget effect, why this role signs, what to mind."""

    wish: Requisition
    revision: RequisitionRevision
    step: ApprovalStep
    footprint: Footprint
    splitting: Splitting | None
    now: datetime

    @property
    def lines(self) -> Sequence[RequisitionLine]:
        return self.revision.first_lines  # type: ignore[attr-defined,no-any-return]

    @property
    def line_count(self) -> int:
        return self.revision.line_count  # type: ignore[attr-defined,no-any-return]

    @property
    def more(self) -> int:
        """How many lines are not shown."""
        return self.line_count - len(self.lines)

    @property
    def days(self) -> int:
        """Whole days since it was submitted."""
        return (self.now - self.wish.submitted_at).days if self.wish.submitted_at else 0

    @property
    def is_overdue(self) -> bool:
        return self.step.deadline < self.now

    @property
    def is_escalated(self) -> bool:
        return self.step.escalated_at is not None

    @property
    def is_shared(self) -> bool:
        """Paid by more than one budget entity."""
        return len(self.footprint.budget_entities) > 1

    @property
    def notes(self) -> list[str]:
        """What to mind, as words for a file."""
        found = ["eskaliert"] if self.is_escalated else []
        if self.step.committee:
            found.append(f"Beschluss: {self.step.committee}")
        if self.is_shared:
            found.append("Haushalte: " + ", ".join(self.footprint.budget_entities))
        if self.splitting is not None:
            found.append(self.splitting.sentence)
        return found


def inbox_rows(wishes: Sequence[Requisition], voice: Voice, *, now: datetime) -> list[InboxRow]:
    """The rows in the order of *wishes*; the number of queries does not depend on theirs."""
    return _rows(wishes, voice, _warnings(wishes, voice, now), now)


def _warnings(
    wishes: Sequence[Requisition], voice: Voice, now: datetime
) -> Mapping[int, Splitting]:
    ids = [wish.pk for wish in wishes]
    return splittings(ids, authority_id=voice.membership.organisation_id, now=now)


def _rows(
    wishes: Sequence[Requisition],
    voice: Voice,
    warnings: Mapping[int, Splitting],
    now: datetime,
) -> list[InboxRow]:
    ids = [wish.pk for wish in wishes]
    revisions = {row.requisition_id: row for row in _revisions(ids)}
    steps = steps_to_sign(ids, voice)
    marks = footprints([row.pk for row in revisions.values()])
    return [
        InboxRow(
            wish=wish,
            revision=revisions[wish.pk],
            step=steps[wish.pk],
            footprint=marks.get(revisions[wish.pk].pk, Footprint()),
            splitting=warnings.get(wish.pk),
            now=now,
        )
        for wish in wishes
        if wish.pk in steps  # what was decided in between has no open step any more
    ]


def exported(
    wishes: QuerySet[Requisition], voice: Voice, *, now: datetime
) -> Iterator[tuple[Cell, ...]]:
    """The whole list as rows of a file, read in parts."""
    found = list(wishes)
    warnings = _warnings(found, voice, now)
    for start in range(0, len(found), CHUNK):
        part = _rows(found[start : start + CHUNK], voice, warnings, now)
        yield from (_cells(row) for row in part)


def _cells(row: InboxRow) -> tuple[Cell, ...]:
    return (
        row.wish.number,
        row.revision.title,
        str(row.wish.school or ""),
        str(row.wish.created_by.user),
        row.wish.submitted_at,
        row.step.deadline,
        "ja" if row.is_overdue else "nein",
        row.line_count,
        "; ".join(f"{line.quantity} × {line.title}" for line in row.lines),
        Decimal(row.revision.gross),
        row.step.reason,
        "; ".join(f"{effect.title}: {effect.amount} EUR" for effect in row.footprint.effects),
        "; ".join(row.notes),
    )


def _revisions(requisition_ids: Iterable[int]) -> QuerySet[RequisitionRevision]:
    lines = RequisitionLine.objects.order_by("line_no")[:SHOWN_LINES]
    return (
        RequisitionRevision.objects.filter(
            requisition_id__in=requisition_ids, number=F("requisition__current_revision")
        )
        .annotate(line_count=Count("lines"))
        .prefetch_related(Prefetch("lines", lines, to_attr="first_lines"))
    )
