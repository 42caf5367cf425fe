"""Mails lead to pages that open; in the demo's mailbox they are links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.urls import Resolver404, resolve

from contracts.clock import berlin_day
from contracts.parties.models import Role
from frontend.templatetags.kaufhaus import own_links
from orders.mails import addresses, send_due
from tests.delegations import stand_in
from tests.mails import written
from tests.pages import PageWorld

pytestmark = pytest.mark.django_db

NAMES = {
    addresses.requisition(7): "requisition",
    addresses.decision(7): "decide",
    addresses.decision(7, 3): "decide",
    addresses.sitting(7): "requisition_sitting",
    addresses.call_off(7): "call_off",
    addresses.agreement(7): "agreement",
    addresses.delegations(): "delegations",
}
LINK = re.compile(r"https?://\S+")


@pytest.mark.parametrize("address", NAMES)
def test_an_address_opens_the_page_it_names(address: str) -> None:
    assert address.startswith("http://localhost:8000/")
    assert resolve(urlsplit(address).path).url_name == NAMES[address]


def test_every_link_of_every_mail_is_absolute_and_opens_a_page(pages: PageWorld) -> None:
    day = berlin_day(pages.now)
    stand_in(
        pages.people[Role.TREASURER], pages.approver, valid_from=day, valid_to=day, now=pages.now
    )
    pages.issued()
    bodies = [row.payload["body"] for row in written()]
    assert len(bodies) > 4
    for body in bodies:
        links = LINK.findall(body)
        assert links, body
        assert not re.search(r"(?m)(^|\s)/[a-z]+/", body)
        for link in links:
            assert link.startswith("http://localhost:8000/")
            try:
                resolve(urlsplit(link).path)
            except Resolver404:
                pytest.fail(f"{link} opens nothing")


def test_a_deputy_follows_the_link_and_a_look_decides_nothing(pages: PageWorld) -> None:
    day = berlin_day(pages.now)
    deputy = pages.people[Role.TREASURER]
    row = stand_in(deputy, pages.approver, valid_from=day, valid_to=day, now=pages.now)
    requisition = pages.submitted()
    send_due(now=pages.now)
    client = pages.client(deputy)
    path = f"/freigaben/{requisition.pk}/?fuer={row.pk}"
    mailbox = client.get("/postfach/").content.decode()
    assert f'<a href="{path}">http://localhost:8000{path}</a>' in mailbox
    page = client.get(path)
    assert page.status_code == 200
    assert str(pages.approver.user) in page.content.decode()
    requisition.refresh_from_db()
    assert requisition.state == "submitted"


def test_links_follow_the_site(settings: LazySettings) -> None:
    settings.SITE_URL = "https://kaufhaus.example.org"
    address = addresses.decision(5, 2)
    assert address == "https://kaufhaus.example.org/freigaben/5/?fuer=2"
    assert own_links(f"Hier:\n{address}\n") == (
        f'Hier:\n<a href="/freigaben/5/?fuer=2">{address}</a>\n'
    )
    assert "<a" not in own_links("https://kaufhaus.example.org.boese.example/freigaben/5/")
    assert "<a" not in own_links(
        "https://boese.example/?x=https://kaufhaus.example.orgx/freigaben/5/"
    )
