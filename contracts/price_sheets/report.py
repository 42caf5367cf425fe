"""What checking a price sheet found, and what importing it would create."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from contracts.catalogue.readers import Findings, RowIssue

from .codes import MESSAGES, SheetCode

MOST_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records an import creates, and how many positions are there already."""

    awards: int = 0
    positions: int = 0
    versions: int = 0
    tiers: int = 0
    caps: int = 0
    articles: int = 0
    listings: int = 0
    unchanged: int = 0

    @property
    def created(self) -> int:
        """All records together; 0 for a sheet that was imported before."""
        values = (getattr(self, entry.name) for entry in fields(self) if entry.name != "unchanged")
        return sum(values)


@dataclass(frozen=True, slots=True)
class SheetReport:
    """The outcome for one file: `rows` read, `errors` by row and column, what it `creates`.

    Row 0 is the file or the agreement as a whole. At most `MOST_ERRORS` errors are kept;
    `error_count` counts all. With an error nothing is written and `creates` is empty.
    """

    rows: int
    errors: tuple[RowIssue, ...]
    error_count: int
    creates: Counts
    is_written: bool = False

    @property
    def is_clean(self) -> bool:
        return self.error_count == 0


@dataclass(slots=True)
class Errors:
    """Collects errors of all rows; keeps the first thousand and counts the rest."""

    kept: list[RowIssue] = field(default_factory=list)
    count: int = 0

    def add(
        self, row: int, code: SheetCode, column: str = "", value: str = "", **details: object
    ) -> None:
        """Record one error with its sentence."""
        findings = Findings(row, messages=MESSAGES)
        findings.add(code, column, value, **details)
        self.extend(findings.issues)

    def extend(self, issues: Iterable[RowIssue]) -> None:
        for issue in issues:
            self.count += 1
            # what is wrong with the whole file is never left out
            if len(self.kept) < MOST_ERRORS or issue.row == 0:
                self.kept.append(issue)

    def any(self) -> bool:
        return self.count > 0

    def report(self, rows: int) -> SheetReport:
        """The report of a sheet that is refused."""
        kept = tuple(sorted(self.kept, key=lambda issue: issue.row))
        return SheetReport(rows, kept, self.count, Counts())
