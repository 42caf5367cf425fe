"""What one house sees of another: nothing, in pages and in exports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.models import Gate, GateEffect, GateReason
from contracts.agreements.writing.setup import entitle
from contracts.ledger.models import LimitAccount
from contracts.ledger.movements import adjust
from contracts.parties.models import Role
from orders.finance.exports import sequence_all
from orders.mails import send_due
from orders.models import CallOff
from tests.pages import PageWorld
from tests.world import NOW, person

LISTS = ("/anforderungen/", "/abrufe/", "/vereinbarungen/", "/haushalt/", "/finanzfeed/")


def text(response: object) -> str:
    """The whole answer, streamed or not."""
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", ["", "?format=csv"])
@pytest.mark.parametrize("address", LISTS)
def test_a_foreign_list_holds_nothing_of_ours(pages: PageWorld, address: str, form: str) -> None:
    requisition = pages.issued()
    sequence_all(now=NOW)
    call_off = requisition.call_offs.first()
    marks = (requisition.number, call_off.number, "RV-TEST", "Lernmittel dieses Jahres")
    outsider = pages.client(pages.world.outsider)
    own = text(pages.client(pages.officer).get(address + form))
    assert any(mark in own for mark in marks)
    foreign = text(outsider.get(address + form))
    assert not any(mark in foreign for mark in marks)


def test_the_list_exports_what_it_shows(pages: PageWorld) -> None:
    pages.issued()
    pages.draft()
    client = pages.client(pages.officer)
    rows = text(client.get("/anforderungen/?stand=draft&format=csv")).splitlines()
    assert len(rows) == 2
    assert rows[1].split(";")[5] == "Entwurf"
    assert rows[1].split(";")[6] == "13760,00"


def test_a_supplier_sees_its_own_call_offs_and_no_budget(pages: PageWorld) -> None:
    pages.issued()
    mine, other = (CallOff.objects.get(supplier=row) for row in pages.world.suppliers)
    client = pages.as_role(Role.SUPPLIER_ORDERS)
    listed = text(client.get("/abrufe/"))
    assert mine.number in listed
    assert other.number not in listed
    assert client.get(f"/abrufe/{other.pk}/").status_code == 404
    assert "Lernmittel dieses Jahres" not in text(client.get(f"/abrufe/{mine.pk}/"))
    buyer = text(pages.client(pages.officer).get(f"/abrufe/{mine.pk}/"))
    assert "Lernmittel dieses Jahres" in buyer


def test_only_the_purchasing_body_sees_other_buyers_quotas(pages: PageWorld) -> None:
    world = pages.world
    entitle(
        world.agreement,
        world.other_authority,
        valid_from=date(2026, 1, 1),
        quota=Decimal(77_777),
        by=world.manager,
        now=NOW,
    )
    address = f"/vereinbarungen/{world.agreement.pk}/"
    quota = "77.777,00"
    assert quota in text(pages.as_role(Role.CONTRACT_MANAGER).get(address))
    assert quota in text(pages.client(world.outsider).get(address))
    for role in (Role.PROCUREMENT_OFFICER, Role.SUPPLIER_ORDERS):
        page = text(pages.as_role(role).get(address))
        assert quota not in page
        assert world.other_authority.name not in page


def test_a_school_sees_its_own_requisitions(pages: PageWorld) -> None:
    requisition = pages.draft()
    other = type(pages.world.school).objects.create(
        authority=pages.world.authority, name="Andere Schule", school_no="100002"
    )
    for school, status in ((pages.world.school, 200), (other, 404)):
        member = person(
            f"{school.pk}@schule.example",
            pages.world.authority,
            Role.SCHOOL_REQUESTER,
            school=school,
        )
        assert pages.client(member).get(f"/anforderungen/{requisition.pk}/").status_code == status


def test_a_mailbox_holds_ones_own_mail(pages: PageWorld) -> None:
    requisition = pages.submitted()
    send_due(now=pages.now)
    assert requisition.number in text(pages.client(pages.approver).get("/postfach/"))
    assert requisition.number not in text(pages.client(pages.world.outsider).get("/postfach/"))


def test_an_opted_out_article_is_grey_with_its_reason(pages: PageWorld) -> None:
    listing = pages.world.listings[0]
    Gate.objects.create(
        article=listing.article,
        buyer=pages.world.authority,
        reason=GateReason.OPT_OUT,
        explanation="Eigener Vertrag bis Jahresende",
        effect=GateEffect.BLOCK,
        valid_from=date(2026, 1, 1),
        set_by=pages.officer,
    )
    client = pages.client(pages.officer)
    for address in ("/katalog/", f"/katalog/{listing.pk}/"):
        page = text(client.get(address))
        assert "Eigener Vertrag bis Jahresende" in page
        assert f'name="listing" value="{listing.pk}"' not in page


def test_a_nearly_full_cap_is_on_the_managers_start_page(pages: PageWorld) -> None:
    manager = pages.as_role(Role.CONTRACT_MANAGER)
    assert "knapp werden" not in text(manager.get("/"))
    world = pages.world
    account = LimitAccount.objects.get(pk=world.items[0].account_id)
    pages.submitted(100)
    adjust(
        account.pk,
        new_limit=Decimal(110),
        document="Nachtrag 1",
        reference="nachtrag-1",
        by=world.manager,
        now=pages.now,
    )
    page = text(manager.get("/"))
    assert "knapp werden" in page
    assert "über 85 % gebunden" in page
