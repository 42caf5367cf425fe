"""Who could sign a step now: role, limit and clean hands, and the deputies of those absent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.parties.models import Membership, Role, User
from orders.models import (
    ApprovalStep,
    Delegation,
    Involvement,
    Requisition,
    Side,
    Signature,
)

SIGNING_ROLES = (
    Role.PROCUREMENT_OFFICER,
    Role.APPROVER,
    Role.IT_OFFICER,
    Role.DATA_PROTECTION,
    Role.TREASURER,
)
"""Roles that may sign, in their own name or as a deputy; whoever only reads signs nothing."""


@dataclass(frozen=True, slots=True)
class Signer:
    """`user` could sign the step with the role and limit of `membership`.

    With a `delegation` the membership is that of the person substituted.
    """

    step: ApprovalStep
    user: User
    membership: Membership
    delegation: Delegation | None = None

    def __str__(self) -> str:
        """The person, and for whom: A für B."""
        return f"{self.user} für {self.membership.user}" if self.delegation else str(self.user)


def could_sign(
    requisition: Requisition, steps: Sequence[ApprovalStep], *, gross: Decimal, on: date
) -> list[Signer]:
    """Everybody who could sign the steps over *gross* EUR on the day, in their own name first.

    Left out are those who asked, edited or have signed in this round, those above whose limit
    it is, and whoever would speak for one of them.
    """
    members = _members(requisition, steps, gross, on)
    if not members:
        return []
    deputies = _deputies(requisition, members, on)
    silent = _silent(requisition)
    pairs = [(step, row) for step in steps for row in _of_step(step, members, silent)]
    own = [Signer(step, member.user, member) for step, member in pairs]
    return own + [
        Signer(step, delegation.deputy, member, delegation)
        for step, member in pairs
        for delegation in deputies.get(member.pk, ())
        if delegation.deputy_id not in silent
    ]


def once_each(signers: Iterable[Signer]) -> list[Signer]:
    """Each person once, as listed first: nobody signs twice in a round."""
    found: dict[int, Signer] = {}
    for signer in signers:
        found.setdefault(signer.user.pk, signer)
    return list(found.values())


def _of_step(
    step: ApprovalStep, members: Iterable[Membership], silent: Collection[int]
) -> list[Membership]:
    roles = roles_of(step)
    return [row for row in members if row.role in roles and row.user_id not in silent]


def roles_of(step: ApprovalStep) -> set[str]:
    """The roles that may sign the step: its own, and after escalation the other one too."""
    escalated = step.escalated_at is not None and step.escalation_role
    return {step.role, step.escalation_role} if escalated else {step.role}


def _members(
    requisition: Requisition, steps: Sequence[ApprovalStep], gross: Decimal, on: date
) -> list[Membership]:
    roles = {role for step in steps for role in roles_of(step)}
    rows = (
        Membership.objects.valid_on(on)
        .for_school(requisition.school_id)
        .filter(organisation_id=requisition.authority_id, role__in=roles, signing_limit__gte=gross)
    )
    return list(rows.select_related("user").order_by("user__last_name", "user__email", "pk"))


def _deputies(
    requisition: Requisition, members: Sequence[Membership], on: date
) -> dict[int, list[Delegation]]:
    """By membership: the running delegations whose deputy may act for the authority."""
    acting = (
        Membership.objects.valid_on(on)
        .for_school(requisition.school_id)
        .filter(organisation_id=requisition.authority_id, role__in=SIGNING_ROLES)
    )
    rows = Delegation.objects.filter(
        delegator__in=[member.pk for member in members],
        valid_from__lte=on,
        valid_to__gte=on,
        revoked_at__isnull=True,
        deputy__in=acting.values("user_id"),
    )
    found: dict[int, list[Delegation]] = {}
    for row in rows.select_related("deputy").order_by("pk"):
        found.setdefault(row.delegator_id, []).append(row)
    return found


def _silent(requisition: Requisition) -> set[int]:
    """People who asked or edited, or whose voice was heard in this round."""
    asked = Involvement.objects.filter(requisition=requisition, side=Side.ASK)
    signed = Signature.objects.filter(
        requisition=requisition, round_no=requisition.submitted_revision
    )
    people = asked.order_by().values_list("person_id", flat=True)
    return set(people.union(signed.order_by().values_list("person_id", flat=True)))
