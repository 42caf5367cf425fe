"""For those not entitled there is no path to an article (CJEU C-216/17).

Both tables of addresses are walked, so an address added tomorrow is tried tomorrow: an
address with a key answers 403 or 404 and writes nothing, one without a key holds nothing
of the agreement. An unknown name of a key fails until its target is named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, reverse
from pytest_django import DjangoDbBlocker

import api.urls
from api.webhooks import endpoints, sending
from contracts.agreements.models import (
    Article,
    BundleLine,
    EquipmentBundle,
    EquipmentStandard,
    Gate,
    GateEffect,
    GateReason,
    StandardItem,
    StandardLevel,
)
from contracts.agreements.writing.setup import entitle
from contracts.catalogue import uploads
from contracts.catalogue.indexing import reindex
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from frontend.access import AUTHORITY, PERSONAL, PUBLIC, may_open
from frontend.urls import urlpatterns
from orders.basket import baskets
from orders.finance.exports import sequence_all
from tests.api_client import program
from tests.database_state import writes
from tests.delegations import stand_in
from tests.failed_sweeps import failed_sweep
from tests.pages import PageWorld, agreement_targets, build_pages
from tests.papers import attached
from tests.policy_pages import policy_targets
from tests.price_changes import price_targets
from tests.shopping_lists import shared_list
from tests.successors import propose_successor
from tests.world import NOW, person

NAME = "Zebrafink-Gerät"
HIDDEN = (404, 403)
# What the session, the token and a refused answer under its key leave behind.
UNTOUCHED = ("django_session", "api_idempotencyrecord", "oauth2_provider_accesstoken")
# Keys that name no row: a format of a sample file, a button of the demo.
FREE = ("kind", "key")
QUERIES = ("", "?q=Zebrafink", "?text=Zebrafink", "?format=csv")
INPUT = {"quantity": 1, "document": "B", "reason": "x", "seq": 1}


@dataclass
class Stage:
    """The world; the strangers by role; what every key of an address could name."""

    pages: PageWorld
    strangers: dict[Role, Membership]
    clients: dict[Role, Client]
    targets: dict[str, Any]
    marks: tuple[str, ...]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), transaction.atomic():
        pages = build_pages()
        world = pages.world
        Article.objects.filter(pk=world.listings[0].article_id).update(name=NAME)
        reindex([row.pk for row in world.listings])
        strangers = {
            role: person(f"{role.value}@fremd.example", world.other_authority, role)
            for role in AUTHORITY
        }
        targets = _targets(pages)
        marks = (NAME, world.agreement.number, f"/katalog/{world.listings[0].pk}/")
        clients = {role: pages.client(member) for role, member in strangers.items()}
        yield Stage(pages, strangers, clients, targets, marks)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def savepoint(stage: Stage) -> Iterator[None]:
    with override_settings(API_RATE_LIMIT="1000000/60"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _targets(pages: PageWorld) -> dict[str, Any]:
    """A row of the agreement, or of those entitled, for every key of an address."""
    world = pages.world
    issued = pages.submitted()
    attachment = attached(issued, pages.officer, now=pages.now)
    world.approve(issued, now=pages.now)
    sequence_all(now=NOW)
    keeper = pages.people[Role.SUPPLIER_CATALOGUE]
    call_off = issued.call_offs.get(supplier=world.suppliers[0])
    return {
        **{f"{name}_id": key for name, key in agreement_targets(pages).items()},
        "listing_id": world.listings[0].pk,
        "article_id": world.listings[0].article_id,
        "requisition_id": issued.pk,
        "line_no": 1,
        "call_off_id": call_off.pk,
        "attachment_id": attachment.pk,
        "source": "arbeiten",
        "failure_id": failed_sweep(NOW).pk,
        "upload_id": _upload(pages, keeper),
        **{f"{name}_id": key for name, key in _prices(pages, keeper).items()},
        "proposal_id": propose_successor(world, keeper, now=pages.now).pk,
        **_of_the_buyer(pages),
        **_policy(pages),
        **_webhook(pages),
        "delegation_id": stand_in(pages.people[Role.TREASURER], pages.approver).pk,
        "list_id": shared_list(pages).pk,
        "number": call_off.number,
        "budget_entity": world.entity.code,
    }


def _upload(pages: PageWorld, keeper: Membership) -> int:
    upload = uploads.receive(
        by=keeper,
        award_id=pages.world.awards[0].pk,
        filename="katalog.csv",
        content=b"Artikelnummer;Bezeichnung;Preis\nA-1;Notebooks;429,00\n",
        mapping={},
        now=pages.now,
    )
    return upload.pk


def _prices(pages: PageWorld, keeper: Membership) -> dict[str, int]:
    """A proposed price change and an entry of the register."""
    return price_targets(pages.world, keeper, now=pages.now)


def _policy(pages: PageWorld) -> dict[str, int]:
    """A proposed approval policy, and somebody of the authority."""
    targets = policy_targets(pages)
    return {"policy_id": targets["policy_proposal"], "membership_id": targets["member"]}


def _webhook(pages: PageWorld) -> dict[str, Any]:
    """An endpoint of the authority, and what is on its way to it."""
    wanted = endpoints.EndpointSettings("https://93.184.215.14/hook")
    webhook, _ = endpoints.create(wanted, by=pages.officer, now=pages.now)
    pages.draft()
    sending.fan_out(now=pages.now)
    return {"endpoint_id": webhook.pk, "message_id": webhook.deliveries.latest("pk").message_id}


def _of_the_buyer(pages: PageWorld) -> dict[str, int]:
    """Gate, standard and bundle of the authority that is entitled."""
    world, start = pages.world, date(2026, 1, 1)
    own = {"owner": world.authority, "set_by": pages.officer, "set_at": NOW}
    bundle = EquipmentBundle.objects.create(audience="pupil", title="Schülergerät", **own)
    BundleLine.objects.create(bundle=bundle, item=world.items[0], quantity=1)
    standard = EquipmentStandard.objects.create(
        product_group="Notebooks",
        level=StandardLevel.RECOMMENDED,
        title="Schülergerät",
        explanation="Medienentwicklungsplan",
        valid_from=start,
        **own,
    )
    StandardItem.objects.create(standard=standard, item=world.items[0])
    gate = Gate.objects.create(
        buyer=world.authority,
        item=world.items[1],
        reason=GateReason.STANDARD,
        explanation="Warnung",
        effect=GateEffect.WARN,
        valid_from=start,
        set_by=pages.officer,
    )
    return {"bundle_id": bundle.pk, "standard_id": standard.pk, "gate_id": gate.pk}


PAGES = [row for row in urlpatterns if row.name not in PUBLIC | PERSONAL]
KEYED = [row for row in PAGES if set(row.pattern.converters) - set(FREE)]
PLAIN = [row for row in PAGES if not row.pattern.converters]


def _addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[URLPattern, str]]:
    for row in patterns:
        if isinstance(row, URLResolver):
            yield from _addresses(row.url_patterns, prefix + str(row.pattern))
        else:
            yield row, prefix


API = [row for row, _ in _addresses(api.urls.urlpatterns) if row.pattern.converters]


def _url(stage: Stage, space: str, row: URLPattern) -> str:
    missing = set(row.pattern.converters) - stage.targets.keys() - set(FREE)
    assert not missing, f"{row.name}: name in this test what {missing} stands for"
    keys = {name: stage.targets.get(name, "csv") for name in row.pattern.converters}
    return reverse(f"{space}:{row.name}", kwargs=keys)


def _text(answer: HttpResponse) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode(errors="replace")
    return answer.content.decode(errors="replace")


@pytest.mark.parametrize("row", KEYED, ids=lambda row: row.name)
def test_no_address_with_a_key_opens(stage: Stage, row: URLPattern) -> None:
    """Every role of the other authority. What it sends may lead back to its own pages."""
    address = _url(stage, "frontend", row)
    for role, client in stage.clients.items():
        before = writes(without=UNTOUCHED)
        shown = client.get(address)
        assert shown.status_code in (*HIDDEN, 405), (role, shown.status_code)
        sent = client.post(address, INPUT, follow=True)
        assert sent.status_code in (*HIDDEN, 405) or sent.redirect_chain, (role, sent.status_code)
        for answer in (shown, sent):
            assert not any(mark in _text(answer) for mark in stage.marks), role
        assert writes(without=UNTOUCHED) == before


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.name)
def test_no_list_and_no_search_holds_anything(stage: Stage, row: URLPattern) -> None:
    address = reverse(f"frontend:{row.name}")
    for role, client in stage.clients.items():
        if not may_open(stage.strangers[role], row.name or ""):
            continue
        for query in QUERIES:
            found = _text(client.get(address + query))
            assert not any(mark in found for mark in stage.marks), (role, query)


def test_it_does_not_get_into_the_basket(stage: Stage) -> None:
    officer = stage.strangers[Role.PROCUREMENT_OFFICER]
    client = stage.clients[Role.PROCUREMENT_OFFICER]
    key = stage.targets["listing_id"]
    sent = {"listing": key, "quantity": 1}
    assert client.post(reverse("frontend:basket_add"), sent).status_code == 404
    address = reverse("frontend:basket_quantity", args=[key])
    assert client.post(address, {"quantity": 1}).status_code == 404
    assert not baskets.quantities(officer)


@pytest.mark.parametrize("row", API, ids=lambda row: row.name)
def test_no_address_of_the_api_opens(stage: Stage, row: URLPattern) -> None:
    """Programs of the other authority: every role, every scope."""
    address = _url(stage, "api", row)
    for role, member in stage.strangers.items():
        caller = program(member)
        before = writes(without=UNTOUCHED)
        for answer in (caller.get(address), caller.post(address, INPUT)):
            assert answer.status_code in (*HIDDEN, 405), (role, answer.status_code)
            assert not any(mark in _text(answer) for mark in stage.marks)
        assert writes(without=UNTOUCHED) == before


READ = ("article", "agreement", "agreement_items", "agreement_documents", "document")


@pytest.mark.parametrize("name", READ)
def test_the_same_address_opens_once_the_buyer_is_named(stage: Stage, name: str) -> None:
    """The walls above stand because of the entitlement, not because nothing is there."""
    (row,) = (row for row in KEYED if row.name == name)
    address = _url(stage, "frontend", row)
    client = stage.clients[Role.PROCUREMENT_OFFICER]
    assert client.get(address).status_code == 404
    entitle(
        stage.pages.world.agreement,
        stage.pages.world.other_authority,
        valid_from=berlin_day(stage.pages.now),
        by=stage.pages.world.manager,
        now=stage.pages.now,
    )
    assert client.get(address).status_code == 200
    assert NAME in _text(client.get(reverse("frontend:catalogue") + "?q=Zebrafink"))
