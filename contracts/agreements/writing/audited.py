"""Before and after, as the audit trail keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Model

Values = Mapping[str, object]


def plain(value: object) -> object:
    """The value as JSON takes it: money and dates as text, rows by their name."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def plain_values(values: Values) -> dict[str, object]:
    """Every value as JSON takes it."""
    return {name: plain(value) for name, value in values.items()}


def differences(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """Only what differs, before and after; both empty when nothing changed."""
    changed = [name for name, value in after.items() if before.get(name) != value]
    return (
        {name: plain(before.get(name)) for name in changed},
        {name: plain(after[name]) for name in changed},
    )
