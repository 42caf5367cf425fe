"""Who hears of something by role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Organisation, Role, User
from orders.models import Requisition


def order_desk(supplier: Organisation, now: datetime) -> list[str]:
    """Addresses of a supplier: the people of the order desk, then the firm's own."""
    members = people_of(supplier, [Role.SUPPLIER_ORDERS], now)
    return [*(member.user.email for member in members), supplier.email]


def people_of(organisation: Organisation, roles: Iterable[str], now: datetime) -> list[Membership]:
    """Memberships of an organisation in force with one of the roles."""
    rows = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation=organisation, role__in=list(roles)
    )
    return list(rows.select_related("user").order_by("pk"))


def officers_of(requisition: Requisition, now: datetime) -> list[Membership]:
    """The procurement officers of the authority who see the requisition."""
    people = people_of(requisition.authority, [Role.PROCUREMENT_OFFICER], now)
    return [row for row in people if row.school_id in (None, requisition.school_id)]


def is_in_force(member: Membership, now: datetime) -> bool:
    """Whether the person still acts for the organisation."""
    return Membership.objects.valid_on(berlin_day(now)).filter(pk=member.pk).exists()


def asker_of(requisition: Requisition, now: datetime) -> list[User]:
    """Who asked, as long as the membership lasts; the procurement in place of who has left."""
    if is_in_force(requisition.created_by, now):
        return [requisition.created_by.user]
    return [member.user for member in officers_of(requisition, now)]


def asking_people(requisition: Requisition, now: datetime) -> list[User]:
    """Who asked, and the procurement officers of the authority; each person once."""
    officers = officers_of(requisition, now)
    users = [*asker_of(requisition, now), *(member.user for member in officers)]
    return list({user.pk: user for user in users}.values())
