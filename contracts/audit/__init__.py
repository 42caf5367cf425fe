"""The audit trail, written inside every business transaction."""
