"""Runs the two statements of a movement: lock the accounts, append the entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from contracts.sql import fetch

from .models import EntryKind, LimitAccount
from .sql import APPEND_ENTRIES, LOCK_ACCOUNTS

ACCOUNT_COLUMNS = (
    "id", "kind", "unit", "title", "limit_amount", "held", "posted", "is_open", "closed_reason",
)  # fmt: skip

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One entry to append; deltas in EUR or pieces."""

    account_id: int
    kind: EntryKind
    reference: str
    delta_limit: Decimal = _ZERO
    delta_held: Decimal = _ZERO
    delta_posted: Decimal = _ZERO
    resolves_id: int | None = None
    document: str = ""


def lock(account_ids: Collection[int]) -> list[LimitAccount]:
    """Lock the rows in ascending order and return those that exist, as they are now."""
    rows = fetch(LOCK_ACCOUNTS, {"account_ids": list(account_ids)})
    return [LimitAccount.from_db(connection.alias, ACCOUNT_COLUMNS, row) for row in rows]


def append(
    entries: Sequence[NewEntry], *, by_id: int | None, at: datetime
) -> list[tuple[int, int, str]]:
    """Append all entries by one INSERT; return (entry id, account id, reference) of each.

    The trigger `ledger_apply_entries` carries them to the accounts in the same statement.
    """
    return fetch(
        APPEND_ENTRIES,
        {
            "by_id": by_id,
            "at": at,
            "account_ids": [entry.account_id for entry in entries],
            "kinds": [entry.kind.value for entry in entries],
            "limits": [entry.delta_limit for entry in entries],
            "held": [entry.delta_held for entry in entries],
            "posted": [entry.delta_posted for entry in entries],
            "resolved": [entry.resolves_id for entry in entries],
            "references": [entry.reference for entry in entries],
            "documents": [entry.document for entry in entries],
        },
    )
