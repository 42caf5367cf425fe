from .account import AccountKind, ClosedReason, LimitAccount, Unit
from .entry import EntryKind, LedgerEntry

__all__ = [
    "AccountKind",
    "ClosedReason",
    "EntryKind",
    "LedgerEntry",
    "LimitAccount",
    "Unit",
]
