"""Named constraints of the database, translated into named refusals."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from contracts import constraints

from .errors import (
    DuplicateReference,
    HoldAlreadyResolved,
    LedgerError,
    LimitExceeded,
    ReverseTooLarge,
    UnknownEntry,
)

_CONSTRAINTS: Mapping[str, type[LedgerError]] = {
    "ledger_cap_not_exceeded": LimitExceeded,
    "ledger_budget_not_overdrawn": LimitExceeded,
    "ledger_hold_resolved_once": HoldAlreadyResolved,
    "ledger_resolution_matches": UnknownEntry,
    "ledger_reverse_within_post": ReverseTooLarge,
    "ledger_entry_reference_unique": DuplicateReference,
    "ledger_account_not_negative": ReverseTooLarge,
}


def translated() -> AbstractContextManager[None]:
    """Raise the refusal that belongs to a violated constraint; others pass as they are."""
    return constraints.translated(_CONSTRAINTS)
