"""What no browser sends: answered with a page, never with an error of ours."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from contracts.parties.models import Role
from orders import requisitions
from orders.models import Decision
from orders.requisitions import Ask, Share
from tests.pages import PageWorld

HUGE = "9" * 30
ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "address", ["/anforderungen/?nummer=a%00b", "/katalog/?q=%00", "/merklisten/?seite=%00"]
)
def test_an_address_with_a_nul_is_none(pages: PageWorld, address: str) -> None:
    answer = pages.as_role(Role.PROCUREMENT_OFFICER).get(address)
    assert answer.status_code == 400
    assert "Anfrage nicht verstanden" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/anforderungen/?schule={huge}", "/anforderungen/{pk}/fassungen/?von={huge}"]
)
def test_a_number_that_no_row_has_finds_nothing(pages: PageWorld, address: str) -> None:
    requisition = pages.draft()
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    assert client.get(address.format(huge=HUGE, pk=requisition.pk)).status_code in (200, 404)


@pytest.mark.parametrize("sent", ["²", "x", HUGE, ENDLESS])
def test_a_number_that_is_none_is_no_error_of_ours(pages: PageWorld, sent: str) -> None:
    requisition = pages.draft()
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    place = f"/anforderungen/{requisition.pk}/"
    form = {"kontierung-TOTAL_FORMS": sent, "kontierung-INITIAL_FORMS": "0", "weitere": "1"}
    for answer in (
        client.post("/mitgliedschaft/", {"membership": sent}),
        client.post("/bedarfskorb/hinzufuegen/", {"listing": sent, "quantity": "1"}),
        client.post(f"{place}bearbeiten/", {"base": sent}),
        client.post("/bedarfskorb/anfordern/", form),
        client.get("/anforderungen/", {"schule": sent}),
        client.get(f"{place}fassungen/", {"von": sent}),
    ):
        assert answer.status_code < 500


@pytest.mark.parametrize("sent", ["", "²", "x", HUGE, "0", "7"])
@pytest.mark.parametrize("button", [{"berechnen": "1"}, {"verdict": "approve"}])
def test_a_revision_that_never_was_is_not_decided_on(
    pages: PageWorld, sent: str, button: dict[str, str]
) -> None:
    requisition = pages.submitted()
    answer = pages.client(pages.approver).post(
        f"/freigaben/{requisition.pk}/",
        {"revision_no": sent, "menge-1": "5", "grund-1": "genügt", "comment": "Satz", **button},
    )
    assert answer.status_code == 422
    assert "Satz" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_control_character_in_a_title_keeps_nobody_from_the_workbook(pages: PageWorld) -> None:
    pages.fill_basket(1)
    ask = Ask(title="Bedarf\x0b\x1f der Schule", shares={"": [Share(pages.budget_line.pk)]})
    requisitions.create_from_basket(by=pages.officer, ask=ask, school_id=None, now=pages.now)
    answer = pages.client(pages.officer).get("/anforderungen/?format=xlsx")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet["B2"].value == "Bedarf\ufffd\ufffd der Schule"
