"""Logging in, acting in one membership, and what happens when it ends."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from frontend.actor import SESSION_KEY
from tests.pages import PageWorld
from tests.world import person

PASSWORD = "lang-genug-und-geheim"


def test_a_person_logs_in_and_lands_where_she_wanted(pages: PageWorld) -> None:
    user = pages.officer.user
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    assert client.get("/abrufe/")["Location"] == "/anmelden/?next=/abrufe/"
    form = {"username": user.email.upper(), "password": PASSWORD, "next": "/abrufe/"}
    assert client.post("/anmelden/", form)["Location"] == "/abrufe/"
    assert client.get("/abrufe/").status_code == 200
    client.post("/abmelden/")
    assert client.get("/abrufe/").status_code == 302


def test_a_wrong_password_keeps_the_address(pages: PageWorld) -> None:
    form = {"username": pages.officer.user.email, "password": "falsch"}
    page = Client().post("/anmelden/", form)
    assert page.status_code == 422
    assert "passen nicht zusammen" in page.content.decode()
    assert pages.officer.user.email in page.content.decode()


def test_an_english_browser_gets_one_language(pages: PageWorld) -> None:
    """The pages are German; Django's own messages must not be English among them."""
    page = Client().post("/anmelden/", {}, headers={"Accept-Language": "en"}).content.decode()
    assert "Dieses Feld ist zwingend erforderlich." in page
    assert '<html lang="de"' in page


def test_nobody_is_led_to_a_foreign_address(pages: PageWorld) -> None:
    user = pages.officer.user
    user.set_password(PASSWORD)
    user.save()
    form = {"username": user.email, "password": PASSWORD, "next": "https://boese.example/"}
    assert Client().post("/anmelden/", form)["Location"] == "/"


def test_one_acts_in_the_membership_chosen(pages: PageWorld) -> None:
    second = Membership.objects.create(
        user=pages.officer.user,
        organisation=pages.world.other_authority,
        role=Role.PROCUREMENT_OFFICER,
        valid_from=berlin_day(pages.now),
    )
    requisition = pages.draft()
    client = pages.client(pages.officer)
    assert client.get(f"/anforderungen/{requisition.pk}/").status_code == 200
    client.post("/mitgliedschaft/", {"membership": second.pk, "next": "/"})
    assert client.get(f"/anforderungen/{requisition.pk}/").status_code == 404


def test_a_foreign_membership_cannot_be_chosen(pages: PageWorld) -> None:
    client = pages.client(pages.officer)
    answer = client.post("/mitgliedschaft/", {"membership": pages.approver.pk})
    assert answer.status_code == 404
    assert client.session[SESSION_KEY] == pages.officer.pk


def test_an_ended_membership_is_chosen_anew_and_never_swapped(pages: PageWorld) -> None:
    person(pages.officer.user.email, pages.world.authority, Role.AUDITOR)
    client = pages.client(pages.officer)
    yesterday = berlin_day(pages.now) - timedelta(days=1)
    Membership.objects.filter(pk=pages.officer.pk).update(valid_to=yesterday)
    assert client.get("/bedarfskorb/")["Location"] == "/mitgliedschaft/"
    assert "nicht mehr gültig" in client.get("/mitgliedschaft/").content.decode()


def test_without_any_membership_nothing_opens(pages: PageWorld) -> None:
    Membership.objects.filter(pk=pages.officer.pk).update(
        valid_to=berlin_day(pages.now) - timedelta(days=1)
    )
    page = pages.client(pages.officer).get("/")
    assert page.status_code == 403
    assert "keine Mitgliedschaft gültig" in page.content.decode()


@pytest.mark.parametrize(("demo", "status"), [(True, 302), (False, 404)])
def test_demo_log_in_exists_in_the_demo_only(
    pages: PageWorld, settings: LazySettings, tmp_path: Path, demo: bool, status: int
) -> None:
    settings.DEMO = demo
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo").mkdir()
    people = [{"key": "beschaffung", "label": "Beschaffung", "email": pages.officer.user.email}]
    (tmp_path / "demo" / "credentials.json").write_text(json.dumps({"people": people}))
    client = Client()
    assert ("/anmelden/demo/beschaffung/" in client.get("/anmelden/").content.decode()) is demo
    assert client.post("/anmelden/demo/beschaffung/").status_code == status
    assert client.post("/anmelden/demo/unbekannt/").status_code == 404
    assert (client.get("/abrufe/").status_code == 200) is demo
