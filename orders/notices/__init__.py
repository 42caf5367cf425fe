"""Mails by subject, written to the outbox. This is the public face of the room."""

from .allocation import announce_next_rank
from .call_offs import announce_call_offs, announce_confirmation, announce_taken_back
from .delegations import announce_delegation, announce_revocation
from .papers import announce_comment
from .people import order_desks, people_of
from .policies import announce_faults, announce_proposal
from .requisitions import (
    announce_expiry,
    announce_hand_back,
    announce_hand_over,
    announce_outcome,
)
from .signing import (
    announce_escalation,
    announce_reminder,
    announce_sitting,
    announce_submission,
)

__all__ = [
    "announce_call_offs",
    "announce_comment",
    "announce_confirmation",
    "announce_delegation",
    "announce_escalation",
    "announce_expiry",
    "announce_faults",
    "announce_hand_back",
    "announce_hand_over",
    "announce_next_rank",
    "announce_outcome",
    "announce_proposal",
    "announce_reminder",
    "announce_revocation",
    "announce_sitting",
    "announce_submission",
    "announce_taken_back",
    "order_desks",
    "people_of",
]
