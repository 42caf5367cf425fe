"""The page of the substitutions, and the note of a sitting."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from contracts.clock import berlin_day
from contracts.parties.models import Role
from orders.models import ApprovalStep, Delegation
from tests.delegations import stand_in
from tests.pages import PageWorld
from tests.world import person

pytestmark = pytest.mark.django_db

QUERIES = 6
"""Session, user, memberships, voices and what waits for them, count and rows of the list."""


@pytest.fixture
def today(pages: PageWorld) -> date:
    return berlin_day(pages.now)


def text(answer: HttpResponse) -> str:
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return answer.content.decode()


def form(pages: PageWorld, today: date, **changed: object) -> dict[str, object]:
    return {
        "membership": pages.approver.pk,
        "deputy": pages.people[Role.TREASURER].user_id,
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=7)).isoformat(),
        "reason": "Urlaub",
        **changed,
    }


def test_set_up_shown_hinted_at_and_revoked(pages: PageWorld, today: date) -> None:
    client = pages.as_role(Role.APPROVER)
    assert "Urlaub" not in text(client.get("/vertretungen/"))
    done = client.post("/vertretungen/einrichten/", form(pages, today))
    assert done["Location"] == "/vertretungen/"
    page = text(client.get("/vertretungen/"))
    assert "Anlass: Urlaub" in page
    assert "läuft" in page
    start = text(pages.as_role(Role.TREASURER).get("/"))
    row = Delegation.objects.get()
    assert "Sie vertreten" in start
    assert f'href="/freigaben/?fuer={row.pk}"' in start
    assert client.post(f"/vertretungen/{row.pk}/aufheben/").status_code == 302
    assert "/aufheben/" not in text(client.get("/vertretungen/?stand=alle"))
    assert "Sie vertreten" not in text(pages.as_role(Role.TREASURER).get("/"))


def test_the_reason_is_told_to_those_concerned_only(pages: PageWorld, today: date) -> None:
    stand_in(
        pages.people[Role.IT_OFFICER],
        pages.approver,
        valid_from=today,
        valid_to=today,
        now=pages.now,
    )
    reads = {
        role: "Urlaub" in text(pages.as_role(role).get("/vertretungen/"))
        for role in (Role.APPROVER, Role.IT_OFFICER, Role.TREASURER, Role.PROCUREMENT_OFFICER,
                     Role.AUDITOR)
    }  # fmt: skip
    assert reads == {
        Role.APPROVER: True,
        Role.IT_OFFICER: True,
        Role.TREASURER: True,
        Role.PROCUREMENT_OFFICER: False,
        Role.AUDITOR: False,
    }
    assert "Urlaub" not in text(pages.as_role(Role.AUDITOR).get("/vertretungen/?format=csv"))


def test_a_refusal_keeps_the_input_and_says_what_to_do(pages: PageWorld, today: date) -> None:
    client = pages.as_role(Role.TREASURER)
    to_oneself = form(pages, today, deputy=pages.approver.user_id)
    answer = client.post("/vertretungen/einrichten/", to_oneself)
    assert answer.status_code == 422
    assert "Niemand vertritt sich selbst." in text(answer)
    assert "Was Sie tun können" in text(answer)
    assert 'value="Urlaub"' in text(answer)
    assert not Delegation.objects.exists()


def test_nobody_is_offered_as_their_own_deputy(pages: PageWorld, today: date) -> None:
    client = pages.as_role(Role.APPROVER)
    page = text(client.get("/vertretungen/einrichten/"))
    offered = page.split('name="deputy"')[1].split("</select>")[0]
    assert f'value="{pages.people[Role.TREASURER].user_id}"' in offered
    assert f'value="{pages.approver.user_id}"' not in offered
    sent = form(pages, today, deputy=pages.approver.user_id)
    assert client.post("/vertretungen/einrichten/", sent).status_code == 422
    assert not Delegation.objects.exists()


def test_a_foreign_person_is_no_choice(pages: PageWorld, today: date) -> None:
    client = pages.as_role(Role.APPROVER)
    outsider = pages.world.outsider
    for changed in ({"deputy": outsider.user_id}, {"membership": outsider.pk}):
        answer = client.post("/vertretungen/einrichten/", form(pages, today, **changed))
        assert answer.status_code == 422
    assert not Delegation.objects.exists()


def test_what_is_over_says_so(pages: PageWorld, today: date) -> None:
    past = pages.now - timedelta(days=9)
    row = stand_in(
        pages.people[Role.TREASURER],
        pages.approver,
        valid_from=today - timedelta(days=9),
        valid_to=today - timedelta(days=8),
        now=past,
    )
    answer = pages.as_role(Role.APPROVER).post(f"/vertretungen/{row.pk}/aufheben/")
    assert answer.status_code == 422
    assert "nichts mehr aufzuheben" in text(answer)
    page = text(pages.as_role(Role.APPROVER).get("/vertretungen/?stand=vergangen"))
    assert "abgelaufen" in page


def test_the_list_pages_exports_and_its_queries_do_not_grow(pages: PageWorld, today: date) -> None:
    deputy = pages.people[Role.TREASURER]

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            day = today + timedelta(days=10 * number)
            stand_in(deputy, pages.approver, valid_from=day, valid_to=day, now=pages.now)

    client = pages.as_role(Role.APPROVER)
    counts = []
    for first, last in ((1, 3), (3, 33)):
        more(first, last)
        with CaptureQueriesContext(connection) as captured:
            client.get("/vertretungen/")
        counts.append(len(captured))
    assert counts == [QUERIES, QUERIES]
    assert text(client.get("/vertretungen/?seite=2")).count('data-label="Vertretung"') == 7
    assert len(text(client.get("/vertretungen/?format=csv")).splitlines()) == 33
    book = load_workbook(io.BytesIO(client.get("/vertretungen/?format=xlsx").content))
    assert book.active is not None
    assert book.active.max_row == 33


def test_a_sitting_is_noted_on_its_page(pages: PageWorld, today: date) -> None:
    pages.world.policy.rules.update(committee="Hauptausschuss")
    requisition = pages.submitted()
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    detail = f"/anforderungen/{requisition.pk}/"
    assert "Sitzung noch nicht vermerkt" in text(client.get(detail))
    address = f"{detail}sitzung/"
    assert "Hauptausschuss (Stufe 1, Freigabe)" in text(client.get(address))
    step = ApprovalStep.objects.get()
    body = {"step": step.pk, "sitting_on": (today - timedelta(days=1)).isoformat()}
    refused = client.post(address, body)
    assert refused.status_code == 422
    assert "vermerkt wird, was kommt" in text(refused)
    body["sitting_on"] = (today + timedelta(days=20)).isoformat()
    assert client.post(address, body)["Location"] == detail
    step.refresh_from_db()
    assert berlin_day(step.deadline) == today + timedelta(days=27)
    assert "Sitzung ändern" in text(client.get(detail))
    treasurer = pages.client(
        person("kaemmerei2@stadt-a.example", pages.world.authority, Role.TREASURER)
    )
    assert "Sitzung ändern" not in text(treasurer.get(detail))
    assert treasurer.get(address).status_code == 302
