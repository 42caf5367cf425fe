"""The sittings a requisition waits for, for every page that shows its steps.

`frontend/requisitions/signatures.html` shows them where the context holds `sittings`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.parties.models import Membership
from orders.approvals.committees import awaits_sitting, may_note_sitting
from orders.models import ApprovalStep, Requisition


@dataclass(frozen=True, slots=True)
class Sitting:
    """A step that waits for a committee, and whether the actor may note the day."""

    step: ApprovalStep
    may_note: bool


def sittings(
    requisition: Requisition, steps: Iterable[ApprovalStep], by: Membership
) -> list[Sitting]:
    """Of the steps of the round those that wait for a committee."""
    return [
        Sitting(step, may_note_sitting(step, by))
        for step in steps
        if awaits_sitting(requisition, step)
    ]
