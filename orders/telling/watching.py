"""What happened to a requisition, for those who watch: written with it, told after the commit.

One row of the outbox per change, in the transaction of the change itself; whoever tells the
outside (webhooks) takes it from there, and the change is told if and only if it is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

KIND = "requisition"


class Happened(StrEnum):
    """What can happen to a requisition; the values are for programs and never change."""

    CREATED = "requisition.created"
    REVISED = "requisition.revised"
    HANDED_OVER = "requisition.handed_over"
    HANDED_BACK = "requisition.handed_back"
    SUBMITTED = "requisition.submitted"
    DECIDED = "requisition.decided"
    APPROVED = "requisition.approved"
    PARTLY_APPROVED = "requisition.partly_approved"
    REJECTED = "requisition.rejected"
    RETURNED = "requisition.returned"
    WITHDRAWN = "requisition.withdrawn"
    EXPIRED = "requisition.expired"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `uid` names it for ever; state and revision are those after it."""

    uid: str
    happened: Happened
    at: datetime
    requisition_id: int
    number: str
    state: str
    revision: int
    authority_id: int
    school_id: int | None

    def payload(self) -> dict[str, Any]:
        """The change as a row of the outbox keeps it; `changed` reads it."""
        return {
            "uid": self.uid,
            "happened": self.happened.value,
            "at": self.at.astimezone(UTC).isoformat(),
            "requisition": self.requisition_id,
            "number": self.number,
            "state": self.state,
            "revision": self.revision,
            "authority": self.authority_id,
            "school": self.school_id,
        }


def changed(payload: dict[str, Any]) -> Change:
    """The change that a row of the outbox tells of."""
    return Change(
        uid=payload["uid"],
        happened=Happened(payload["happened"]),
        at=datetime.fromisoformat(payload["at"]),
        requisition_id=payload["requisition"],
        number=payload["number"],
        state=payload["state"],
        revision=payload["revision"],
        authority_id=payload["authority"],
        school_id=payload["school"],
    )
