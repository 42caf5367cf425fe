"""Who hears of something by role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Organisation, Role, User
from orders.models import Requisition


def order_desks(suppliers: Iterable[Organisation], now: datetime) -> dict[int, list[str]]:
    """Addresses per supplier: the people of the order desk, then the firm's own."""
    firms = {supplier.pk: supplier for supplier in suppliers}
    members = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation__in=firms, role=Role.SUPPLIER_ORDERS
    )
    desks: dict[int, list[str]] = {pk: [] for pk in firms}
    for member in members.select_related("user"):
        desks[member.organisation_id].append(member.user.email)
    return {pk: [*addresses, firms[pk].email] for pk, addresses in desks.items()}


def people_of(authority: Organisation, roles: Iterable[str], now: datetime) -> list[Membership]:
    """Memberships of an authority in force with one of the roles."""
    rows = Membership.objects.valid_on(berlin_day(now)).filter(
        organisation=authority, role__in=list(roles)
    )
    return list(rows.select_related("user"))


def officers_of(requisition: Requisition, now: datetime) -> list[Membership]:
    """The procurement officers of the authority who see the requisition."""
    people = people_of(requisition.authority, [Role.PROCUREMENT_OFFICER], now)
    return [row for row in people if row.school_id in (None, requisition.school_id)]


def asking_people(requisition: Requisition, now: datetime) -> list[User]:
    """Who asked, and the procurement officers of the authority; each person once."""
    officers = officers_of(requisition, now)
    users = [requisition.created_by.user, *(member.user for member in officers)]
    return list({user.pk: user for user in users}.values())
