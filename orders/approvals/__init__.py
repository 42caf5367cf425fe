"""Approvals (Freigaben): the inbox, the decision, the cut.

This is the public face of the room.
"""

from .cuts import Grant
from .decisions import decide
from .inbox import above_limit, inbox, steps_for

__all__ = ["Grant", "above_limit", "decide", "inbox", "steps_for"]
