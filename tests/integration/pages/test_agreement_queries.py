"""The pages of an agreement and their files cost the same whatever they hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.agreements.models import DocumentAudience, DocumentKind, PriceBasis
from contracts.agreements.writing import documents
from contracts.agreements.writing.documents import NewDocument
from contracts.agreements.writing.setup import ItemSpec, entitle, write_item, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.clock import berlin_day
from contracts.parties.models import Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from tests.integration.pages.test_queries import grow
from tests.pages import PageWorld, agreement_targets

# Page, role, and queries of the page and of its CSV file (None: it has none).
PAGES: dict[str, tuple[Role, int, int | None]] = {
    "agreement": (Role.CONTRACT_MANAGER, 12, 7),
    "agreement_items": (Role.CONTRACT_MANAGER, 7, 6),
    "agreement_buyers": (Role.CONTRACT_MANAGER, 9, 4),
    "agreement_documents": (Role.PROCUREMENT_OFFICER, 7, 4),
    "agreement_call_offs": (Role.PROCUREMENT_OFFICER, 7, 4),
    "agreement_audit": (Role.CONTRACT_MANAGER, 11, 10),  # one per kind of thing, for its name
}


def count(client: Client, address: str) -> int:
    """Queries of the whole answer, streamed or not."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        assert answer.status_code == 200
        if answer.streaming:
            assert b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return len(captured)


def more(pages: PageWorld) -> None:
    """Another buyer with a quota, another position, another document, more call-offs."""
    world = pages.world
    known = Organisation.objects.count()
    body = Organisation.objects.create(
        code=f"stadt-{known}", kind=OrganisationKind.SCHOOL_AUTHORITY, name=f"Stadt {known}"
    )
    by = {"by": world.manager, "now": pages.now}
    day = berlin_day(pages.now)
    entitle(world.agreement, body, valid_from=day, quota=Decimal(1_000), **by)
    item = write_item(
        world.awards[0],
        ItemSpec(f"1.{known}", "Tasche", PriceBasis.FIXED, max_quantity=5),
        **by,
    )
    write_price(item, [TierRow(1, Decimal(9))], valid_from=day, source="Zuschlag", **by)
    documents.upload(
        agreement_id=world.agreement.pk,
        new=NewDocument(
            DocumentKind.NOTICE,
            DocumentAudience.BUYERS,
            f"Dokument {known}",
            "a.pdf",
            f"%PDF-{known}".encode(),
            lot_id=world.lots[0].pk,
        ),
        **by,
    )


@pytest.mark.parametrize("name", PAGES)
def test_queries_are_pinned_and_constant(pages: PageWorld, name: str) -> None:
    role, page, file = PAGES[name]
    agreement_targets(pages)
    more(pages)
    pages.issued()
    pages.fill_basket()
    client = pages.as_role(role)
    address = reverse(f"frontend:{name}", args=[pages.world.agreement.pk])
    addresses = [address, *([f"{address}?format=csv"] if file is not None else [])]
    before = [count(client, each) for each in addresses]
    for _ in range(3):
        more(pages)
    grow(pages)
    pages.fill_basket()
    assert [count(client, each) for each in addresses] == before
    assert before == [page, *([file] if file is not None else [])]
