"""Whether a membership may act: its role and its days. The one guard of every domain call."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from contracts.refusals import NotAllowed
from contracts.sql import fetch


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


_DECIDING = """
SELECT member.id, member.user_id, member.organisation_id, member.school_id, member.role,
       member.signing_limit, member.valid_from, member.valid_to
  FROM parties_membership member
  JOIN parties_organisation organisation ON organisation.id = member.organisation_id
  JOIN parties_user person ON person.id = member.user_id
 WHERE member.id = ANY(%(ids)s::bigint[]) AND organisation.is_active AND person.is_active
   AND member.valid_from <= %(on)s AND (member.valid_to IS NULL OR member.valid_to >= %(on)s)
 ORDER BY member.id
   FOR SHARE OF member"""
_WITH_OTHERS = f"{_DECIDING} FOR SHARE OF organisation"
_ALONE = f"{_DECIDING} FOR NO KEY UPDATE OF organisation"
_COLUMNS = (
    "id", "user_id", "organisation_id", "school_id", "role", "signing_limit", "valid_from",
    "valid_to",
)  # fmt: skip


def valid_while_deciding(
    known: Collection[Membership], now: datetime, *, alone: bool = False
) -> dict[int, Membership]:
    """Those memberships that are in force, as they are now, kept so until the transaction is
    over; with them the row of the organisation, which its own gates wait for, and with `alone`
    everybody else who decides there: two who shared the row could not both come to hold it.

    Whoever ends one waits for the row; what was decided before stays decided, and nothing is
    decided after.
    """
    by_key = {row.pk: row for row in known}
    rows = fetch(_ALONE if alone else _WITH_OTHERS, {"ids": sorted(by_key), "on": berlin_day(now)})
    found = {row[0]: Membership.from_db(connection.alias, _COLUMNS, row) for row in rows}
    for pk, fresh in found.items():
        fresh.user = by_key[pk].user
        fresh.organisation = by_key[pk].organisation
    return found
