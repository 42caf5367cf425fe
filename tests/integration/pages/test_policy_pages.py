"""The pages of the approval policy: what is shown, refused beside the rule, and changed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from frontend.forms.policy import PREFIX
from orders.models import ApprovalPolicy
from orders.signing import policies
from tests.pages import PageWorld
from tests.policy_pages import proposal
from tests.world import person

HOME = "/freigaberegelung/"
EDIT = f"{HOME}bearbeiten/"
ASK = f"{HOME}pruefen/"
PEOPLE = f"{HOME}personen/"
BASE = {"tier": "1", "from_gross": "0", "role": "approver", "signers": "1", "days": "7"}


def sent(pages: PageWorld, *rows: dict[str, str], **more: str) -> dict[str, str]:
    """What a browser sends: rows in order, each with what differs from the base."""
    data = {
        "valid_from": f"{berlin_day(pages.now):%Y-%m-%d}",
        "note": "Dienstanweisung 4",
        f"{PREFIX}-TOTAL_FORMS": str(len(rows)),
        f"{PREFIX}-INITIAL_FORMS": str(len(rows)),
        **more,
    }
    for place, row in enumerate(rows):
        data |= {f"{PREFIX}-{place}-{name}": value for name, value in {**BASE, **row}.items()}
    return data


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_version_in_force_is_a_table_per_tier(pages: PageWorld) -> None:
    page = text(pages.as_role(Role.AUDITOR), HOME)
    assert "In Kraft: Fassung 1" in page
    assert "1 × Freigabe" in page
    assert "Freigabe hängt an einer Person" in page
    assert "Alle Anforderungen in der Freigabe folgen dieser Fassung." in page
    assert "Neue Fassung vorschlagen" not in page


def test_a_limit_that_means_any_amount_is_said_so(pages: PageWorld) -> None:
    client = pages.as_role(Role.AUDITOR)
    signing = Membership.objects.filter(signing_limit__isnull=False)
    for limit, words in (
        (Decimal("99999999.99"), "ohne praktische Obergrenze"),
        (Decimal(5000), "bis 5.000,00\u00a0€"),
    ):
        signing.update(signing_limit=limit)
        assert f"Freigegeben werden können Bruttobeträge {words}." in text(client, HOME)
        for address in (PEOPLE, f"{ASK}?betrag=50"):
            assert words in text(client, address)
            assert "99.999.999,99" not in text(client, address)


def test_a_keeper_proposes_and_another_confirms(pages: PageWorld) -> None:
    treasurer = pages.as_role(Role.TREASURER)
    answer = treasurer.post(EDIT, sent(pages, {"days": "3", "committee": "Rat"}))
    assert answer["Location"] == HOME
    policy = ApprovalPolicy.objects.latest("pk")
    own = text(treasurer, HOME)
    assert "1 × Freigabe, nichts → mit Beschluss: Rat, Frist 7 Tage → Frist 3 Tage" in own
    assert "In Kraft setzen" not in own
    approver = pages.as_role(Role.APPROVER)
    assert "In Kraft setzen" in text(approver, HOME)
    assert "Freigaberegelung wartet auf Bestätigung" in text(approver, "/")
    assert approver.post(f"{HOME}{policy.pk}/bestaetigen/")["Location"] == HOME
    day = f"{berlin_day(pages.now):%d.%m.%Y}"
    assert f"Fassung 2 ist bestätigt und gilt ab {day}." in text(approver, HOME)
    page = text(treasurer, HOME)
    assert "In Kraft: Fassung 2" in page
    assert "gilt Fassung 2" not in page


def test_a_version_to_come_is_announced(pages: PageWorld) -> None:
    policy = proposal(pages)
    policies.confirm(policy_id=policy.pk, by=pages.approver, now=pages.now)
    day = berlin_day(pages.now) + timedelta(days=1)
    page = text(pages.as_role(Role.TREASURER), HOME)
    assert "In Kraft: Fassung 1" in page
    assert f"Ab {day:%d.%m.%Y} gilt Fassung 2" in page


def test_the_loser_of_two_reads_what_the_other_did(pages: PageWorld) -> None:
    policy = proposal(pages)
    policies.withdraw(policy_id=policy.pk, reason="", by=pages.approver, now=pages.now)
    answer = pages.as_role(Role.APPROVER).post(f"{HOME}{policy.pk}/bestaetigen/")
    assert answer.status_code == 422
    assert "Fassung 2 wurde am" in answer.content.decode()


def test_a_refusal_stands_beside_the_rule_it_is_about(pages: PageWorld) -> None:
    data = sent(pages, {}, {"tier": "2", "from_gross": "5000", "role": "treasurer"})
    answer = pages.as_role(Role.APPROVER).post(EDIT, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Stufe 2 ab 5.000,00 EUR verlangt 1 × Kämmerei" in page
    assert f'href="#id_{PREFIX}-1-role"' in page
    assert "Diese Regelung könnte niemand erfüllen" in page
    assert ApprovalPolicy.objects.count() == 1


def test_faults_of_the_whole_stand_above_the_form(pages: PageWorld) -> None:
    answer = pages.as_role(Role.APPROVER).post(EDIT, sent(pages, {"from_gross": "1"}))
    assert answer.status_code == 422
    assert "Es fehlt eine Regel ab 0,00 EUR" in answer.content.decode()


def test_rows_come_and_go_without_a_script(pages: PageWorld) -> None:
    client = pages.as_role(Role.APPROVER)
    rows = ({}, {"tier": "2", "from_gross": "abc", "role": "treasurer"})
    more = client.post(EDIT, sent(pages, *rows, zeile_neu="1"))
    page = more.content.decode()
    assert more.status_code == 200
    assert f'name="{PREFIX}-TOTAL_FORMS" value="3"' in page
    assert 'value="abc"' in page
    assert "Dienstanweisung 4" in page
    less = client.post(EDIT, sent(pages, *rows, zeile_weg="0")).content.decode()
    assert f'name="{PREFIX}-TOTAL_FORMS" value="1"' in less
    assert 'value="abc"' in less


def test_a_blank_row_does_not_count(pages: PageWorld) -> None:
    blank = {"from_gross": "", "role": "", "tier": "4"}
    answer = pages.as_role(Role.APPROVER).post(
        EDIT, sent(pages, blank, {"signers": "1", "days": "2"})
    )
    assert answer["Location"] == HOME
    assert ApprovalPolicy.objects.latest("pk").rules.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("tier", "0"), ("signers", "1.5"), ("signers", "10"), ("days", "x"), ("from_gross", "-1"),
     ("from_gross", "1e12"), ("role", "auditor"), ("escalation_role", "operator")],
)  # fmt: skip
def test_wrong_values_are_named_at_their_field(pages: PageWorld, field: str, value: str) -> None:
    answer = pages.as_role(Role.APPROVER).post(EDIT, sent(pages, {field: value}))
    assert answer.status_code == 422
    assert f'href="#id_{PREFIX}-0-{field}"' in answer.content.decode()


@pytest.mark.parametrize("broken", ["", "-1", "x", "99999999999999999999"])
def test_a_broken_form_set_is_no_defect(pages: PageWorld, broken: str) -> None:
    data = sent(pages, {}) | {f"{PREFIX}-TOTAL_FORMS": broken}
    client = pages.as_role(Role.APPROVER)
    assert client.post(EDIT, data).status_code == 422
    assert client.post(EDIT, data | {"zeile_neu": "1"}).status_code == 200


def test_the_history_is_a_file_too(pages: PageWorld) -> None:
    proposal(pages)
    answer = pages.as_role(Role.AUDITOR).get(HOME, {"format": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["Fassung", "2", "1"]


def test_the_question_is_answered_and_shareable(pages: PageWorld) -> None:
    client = pages.as_role(Role.SCHOOL_REQUESTER)
    page = text(client, ASK, betrag="5300", mitzeichnung="it_officer")
    assert "So kann niemand freigeben" in page  # the IT officer has no limit
    assert "hat keine Zeichnungsgrenze" in page
    assert "Das kann freigegeben werden" in text(client, ASK, betrag="5300")
    assert "Noch keine Frage" in text(client, ASK)
    assert client.get(ASK, {"betrag": "viel"}).status_code == 422


def test_a_requisition_is_asked_about_from_its_page(pages: PageWorld) -> None:
    draft = pages.draft()
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    link = f"{ASK}?anforderung={draft.pk}"
    assert link in text(client, f"/anforderungen/{draft.pk}/")
    assert "wenn sie heute eingereicht würde" in text(client, link)
    abroad = person("fremd@stadt-b.example", pages.world.other_authority, Role.TREASURER)
    assert pages.client(abroad).get(link).status_code == 404
    for wrong in ("", "x", "9" * 30, "²"):
        assert client.get(ASK, {"anforderung": wrong}).status_code == 404


def test_a_limit_and_an_end_are_set_and_flagged(pages: PageWorld) -> None:
    client = pages.as_role(Role.TREASURER)
    limit, end = (f"{PEOPLE}{pages.approver.pk}/{step}/" for step in ("grenze", "beenden"))
    assert client.post(limit, {"limit": "10.5"})["Location"] == PEOPLE
    pages.approver.refresh_from_db()
    assert pages.approver.signing_limit == Decimal("10.50")
    gone = berlin_day(pages.now) - timedelta(days=1)
    assert client.post(end, {"last_day": f"{gone:%Y-%m-%d}"})["Location"] == PEOPLE
    page = text(client, PEOPLE)
    assert "Die Freigaberegelung lässt sich nicht erfüllen" in page
    assert "Mängel der Freigaberegelung" in text(client, "/")


def test_what_the_domain_refuses_is_said_on_the_form(pages: PageWorld) -> None:
    client = pages.as_role(Role.TREASURER)
    own = pages.people[Role.TREASURER]
    answer = client.post(f"{PEOPLE}{own.pk}/grenze/", {"limit": "1"})
    assert answer.status_code == 422
    assert (
        "Über die eigene Mitgliedschaft entscheidet eine andere Person." in answer.content.decode()
    )
    answer = client.post(f"{PEOPLE}{pages.approver.pk}/beenden/", {"last_day": "2020-01-01"})
    assert "Rückwirkend endet keine Mitgliedschaft" in answer.content.decode()


def test_people_are_filtered_and_written_to_a_file(pages: PageWorld) -> None:
    client = pages.as_role(Role.AUDITOR)
    Membership.objects.filter(pk=pages.approver.pk).update(
        valid_to=berlin_day(pages.now) - timedelta(days=3)
    )
    assert pages.approver.user.email not in text(client, PEOPLE)
    assert pages.approver.user.email in text(client, PEOPLE, stand="beendet")
    assert "Grenze" not in text(client, PEOPLE, stand="alle").split("<tbody>")[1]
    answer = client.get(PEOPLE, {"format": "csv", "rolle": "treasurer"})
    assert len(b"".join(answer).decode("utf-8-sig").splitlines()) == 2
    assert client.get(PEOPLE, {"format": "xlsx"}).status_code == 200


# Session, user, memberships, what the navigation counts. The home page adds the versions with
# their rules (twice: in force, and all), people, gates and standards (for today and for the
# proposal), and the count of older rounds; the question: policy, rules, people, substitutions.
QUERIES = {HOME: 15, EDIT: 8, f"{ASK}?betrag=5300": 9, PEOPLE: 11}


@pytest.mark.parametrize("address", QUERIES)
def test_queries_are_pinned_and_constant(pages: PageWorld, address: str) -> None:
    client = pages.as_role(Role.APPROVER)
    client.get(address)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    proposal(pages)
    before = count()
    for number in range(5):
        policies.withdraw(
            policy_id=ApprovalPolicy.objects.latest("pk").pk,
            reason="",
            by=pages.approver,
            now=pages.now,
        )
        proposal(pages, days=20 + number)
        person(f"p{number}@stadt-a.example", pages.world.authority, Role.TREASURER)
    pages.submitted()
    assert (before, count()) == (QUERIES[address], QUERIES[address])
