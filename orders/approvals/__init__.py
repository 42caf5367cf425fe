"""Approvals (Freigaben): the inbox, the decision, the cut, many at once.

This is the public face of the room.
"""

from .bulk import MOST_AT_ONCE, Chosen, Outcome, Result, decide_many
from .cuts import CutQuote, Grant, quote_cut
from .decisions import decide
from .inbox import (
    above_limit,
    inbox,
    steps_for,
    steps_to_sign,
    voice_for,
    voices,
    waiting_counts,
    waiting_total,
    why_not,
)
from .queue import Asked, Narrowing, Queue, read_queue
from .splitting import Splitting, splittings
from .waiting import waiting

__all__ = [
    "MOST_AT_ONCE",
    "Asked",
    "Chosen",
    "CutQuote",
    "Grant",
    "Narrowing",
    "Outcome",
    "Queue",
    "Result",
    "Splitting",
    "above_limit",
    "decide",
    "decide_many",
    "inbox",
    "quote_cut",
    "read_queue",
    "splittings",
    "steps_for",
    "steps_to_sign",
    "voice_for",
    "voices",
    "waiting",
    "waiting_counts",
    "waiting_total",
    "why_not",
]
