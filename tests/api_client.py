"""Programs that call the API in tests: a token per membership, JSON in and out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from api.models import ApiClient
from api.scopes import Scope
from contracts.parties.models import BudgetEntity, Membership

ALL_SCOPES = tuple(Scope)


@dataclass
class Program:
    """A caller with a bearer token (or none)."""

    token: str | None = None

    def get(self, url: str, **headers: str) -> HttpResponse:
        return Client().get(url, headers=self._headers(headers))

    def post(
        self, url: str, body: Any = None, *, key: str | None = "", **headers: str
    ) -> HttpResponse:
        """POST JSON under *key*: a fresh one by default, none at all for None."""
        given = self._headers(headers, key)
        return Client().post(url, {} if body is None else body, "application/json", headers=given)

    def change(
        self, method: str, url: str, body: Any = None, *, tag: str | None = None, **headers: str
    ) -> HttpResponse:
        """PUT, PATCH or DELETE with JSON, under If-Match *tag*; none for None."""
        given = self._headers(headers)
        if tag is not None:
            given["If-Match"] = tag
        content = json.dumps({} if body is None else body)
        return Client().generic(method, url, content, "application/json", headers=given)

    def upload(self, url: str, form: dict[str, Any], *, key: str | None = "") -> HttpResponse:
        """POST a form with files."""
        return Client().post(url, form, headers=self._headers({}, key))

    def _headers(self, extra: dict[str, str], key: str | None = None) -> dict[str, str]:
        headers = {name.replace("_", "-"): value for name, value in extra.items()}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid4())
        return headers


def program(
    membership: Membership,
    scopes: Iterable[str] = ALL_SCOPES,
    *,
    entity: BudgetEntity | None = None,
    expires_in: timedelta = timedelta(hours=1),
) -> Program:
    """A program with a live token, its rows written directly.

    The client claims *scopes* whatever the role allows: what counts is what the API
    makes of it.
    """
    now = timezone.now()
    application = Application.objects.create(
        name="Test",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        hash_client_secret=False,
    )
    ApiClient.objects.create(
        application=application,
        membership=membership,
        budget_entity=entity,
        scopes=list(scopes),
        created_at=now,
    )
    token = secrets.token_urlsafe(24)
    AccessToken.objects.create(
        application=application, token=token, expires=now + expires_in, scope=" ".join(scopes)
    )
    return Program(token)
