"""Tokens: how they are got, what they open, when they stop."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken, Application

from api.clients import ForeignBudgetEntity, ScopeNotForRole, create_client
from api.models import ApiClient
from contracts.audit.models import AuditEntry
from contracts.parties.models import BudgetEntity, Role
from tests.api_client import Program, program
from tests.world import DAY, NOW, World, person

pytestmark = pytest.mark.django_db
FEED = "/api/v1/finance/stadt-a/events"
TOKEN = "/oauth/token/"


def _token(client_id: str, secret: str, **extra: str) -> dict[str, object]:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        **extra,
    }
    return Client(enforce_csrf_checks=True).post(TOKEN, form)


@pytest.fixture
def treasurer(world: World):
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER)


def test_a_created_client_gets_a_token_and_reads_its_feed(world: World, treasurer) -> None:
    client_id, secret = create_client("Kasse", treasurer, ["finance:read"], now=NOW)
    answer = _token(client_id, secret)
    assert answer.status_code == 200
    assert answer.json()["scope"] == "finance:read"
    assert answer.json()["expires_in"] == 3600
    assert Program(answer.json()["access_token"]).get(FEED).status_code == 200


def test_neither_secret_nor_token_is_stored_readable(treasurer) -> None:
    client_id, secret = create_client("Kasse", treasurer, ["finance:read"])
    token = _token(client_id, secret).json()["access_token"]
    assert secret.startswith("kh_test_")
    assert Application.objects.get().client_secret != secret
    assert AccessToken.objects.get().token != token


def test_the_command_shows_the_secret_once(world: World, treasurer) -> None:
    out = io.StringIO()
    call_command(
        "create_api_client",
        "Kasse",
        membership=treasurer.pk,
        scopes=["finance:read"],
        budget_entity="stadt-a",
        stdout=out,
    )
    lines = dict(line.split(": ") for line in out.getvalue().splitlines())
    assert _token(lines["client_id"], lines["client_secret"]).status_code == 200
    assert ApiClient.objects.get().budget_entity == world.entity
    with pytest.raises(CommandError, match="orders:read"):
        call_command("create_api_client", "x", membership=treasurer.pk, scopes=["orders:read"])


def test_creating_a_client_is_recorded(treasurer) -> None:
    create_client("Kasse", treasurer, ["finance:read"], by=treasurer, now=NOW)
    entry = AuditEntry.objects.get(action="api_client.created")
    assert (entry.object_id, entry.membership) == (ApiClient.objects.get().pk, treasurer)
    assert entry.after["scopes"] == ["finance:read"]


def test_a_role_cannot_be_given_what_it_may_not_hold(world: World, treasurer) -> None:
    with pytest.raises(ScopeNotForRole, match="catalogue:write"):
        create_client("Kasse", treasurer, ["finance:read", "catalogue:write"])
    foreign = BudgetEntity.objects.create(organisation=world.other_authority, code="b", name="B")
    with pytest.raises(ForeignBudgetEntity):
        create_client("Kasse", treasurer, ["finance:read"], foreign)
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "falsch"}, "invalid_client"),
        ({"scope": "finance:write"}, "invalid_scope"),
        ({"scope": "orders:read"}, "invalid_scope"),
        ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
    ],
)
def test_the_token_endpoint_refuses(treasurer, form: dict[str, str], error: str) -> None:
    client_id, secret = create_client("Kasse", treasurer, ["finance:read"])
    answer = (
        _token(client_id, secret, **form)
        if "client_secret" not in form
        else _token(client_id, form["client_secret"])
    )
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error
    assert not AccessToken.objects.exists()


def test_only_the_token_and_revoke_addresses_exist() -> None:
    for path in ("authorize/", "introspect/", "applications/", "device-authorization/"):
        assert Client().get(f"/oauth/{path}").status_code == 404
    assert reverse("oauth:token") == TOKEN


def test_a_revoked_token_is_dead(world: World, treasurer) -> None:
    client_id, secret = create_client("Kasse", treasurer, ["finance:read"])
    token = _token(client_id, secret).json()["access_token"]
    form = {"token": token, "client_id": client_id, "client_secret": secret}
    assert Client().post("/oauth/revoke/", form).status_code == 200
    assert Program(token).get(FEED).status_code == 401


def test_without_a_token_nothing_opens(world: World) -> None:
    answer = Program().get(FEED)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("token", ["unknown", ""])
def test_an_unknown_token_opens_nothing(world: World, token: str) -> None:
    assert Program(token).get(FEED).status_code == 401


def test_a_token_in_the_address_is_not_looked_at(world: World, finance: Program) -> None:
    assert Client().get(FEED, {"access_token": finance.token}).status_code == 401


def test_an_expired_token_opens_nothing(world: World, treasurer) -> None:
    old = program(treasurer, expires_in=timedelta(seconds=-1))
    assert old.get(FEED).json()["code"] == "invalid_token"


def test_a_token_ends_with_its_membership(world: World, treasurer) -> None:
    caller = program(treasurer)
    assert caller.get(FEED).status_code == 200
    treasurer.valid_to = DAY
    treasurer.save()
    assert caller.get(FEED).status_code == 401


@pytest.mark.parametrize("gone", ["person", "organisation"])
def test_a_token_ends_with_its_person_and_its_organisation(
    world: World, treasurer, gone: str
) -> None:
    caller = program(treasurer)
    row = treasurer.user if gone == "person" else treasurer.organisation
    row.is_active = False
    row.save()
    assert caller.get(FEED).status_code == 401


def test_a_missing_scope_is_named(world: World, treasurer) -> None:
    answer = program(treasurer, ["finance:write"]).get(FEED)
    assert answer.status_code == 403
    assert answer.json()["code"] == "insufficient_scope"
    assert 'scope="finance:read"' in answer["WWW-Authenticate"]


def test_a_changed_role_takes_the_scopes_along(world: World, treasurer) -> None:
    caller = program(treasurer)
    treasurer.role = Role.APPROVER
    treasurer.save()
    assert caller.get(FEED).status_code == 403


def test_another_organisation_sees_nothing(world: World, foreign_finance: Program) -> None:
    answer = foreign_finance.get(FEED)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "Diesen Mandanten gibt es in Ihrer Organisation nicht."


def test_a_client_bound_to_a_budget_entity_reaches_no_other(world: World, treasurer) -> None:
    second = BudgetEntity.objects.create(organisation=world.authority, code="dorf", name="Dorf")
    caller = program(treasurer, entity=second)
    assert caller.get("/api/v1/finance/dorf/events").status_code == 200
    assert caller.get(FEED).status_code == 404
    listed = caller.get("/api/v1/finance/budget-entities").json()["items"]
    assert [row["code"] for row in listed] == ["dorf"]
