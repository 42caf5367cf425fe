"""A list shown after a refusal is the list still: its pages, files and filter lead to it.

And a button in one of its rows leads back to where the row stood.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from contracts.agreements.models import ItemRelation
from contracts.clock import berlin_day
from contracts.parties.models import Role
from frontend.views import agreement_relations
from tests.delegations import stand_in
from tests.gate_pages import gate_targets
from tests.pages import PageWorld, agreement_targets
from tests.shopping_lists import shared_list

AGREEMENT = "/vereinbarungen/{agreement}/"
REFUSED = {
    f"{AGREEMENT}berechtigte/benennen/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}berechtigte/uebertragen/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}dokumente/hochladen/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}bezuege/eintragen/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}vertragsaenderungen/eintragen/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}vertragsaenderungen/senken/": Role.CONTRACT_MANAGER,
    f"{AGREEMENT}aussetzen/": Role.CONTRACT_MANAGER,
    "/kataloglieferungen/hochladen/": Role.SUPPLIER_CATALOGUE,
    "/merklisten/{list}/mengen/": Role.PROCUREMENT_OFFICER,
}
LINKS = re.compile(r'(?:href|action)="([^"]*\?[^"]*(?:seite|format)=[^"]*)"')
FILTER = re.compile(r'class="kh-filter-bar" method="get" action="([^"]+)"')


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", REFUSED)
def test_after_a_refusal_further_pages_and_files_are_those_of_the_list(
    pages: PageWorld, address: str
) -> None:
    known = {**agreement_targets(pages), "list": shared_list(pages).pk}
    bad = {f"menge_{pages.world.listings[0].pk}": "viele"}
    client = pages.as_role(REFUSED[address])
    answer = client.post(address.format(**known), bad)
    assert answer.status_code == 422
    shown = text(answer)
    assert "<title>Fehler: " in shown
    links = [unescape(link) for link in LINKS.findall(shown)]
    assert links
    for link in [*links, *FILTER.findall(shown)]:
        assert client.get(link).status_code == 200, link


def test_a_button_in_a_row_leads_back_to_its_page(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = agreement_targets(pages)
    monkeypatch.setattr(agreement_relations, "PER_PAGE", 1)
    client: Client = pages.as_role(Role.CONTRACT_MANAGER)
    page = f"/vereinbarungen/{known['agreement']}/bezuege/?seite=1"
    (button,) = re.findall(r'action="([^"]+/entfernen/[^"]*)"', text(client.get(page)))
    assert client.post(unescape(button))["Location"] == page
    assert not ItemRelation.objects.filter(pk=known["relation"]).exists()


def test_a_revoked_substitution_leads_back_to_the_view_it_stood_in(pages: PageWorld) -> None:
    day = berlin_day(pages.now)
    row = stand_in(
        pages.people[Role.TREASURER], pages.approver, valid_from=day, valid_to=day, now=pages.now
    )
    client = pages.client(pages.approver)
    page = "/vertretungen/?sicht=meine"
    (button,) = re.findall(rf'action="([^"]+/{row.pk}/aufheben/[^"]*)"', text(client.get(page)))
    assert client.post(unescape(button))["Location"] == page


def test_a_bundle_taken_off_leads_back_to_the_list(pages: PageWorld) -> None:
    bundle = gate_targets(pages)["bundle"]
    client = pages.as_role(Role.IT_OFFICER)
    page = "/ausstattung/pakete/?seite=1"
    (button,) = re.findall(rf'action="([^"]+/{bundle}/[^"]*)" data-confirm', text(client.get(page)))
    assert client.post(unescape(button))["Location"] == page


def test_the_reason_typed_stays_where_withdrawing_is_refused(pages: PageWorld) -> None:
    row = pages.issued()
    client = pages.client(pages.officer)
    answer = client.post(f"/anforderungen/{row.pk}/zurueckziehen/", {"reason": "Doch nicht nötig"})
    assert answer.status_code == 422
    assert "Doch nicht nötig" in text(answer)
    assert "Dieser Schritt ist nicht mehr möglich" in text(answer)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("address", "role", "name"),
    [
        ("/haushalt/?jahr=2026", Role.TREASURER, "haushalt-2026"),
        ("/kataloglieferungen/?stand=checked", Role.SUPPLIER_CATALOGUE, "kataloglieferungen"),
    ],
)
def test_every_list_comes_in_both_formats(
    pages: PageWorld, kind: str, address: str, role: Role, name: str
) -> None:
    client = pages.as_role(role)
    links = [unescape(link) for link in LINKS.findall(text(client.get(address)))]
    (link,) = [link for link in links if f"format={kind}" in link]
    answer = client.get(
        f"{address.partition('?')[0]}{link.removeprefix(address.partition('?')[0])}"
    )
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.{kind}"'
