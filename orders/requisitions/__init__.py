"""Requisitions (Anforderungen): ask, edit, hand over, submit, withdraw, expire.

This is the public face of the room.
"""

from orders.facts import Place

from .acting_on import locked, step_to
from .ask import Ask, Share
from .comparing import difference
from .creation import ASKING_ROLES, create, create_from_basket
from .editing import Foresight, foresee, revise, why_not_editable
from .ending import expire_due, release, withdraw
from .handover import HANDED_OVER, hand_back, hand_over, hand_over_basket, recall
from .reading import (
    AskedLine,
    ask_of,
    asked_lines,
    current_lines,
    found,
    key_of,
    last_change,
    lines_of,
    visible_requisitions,
    wanted_of,
)
from .requoting import gaps_of, outlook
from .submission import SUBMITTING_ROLES, submit, submit_basket

__all__ = [
    "ASKING_ROLES",
    "HANDED_OVER",
    "SUBMITTING_ROLES",
    "Ask",
    "AskedLine",
    "Foresight",
    "Place",
    "Share",
    "ask_of",
    "asked_lines",
    "create",
    "create_from_basket",
    "current_lines",
    "difference",
    "expire_due",
    "foresee",
    "found",
    "gaps_of",
    "hand_back",
    "hand_over",
    "hand_over_basket",
    "key_of",
    "last_change",
    "lines_of",
    "locked",
    "outlook",
    "recall",
    "release",
    "revise",
    "step_to",
    "submit",
    "submit_basket",
    "visible_requisitions",
    "wanted_of",
    "why_not_editable",
    "withdraw",
]
