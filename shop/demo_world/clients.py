"""Programs that use the API in the demo: of a treasury, a supplier, a town's procurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from oauth2_provider.models import Application

from api.clients import create_client
from contracts.parties.models import BudgetEntity, Membership, User

from .credentials import ClientRow
from .days import Days
from .people import PEOPLE


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """A client before it is made: it acts for `person`, a key of `people.PEOPLE`."""

    name: str
    person: str
    scopes: tuple[str, ...]
    entity: str = ""


CLIENTS = (
    ClientPlan(
        "Haushaltsverfahren Musterfelde",
        "kaemmerei",
        ("finance:read", "finance:write"),
        "musterfelde",
    ),
    ClientPlan(
        "Haushaltsverfahren Birkenow",
        "amtskaemmerei",
        ("finance:read", "finance:write"),
        "birkenow",
    ),
    ClientPlan("Warenwirtschaft Spreeblick", "katalog", ("catalogue:read", "catalogue:write")),
    ClientPlan("Auftragseingang Havelland", "auftraege", ("orders:read", "orders:write")),
    ClientPlan("Beschaffung Musterfelde", "beschaffung", ("orders:read", "orders:write")),
)


def create_clients(days: Days) -> list[ClientRow]:
    """Make every client anew, with a new secret; older ones of the same name go."""
    with transaction.atomic():
        names = [plan.name for plan in CLIENTS]
        Application.objects.filter(name__in=names, api_client__isnull=False).delete()
        return list(_rows(days))


def _rows(days: Days) -> Iterator[ClientRow]:
    people = {person.key: person for person in PEOPLE}
    for plan in CLIENTS:
        person = people[plan.person]
        member = Membership.objects.select_related("organisation").get(
            user=User.objects.get(email=person.email), role=person.role
        )
        entity = BudgetEntity.objects.get(code=plan.entity) if plan.entity else None
        client_id, secret = create_client(
            plan.name, member, plan.scopes, entity, now=days.seeded_at
        )
        yield {
            "name": plan.name,
            "organisation": member.organisation.name,
            "client_id": client_id,
            "client_secret": secret,
            "scopes": list(plan.scopes),
        }
