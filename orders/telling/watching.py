"""What happened to a requisition, for those who watch: written with it, told after the commit.

One row of the outbox per change, in the transaction of the change itself; whoever tells the
outside (webhooks) takes it from there, and the change is told if and only if it is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from orders.models import OutboxMessage, Requisition

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
class Watched:
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


def watch(requisition: Requisition, happened: Happened, *, now: datetime) -> None:
    """Note inside the transaction of a change that it happened."""
    uid = uuid4().hex
    payload = {
        "uid": uid,
        "happened": happened.value,
        "at": now.astimezone(UTC).isoformat(),
        "requisition": requisition.pk,
        "number": requisition.number,
        "state": requisition.state,
        "revision": requisition.current_revision,
        "authority": requisition.authority_id,
        "school": requisition.school_id,
    }
    OutboxMessage.objects.create(
        key=f"{KIND}:{uid}", kind=KIND, payload=payload, created_at=now, due_at=now
    )


def watch_end(requisition: Requisition, *, now: datetime) -> None:
    """Note the state that a requisition has ended in, or has gone back to whoever asked."""
    watch(requisition, Happened(f"{KIND}.{requisition.state}"), now=now)


def watched(payload: dict[str, Any]) -> Watched:
    """The change that a row of the outbox tells of."""
    return Watched(
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
