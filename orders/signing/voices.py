"""Whose signature it is: one's own, or that of the person substituted (A for B).

A substitute signs with the role and within the limit of the membership that was delegated.
A delegation names a membership, never another delegation: there are no chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from contracts.clock import BERLIN, berlin_day
from contracts.parties.acting import valid_while_deciding
from contracts.parties.models import Membership
from contracts.sql import fetch
from orders.errors import InvalidDelegation, NotAllowed
from orders.models import Delegation

from .signers import SIGNING_ROLES


@dataclass(frozen=True, slots=True)
class Voice:
    """`by` signs; role and signing limit are those of `membership`."""

    by: Membership
    membership: Membership
    delegation: Delegation | None = None

    @property
    def on_behalf_of_id(self) -> int | None:
        """The person substituted, if any."""
        return self.delegation.delegator_person_id if self.delegation is not None else None

    @property
    def school_ids(self) -> frozenset[int]:
        """The schools it is bound to: whoever belongs to one signs for no other."""
        found = {self.by.school_id, self.membership.school_id}
        return frozenset(pk for pk in found if pk is not None)

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody this signature speaks for: whoever signs, and whoever is substituted."""
        substituted = self.on_behalf_of_id
        return (self.by.user_id,) if substituted is None else (self.by.user_id, substituted)


def deputyships(by: Membership, on: date) -> QuerySet[Delegation]:
    """Delegations the actor may use on the day, in the organisation acted for.

    None in a role that only reads or asks: a deputy is somebody who may sign.
    """
    if by.role not in SIGNING_ROLES:
        return Delegation.objects.none()
    return (
        Delegation.objects.filter(
            deputy_id=by.user_id,
            delegator__organisation_id=by.organisation_id,
            delegator__in=Membership.objects.valid_on(on),
            valid_from__lte=on,
            valid_to__gte=on,
            revoked_at__isnull=True,
        )
        .select_related("delegator__user", "delegator__organisation")
        .order_by("delegator__user__last_name", "pk")
    )


_SUBSTITUTES = "SELECT FROM orders_delegation WHERE deputy_id = %(person)s AND revoked_at IS NULL"


def deputyships_of(by: Membership, on: date) -> list[Delegation]:
    """The same, read. Hardly anybody substitutes anybody, and every page asks: so that is asked
    first, in a statement that the session keeps prepared.
    """
    if by.role not in SIGNING_ROLES or not fetch(_SUBSTITUTES, {"person": by.user_id}):
        return []
    return list(deputyships(by, on))


def voice_of(by: Membership, delegation_id: int | None, *, on: date) -> Voice:
    """The voice to read an inbox with; raises InvalidDelegation."""
    if delegation_id is None:
        return Voice(by, by)
    delegation = deputyships(by, on).filter(pk=delegation_id).first()
    if delegation is None:
        raise _refusal(by, delegation_id, on)
    return Voice(by, delegation.delegator, delegation)


def voice_to_decide(
    by: Membership, delegation_id: int | None, *, alone: bool = False, now: datetime
) -> Voice:
    """The same, kept as it is until the transaction is over.

    Whoever ends the membership or revokes the substitution waits; what was decided before
    stays decided. `alone` as in `valid_while_deciding`. Raises NotAllowed or InvalidDelegation.
    """
    day = berlin_day(now)
    if delegation_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM orders_delegation WHERE id = %s FOR SHARE", [delegation_id]
            )
    voice = voice_of(by, delegation_id, on=day)
    valid = valid_while_deciding([by, voice.membership], now, alone=alone)
    if by.pk not in valid:
        raise NotAllowed(_ended(by))
    if voice.membership.pk not in valid:
        raise InvalidDelegation(
            f"Die Mitgliedschaft von {voice.membership.user} ist beendet, "
            "und mit ihr die Vertretung."
        )
    return Voice(by, valid[voice.membership.pk], voice.delegation)


def _ended(by: Membership) -> str:
    """Until when the membership was in force; whoever acts may have begun before its end."""
    last = Membership.objects.values_list("valid_to", flat=True).get(pk=by.pk)
    until = f" Sie galt bis zum {last:%d.%m.%Y}." if last is not None else ""
    return f"Ihre Mitgliedschaft ist heute nicht gültig.{until}"


def _refusal(by: Membership, delegation_id: int, on: date) -> InvalidDelegation:
    """Why the delegation can't be used, as far as it concerns the actor."""
    found = (
        Delegation.objects.filter(
            pk=delegation_id,
            deputy_id=by.user_id,
            delegator__organisation_id=by.organisation_id,
        )
        .select_related("delegator__user", "revoked_by__user")
        .first()
    )
    if found is None:
        return InvalidDelegation("Diese Vertretung gibt es für Sie nicht.")
    if by.role not in SIGNING_ROLES:
        return InvalidDelegation(
            f"Als {by.get_role_display()} zeichnen Sie nicht, auch nicht in Vertretung. Wechseln "
            "Sie zu einer Mitgliedschaft, die zeichnen darf."
        )
    who = str(found.delegator.user)
    if found.revoked_at is not None:
        when = found.revoked_at.astimezone(BERLIN)
        by_whom = found.revoked_by.user if found.revoked_by is not None else "–"
        return InvalidDelegation(
            f"Die Vertretung für {who} ist aufgehoben ({by_whom}, {when:%d.%m.%Y, %H:%M} Uhr)."
        )
    if found.valid_to < on:
        return InvalidDelegation(
            f"Die Vertretung für {who} ist am {found.valid_to:%d.%m.%Y} abgelaufen."
        )
    if found.valid_from > on:
        return InvalidDelegation(
            f"Die Vertretung für {who} beginnt erst am {found.valid_from:%d.%m.%Y}."
        )
    return InvalidDelegation(
        f"Die Mitgliedschaft von {who} ist beendet, und mit ihr die Vertretung."
    )
