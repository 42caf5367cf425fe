"""The people of an authority: until when they may act, and up to which amount.

Keepers of the policy (approvers, treasurers) end memberships and set limits, never their
own. The row's lock conflicts with the one a decision holds (`acting.valid_while_deciding`):
what was decided before stays, and nothing is decided after.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.pricing import decimals, euros
from contracts.retrying import again
from orders.errors import InvalidMembershipEnd, InvalidSigningLimit, NotFound, OwnMembership

from .policies import KEEPERS
from .policy_nudges import nudge
from .policy_structure import MAX_GROSS
from .signers import SIGNING_ROLES


def members(by: Membership) -> QuerySet[Membership]:
    """Everybody of the actor's organisation, in force or not, by role and name."""
    return (
        Membership.objects.filter(organisation_id=by.organisation_id)
        .select_related("user", "school")
        .order_by("role", "user__last_name", "user__first_name", "pk")
    )


@again
def end_membership(
    *, membership_id: int, last_day: date, by: Membership, now: datetime
) -> Membership:
    """Let a membership end after *last_day*; yesterday ends it at once.

    It is done even if the policy can't be satisfied without the person; the keepers are told.
    Raises NotFound, NotAllowed, OwnMembership or InvalidMembershipEnd.
    """
    with transaction.atomic():
        member = _locked(membership_id, by, now)
        _require_end(member, last_day, berlin_day(now))
        before = member.valid_to
        member.valid_to = last_day
        member.save(update_fields=["valid_to"])
        record(
            member,
            "membership.ended",
            by=by,
            now=now,
            before={"valid_to": f"{before:%Y-%m-%d}" if before is not None else None},
            after={"valid_to": f"{last_day:%Y-%m-%d}"},
        )
        nudge(by.organisation_id)
    return member


@again
def set_signing_limit(
    *, membership_id: int, limit: Decimal | None, by: Membership, now: datetime
) -> Membership:
    """Set up to which gross amount (EUR) somebody signs; None: the person signs nothing.

    Raises NotFound, NotAllowed, OwnMembership or InvalidSigningLimit.
    """
    with transaction.atomic():
        member = _locked(membership_id, by, now)
        _require_limit(member, limit)
        before = member.signing_limit
        member.signing_limit = limit
        member.save(update_fields=["signing_limit"])
        record(
            member,
            "membership.signing_limit",
            by=by,
            now=now,
            before={"signing_limit": str(before) if before is not None else None},
            after={"signing_limit": str(limit) if limit is not None else None},
        )
        nudge(by.organisation_id)
    return member


def _locked(membership_id: int, by: Membership, now: datetime) -> Membership:
    """Lock the membership and the actor's own, by key: two who end each other take turns."""
    rows = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .filter(organisation_id=by.organisation_id, pk__in={membership_id, by.pk})
        .select_related("user")
        .order_by("pk")
    )
    member = {row.pk: row for row in rows}.get(membership_id)
    require_role(by, KEEPERS, now)
    if member is None:
        raise NotFound("Diese Person gibt es in Ihrer Organisation nicht.")
    if member.user_id == by.user_id:
        raise OwnMembership("Über die eigene Mitgliedschaft entscheidet eine andere Person.")
    return member


def _require_end(member: Membership, last_day: date, today: date) -> None:
    if last_day < today - timedelta(days=1):
        raise InvalidMembershipEnd(
            "Rückwirkend endet keine Mitgliedschaft; mit dem gestrigen Tag endet sie sofort."
        )
    if last_day < member.valid_from:
        raise InvalidMembershipEnd(
            f"Die Mitgliedschaft beginnt erst am {member.valid_from:%d.%m.%Y}."
        )
    if member.valid_to is not None and last_day >= member.valid_to:
        raise InvalidMembershipEnd(
            f"Die Mitgliedschaft endet schon am {member.valid_to:%d.%m.%Y}; verlängert wird sie "
            "hier nicht."
        )


def _require_limit(member: Membership, limit: Decimal | None) -> None:
    if member.role not in SIGNING_ROLES:
        raise InvalidSigningLimit(
            f"{member.get_role_display()} unterschreibt nicht und braucht keine Zeichnungsgrenze."
        )
    if limit is not None and (limit < 0 or limit > MAX_GROSS or decimals(limit) > 2):
        raise InvalidSigningLimit(
            f"Eine Zeichnungsgrenze liegt zwischen 0,00 EUR und {euros(MAX_GROSS)} und hat "
            "höchstens zwei Nachkommastellen."
        )
