"""Ordered lines with what stands behind their price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.agreements.prices.changes import visible_changes
from contracts.parties.models import Membership
from orders.call_offs.line_prices import reasons_of_lines
from orders.models import CallOff


def with_reasons(call_off: CallOff, lines: Sequence[Any], *, by: Membership, on: date) -> set[int]:
    """Give each line its `reason`; return the price changes the actor may open."""
    reasons = reasons_of_lines(call_off, lines, by=by, on=on)
    for line in lines:
        line.reason = reasons[line.pk]
    changes = {change.pk for reason in reasons.values() for change in reason.changes}
    if not changes:
        return set()
    return set(visible_changes(by, on).filter(pk__in=changes).values_list("pk", flat=True))
