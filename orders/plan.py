"""Carrying out what an act has decided: events, audit and outbox, one statement per table.

An act gathers its steps here and writes them once, late, so that nothing of it is forgotten
and nothing is written twice. What a step may bring with it stands in `orders.consequences`;
anything else is a defect and raises at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from contracts.audit.record import Entry, record_entries
from contracts.parties.models import Membership, User
from orders.consequences import CONSEQUENCES, Step
from orders.finance import events
from orders.finance.events import FinanceFact
from orders.models import CallOff, Requisition
from orders.telling.notices import Notice
from orders.telling.outbox import tell
from orders.telling.watching import Change, Happened


class UnforeseenConsequence(Exception):
    """An act brings what its step does not bring: a defect of ours."""


@dataclass(slots=True)
class Plan:
    """What an act leaves behind beside its own rows; `by` is None for acts of the system."""

    by: Membership | None
    now: datetime
    facts: list[FinanceFact] = field(default_factory=list)
    told: list[Notice | Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def follow(
        self,
        step: Step,
        subject: Requisition | CallOff,
        *,
        events: Iterable[FinanceFact] = (),
        told: Iterable[Notice] = (),
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        reason: str = "",
        rule: str = "",
        on_behalf_of: User | None = None,
    ) -> None:
        """Gather what follows from a step that *subject* has taken. Raises on anything else."""
        consequence = CONSEQUENCES[step]
        facts, notices = list(events), list(told)
        if {fact.type for fact in facts} - consequence.events:
            raise UnforeseenConsequence(f"{step}: {sorted({fact.type for fact in facts})}")
        if {notice.template for notice in notices} - consequence.told:
            raise UnforeseenConsequence(f"{step}: {[notice.key for notice in notices]}")
        self.facts += facts
        self.told += notices
        if consequence.happened is not None and isinstance(subject, Requisition):
            self.told.append(_change(subject, consequence.happened, self.now))
        if consequence.is_audited:
            self.entries.append(
                Entry(
                    subject,
                    step.value,
                    self.by,
                    before or {},
                    after or {},
                    reason,
                    rule,
                    on_behalf_of,
                )
            )

    def carry_out(self) -> None:
        """Write all of it: three statements, whatever there is, in the act's transaction."""
        if self.facts:
            events.append(self.facts, now=self.now)
        if self.told:
            tell(self.told, now=self.now)
        record_entries(self.entries, now=self.now)


def _change(requisition: Requisition, happened: Happened, now: datetime) -> Change:
    """What happened to a requisition, as it is after it, for those who watch."""
    return Change(
        uid=uuid4().hex,
        happened=happened,
        at=now,
        requisition_id=requisition.pk,
        number=requisition.number,
        state=requisition.state,
        revision=requisition.current_revision,
        authority_id=requisition.authority_id,
        school_id=requisition.school_id,
    )
