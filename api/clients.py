"""Giving a program access: its key pair, the membership it acts for, its scopes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import Application

from contracts.audit.record import record
from contracts.parties.models import BudgetEntity, Membership

from .models import ApiClient
from .scopes import scopes_of_role


class ScopeNotForRole(ValueError):
    """The membership's role cannot hold one of the scopes asked for."""


class ForeignBudgetEntity(ValueError):
    """The budget entity belongs to another organisation than the membership."""


def create_client(
    name: str,
    membership: Membership,
    scopes: Iterable[str],
    budget_entity: BudgetEntity | None = None,
    *,
    by: Membership | None = None,
    now: datetime | None = None,
) -> tuple[str, str]:
    """Create a client and return (client_id, client_secret).

    The secret is stored as a hash only, so this is the one time it can be shown.
    Raises ScopeNotForRole and ForeignBudgetEntity.
    """
    wanted = frozenset(scopes)
    if refused := wanted - scopes_of_role(membership.role):
        raise ScopeNotForRole(
            f"Die Rolle „{membership.get_role_display()}“ kann diese Rechte nicht haben: "
            + ", ".join(sorted(refused))
        )
    if budget_entity and budget_entity.organisation_id != membership.organisation_id:
        raise ForeignBudgetEntity("Der Mandant gehört zu einer anderen Organisation.")
    moment = now or timezone.now()
    secret = settings.API_KEY_PREFIX + generate_client_secret()
    with transaction.atomic():
        application = Application.objects.create(
            name=name,
            client_id=settings.API_KEY_PREFIX + generate_client_id(),
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )
        client = ApiClient.objects.create(
            application=application,
            membership=membership,
            budget_entity=budget_entity,
            scopes=sorted(wanted),
            created_at=moment,
        )
        record(
            client,
            "api_client.created",
            by=by,
            now=moment,
            after={"name": name, "membership": membership.pk, "scopes": sorted(wanted)},
        )
    return str(application.client_id), secret
