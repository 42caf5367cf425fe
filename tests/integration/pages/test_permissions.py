"""The permission table against the pages: every role, a foreign house, nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from contracts.catalogue import uploads
from contracts.catalogue.models import CatalogueUpload
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from frontend.access import ACCESS, PERSONAL, PUBLIC
from frontend.urls import urlpatterns
from orders.models import Delegation
from tests.database_state import writes
from tests.delegations import stand_in
from tests.failed_sweeps import failed_sweep
from tests.gate_pages import gate_targets
from tests.pages import PageWorld, agreement_targets, build_pages
from tests.papers import attached
from tests.permission_table import PAGE_ROWS, PUBLIC_PAGE_ROWS, PageRow, PublicRow
from tests.policy_pages import policy_targets
from tests.price_changes import price_targets
from tests.shopping_lists import shared_list
from tests.successors import propose_successor
from tests.world import person

FILE = b"Artikelnummer;Bezeichnung;Preis\nA-1;Notebooks;429,00\n"
SHARED = (
    "agreement",
    "agreement_items",
    "agreement_documents",
    "agreement_call_offs",
    "agreement_allocation",
    "agreement_changes",
    "agreement_modifications",
)
FOREIGN, ANONYMOUS = "foreign", "anonymous"
# A denial may touch the session and nothing else.
SESSION_TABLES = ("django_session",)


@dataclass
class Stage:
    pages: PageWorld
    abroad: dict[Role, Membership]
    targets: dict[str, Any]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), transaction.atomic():
        pages = build_pages()
        yield Stage(pages, _abroad(pages), _targets(pages))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def savepoint(stage: Stage) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _abroad(pages: PageWorld) -> dict[Role, Membership]:
    """The same roles in another authority, at another supplier, in another purchasing body."""
    body = Organisation.objects.create(
        code="zbs-2", kind=OrganisationKind.PURCHASING_BODY, name="Andere Stelle"
    )
    bodies = {
        Role.CONTRACT_MANAGER: body,
        Role.REVIEWER: body,
        Role.OPERATOR: body,
        # Supplier 2 has its own award and call-off; what the rows name belongs to supplier 1.
        Role.SUPPLIER_CATALOGUE: pages.world.suppliers[1],
        Role.SUPPLIER_ORDERS: pages.world.suppliers[1],
    }
    return {
        role: person(
            f"{role.value}@fern.example", bodies.get(role, pages.world.other_authority), role
        )
        for role in Role
    }


def _targets(pages: PageWorld) -> dict[str, Any]:
    issued = pages.issued()
    draft = pages.draft()
    submitted = pages.submitted()
    return {
        "listing": pages.world.listings[0].pk,
        "draft": draft.pk,
        "submitted": submitted.pk,
        "attachment": attached(submitted, pages.officer, now=pages.now).pk,
        "line_no": 1,
        "failure_source": "arbeiten",
        "failure": failed_sweep(pages.now).pk,
        "delegation": _delegation(pages).pk,
        "call_off": issued.call_offs.get(supplier=pages.world.suppliers[0]).pk,
        **agreement_targets(pages),
        **gate_targets(pages),
        **policy_targets(pages),
        **price_targets(pages.world, pages.people[Role.SUPPLIER_CATALOGUE], now=pages.now),
        "list": shared_list(pages).pk,
        "sheet_format": "csv",
        "checked": _upload(pages, FILE).pk,
        "handed_in": _handed_in(pages).pk,
        "successor_proposal": propose_successor(
            pages.world, pages.people[Role.SUPPLIER_CATALOGUE], now=pages.now
        ).pk,
    }


def _delegation(pages: PageWorld) -> Delegation:
    day = berlin_day(pages.now)
    return stand_in(
        pages.people[Role.TREASURER],
        pages.approver,
        valid_from=day,
        valid_to=day,
        now=pages.now,
    )


def _upload(pages: PageWorld, content: bytes) -> CatalogueUpload:
    upload = uploads.receive(
        by=pages.people[Role.SUPPLIER_CATALOGUE],
        award_id=pages.world.awards[0].pk,
        filename="katalog.csv",
        content=content,
        mapping={},
        now=pages.now,
    )
    uploads.check(upload.pk, now=pages.now)
    return upload


def _handed_in(pages: PageWorld) -> CatalogueUpload:
    upload = _upload(pages, FILE + b"A-9;Netzteil;19,00\n")
    return uploads.submit(
        upload_id=upload.pk, by=pages.people[Role.SUPPLIER_CATALOGUE], now=pages.now
    )


def _call(stage: Stage, row: PageRow, client: Client) -> HttpResponse:
    url = reverse(f"frontend:{row.name}", args=[stage.targets[name] for name in row.args])
    if row.method == "GET":
        answer = client.get(url)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer
    body = {
        name: stage.targets[str(value)[1:]] if str(value).startswith("@") else value
        for name, value in row.body.items()
    }
    return client.post(url, {**_EMPTY_SPLIT, **body})


_EMPTY_SPLIT = {"kontierung-TOTAL_FORMS": "0", "kontierung-INITIAL_FORMS": "0"}


@pytest.mark.parametrize("caller", [ANONYMOUS, *Role, FOREIGN], ids=str)
@pytest.mark.parametrize("row", PAGE_ROWS, ids=str)
def test_every_role_gets_what_the_table_says(stage: Stage, row: PageRow, caller: str) -> None:
    if caller == ANONYMOUS:
        answer = _expect(stage, row, Client(), row.anonymous)
        assert answer["Location"].startswith("/anmelden/?next=")
    elif caller == FOREIGN:
        for role in row.allowed:
            if row.foreign != 404 or not _is_shared(row, role):
                _expect(stage, row, stage.pages.client(stage.abroad[role]), row.foreign)
    else:
        status = row.allowed.get(Role(caller), row.denied)
        _expect(stage, row, stage.pages.as_role(Role(caller)), status)


def _is_shared(row: PageRow, role: Role) -> bool:
    """Both suppliers have awards under the one agreement: each may look into it.

    The document belongs to the award of the first.
    """
    return row.name in SHARED and role in (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS)


def _expect(stage: Stage, row: PageRow, client: Client, status: int) -> HttpResponse:
    """The status; and whoever is denied has written nothing."""
    before = writes(without=SESSION_TABLES)
    answer = _call(stage, row, client)
    assert answer.status_code == status, (row, answer.status_code)
    if status in (403, 404) or "/anmelden/" in answer.headers.get("Location", ""):
        assert writes(without=SESSION_TABLES) == before
    return answer


@pytest.mark.parametrize("row", PUBLIC_PAGE_ROWS, ids=str)
def test_public_pages_open_without_login(stage: Stage, row: PublicRow) -> None:
    if row.name == "demo_login":
        assert Client().post("/anmelden/demo/beschaffung/").status_code == 404
    elif row.method == "POST":
        assert Client().post(reverse(f"frontend:{row.name}")).status_code == 302
    else:
        assert Client().get(reverse(f"frontend:{row.name}")).status_code == 200


def test_the_table_names_every_page() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert {row.name for row in (*PAGE_ROWS, *PUBLIC_PAGE_ROWS)} == names
    assert ACCESS.keys() | PERSONAL | PUBLIC == names


def test_a_page_missing_in_the_access_table_is_nobodys(stage: Stage) -> None:
    unguarded = [
        pattern.name for pattern in urlpatterns if not hasattr(pattern.callback, "guarded")
    ]
    assert unguarded == []
