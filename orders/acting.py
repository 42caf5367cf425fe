"""Whether a membership may act: its role and its days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.errors import NotAllowed


def require_role(by: Membership, roles: Sequence[str], now: datetime) -> None:
    """Raise NotAllowed unless the membership is in force and has one of the roles."""
    if by.role not in roles or not is_valid(by, now):
        raise NotAllowed("Ihre Rolle erlaubt diesen Schritt nicht.")


def is_valid(by: Membership, now: datetime) -> bool:
    """Whether the membership is in force, read afresh from the database."""
    return Membership.objects.valid_on(berlin_day(now)).filter(pk=by.pk).exists()


def valid_while_deciding(membership_ids: Collection[int], now: datetime) -> dict[int, Membership]:
    """Those memberships that are in force, kept from ending until the transaction is over.

    Whoever ends one waits for the row; what was decided before stays decided, and nothing is
    decided after.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM parties_membership WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [list(membership_ids)],
        )
    rows = Membership.objects.valid_on(berlin_day(now)).filter(pk__in=membership_ids)
    return {row.pk: row for row in rows.select_related("user", "organisation")}
