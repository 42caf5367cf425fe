"""The inbox, the page of a decision and the decisions about many, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.models import BudgetEntity, Membership, Role
from frontend.presenters import inbox as inbox_page
from orders import approvals, requisitions
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalRule, ApprovalStep, CallOff, Decision, Delegation, Requisition
from orders.requisitions import Ask, Share
from tests.pages import PageWorld
from tests.world import person


@pytest.fixture
def approver(pages: PageWorld) -> Client:
    return pages.client(pages.approver)


def page_of(requisition: Requisition) -> str:
    return f"/freigaben/{requisition.pk}/"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def posted(client: Client, requisition: Requisition, **data: object) -> tuple[int, str]:
    answer = client.post(page_of(requisition), {"revision_no": 1, "comment": "", **data})
    return answer.status_code, answer.content.decode()


def deputy_of(
    pages: PageWorld, days: int = 0, deputy: Membership | None = None
) -> tuple[Membership, Delegation]:
    """The treasurer, or another, stands in for the approver, today or *days* from now."""
    deputy = deputy or pages.people[Role.TREASURER]
    Membership.objects.filter(pk=deputy.pk).update(signing_limit=Decimal(100))
    today = berlin_day(pages.now) + timedelta(days=days)
    delegation = Delegation.objects.create(
        delegator=pages.approver,
        delegator_person=pages.approver.user,
        deputy=deputy.user,
        valid_from=today,
        valid_to=today,
        created_by=pages.approver,
        created_at=pages.now,
    )
    return deputy, delegation


def another_approver(pages: PageWorld) -> Membership:
    return person(
        "zweite@rolle.example", pages.world.authority, Role.APPROVER, signing_limit=Decimal(99_999)
    )


def long_requisition(pages: PageWorld, count: int) -> Requisition:
    """A submitted requisition of *count* lines."""
    ask = Ask(title="Viele Zeilen", shares={"": [Share(pages.budget_line.pk)]})
    listings = pages.world.listings
    wanted = [
        Wanted(f"neu-{number}", listings[number % 2].pk, 1 + number % 3) for number in range(count)
    ]
    draft = requisitions.create(
        by=pages.officer, ask=ask, wanted=wanted, school_id=pages.world.school.pk, now=pages.now
    )
    return requisitions.submit(requisition_id=draft.pk, by=pages.officer, now=pages.now)


class TestInbox:
    def test_a_row_says_what_why_and_until_when(self, pages: PageWorld, approver: Client) -> None:
        requisition = long_requisition(pages, 5)
        page = text(approver, "/freigaben/")
        for part in (
            requisition.number,
            "und 2 weitere",
            "Lernmittel dieses Jahres",
            "gilt für jeden Betrag",
            f"Frist {berlin_day(pages.now) + timedelta(days=7):%d.%m.%Y}",
            f'name="wahl" value="{requisition.pk}:1"',
        ):
            assert part in page

    def test_flags(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted()
        yesterday = pages.now - timedelta(days=1)
        ApprovalStep.objects.filter(requisition=requisition).update(
            deadline=yesterday, escalated_at=yesterday, committee="Hauptausschuss"
        )
        page = text(approver, "/freigaben/")
        assert all(word in page for word in ("überfällig", "eskaliert", "Beschluss nötig"))
        assert "mehrere Haushalte" not in page

    def test_two_budget_entities_are_named(self, pages: PageWorld, approver: Client) -> None:
        office = BudgetEntity.objects.create(
            organisation=pages.world.authority, code="amt", name="Amt Nord"
        )
        other = create_line(
            budget_entity=office,
            fiscal_year=berlin_day(pages.now).year,
            title="Geräte Amt Nord",
            dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
            appropriation=Decimal(50_000),
            document="Plan",
            by=None,
            now=pages.now,
        )
        half = Decimal(50)
        shares = [Share(pages.budget_line.pk, half), Share(other.pk, half)]
        draft = requisitions.create(
            by=pages.officer,
            ask=Ask(title="Geteilt", shares={"": shares}),
            wanted=[Wanted("neu", pages.world.listings[0].pk, 2)],
            school_id=pages.world.school.pk,
            now=pages.now,
        )
        requisitions.submit(requisition_id=draft.pk, by=pages.officer, now=pages.now)
        page = text(approver, "/freigaben/")
        assert "mehrere Haushalte" in page
        assert "Haushalte: Stadt A, Amt Nord" in page

    def test_splitting_is_named_in_row_and_on_the_page(
        self, pages: PageWorld, approver: Client
    ) -> None:
        ApprovalRule.objects.create(
            policy=pages.world.policy, tier=2, role=Role.TREASURER, from_gross=Decimal(25_000)
        )
        first, second = pages.submitted(), pages.submitted()
        sentence = "Ab 25.000,00 EUR brutto unterschreibt auch: Kämmerei."
        assert text(approver, "/freigaben/").count(sentence) == 2
        page = text(approver, page_of(second))
        assert sentence in page
        assert first.number in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("text=Klasse", True),
            ("text=nirgends", False),
            ("von=1000&bis=100000", True),
            ("von=100000", False),
            ("bis=1000", False),
            ("ueberfaellig=on", False),
            ("von=viel", True),
            ("sort=betrag&zeilen=100", True),
            ("sort=unsinn&schule=abc&seite=99", True),
        ],
    )
    def test_filters(self, pages: PageWorld, approver: Client, query: str, found: bool) -> None:
        requisition = pages.submitted()
        assert (requisition.number in text(approver, f"/freigaben/?{query}")) is found

    def test_the_order_follows_the_choice(self, pages: PageWorld, approver: Client) -> None:
        small, big = pages.submitted(1), pages.submitted(50)
        ApprovalStep.objects.filter(requisition=big).update(deadline=pages.now)
        for sort, first in (("frist", big), ("betrag", big), ("alter", small)):
            page = text(approver, f"/freigaben/?sort={sort}")
            other = big if first is small else small
            assert page.index(first.number) < page.index(other.number), sort

    def test_what_is_above_the_limit_is_counted(self, pages: PageWorld, approver: Client) -> None:
        pages.submitted()
        Membership.objects.filter(pk=pages.approver.pk).update(signing_limit=Decimal(100))
        page = text(approver, "/freigaben/")
        assert "1 weitere Anforderung liegt über der Zeichnungsgrenze von 100,00" in page

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_the_filter_comes_as_a_file(
        self, pages: PageWorld, approver: Client, form: str
    ) -> None:
        requisition = pages.submitted()
        answer = approver.get(f"/freigaben/?format={form}&von=1000")
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        if form == "csv":
            assert requisition.number in content.decode()
            assert b"30 " in content

    def test_a_substitute_has_a_tab_for_each(self, pages: PageWorld) -> None:
        deputy, delegation = deputy_of(pages)
        requisition = pages.submitted()
        client = pages.client(deputy)
        own = text(client, "/freigaben/")
        assert requisition.number not in own
        assert f"In Vertretung für {pages.approver.user}" in re.sub(r"\s+", " ", own)
        page = text(client, f"/freigaben/?fuer={delegation.pk}")
        assert requisition.number in page
        assert f"/freigaben/{requisition.pk}/?fuer={delegation.pk}" in page

    @pytest.mark.parametrize("days", [-1, 1])
    def test_an_expired_or_early_substitution_is_explained(
        self, pages: PageWorld, days: int
    ) -> None:
        deputy, delegation = deputy_of(pages, days)
        page = text(pages.client(deputy), f"/freigaben/?fuer={delegation.pk}", 422)
        assert ("abgelaufen" if days < 0 else "beginnt erst") in page

    def test_a_foreign_substitution_does_not_exist(
        self, pages: PageWorld, approver: Client
    ) -> None:
        _, delegation = deputy_of(pages)
        for wanted in (delegation.pk, 10**8, "abc", "99999999999999999999"):
            page = text(approver, f"/freigaben/?fuer={wanted}", 422)
            assert "Diese Vertretung gibt es für Sie nicht." in page


class TestDecide:
    def test_a_cut_is_quoted_before_it_is_decided(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted()
        cut = {"menge-1": "20", "grund-1": "Klasse kleiner"}
        status, page = posted(approver, requisition, **cut, verdict="approve")
        assert status == 200
        assert "Gekürzt freigeben" in page
        freed = 10 * 429 * Decimal("1.19")
        assert f"{freed:,.2f}".translate(str.maketrans(",.", ".,")) in page
        assert not Decision.objects.exists()
        status, _ = posted(approver, requisition, **cut, verdict="approve", berechnet="1:20")
        assert status == 302
        requisition.refresh_from_db()
        assert requisition.state == "partly_approved"

    def test_another_cut_than_the_quoted_one_is_quoted_again(
        self, pages: PageWorld, approver: Client
    ) -> None:
        requisition = pages.submitted()
        cut = {"menge-1": "10", "grund-1": "x", "verdict": "approve", "berechnet": "1:20"}
        status, page = posted(approver, requisition, **cut)
        assert (status, "Gekürzt freigeben" in page) == (200, True)
        assert not Decision.objects.exists()

    @pytest.mark.parametrize(
        ("quantity", "reason", "sentence"),
        [
            ("31", "x", "Freigeben lassen sich 0 bis 30, nicht 31."),
            ("-1", "x", "Freigeben lassen sich 0 bis 30, nicht -1."),
            ("1000000000", "x", "Freigeben lassen sich 0 bis 30, nicht 1000000000."),
            ("2,5", "x", "Bitte geben Sie eine ganze Zahl an."),
            ("", "x", "Bitte geben Sie eine ganze Zahl an."),
            ("20", "", "Bitte begründen Sie, warum Sie kürzen."),
        ],
    )
    def test_a_bad_cut_keeps_what_was_typed(
        self, pages: PageWorld, approver: Client, quantity: str, reason: str, sentence: str
    ) -> None:
        requisition = pages.submitted()
        cut = {"menge-1": quantity, "grund-1": reason, "comment": "Mein Satz"}
        status, page = posted(approver, requisition, **cut, berechnen="1")
        assert status == 422
        assert sentence in page
        assert f'value="{quantity}"' in page
        assert "Mein Satz" in page

    def test_cuts_survive_turning_the_pages(self, pages: PageWorld, approver: Client) -> None:
        requisition = long_requisition(pages, 120)
        cut = {"menge-3": "1", "grund-3": "erste Seite"}
        status, second = posted(approver, requisition, **cut, blaettern="2", comment="Satz")
        assert status == 200
        assert '<input type="hidden" name="menge-3" value="1">' in second
        assert '<input type="hidden" name="grund-3" value="erste Seite">' in second
        assert 'name="menge-1"' not in second
        assert "Satz" in second
        assert not Decision.objects.exists()
        status, third = posted(
            approver, requisition, **cut, **{"menge-119": "0", "grund-119": "dritte"}, berechnen="1"
        )
        assert status == 200
        assert "So wirkt die Kürzung" in third

    def test_after_another_revision_the_comment_stays_and_the_changes_are_named(
        self, pages: PageWorld, approver: Client
    ) -> None:
        requisition = pages.submitted()
        lines = requisitions.current_lines(requisition)
        requisitions.revise(
            requisition_id=requisition.pk,
            base_revision=1,
            ask=requisitions.ask_of(lines),
            wanted=[Wanted("1", lines[0].listing_id, 25)],
            by=pages.officer,
            now=pages.now,
        )
        status, page = posted(approver, requisition, verdict="approve", comment="Gut so")
        assert status == 422
        assert "Menge von 30 auf 25" in page
        assert "Entfallen ist Zeile 2" in page
        assert "Gut so" in page
        assert 'name="revision_no" value="2"' in page
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("verdict", ["reject", "return"])
    def test_a_refusal_needs_its_comment(
        self, pages: PageWorld, approver: Client, verdict: str
    ) -> None:
        requisition = pages.submitted()
        status, page = posted(approver, requisition, verdict=verdict)
        assert (status, "Bitte begründen Sie Ablehnung oder Rückgabe." in page) == (422, True)

    def test_a_committee_needs_its_resolution(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted()
        ApprovalStep.objects.filter(requisition=requisition).update(committee="Hauptausschuss")
        status, page = posted(approver, requisition, verdict="approve")
        assert (status, "braucht einen Beschluss (Hauptausschuss)" in page) == (422, True)
        status, _ = posted(approver, requisition, verdict="approve", resolution="HA 12/2026")
        assert status == 302
        assert Decision.objects.get().resolution == "HA 12/2026"

    def test_who_comes_too_late_reads_who_was_first(
        self, pages: PageWorld, approver: Client
    ) -> None:
        requisition = pages.submitted()
        requisitions.withdraw(requisition_id=requisition.pk, by=pages.officer, now=pages.now)
        status, page = posted(approver, requisition, verdict="approve", comment="Gut so")
        assert status == 422
        assert "Der Stand ist „zurückgezogen“" in page
        assert str(pages.officer.user) in page
        assert "Hier ist nichts mehr zu entscheiden" in page
        assert 'value="approve"' not in page

    def test_the_second_click_changes_nothing(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted()
        assert posted(approver, requisition, verdict="approve")[0] == 302
        status, page = posted(approver, requisition, verdict="approve")
        assert (status, "Der Stand ist „freigegeben“" in page) == (422, True)
        assert CallOff.objects.count() == 2

    def test_a_substitute_signs_and_is_named(self, pages: PageWorld) -> None:
        deputy, delegation = deputy_of(pages)
        requisition = pages.submitted()
        client = pages.client(deputy)
        page = text(client, f"{page_of(requisition)}?fuer={delegation.pk}")
        assert f"{deputy.user} für {pages.approver.user}" in page
        status, _ = posted(client, requisition, verdict="approve", fuer=delegation.pk)
        assert status == 302
        decision = Decision.objects.get()
        assert (decision.person_id, decision.on_behalf_of_id) == (
            deputy.user_id,
            pages.approver.user_id,
        )

    def test_above_the_limit_only_a_cut_below_it_is_granted(
        self, pages: PageWorld, approver: Client
    ) -> None:
        requisition = pages.submitted()
        Membership.objects.filter(pk=pages.approver.pk).update(signing_limit=Decimal(6_000))
        assert "freigeben können Sie nur, was gekürzt darunter bleibt" in text(
            approver, page_of(requisition)
        )
        assert posted(approver, requisition, verdict="approve")[0] == 422
        cut = {"menge-1": "9", "grund-1": "Grenze", "berechnet": "1:9", "verdict": "approve"}
        assert posted(approver, requisition, **cut)[0] == 302

    def test_whoever_is_not_asked_is_told_why(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted()
        approver.post(page_of(requisition), {"revision_no": 1, "comment": "", "verdict": "approve"})
        answer = approver.get(page_of(requisition), follow=True)
        assert "zu entscheiden ist nichts mehr" in answer.content.decode()

    def test_who_comes_second_reads_who_signed_and_keeps_the_remark(
        self, pages: PageWorld, approver: Client
    ) -> None:
        ApprovalRule.objects.create(
            policy=ApprovalRule.objects.get().policy, tier=2, role=Role.TREASURER
        )
        requisition = pages.submitted()
        other = another_approver(pages)
        assert posted(approver, requisition, verdict="approve")[0] == 302
        status, page = posted(
            pages.client(other), requisition, verdict="approve", comment="Gut begründet"
        )
        assert status == 422
        assert f"Für Ihre Rolle hat schon unterschrieben: {pages.approver.user}, " in page
        assert "Die Anforderung wartet jetzt auf: Kämmerei." in page
        assert "Ihre Bemerkung ist nicht gespeichert" in page
        assert "Gut begründet" in page

    def test_above_the_own_limit_it_offers_the_voice_that_reaches(self, pages: PageWorld) -> None:
        small, delegation = deputy_of(pages, deputy=another_approver(pages))
        requisition = pages.submitted()
        page = text(pages.client(small), page_of(requisition))
        assert f'href="{page_of(requisition)}?fuer={delegation.pk}"' in page
        assert f"Für {pages.approver.user} entscheiden" in page

    def test_a_cut_is_told_in_the_history(self, pages: PageWorld, approver: Client) -> None:
        requisition, whole = pages.submitted(), pages.submitted()
        cut = {"menge-1": "9", "grund-1": "Bestand", "berechnet": "1:9", "verdict": "approve"}
        assert posted(approver, requisition, **cut)[0] == 302
        assert posted(approver, whole, verdict="approve")[0] == 302
        assert text(approver, f"/anforderungen/{requisition.pk}/").count("Gekürzt freigegeben") == 2
        assert "Gekürzt freigegeben" not in text(approver, f"/anforderungen/{whole.pk}/")

    def test_another_voice_in_the_same_round_is_refused(self, pages: PageWorld) -> None:
        ApprovalRule.objects.update(signers=2)
        requisition = pages.submitted()
        deputy, delegation = deputy_of(pages)
        assert posted(pages.client(pages.approver), requisition, verdict="approve")[0] == 302
        status, page = posted(
            pages.client(deputy), requisition, verdict="approve", fuer=delegation.pk
        )
        assert (status, "bereits entschieden" in page) == (422, True)


class TestMany:
    def test_the_page_to_confirm_lists_and_sums(self, pages: PageWorld, approver: Client) -> None:
        rows = [pages.submitted(1), pages.submitted(2)]
        query = "&".join(f"wahl={row.pk}:1" for row in rows)
        page = text(approver, f"/freigaben/sammel/?{query}")
        assert all(row.number in page for row in rows)
        assert "2 Anforderungen, brutto" in page
        assert not Decision.objects.exists()

    def test_each_row_has_its_result(self, pages: PageWorld, approver: Client) -> None:
        rows = [pages.submitted(1), pages.submitted(2)]
        requisitions.withdraw(requisition_id=rows[1].pk, by=pages.officer, now=pages.now)
        answer = approver.post(
            "/freigaben/sammel/",
            {"wahl": [f"{row.pk}:1" for row in rows], "verdict": "approve", "comment": ""},
        )
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "1 Anforderung ist entschieden, 1 nicht." in page
        assert CallOff.objects.first().number in page
        assert "zurückgezogen" in page

    def test_another_revision_is_said_before(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted(1)
        page = text(
            approver, f"/freigaben/sammel/?wahl={requisition.pk}:7&wahl=x&wahl=1:&wahl={10**30}:1"
        )
        assert "Inzwischen geändert" in page

    def test_rejecting_many_needs_a_comment(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted(1)
        data = {"wahl": f"{requisition.pk}:1", "verdict": "reject", "comment": ""}
        answer = approver.post("/freigaben/sammel/", data)
        assert answer.status_code == 422
        assert requisition.number in answer.content.decode()
        assert not Decision.objects.exists()

    def test_more_than_a_hundred_are_refused(self, pages: PageWorld, approver: Client) -> None:
        requisition = pages.submitted(1)
        chosen = [f"{requisition.pk}:1", *(f"{10**6 + number}:1" for number in range(100))]
        data = {"wahl": chosen, "verdict": "approve", "comment": ""}
        answer = approver.post("/freigaben/sammel/", data)
        assert answer.status_code == 422
        assert "höchstens 100 Anforderungen" in answer.content.decode()


class TestQueries:
    """Each number is that of one page, whatever it shows."""

    def count(self, client: Client, address: str, data: dict[str, object] | None = None) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(address, data) if data else client.get(address)
            assert answer.status_code == 200
        return len(captured)

    def test_the_page_of_a_decision(self, pages: PageWorld, approver: Client) -> None:
        ApprovalRule.objects.create(
            policy=pages.world.policy, tier=2, role=Role.TREASURER, from_gross=Decimal(10**6)
        )
        few, many = long_requisition(pages, 2), long_requisition(pages, 120)
        counts = {self.count(approver, page_of(requisition)) for requisition in (few, many)}
        assert len(counts) == 1
        assert counts.pop() <= 30

    def test_the_quote_of_a_cut(self, pages: PageWorld, approver: Client) -> None:
        few, many = long_requisition(pages, 3), long_requisition(pages, 120)
        cut = {"revision_no": 1, "menge-3": "1", "grund-3": "x", "berechnen": "1", "comment": ""}
        counts = {self.count(approver, page_of(requisition), cut) for requisition in (few, many)}
        assert len(counts) == 1

    def test_the_page_to_confirm_many(self, pages: PageWorld, approver: Client) -> None:
        rows = [pages.submitted(1) for _ in range(5)]
        query = "&".join(f"wahl={row.pk}:1" for row in rows)
        one = self.count(approver, f"/freigaben/sammel/?wahl={rows[0].pk}:1")
        assert self.count(approver, f"/freigaben/sammel/?{query}") == one

    def test_the_export_compares_everything_once(
        self, pages: PageWorld, approver: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Four queries compare what may be parts of one need, however many chunks there are."""
        ApprovalRule.objects.create(
            policy=pages.world.policy, tier=2, role=Role.TREASURER, from_gross=Decimal(25_000)
        )
        requisitions = [pages.submitted() for _ in range(4)]
        found = {}
        for chunk in (1, 2, 500):
            monkeypatch.setattr(inbox_page, "CHUNK", chunk)
            with CaptureQueriesContext(connection) as captured:
                content = b"".join(approver.get("/freigaben/?format=csv")).decode()
            assert all(requisition.number in content for requisition in requisitions)
            found[chunk] = (content, len(captured))
        assert len({content for content, _ in found.values()}) == 1
        assert found[500][0].count("Mögliche Auftragsteilung") == 4
        # Session, person with memberships, the list, 3 for order splitting; one a chunk.
        assert [number for _, number in found.values()] == [6 + 4, 6 + 2, 6 + 1]

    def test_more_substitutions_cost_no_query(self, pages: PageWorld) -> None:
        deputy, _ = deputy_of(pages)
        pages.submitted()
        client = pages.client(deputy)
        one = self.count(client, "/freigaben/")
        for number in range(3):
            other = person(
                f"weitere{number}@stadt-a.example",
                pages.world.authority,
                Role.APPROVER,
                signing_limit=Decimal(10**6),
            )
            today = berlin_day(pages.now)
            Delegation.objects.create(
                delegator=other,
                delegator_person=other.user,
                deputy=deputy.user,
                valid_from=today,
                valid_to=today,
                created_by=other,
                created_at=pages.now,
            )
        assert self.count(client, "/freigaben/") == one
        assert len(approvals.voices(deputy, berlin_day(pages.now))) == 5
