"""Closed lists of words with their German labels, usable without Django.

A model field takes `choices=Kind.choices`; the pure rules compare members, and stored
values compare equal to them.
"""

from __future__ import annotations

from enum import Enum, EnumMeta
from typing import Self


class _Listed(EnumMeta):
    @property
    def choices(cls) -> list[tuple[str, str]]:
        """(value, label) of each member, as a form or a model field takes them."""
        return [(member.value, member.label) for member in cls]  # type: ignore[var-annotated]

    @property
    def values(cls) -> list[str]:
        """The stored values."""
        return [member.value for member in cls]  # type: ignore[var-annotated]


class Word(str, Enum, metaclass=_Listed):  # noqa: UP042 - a member has a label as well
    """A member is its stored value and knows the word people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    def __str__(self) -> str:
        return str(self.value)
