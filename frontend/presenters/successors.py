"""Lines of older orders lead to what replaced their article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from contracts.agreements.allocation.successors import offered_replacements
from contracts.parties.models import Membership


class _Line(Protocol):
    listing_id: int


def with_successors(lines: Sequence[_Line], *, by: Membership, on: date) -> None:
    """Set `successor` on every line: the listing the actor may call off instead, or None."""
    found = offered_replacements(
        [line.listing_id for line in lines], buyer_id=by.organisation_id, on=on
    )
    for line in lines:
        line.successor = found.get(line.listing_id)  # type: ignore[attr-defined]
