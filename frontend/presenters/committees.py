"""The sittings a requisition waits for, for every page that shows its steps.

Template: `{% include "frontend/requisitions/committee.html" %}` with `sittings` and `wish`.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.parties.models import Membership
from orders.approvals.committees import may_note_sitting, steps_with_sitting
from orders.models import ApprovalStep, Requisition


@dataclass(frozen=True, slots=True)
class Sitting:
    """A step that waits for a committee, and whether the actor may note the day."""

    step: ApprovalStep
    may_note: bool


def sittings(requisition: Requisition, by: Membership) -> list[Sitting]:
    """The open steps of the round with a committee; one query, none after the approval."""
    return [Sitting(step, may_note_sitting(step, by)) for step in steps_with_sitting(requisition)]
