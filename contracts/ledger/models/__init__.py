from .account import AccountKind, LimitAccount, Unit
from .entry import EntryKind, LedgerEntry

__all__ = ["AccountKind", "EntryKind", "LedgerEntry", "LimitAccount", "Unit"]
