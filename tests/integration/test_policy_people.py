"""Ends of memberships and signing limits: by whom, for whom, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from orders.errors import (
    InvalidMembershipEnd,
    InvalidSigningLimit,
    NotAllowed,
    NotFound,
    OwnMembership,
    SigningLimitExceeded,
)
from orders.signing import people
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def treasurer(world: World) -> Membership:
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER)


def end(member: Membership, by: Membership, last_day: date = DAY) -> Membership:
    return people.end_membership(membership_id=member.pk, last_day=last_day, by=by, now=NOW)


def limit(member: Membership, by: Membership, amount: Decimal | None) -> Membership:
    return people.set_signing_limit(membership_id=member.pk, limit=amount, by=by, now=NOW)


def test_a_membership_ends_with_its_last_day_or_at_once(
    world: World, treasurer: Membership
) -> None:
    end(world.approver, treasurer)
    assert Membership.objects.valid_on(DAY).filter(pk=world.approver.pk).exists()
    end(world.approver, treasurer, YESTERDAY)
    requisition = world.submitted({0: 1})
    with pytest.raises(NotAllowed):
        world.approve(requisition)
    rows = AuditEntry.objects.filter(action="membership.ended")
    assert [(row.before["valid_to"], row.after["valid_to"]) for row in rows] == [
        (None, "2026-06-15"),
        ("2026-06-15", "2026-06-14"),
    ]


def test_a_new_limit_holds_for_what_waits_already(world: World, treasurer: Membership) -> None:
    requisition = world.submitted({0: 1})
    limit(world.approver, treasurer, Decimal("100.00"))
    with pytest.raises(SigningLimitExceeded):
        world.approve(requisition)
    limit(world.approver, treasurer, Decimal("1000.00"))
    world.approve(requisition)
    row = AuditEntry.objects.filter(action="membership.signing_limit").latest("pk")
    assert (row.before, row.after) == ({"signing_limit": "100.00"}, {"signing_limit": "1000.00"})


def test_nobody_decides_about_themselves_in_whatever_role(
    world: World, treasurer: Membership
) -> None:
    second = Membership.objects.create(
        user=treasurer.user, organisation=world.authority, role=Role.APPROVER, valid_from=DAY
    )
    for by, member in ((treasurer, treasurer), (treasurer, second), (second, treasurer)):
        with pytest.raises(OwnMembership):
            end(member, by)
        with pytest.raises(OwnMembership):
            limit(member, by, Decimal(1))


def test_only_keepers_and_only_in_their_own_authority(world: World, treasurer: Membership) -> None:
    abroad = person("kasse@stadt-b.example", world.other_authority, Role.TREASURER)
    with pytest.raises(NotFound):
        end(world.approver, abroad)
    with pytest.raises(NotFound):
        limit(world.approver, abroad, None)
    with pytest.raises(NotAllowed):
        end(treasurer, world.officer)
    with pytest.raises(NotAllowed):
        limit(treasurer, world.officer, None)


@pytest.mark.parametrize("days", [-2, -900])
def test_no_membership_ends_in_the_past(world: World, treasurer: Membership, days: int) -> None:
    with pytest.raises(InvalidMembershipEnd, match="Rückwirkend"):
        end(world.approver, treasurer, DAY + timedelta(days=days))


def test_an_end_is_moved_forward_only(world: World, treasurer: Membership) -> None:
    end(world.approver, treasurer, DAY + timedelta(days=5))
    with pytest.raises(InvalidMembershipEnd, match="verlängert wird sie hier nicht"):
        end(world.approver, treasurer, DAY + timedelta(days=5))


def test_what_has_not_begun_does_not_end_before(world: World, treasurer: Membership) -> None:
    later = person("neu@stadt-a.example", world.authority, Role.APPROVER)
    Membership.objects.filter(pk=later.pk).update(valid_from=DAY + timedelta(days=10))
    with pytest.raises(InvalidMembershipEnd, match=r"erst am 25\.06\.2026"):
        end(later, treasurer)


@pytest.mark.parametrize("amount", ["-0.01", "1000000000.01", "0.001"])
def test_limits_that_make_no_sense_are_refused(
    world: World, treasurer: Membership, amount: str
) -> None:
    with pytest.raises(InvalidSigningLimit, match="zwischen 0,00 EUR und"):
        limit(world.approver, treasurer, Decimal(amount))


def test_a_role_that_does_not_sign_has_no_limit(world: World, treasurer: Membership) -> None:
    auditor = person("rpa@stadt-a.example", world.authority, Role.AUDITOR)
    with pytest.raises(InvalidSigningLimit, match="Rechnungsprüfung unterschreibt nicht"):
        limit(auditor, treasurer, Decimal(1))
