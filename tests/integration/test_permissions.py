"""The permission table against the running API: every role at every address.

One world serves the whole file: it is built in a transaction around all tests, and
each test works in a savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, reverse
from pytest_django import DjangoDbBlocker

import api.urls
from api.webhooks import endpoints, sending
from contracts.agreements.prices import changes as price_changes
from contracts.catalogue import successors, uploads
from contracts.parties.models import Membership, Organisation, Role
from orders.finance.exports import sequence_all
from orders.models import CallOff
from tests.api_client import Program, program
from tests.database_state import writes
from tests.permission_table import API_ROWS, PUBLIC_API_ROWS, ApiRow, PublicRow
from tests.price_changes import discount_proposal
from tests.successors import propose_successor
from tests.world import NOW, World, build_world, person

ANONYMOUS, FOREIGN = "anonymous", "foreign"
METHODS = ("get", "post", "put", "patch", "delete")
CALLERS = (ANONYMOUS, *Role, FOREIGN)
SUPPLIER_ROLES = (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS)
FILE = b"Artikelnummer;Bezeichnung;Preis\nA-1;Notebooks;429,00\n"


@dataclass
class Stage:
    """Programs of all roles at home and abroad, and what they reach for."""

    home: dict[str, Program]
    abroad: dict[str, Program]
    targets: dict[str, Any]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        world.approve(world.submitted({0: 1, 1: 1}))
        sequence_all(now=NOW)
        first, second = world.suppliers
        home = _programs("home", supplier=first, authority=world.authority)
        yield Stage(
            home={role: program(member) for role, member in home.items()},
            abroad={
                role: program(member)
                for role, member in _programs(
                    "abroad", supplier=second, authority=world.other_authority
                ).items()
            },
            targets=_targets(world, home[Role.SUPPLIER_CATALOGUE]),
        )
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def savepoint(stage: Stage) -> Iterator[None]:
    """Undo what one test did; the rate limit is no matter of permission."""
    with override_settings(API_RATE_LIMIT="1000000/60"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _programs(
    place: str, *, supplier: Organisation, authority: Organisation
) -> dict[str, Membership]:
    return {
        role: person(
            f"{role}@{place}.example", supplier if role in SUPPLIER_ROLES else authority, role
        )
        for role in Role
    }


def _targets(world: World, keeper: Membership) -> dict[str, Any]:
    upload = uploads.receive(
        by=keeper,
        award_id=world.awards[0].pk,
        filename="katalog.csv",
        content=FILE,
        mapping={},
        now=NOW,
    )
    uploads.check(upload.pk, now=NOW)
    proposal = price_changes.propose(discount_proposal(world), by=keeper, now=NOW)
    # Withdrawn, so that the list is not empty and the next one can be made.
    withdrawn = propose_successor(world, keeper, now=NOW)
    successors.withdraw(proposal_id=withdrawn.pk, by=keeper, now=NOW)
    draft = world.draft({0: 1})
    wanted = endpoints.EndpointSettings("https://93.184.215.14/hook")
    webhook, _ = endpoints.create(wanted, by=world.officer, now=NOW)
    sending.fan_out(now=NOW)
    return {
        "article": world.listings[0].article_id,
        "upload": upload.pk,
        "proposal": proposal.number,
        "call_off": CallOff.objects.get(supplier=world.suppliers[0]).number,
        "budget_entity": world.entity.code,
        "draft": draft.number,
        "webhook": webhook.pk,
        "message": webhook.deliveries.latest("pk").message_id,
    }


def _call(stage: Stage, row: ApiRow, caller: Program) -> HttpResponse:
    url = reverse(f"api:{row.name}", args=[stage.targets[name] for name in row.args])
    url = f"{url}?{row.query}" if row.query else url
    if row.method == "GET":
        answer = caller.get(url)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer
    body = dict(row.body or {})
    if row.method != "POST":
        return caller.change(row.method, url, body, tag="*")
    if "file" in body:
        body["file"] = SimpleUploadedFile(str(body["file"]), FILE + b"A-9;Neu;1,00\n")
        return caller.upload(url, body)
    return caller.post(url, body)


@pytest.mark.parametrize("caller", CALLERS, ids=str)
@pytest.mark.parametrize("row", API_ROWS, ids=str)
def test_every_role_gets_what_the_table_says(stage: Stage, row: ApiRow, caller: str) -> None:
    if caller == FOREIGN:
        for role in row.allowed:
            _expect(stage, row, stage.abroad[role], row.foreign)
    elif caller == ANONYMOUS:
        _expect(stage, row, Program(), 401)
    else:
        _expect(stage, row, stage.home[caller], row.allowed.get(caller, 403))


def _expect(stage: Stage, row: ApiRow, caller: Program, status: int) -> None:
    """The status, and on denial a database to which not a row was written.

    A refused request keeps its answer for repetitions once its sender may write at all.
    """
    without = () if status in {401, 403} else ("api_idempotencyrecord",)
    before = writes(without=without)
    answer = _call(stage, row, caller)
    assert answer.status_code == status, answer
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert writes(without=without) == before
    elif row.method != "GET":
        assert writes(without=without) != before


@pytest.mark.parametrize("row", PUBLIC_API_ROWS, ids=str)
def test_public_addresses_open_for_everybody(stage: Stage, row: PublicRow) -> None:
    for headers in ({}, {"Authorization": "Bearer unbekannt"}):
        assert Client().get(reverse(f"api:{row.name}"), headers=headers).status_code == 200


def test_a_foreign_list_is_empty(stage: Stage) -> None:
    """A list is no 404; it must not show what belongs to others either."""
    own = {
        "supplier-articles": "A-2",
        "supplier-uploads": None,
        "supplier-price-proposals": None,
        "supplier-successor-proposals": None,
        "supplier-call-offs": None,
        "finance-budget-entities": None,
        "buyer-requisitions": None,
        "buyer-call-offs": None,
        "buyer-schools": None,
        "webhooks": None,
    }
    for row in API_ROWS:
        if row.method == "GET" and not row.args and not row.query:
            for role in row.allowed:
                text = _call(stage, row, stage.abroad[role]).content.decode()
                theirs = _call(stage, row, stage.home[role]).json()["items"]
                assert theirs, row
                assert not any(f'"{value}"' in text for value in _identities(theirs)), row
                assert own[row.name] is None or own[row.name] in text


def _identities(items: list[dict[str, Any]]) -> list[str]:
    names = ("supplier_aid", "sha256", "number", "code", "school_no", "url")
    return [str(item[name]) for item in items for name in names if name in item]


def _routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    """(method, name) of every address, from the patterns themselves."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns)
        else:
            view = getattr(pattern.callback, "view_class", None)
            methods = view.required_scopes if view is not None else ("GET",)
            for method in methods:
                yield method, str(pattern.name)


def test_the_table_names_every_address_of_the_api() -> None:
    listed = [(row.method, row.name) for row in (*API_ROWS, *PUBLIC_API_ROWS)]
    assert sorted(listed) == sorted(_routes(api.urls.urlpatterns))


def test_every_method_that_a_view_answers_has_a_scope() -> None:
    def views(patterns: list[Any]) -> Iterator[Any]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from views(pattern.url_patterns)
            elif (view := getattr(pattern.callback, "view_class", None)) is not None:
                yield view

    for view in views(api.urls.v1):
        answered = {name.upper() for name in METHODS if hasattr(view, name)}
        assert set(view.required_scopes) == answered, view
