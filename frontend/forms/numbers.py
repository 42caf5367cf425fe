"""Numbers that stand in an address or a hidden field: digits, or nothing."""

from __future__ import annotations

_MOST_DIGITS = 18
"""What a key in the database can have."""


def whole(text: str) -> int | None:
    """The number, or None for what is none; no digits of other scripts, no endless ones."""
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None
