from .account import AccountKind, ClosedReason, LimitAccount, Unit
from .day import DayMovement
from .entry import EntryKind, LedgerEntry

__all__ = [
    "AccountKind",
    "ClosedReason",
    "DayMovement",
    "EntryKind",
    "LedgerEntry",
    "LimitAccount",
    "Unit",
]
