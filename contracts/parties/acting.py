"""Whether a membership may act: its role and its days. The one guard of every domain call."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from contracts.refusals import NotAllowed


def require_role(by: Membership, roles: Collection[str], now: datetime) -> None:
    """Raise NotAllowed unless the membership has one of the roles and is in force.

    Its days are read afresh: it may have ended since the request began, or since the form was
    filled in.
    """
    if by.role not in roles:
        names = " oder ".join(sorted(str(Role(role).label) for role in roles))
        raise NotAllowed(f"Dieser Schritt ist der Rolle „{names}“ vorbehalten.")
    if not Membership.objects.valid_on(berlin_day(now)).filter(pk=by.pk).exists():
        raise NotAllowed("Ihre Mitgliedschaft ist heute nicht gültig.")


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
