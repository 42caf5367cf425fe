"""The inbox as people read it: all it takes to see what is asked, on one row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from frontend.downloads import Cell
from orders.approvals import Asked, Splitting, splittings
from orders.binding.budget_footprints import Footprint, footprints
from orders.signing.voices import Voice

CHUNK = 500
HEAD = (
    "Nummer", "Betreff", "Schule", "angefordert von", "eingereicht am", "Frist", "überfällig",
    "Zeilen", "erste Zeilen", "brutto", "Grund der Unterschrift", "Haushalt", "Hinweise",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A requisition to decide: lines, budget effect, why this role signs, what to mind."""

    asked: Asked
    footprint: Footprint
    splitting: Splitting | None
    now: datetime

    @property
    def more(self) -> int:
        """How many lines are not shown."""
        return self.asked.line_count - len(self.asked.lines)

    @property
    def days(self) -> int:
        """Whole days since it was submitted."""
        return (self.now - self.asked.submitted_at).days

    @property
    def is_overdue(self) -> bool:
        return self.asked.deadline < self.now

    @property
    def is_escalated(self) -> bool:
        return self.asked.escalated_at is not None

    @property
    def is_shared(self) -> bool:
        """Paid by more than one budget entity."""
        return len(self.footprint.budget_entities) > 1

    @property
    def notes(self) -> list[str]:
        """What to mind, as words for a file."""
        found = ["eskaliert"] if self.is_escalated else []
        if self.asked.committee:
            found.append(f"Beschluss: {self.asked.committee}")
        if self.is_shared:
            found.append("Haushalte: " + ", ".join(self.footprint.budget_entities))
        if self.splitting is not None:
            found.append(self.splitting.sentence)
        return found


def inbox_rows(asked: Sequence[Asked], voice: Voice, *, now: datetime) -> list[InboxRow]:
    """The rows in the same order; the number of queries does not depend on theirs."""
    return _rows(asked, _warnings(asked, voice, now), now)


def _warnings(asked: Sequence[Asked], voice: Voice, now: datetime) -> Mapping[int, Splitting]:
    ids = [row.requisition_id for row in asked]
    return splittings(ids, authority_id=voice.membership.organisation_id, now=now)


def _rows(
    asked: Sequence[Asked], warnings: Mapping[int, Splitting], now: datetime
) -> list[InboxRow]:
    marks = footprints([row.revision_id for row in asked])
    return [
        InboxRow(
            asked=row,
            footprint=marks.get(row.revision_id, Footprint()),
            splitting=warnings.get(row.requisition_id),
            now=now,
        )
        for row in asked
    ]


def exported(asked: Sequence[Asked], voice: Voice, *, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """The whole list as rows of a file, their budgets read in parts."""
    warnings = _warnings(asked, voice, now)
    for start in range(0, len(asked), CHUNK):
        part = _rows(asked[start : start + CHUNK], warnings, now)
        yield from (_cells(row) for row in part)


def _cells(row: InboxRow) -> tuple[Cell, ...]:
    asked = row.asked
    return (
        asked.number,
        asked.title,
        asked.school,
        asked.person,
        asked.submitted_at,
        asked.deadline,
        "ja" if row.is_overdue else "nein",
        asked.line_count,
        "; ".join(f"{line.quantity} × {line.title}" for line in asked.lines),
        asked.gross,
        asked.reason,
        "; ".join(f"{effect.title}: {effect.amount} EUR" for effect in row.footprint.effects),
        "; ".join(row.notes),
    )
