"""Reading parameters of the address, strictly: what is not understood is refused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from contracts.digits import whole

from .refusals import InvalidParameter

UNBOUNDED = 2**63 - 1
_MOST_DIGITS = 19


def integer(
    request: Request, name: str, *, default: int, minimum: int, maximum: int = UNBOUNDED
) -> int:
    """A whole number within the bounds. Raises InvalidParameter."""
    text = request.query_params.get(name)
    if text is None:
        return default
    number = whole(text, most_digits=_MOST_DIGITS)
    if number is None or not minimum <= number <= maximum:
        upper = f" bis {maximum}" if maximum < UNBOUNDED else ""
        raise InvalidParameter(name, f"„{name}“ muss eine ganze Zahl ab {minimum}{upper} sein.")
    return number


def choice(request: Request, name: str, *, default: str, among: Collection[str]) -> str:
    """One of the named values. Raises InvalidParameter."""
    text = request.query_params.get(name, default)
    if text not in among:
        raise InvalidParameter(name, f"„{name}“ muss eines davon sein: {', '.join(among)}.")
    return text


def moment(request: Request, name: str) -> datetime | None:
    """A date and time with its offset (RFC 3339), or None. Raises InvalidParameter."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        value = parse_datetime(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise InvalidParameter(
            name, f"„{name}“ muss Datum und Uhrzeit mit Zeitzone sein (RFC 3339)."
        )
    return value
