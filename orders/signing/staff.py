"""Who is there to sign in an authority, and who may be asked to besides its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from contracts.agreements.entitlement import entitlements_on
from contracts.agreements.gates.register import in_force
from contracts.agreements.models import EquipmentStandard, Gate, GateEffect, StandardLevel
from contracts.parties.models import Membership, Role

from .satisfiability import Signer, Staff
from .signers import SIGNING_ROLES

ROLE_NAMES: Mapping[str, str] = {role.value: str(role.label) for role in SIGNING_ROLES}
"""German names of the roles that a rule may ask for a signature."""

SUBMITTING_ROLE = Role.PROCUREMENT_OFFICER


AHEAD = timedelta(days=60)
"""How far changes of the people are foreseen."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The memberships of an authority that sign or submit, from a day on until `AHEAD`."""

    rows: Sequence[Membership]
    begins_on: date

    def staff(self, on: date) -> Staff:
        """Those in force on the day."""
        there = [row for row in self.rows if _is_there(row, on)]
        return Staff(
            signers=[signer_of(row) for row in there],
            submitters={row.user_id: str(row.user) for row in there if row.role == SUBMITTING_ROLE},
            role_names=ROLE_NAMES,
        )

    def changes(self) -> list[date]:
        """Days after the first on which somebody comes or is gone."""
        starts = {row.valid_from for row in self.rows}
        ends = {row.valid_to + timedelta(days=1) for row in self.rows if row.valid_to is not None}
        last = self.begins_on + AHEAD
        return sorted(day for day in starts | ends if self.begins_on < day <= last)


def roster_of(authority_id: int, on: date) -> Roster:
    """The people of the authority from the day on; one query.

    Without those of one school: they sign for no other, so a policy can't rely on them.
    """
    rows = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        organisation_id=authority_id,
        school__isnull=True,
        organisation__is_active=True,
        user__is_active=True,
        role__in=SIGNING_ROLES,
        valid_from__lte=on + AHEAD,
    )
    return Roster(list(rows.select_related("user")), on)


def _is_there(row: Membership, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)


def signer_of(row: Membership) -> Signer:
    """A membership as plain data; its user comes along."""
    return Signer(row.user_id, str(row.user), row.role, row.signing_limit)


def cosigners(authority_id: int, on: date) -> dict[str, str]:
    """Roles that gates and standards may ask to sign besides the rules: role -> who asks."""
    bodies = entitlements_on(authority_id, on).values("agreement__purchasing_body_id")
    gates = in_force(Gate.objects.filter(effect=GateEffect.COSIGN), on).filter(
        Q(buyer_id=authority_id) | Q(buyer__isnull=True, set_by__organisation__in=bodies)
    )
    found = dict.fromkeys(gates.values_list("cosign_role", flat=True), "Ein Hindernis")
    standards = EquipmentStandard.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        owner_id=authority_id,
        level=StandardLevel.RECOMMENDED,
        lifted_at__isnull=True,
    )
    if standards.exists():
        found.setdefault(Role.IT_OFFICER, "Ein Ausstattungsstandard")
    return found
