"""Who calls: from the bearer token to the membership it acts for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from contracts.clock import berlin_day
from contracts.parties.models import Membership, User

from .models import ApiClient
from .refusals import InsufficientScope


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request may do: its client and the scopes in force now."""

    client: ApiClient
    scopes: frozenset[str]


class ClientTokenAuthentication(BaseAuthentication):
    """Accepts a bearer token in the Authorization header, never in address or body.

    Attaches `request.actor`, the acting membership. A token stops working on the day
    its membership, person or organisation does, and loses the scopes its role loses.
    """

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        raw = _bearer(request)
        if raw is None:
            return None
        now = timezone.now()
        checksum = hashlib.sha256(raw.encode()).hexdigest()
        token = AccessToken.objects.filter(token_checksum=checksum, expires__gt=now).first()
        if token is None or not token.allows_audience(request.build_absolute_uri(request.path)):
            raise AuthenticationFailed("Das Zugriffstoken ist ungültig oder abgelaufen.")
        client = (
            ApiClient.objects.acting_on(berlin_day(now))
            .filter(application_id=token.application_id)
            .select_related("membership__organisation", "membership__user", "budget_entity")
            .first()
        )
        if client is None:
            raise AuthenticationFailed("Die Mitgliedschaft hinter diesem Zugang gilt nicht mehr.")
        request.actor = client.membership
        return client.membership.user, Grant(
            client=client, scopes=client.usable_scopes & frozenset(token.scope.split())
        )

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """Each view names one scope per method; a method without one is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Grant):
            return False
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.required_scopes:
            raise MethodNotAllowed(str(request.method))
        wanted = view.required_scopes[method]
        if wanted not in request.auth.scopes:
            raise InsufficientScope(wanted)
        return True


class HasRole(BasePermission):
    """Each view names the roles it is for; one that names none is closed.

    Buyers and suppliers hold the same scopes (`orders:read`), not the same addresses.
    """

    message = "Diese Adresse ist für eine andere Rolle."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Grant) and actor(request).role in view.required_roles


def actor(request: Request) -> Membership:
    """The membership the request acts for."""
    return request.actor


def _bearer(request: Request) -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return value.strip() or None
