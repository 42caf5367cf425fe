"""Requisitions (Anforderungen): ask, edit, hand over, submit, withdraw, expire.

This is the public face of the room.
"""

from .ask import Ask, Place, Share
from .creation import ASKING_ROLES, create, create_from_basket
from .editing import revise
from .ending import expire_due, release, withdraw
from .handover import hand_back, hand_over
from .reading import (
    ask_of,
    current_lines,
    key_of,
    lines_of,
    locked,
    step_to,
    visible_requisitions,
    wanted_of,
)
from .requoting import outlook
from .submission import SUBMITTING_ROLES, submit, submit_basket

__all__ = [
    "ASKING_ROLES",
    "SUBMITTING_ROLES",
    "Ask",
    "Place",
    "Share",
    "ask_of",
    "create",
    "create_from_basket",
    "current_lines",
    "expire_due",
    "hand_back",
    "hand_over",
    "key_of",
    "lines_of",
    "locked",
    "outlook",
    "release",
    "revise",
    "step_to",
    "submit",
    "submit_basket",
    "visible_requisitions",
    "wanted_of",
    "withdraw",
]
