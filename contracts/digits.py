"""Whole numbers that stand in an address, a hidden field or a parameter."""

from __future__ import annotations

MOST_DIGITS = 18
"""What a key in the database can have."""


def whole(text: str, *, most_digits: int = MOST_DIGITS) -> int | None:
    """The number, or None for what is none: no digits of other scripts, no endless ones."""
    if text.isascii() and text.isdecimal() and len(text) <= most_digits:
        return int(text)
    return None
