"""What is asked of the ledger: plain data for `contracts.ledger.movements`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Hold:
    """Ask to set *amount* (EUR or pieces) aside on an account."""

    account_id: int
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class Post:
    """End the hold *hold_id* and book *amount*, which may differ from what was held."""

    hold_id: int
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold that is neither posted nor voided (EUR or pieces)."""

    pk: int
    account_id: int
    reference: str
    delta_held: Decimal


@dataclass(frozen=True, slots=True)
class Reverse:
    """Take *amount* back from the posted entry *post_id*."""

    post_id: int
    amount: Decimal
    reference: str
