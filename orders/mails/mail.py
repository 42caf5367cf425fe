"""A mail as it is put together, and the kinds of having nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from django.db.models import Model, QuerySet

from contracts.parties.models import User
from orders.telling.notices import Notice

_Row = TypeVar("_Row", bound=Model)


MAIL = "mail"
"""The kind of the rows of the outbox that `delivery` hands over."""


class Gone(Exception):
    """What a notice speaks of is no longer there; trying again would change nothing."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one recipient; *key* makes it unique for ever and its Message-ID stable."""

    key: str
    recipient: str
    subject: str
    body: str


Renderer: TypeAlias = Callable[[Notice, datetime], Iterable[Mail]]
"""Mails of a notice as of a moment; none where there is nothing to tell any more."""


def found(rows: QuerySet[_Row], pk: int) -> _Row:
    """The row that a notice names. Raises Gone."""
    row = rows.filter(pk=pk).first()
    if row is None:
        name = rows.model._meta.verbose_name  # noqa: SLF001 - Django documents _meta
        raise Gone(f"{name} {pk} gibt es nicht mehr.")
    return row


def address_of(user: User) -> str:
    """Where a person reads mail; whoever is no longer active reads none."""
    return user.email if user.is_active else ""


def one_line(text: str, limit: int = 250) -> str:
    """The text without line breaks, cut to *limit* characters."""
    words = " ".join(text.split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"
