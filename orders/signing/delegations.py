"""Dated substitution: set up, revoked, listed.

Whoever signs with a limit lets somebody sign for them from one day to another, or, when they
can't any more, a keeper of the authority does. No chains: a delegation hands on a membership
of the delegator's, and a deputyship is none (docs/deadlines.md).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role, User
from contracts.retrying import again
from orders.errors import (
    CommentMissing,
    DelegationOverlaps,
    InvalidDelegation,
    InvalidDelegationDays,
    NotDelegable,
    NotFound,
    UnsuitableDeputy,
)
from orders.models import Delegation
from orders.telling.notices import delegation_notice, revocation_notice
from orders.telling.outbox import tell

from .signers import SIGNING_ROLES

KEEPERS = (Role.APPROVER, Role.TREASURER)
"""Roles that set up and revoke substitutions of others, as in sick leave."""
READERS = (*SIGNING_ROLES, Role.AUDITOR)
MOST_DAYS = 366

_CONSTRAINTS: Refusals = {
    "orders_delegation_one_deputy": partial(
        DelegationOverlaps,
        "An einigen dieser Tage gibt es schon eine Vertretung. Heben Sie sie auf, oder wählen "
        "Sie andere Tage.",
    ),
}


@again
def delegate(
    *,
    membership_id: int,
    deputy_person_id: int,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: Membership,
    now: datetime,
) -> Delegation:
    """Let a person sign with the role and limit of a membership, on these days inclusive.

    By whoever holds the membership, or by a keeper of the authority, who has to say why and
    can't be the deputy. Raises NotFound, NotAllowed, CommentMissing, InvalidDelegationDays,
    NotDelegable, UnsuitableDeputy, DelegationOverlaps.
    """
    require_role(by, SIGNING_ROLES, now)
    reason = reason.strip()
    _require_days(valid_from, valid_to, berlin_day(now))
    with translated(_CONSTRAINTS), transaction.atomic():
        delegator = _delegator(membership_id, by)
        if delegator.user_id != by.user_id and not reason:
            raise CommentMissing("Bitte geben Sie an, warum Sie die Vertretung einrichten.")
        _require_delegable(delegator, valid_from, valid_to)
        _require_deputy(deputy_person_id, delegator, valid_from, valid_to, by)
        _require_free(delegator, valid_from, valid_to)
        delegation = Delegation.objects.create(
            delegator=delegator,
            delegator_person_id=delegator.user_id,
            deputy_id=deputy_person_id,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason,
            created_by=by,
            created_at=now,
        )
        tell([delegation_notice(delegation)], now=now)
        record(delegation, "delegation.created", by=by, now=now, after=_state(delegation))
    return delegation


@again
def revoke(*, delegation_id: int, by: Membership, now: datetime) -> Delegation:
    """End a substitution at once; revoking it again changes nothing.

    A decision in flight holds the row: it comes before the revocation and stays, or after it
    and is refused. By the delegator or a keeper. Raises NotFound, NotAllowed,
    InvalidDelegation when its days are over.
    """
    require_role(by, SIGNING_ROLES, now)
    with transaction.atomic():
        delegation = (
            of_authority(by)
            .select_for_update(no_key=True, of=("self",))
            .filter(pk=delegation_id)
            .first()
        )
        if delegation is None or not may_revoke(delegation, by):
            raise NotFound("Diese Vertretung gibt es für Sie nicht.")
        if delegation.revoked_at is not None:
            return delegation
        if delegation.valid_to < berlin_day(now):
            raise InvalidDelegation(
                f"Die Vertretung ist am {delegation.valid_to:%d.%m.%Y} abgelaufen; "
                "es gibt nichts mehr aufzuheben."
            )
        delegation.revoked_at = now
        delegation.revoked_by = by
        delegation.save(update_fields=["revoked_at", "revoked_by"])
        tell([revocation_notice(delegation)], now=now)
        record(delegation, "delegation.revoked", by=by, now=now, before=_state(delegation))
    return delegation


def may_revoke(delegation: Delegation, by: Membership) -> bool:
    """Whether it is the actor's own, or the actor keeps those of the authority."""
    return delegation.delegator_person_id == by.user_id or by.role in KEEPERS


def of_authority(by: Membership) -> QuerySet[Delegation]:
    """Every substitution of the actor's organisation, latest first; empty for other roles."""
    rows = Delegation.objects.filter(delegator__organisation_id=by.organisation_id)
    if by.role not in READERS:
        rows = rows.none()
    return rows.select_related(
        "delegator", "delegator_person", "deputy", "created_by__user", "revoked_by__user"
    )


def own(by: Membership) -> QuerySet[Delegation]:
    """The substitutions in which somebody signs for the actor."""
    return of_authority(by).filter(delegator_person_id=by.user_id)


def stood_in_for(by: Membership) -> QuerySet[Delegation]:
    """The substitutions in which the actor signs for somebody."""
    return of_authority(by).filter(deputy_id=by.user_id)


def still_to_come(on: date) -> Q:
    """Substitutions that run on the day or begin later."""
    return Q(valid_to__gte=on, revoked_at__isnull=True)


def delegable(by: Membership, on: date) -> QuerySet[Membership]:
    """Memberships for which the actor may set up a substitution."""
    rows = Membership.objects.valid_on(on).filter(
        organisation_id=by.organisation_id, role__in=SIGNING_ROLES, signing_limit__isnull=False
    )
    if by.role not in KEEPERS:
        rows = rows.filter(user_id=by.user_id)
    return rows.select_related("user").order_by("user__last_name", "user__email", "pk")


def eligible_deputies(by: Membership, on: date) -> QuerySet[User]:
    """People who may sign for somebody else in the actor's organisation.

    Never the actor: nobody substitutes for themselves, nor makes themselves a deputy.
    """
    members = Membership.objects.valid_on(on).filter(
        organisation_id=by.organisation_id, role__in=SIGNING_ROLES
    )
    people = User.objects.filter(pk__in=members.values("user_id")).exclude(pk=by.user_id)
    return people.order_by("last_name", "first_name", "email")


def _delegator(membership_id: int, by: Membership) -> Membership:
    """A membership of the organisation; the actor's own for all but keepers."""
    rows = Membership.objects.filter(organisation_id=by.organisation_id)
    if by.role not in KEEPERS:
        rows = rows.filter(user_id=by.user_id)
    found = rows.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise NotFound("Diese Mitgliedschaft gibt es für Sie nicht.")
    return found


def _require_days(valid_from: date, valid_to: date, today: date) -> None:
    if valid_to < valid_from:
        raise InvalidDelegationDays("Der letzte Tag der Vertretung liegt vor dem ersten.")
    if valid_from < today:
        raise InvalidDelegationDays(
            f"Eine Vertretung beginnt frühestens heute ({today:%d.%m.%Y}), nicht am "
            f"{valid_from:%d.%m.%Y}."
        )
    if valid_to - valid_from >= timedelta(days=MOST_DAYS):
        raise InvalidDelegationDays(f"Eine Vertretung gilt höchstens {MOST_DAYS} Tage.")


def _require_delegable(delegator: Membership, valid_from: date, valid_to: date) -> None:
    if delegator.role not in SIGNING_ROLES or delegator.signing_limit is None:
        raise NotDelegable(
            f"{delegator.user} zeichnet als {delegator.get_role_display()} nicht; vertreten "
            "lässt sich nur, wer eine Zeichnungsgrenze hat."
        )
    if not _in_force(Membership.objects.filter(pk=delegator.pk), valid_from, valid_to).exists():
        raise NotDelegable(
            f"Die Mitgliedschaft von {delegator.user} gilt an keinem dieser Tage; ohne sie gibt "
            "es nichts zu vertreten."
        )


def _require_deputy(
    deputy_person_id: int,
    delegator: Membership,
    valid_from: date,
    valid_to: date,
    by: Membership,
) -> None:
    if deputy_person_id == delegator.user_id:
        raise UnsuitableDeputy("Niemand vertritt sich selbst.")
    if deputy_person_id == by.user_id:
        raise UnsuitableDeputy(
            "Wer eine Vertretung für andere einrichtet, kann sie nicht selbst übernehmen."
        )
    rows = Membership.objects.filter(
        user_id=deputy_person_id,
        organisation_id=delegator.organisation_id,
        role__in=SIGNING_ROLES,
    )
    if not _in_force(rows, valid_from, valid_to).exists():
        raise UnsuitableDeputy(
            "Diese Person hat an keinem dieser Tage in Ihrer Organisation eine Rolle, die "
            "zeichnen darf."
        )


def _require_free(delegator: Membership, valid_from: date, valid_to: date) -> None:
    """Name the substitution in the way; the constraint stands behind it for two at once."""
    taken = (
        Delegation.objects.filter(
            delegator=delegator,
            revoked_at__isnull=True,
            valid_from__lte=valid_to,
            valid_to__gte=valid_from,
        )
        .select_related("deputy", "delegator_person")
        .order_by("valid_from")
        .first()
    )
    if taken is not None:
        raise DelegationOverlaps(
            f"{taken.deputy} vertritt {taken.delegator_person} schon vom "
            f"{taken.valid_from:%d.%m.%Y} bis {taken.valid_to:%d.%m.%Y}. Heben Sie diese "
            "Vertretung auf, oder wählen Sie andere Tage."
        )


def _in_force(rows: QuerySet[Membership], valid_from: date, valid_to: date) -> QuerySet[Membership]:
    """Memberships that are in force on at least one of the days."""
    return rows.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from),
        valid_from__lte=valid_to,
        user__is_active=True,
        organisation__is_active=True,
    )


def _state(delegation: Delegation) -> dict[str, object]:
    """People by key only: names stay out of the audit trail's payload."""
    return {
        "membership": delegation.delegator_id,
        "person": delegation.delegator_person_id,
        "deputy": delegation.deputy_id,
        "from": delegation.valid_from.isoformat(),
        "to": delegation.valid_to.isoformat(),
    }
