"""Moved to contracts.parties.acting."""

from contracts.parties.acting import require_role, valid_while_deciding

__all__ = ["require_role", "valid_while_deciding"]
