"""Scopes: what a token may do, by the role of the membership it acts for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.conf import settings
from oauth2_provider.scopes import BaseScopes

from contracts.parties.models import Role


class Scope(StrEnum):
    """The scopes of the API; their German names stand in the settings."""

    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    FINANCE_READ = "finance:read"
    FINANCE_WRITE = "finance:write"


ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    Role.SUPPLIER_CATALOGUE: frozenset({Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE}),
    Role.SUPPLIER_ORDERS: frozenset({Scope.ORDERS_READ, Scope.ORDERS_WRITE}),
    Role.PROCUREMENT_OFFICER: frozenset({Scope.ORDERS_READ, Scope.ORDERS_WRITE}),
    Role.SCHOOL_REQUESTER: frozenset({Scope.ORDERS_READ, Scope.ORDERS_WRITE}),
    Role.TREASURER: frozenset({Scope.FINANCE_READ, Scope.FINANCE_WRITE}),
    Role.AUDITOR: frozenset({Scope.FINANCE_READ}),
}
"""A role that is not named here has no access by token at all."""


def scopes_of_role(role: str) -> frozenset[str]:
    """The scopes a token may hold while its membership has this role."""
    return ROLE_SCOPES.get(role, frozenset())


class ClientScopes(BaseScopes):
    """Lets the token endpoint grant what the client was given, and nothing else."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(settings.OAUTH2_PROVIDER["SCOPES"])

    def get_available_scopes(
        self, application: Any = None, *_args: Any, **_kwargs: Any
    ) -> list[str]:
        client = getattr(application, "api_client", None)
        return sorted(client.usable_scopes) if client is not None else []

    def get_default_scopes(self, application: Any = None, *_args: Any, **_kwargs: Any) -> list[str]:
        return self.get_available_scopes(application)
