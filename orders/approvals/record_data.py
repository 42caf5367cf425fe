"""The record of an approval (Freigabevermerk) as plain data, and its checksum.

Page, PDF and JSON are made of this alone, so the checksum tells whether two of them say the
same (docs/approval-record.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

SCHEMA = 2
"""Goes up when a field is added, renamed or taken away."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person and the role acted in."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """A revision: who wrote it when, and its totals (EUR)."""

    number: int
    kind: str
    title: str
    written_by: Who
    written_at: datetime
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """Who pays which share of a line, from which budget line (gross EUR)."""

    entity: str
    budget_line: str
    grant_no: str
    percent: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line of the last revision: what is left of the request (net EUR).

    `net_unit_price` is for `price_unit` units.
    """

    line_no: int
    title: str
    supplier: str
    agreement: str
    lot: int
    quantity: int
    unit: str
    net_unit_price: Decimal
    price_unit: int
    net: Decimal
    shares: Sequence[ShareEntry]


@dataclass(frozen=True, slots=True)
class AttachmentEntry:
    """A file that lay with the request, by its checksum."""

    title: str
    filename: str
    sha256: str
    added_by: Who
    added_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """The version of the approval policy that a round followed; two people made it."""

    version: int
    valid_from: date
    note: str
    proposed_by: str
    proposed_at: datetime | None
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CutEntry:
    """A line of which less was granted than asked for, and why."""

    line_no: int
    title: str
    asked: int
    granted: int
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class SubstitutionEntry:
    """Whom a decision was made for, and by which delegation."""

    person: Who
    valid_from: date
    valid_to: date
    reason: str
    set_up_by: Who
    set_up_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One signature, or refusal."""

    by: Who
    substitutes: SubstitutionEntry | None
    decided_at: datetime
    verdict: str
    comment: str
    resolution: str
    revision_read: int
    revision_granted: int | None
    cuts: Sequence[CutEntry]


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A signature asked for. `is_cosignature` tells that a gate asked, no rule; the reason is
    the gate's then.
    """

    tier: int
    role: str
    signers: int
    reason: str
    is_cosignature: bool
    opened_at: datetime | None
    deadline: datetime
    completed_at: datetime | None
    escalation_role: str
    escalated_at: datetime | None
    committee: str
    committee_on: date | None
    decisions: Sequence[DecisionEntry]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a round ended without call-offs; nobody ends it when it expires."""

    state: str
    at: datetime
    by: Who | None
    reason: str


@dataclass(frozen=True, slots=True)
class RoundEntry:
    """One run of approval over a submitted revision (its gross total in EUR)."""

    number: int
    gross: Decimal
    submitted_by: Who | None
    submitted_at: datetime | None
    policy: PolicyEntry
    steps: Sequence[StepEntry]
    ending: Ending | None


@dataclass(frozen=True, slots=True)
class CallOffEntry:
    """A call-off that the last signature issued (EUR)."""

    number: str
    supplier: str
    agreement: str
    lot: int
    issued_at: datetime
    net: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """Everything about the approval of one requisition, oldest first.

    `decided_at` is when the requisition came to its present state by a decision, a
    withdrawal or its expiry.
    """

    schema: int
    number: str
    title: str
    justification: str
    authority: str
    school: str
    state: str
    asked_by: Who
    asked_at: datetime
    handed_over_by: Who | None
    handed_over_at: datetime | None
    decided_at: datetime | None
    revisions: Sequence[RevisionEntry]
    lines: Sequence[LineEntry]
    attachments: Sequence[AttachmentEntry]
    rounds: Sequence[RoundEntry]
    call_offs: Sequence[CallOffEntry]

    @property
    def canonical(self) -> bytes:
        """The record as JSON that has one form only: keys sorted, no blanks, UTF-8.

        Moments are in UTC, amounts are texts with their cents.
        """
        return json.dumps(
            asdict(self),
            default=_plain,
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON, in hexadecimal."""
        return sha256(self.canonical).hexdigest()

    @property
    def latest(self) -> datetime:
        """The last moment that the record knows: the date of its PDF."""
        return max(self._moments())

    def _moments(self) -> Iterator[datetime]:
        """Of what people did; deadlines lie ahead."""
        yield self.asked_at
        yield from (row.written_at for row in self.revisions)
        yield from (row.withdrawn_at or row.added_at for row in self.attachments)
        yield from (row.issued_at for row in self.call_offs)
        for entry in self.rounds:
            yield from (row.decided_at for step in entry.steps for row in step.decisions)
        yield from (at for at in (self.handed_over_at, self.decided_at) if at is not None)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no place in a record")
