"""The pages of price changes, the register, price history and the price audit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import (
    ContractItem,
    ContractModification,
    DocumentAudience,
    DocumentKind,
    FrameworkAgreement,
    ModificationKind,
    PriceChange,
    PriceVersion,
)
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import modifications
from contracts.agreements.prices.changes import Proposal
from contracts.agreements.writing import documents
from contracts.agreements.writing.tiers import TierRow
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from orders.models import CallOffLine
from tests.pages import PageWorld, build_pages
from tests.price_changes import discount_item, entry, legal_figures, tiers
from tests.world import person

from .test_scopes import text

AGREEMENT = "/vereinbarungen/{}/"


@pytest.fixture
def pages(db: None) -> PageWorld:
    return prepared(build_pages())


def prepared(pages: PageWorld) -> PageWorld:
    """Five percent a year, falls by themselves."""
    legal_figures()
    pages.world.awards[0].terms.update(rise_percent_per_year=Decimal(5), automatic_fall=True)
    return pages


def soon(pages: PageWorld, days: int = 40) -> date:
    return berlin_day(pages.now) + timedelta(days=days)


def address(pages: PageWorld, *parts: object) -> str:
    rest = "".join(f"{part}/" for part in parts)
    return AGREEMENT.format(pages.world.agreement.pk) + rest


def propose(
    pages: PageWorld, first: str = "440", second: str = "420", days: int = 40
) -> PriceChange:
    return price_changes.propose(
        Proposal(
            item_id=pages.world.items[0].pk,
            effective_from=soon(pages, days),
            evidence="Herstellerschreiben vom 1. Juni",
            tiers=tiers(Decimal(first), Decimal(second)),
        ),
        by=pages.people[Role.SUPPLIER_CATALOGUE],
        now=pages.now,
    )


def accepted(pages: PageWorld, first: str = "440", second: str = "420") -> PriceChange:
    change = propose(pages, first, second)
    manager, reviewer = pages.world.manager, pages.people[Role.REVIEWER]
    price_decisions.decide(change_id=change.pk, accept=True, by=manager, now=pages.now)
    return price_decisions.confirm(change_id=change.pk, accept=True, by=reviewer, now=pages.now)


def proposal_form(pages: PageWorld, **changed: object) -> dict[str, object]:
    given: dict[str, object] = {
        "effective_from": soon(pages).isoformat(),
        "evidence": "Herstellerschreiben vom 1. Juni",
        "price_unit": "1",
        "staffel-TOTAL_FORMS": "2",
        "staffel-INITIAL_FORMS": "2",
        "staffel-0-from_quantity": "1",
        "staffel-0-net_unit_price": "440.0000",
        "staffel-1-from_quantity": "100",
        "staffel-1-net_unit_price": "420.0000",
    }
    return {**given, **changed}


class TestRoad:
    def test_from_the_supplier_to_the_new_price(self, pages: PageWorld) -> None:
        item = pages.world.items[0]
        supplier = pages.as_role(Role.SUPPLIER_CATALOGUE)
        form = address(pages, "preisaenderungen", "vorschlagen", item.pk)
        assert form in text(supplier.get(address(pages, "positionen")))
        assert "429.0000" in text(supplier.get(form))
        answer = supplier.post(form, proposal_form(pages))
        change = PriceChange.objects.get()
        page = address(pages, "preisaenderungen", change.pk)
        assert (answer.status_code, answer["Location"]) == (302, page)

        manager = pages.as_role(Role.CONTRACT_MANAGER)
        shown = text(manager.get(page))
        assert "+2,56" in shown
        assert "429,0000" in shown
        assert "hält die Preisklausel ein" in shown
        assert manager.post(f"{page}entscheiden/", {"verdict": "accept"}).status_code == 302
        assert "gehört einer anderen Person" in text(manager.get(page))

        reviewer = pages.as_role(Role.REVIEWER)
        assert reviewer.post(f"{page}bestaetigen/", {"verdict": "accept"}).status_code == 302
        change.refresh_from_db()
        assert change.state == "accepted"
        assert PriceVersion.objects.filter(change=change).exists()
        assert "Angenommen, neue Preisfassung angelegt" in text(manager.get(page))

    def test_outside_the_clause_it_goes_through_the_register(self, pages: PageWorld) -> None:
        change = propose(pages, "600", "580")
        page = address(pages, "preisaenderungen", change.pk)
        manager, reviewer = pages.as_role(Role.CONTRACT_MANAGER), pages.as_role(Role.REVIEWER)
        missing = manager.post(f"{page}entscheiden/", {"verdict": "accept"})
        assert missing.status_code == 422
        assert "Das Änderungsregister braucht diese Angabe" in text(missing)
        given = {
            "verdict": "accept",
            "ground": "de_minimis",
            "value": "100000",
            "description": "Chipmangel",
        }
        assert manager.post(f"{page}entscheiden/", given).status_code == 302
        row = ContractModification.objects.get(change=change)
        early = reviewer.post(f"{page}bestaetigen/", {"verdict": "accept"})
        assert early.status_code == 422
        assert "Die Vertragsänderung ist nicht genehmigt" in text(early)
        entry_page = address(pages, "vertragsaenderungen", row.pk)
        assert "100.000,00" in text(reviewer.get(entry_page))
        decided = reviewer.post(f"{entry_page}entscheiden/", {"verdict": "accept"})
        assert decided.status_code == 302
        assert reviewer.post(f"{page}bestaetigen/", {"verdict": "accept"}).status_code == 302
        change.refresh_from_db()
        assert change.state == "accepted"

    def test_a_rejection_without_reason_keeps_the_change_open(self, pages: PageWorld) -> None:
        page = address(pages, "preisaenderungen", propose(pages).pk)
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        answer = manager.post(f"{page}entscheiden/", {"verdict": "reject", "reason": ""})
        assert answer.status_code == 422
        assert "Bitte begründen Sie die Ablehnung" in text(answer)
        manager.post(f"{page}entscheiden/", {"verdict": "reject", "reason": "Kein Nachweis"})
        assert "Kein Nachweis" in text(pages.as_role(Role.SUPPLIER_CATALOGUE).get(page))

    def test_the_supplier_takes_it_back(self, pages: PageWorld) -> None:
        page = address(pages, "preisaenderungen", propose(pages).pk)
        supplier = pages.as_role(Role.SUPPLIER_CATALOGUE)
        assert supplier.post(f"{page}zurueckziehen/").status_code == 302
        again = supplier.post(f"{page}zurueckziehen/")
        assert again.status_code == 422
        assert "kann nicht mehr zurückgezogen werden" in text(again).replace("\n", " ")

    def test_the_list_price_of_an_article_is_proposed_by_its_number(self, pages: PageWorld) -> None:
        item, article = discount_item(pages.world)
        form = address(pages, "preisaenderungen", "vorschlagen", item.pk)
        given = proposal_form(pages, article="Z-9", list_amount="51.0000")
        supplier = pages.as_role(Role.SUPPLIER_CATALOGUE)
        wrong = supplier.post(form, {**given, "article": "X-1"})
        assert "Unter dieser Position steht kein solcher Artikel" in text(wrong)
        assert supplier.post(form, given).status_code == 302
        assert PriceChange.objects.get().article == article


BAD: tuple[tuple[str, dict[str, object], str], ...] = (
    ("yesterday", {"effective_from": "2026-01-02"}, "ist vorbei"),
    ("after the end", {"effective_from": "2030-06-01"}, "endet am 31.12.2029"),
    ("zero", {"staffel-0-net_unit_price": "0"}, "größer als null"),
    ("negative", {"staffel-0-net_unit_price": "-3"}, "größer als null"),
    ("five decimals", {"staffel-0-net_unit_price": "440.00001"}, "höchstens 4 Dezimalstellen"),
    ("tiers out of order", {"staffel-1-from_quantity": "1"}, "müssen aufsteigen"),
    ("no evidence", {"evidence": " "}, "zwingend erforderlich"),
    (
        "what holds anyway",
        {"staffel-0-net_unit_price": "429", "staffel-1-net_unit_price": "411.5"},
        "die ohnehin gelten",
    ),
)


@pytest.mark.parametrize(("changed", "sentence"), [r[1:] for r in BAD], ids=[r[0] for r in BAD])
def test_bad_input_comes_back_with_its_sentence(
    pages: PageWorld, changed: dict[str, object], sentence: str
) -> None:
    form = address(pages, "preisaenderungen", "vorschlagen", pages.world.items[0].pk)
    answer = pages.as_role(Role.SUPPLIER_CATALOGUE).post(form, proposal_form(pages, **changed))
    shown = text(answer)
    assert answer.status_code == 422
    assert sentence in shown
    assert "Herstellerschreiben" in shown or "evidence" in changed
    assert not PriceChange.objects.exists()


def test_an_ended_agreement_offers_no_form(pages: PageWorld) -> None:
    FrameworkAgreement.objects.update(
        state="ended", end_reason="decision", ended_on=berlin_day(pages.now)
    )
    form = address(pages, "preisaenderungen", "vorschlagen", pages.world.items[0].pk)
    assert pages.as_role(Role.SUPPLIER_CATALOGUE).get(form).status_code == 404


class TestRegister:
    def register(self, pages: PageWorld, **changed: str) -> HttpResponse:
        given = {
            "kind": "cap",
            "ground": "de_minimis",
            "scope": f"lot:{pages.world.lots[0].pk}",
            "value": "150000",
            "description": "Mehr Schulen",
        }
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        return manager.post(
            address(pages, "vertragsaenderungen", "eintragen"), {**given, **changed}
        )

    def test_a_cap_rises_through_an_approved_entry(self, pages: PageWorld) -> None:
        assert self.register(pages).status_code == 302
        row = ContractModification.objects.get()
        page = address(pages, "vertragsaenderungen", row.pk)
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        account = pages.world.lots[0].account
        rise = {"account": account.pk, "new_limit": account.limit_amount + 150_000}
        early = manager.post(f"{page}erhoehen/", rise)
        assert (early.status_code, "dafür nicht genehmigt" in text(early)) == (422, True)
        pages.as_role(Role.REVIEWER).post(f"{page}entscheiden/", {"verdict": "accept"})
        assert manager.post(f"{page}erhoehen/", rise).status_code == 302
        again = manager.post(f"{page}erhoehen/", {**rise, "new_limit": rise["new_limit"] + 1})
        assert (again.status_code, "schon erhöht" in text(again)) == (422, True)
        shown = text(manager.get(address(pages, "vertragsaenderungen")))
        assert "150.000,00" in shown
        assert "0,83" in shown

    def test_the_term_is_extended(self, pages: PageWorld) -> None:
        unsaid = self.register(pages, kind="term")
        assert (unsaid.status_code, "den neuen letzten Tag" in text(unsaid)) == (422, True)
        self.register(pages, kind="term", new_end="2030-06-30")
        row = ContractModification.objects.get()
        page = address(pages, "vertragsaenderungen", row.pk)
        pages.as_role(Role.REVIEWER).post(f"{page}entscheiden/", {"verdict": "accept"})
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        assert "Bis zum 30.06.2030, wie genehmigt" in text(manager.get(page))
        assert manager.post(f"{page}verlaengern/", {"new_end": "2099-01-01"}).status_code == 302
        assert "Laufzeit bis 30.06.2030" in text(manager.get(page))
        pages.world.agreement.refresh_from_db()
        assert pages.world.agreement.ends_on == date(2030, 6, 30)

    def test_beyond_the_law_it_says_so_and_keeps_the_input(self, pages: PageWorld) -> None:
        answer = self.register(pages, value="216000.01")
        shown = text(answer)
        assert answer.status_code == 422
        assert "übersteigen den Schwellenwert von 216.000,00 EUR" in shown
        assert "neues Vergabeverfahren" in shown
        assert "Mehr Schulen" in shown

    def test_a_cap_is_not_lowered_below_its_use(self, pages: PageWorld) -> None:
        pages.submitted(30)
        account = pages.world.agreement.account
        given = {"account": account.pk, "new_limit": "100", "document": "Beschluss"}
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        low = manager.post(address(pages, "vertragsaenderungen", "senken"), given)
        assert low.status_code == 422
        assert "sind bereits gebunden" in text(low)
        fine = {**given, "new_limit": "60000000"}
        address_ = address(pages, "vertragsaenderungen", "senken")
        assert manager.post(address_, fine).status_code == 302


class TestLists:
    def test_filter_and_export_hold_the_same_rows(self, pages: PageWorld) -> None:
        change = accepted(pages)
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        page = address(pages, "preisaenderungen")
        assert change.number in text(manager.get(page))
        assert change.number in text(manager.get(f"{page}?stand=accepted"))
        assert change.number not in text(manager.get(f"{page}?stand=rejected"))
        rows = text(manager.get(f"{page}?stand=accepted&format=csv")).splitlines()
        assert len(rows) == 2
        assert rows[1].split(";")[0] == change.number
        book = manager.get(f"{page}?format=xlsx")
        assert book["Content-Type"].endswith("spreadsheetml.sheet")

    def test_everybody_sees_what_concerns_them(self, pages: PageWorld) -> None:
        change = propose(pages)
        page = address(pages, "preisaenderungen")
        other = person("k@l2.example", pages.world.suppliers[1], Role.SUPPLIER_CATALOGUE)
        for client in (pages.client(other), pages.client(pages.officer)):
            for form in ("", "?format=csv"):
                assert change.number not in text(client.get(page + form))
            assert client.get(f"{page}{change.pk}/").status_code == 404
        keeper = pages.as_role(Role.SUPPLIER_CATALOGUE)
        assert change.number in text(keeper.get(page))
        assert pages.world.manager.user.email not in text(keeper.get(f"{page}{change.pk}/"))

    def test_what_waits_is_on_the_start_page_and_in_one_list(self, pages: PageWorld) -> None:
        change = propose(pages)
        manager, reviewer = pages.as_role(Role.CONTRACT_MANAGER), pages.as_role(Role.REVIEWER)
        waiting = "/preisaenderungen/?stand=proposed"
        assert waiting in text(manager.get("/"))
        assert waiting not in text(reviewer.get("/"))
        assert change.number in text(manager.get(waiting))
        assert change.number not in text(reviewer.get("/preisaenderungen/?stand=awaiting_second"))
        price_decisions.decide(
            change_id=change.pk, accept=True, by=pages.world.manager, now=pages.now
        )
        assert change.number in text(reviewer.get("/preisaenderungen/?stand=awaiting_second"))
        keeper = pages.as_role(Role.SUPPLIER_CATALOGUE)
        rows = text(keeper.get("/preisaenderungen/?format=csv")).splitlines()
        assert rows[1].startswith(f"{change.number};1;Z-1;")

    def test_the_register_exports(self, pages: PageWorld) -> None:
        modifications.register(
            agreement_id=pages.world.agreement.pk,
            entry=entry(Decimal(1000), ModificationKind.CAP),
            by=pages.world.manager,
            now=pages.now,
        )
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        page = address(pages, "vertragsaenderungen")
        rows = text(manager.get(f"{page}?format=csv")).splitlines()
        assert rows[1].split(";")[5:9] == ["1000,00", "12000000,00", "1000,00", "0,01"]


def history(pages: PageWorld, listing: int = 0) -> str:
    return f"/preise/{pages.world.listings[listing].pk}/"


class TestHistory:
    def test_versions_with_source_change_and_approval(self, pages: PageWorld) -> None:
        change = accepted(pages)
        for client in (pages.as_role(Role.CONTRACT_MANAGER), pages.client(pages.officer)):
            shown = text(client.get(history(pages)))
            assert shown.count("kh-plot__bound") == 1
            assert "429,0000" in shown
            assert "440,0000" in shown
            assert f">{change.number}</a>" in shown
            assert pages.world.purchasing.name in shown
        rows = text(pages.client(pages.officer).get(f"{history(pages)}?format=csv")).splitlines()
        assert [row.split(";")[3] for row in rows[1:]] == [
            "429,0000", "411,5000", "440,0000", "420,0000",
        ]  # fmt: skip

    def test_a_discount_moves_with_its_list_price(self, pages: PageWorld) -> None:
        item, article = discount_item(pages.world)
        price_changes.propose(
            Proposal(
                item_id=item.pk,
                effective_from=soon(pages),
                evidence="Preisliste",
                article_id=article.pk,
                list_amount=Decimal("45.0000"),
            ),
            by=pages.people[Role.SUPPLIER_CATALOGUE],
            now=pages.now,
        )
        shown = text(pages.client(pages.officer).get(history(pages, 2)))
        assert "45,0000" in shown  # 50 less 10 %
        assert "40,5000" in shown  # 45 less 10 %
        assert PriceChange.objects.get().number in shown

    def test_who_is_not_entitled_sees_no_price(self, pages: PageWorld) -> None:
        other = person("k@l2.example", pages.world.suppliers[1], Role.SUPPLIER_CATALOGUE)
        for client in (pages.client(pages.world.outsider), pages.client(other)):
            assert client.get(history(pages)).status_code == 404

    def test_what_was_ordered_keeps_its_prices_open(self, pages: PageWorld) -> None:
        pages.issued()
        pages.world.agreement.entitlements.update(
            valid_to=berlin_day(pages.now) - timedelta(days=1)
        )
        assert pages.client(pages.officer).get(history(pages)).status_code == 200
        assert pages.client(pages.world.outsider).get(history(pages)).status_code == 404


class TestWhy:
    def test_an_article_and_a_line_lead_to_version_change_award_and_documents(
        self, pages: PageWorld
    ) -> None:
        change = price_changes.propose(
            Proposal(
                item_id=pages.world.items[0].pk,
                effective_from=berlin_day(pages.now),
                evidence="Marktpreis gefallen",
                tiers=(TierRow(1, net_unit_price=Decimal(400)),),
            ),
            by=pages.people[Role.SUPPLIER_CATALOGUE],
            now=pages.now,
        )
        for title, audience in (
            ("Schreiben des Herstellers", DocumentAudience.PARTIES),
            ("Interner Vermerk", DocumentAudience.INTERNAL),
        ):
            documents.upload(
                agreement_id=pages.world.agreement.pk,
                new=documents.NewDocument(
                    kind=DocumentKind.CHANGE,
                    audience=audience,
                    title=title,
                    filename="nachweis.pdf",
                    content=b"%PDF-1.7 " + title.encode(),
                    change_id=change.pk,
                ),
                by=pages.world.manager,
                now=pages.now,
            )
        call_off = pages.issued(30).call_offs.get(supplier=pages.world.suppliers[0])
        buyer = pages.client(pages.officer)
        for place in (f"/katalog/{pages.world.listings[0].pk}/", f"/abrufe/{call_off.pk}/"):
            shown = text(buyer.get(place))
            assert f"Preisänderung {change.number}" in shown
            assert "Z-1 vom 01.01.2026" in shown
            assert "Schreiben des Herstellers" in shown
            assert "Interner Vermerk" not in shown
            assert history(pages) in shown
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        assert "Interner Vermerk" in text(manager.get(f"/abrufe/{call_off.pk}/"))


class TestAudit:
    def test_the_year_so_far_holds_no_deviation(self, pages: PageWorld) -> None:
        pages.issued()
        for role in (Role.CONTRACT_MANAGER, Role.REVIEWER, Role.AUDITOR, Role.TREASURER):
            shown = text(pages.as_role(role).get("/preispruefung/"))
            assert "Keine Abweichung" in shown
            assert "13.760,00" in shown

    def test_the_period_is_the_readers(self, pages: PageWorld) -> None:
        pages.issued()
        manager = pages.as_role(Role.CONTRACT_MANAGER)
        shown = text(manager.get("/preispruefung/?von=2026-01-01&bis=2026-01-31"))
        assert "Keine Bestellung in diesem Zeitraum" in shown
        wrong = manager.get("/preispruefung/?von=2026-02-01&bis=2026-01-31")
        assert wrong.status_code == 422
        assert "endet vor seinem Beginn" in text(wrong)
        assert manager.get("/preispruefung/?von=gestern").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_tampered_line_is_on_the_page_and_in_the_file(owner: psycopg.Connection) -> None:
    pages = prepared(build_pages())
    pages.issued()
    line = CallOffLine.objects.get(item=pages.world.items[0])
    owner.execute("ALTER TABLE orders_calloffline DISABLE TRIGGER USER")
    owner.execute("UPDATE orders_calloffline SET net = net + 5 WHERE id = %s", [line.pk])
    owner.execute("ALTER TABLE orders_calloffline ENABLE TRIGGER USER")
    auditor = pages.as_role(Role.AUDITOR)
    shown = text(auditor.get("/preispruefung/"))
    assert f"{line.call_off.number}, Zeile {line.line_no}" in shown
    assert "5,00" in shown
    rows = text(auditor.get("/preispruefung/?format=csv")).splitlines()
    assert len(rows) == 2
    assert rows[1].split(";")[5:] == [
        "Netto der Zeile", "12870,00", "12875,00", "12870,00", "12875,00", "5,00",
    ]  # fmt: skip


QUERIES = {"preisaenderungen": 5, "vertragsaenderungen": 9, "history": 10, "audit": 6}


def count(pages: PageWorld, member: Membership, place: str) -> int:
    client = pages.client(member)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(place).status_code == 200
    return len(captured)


def counted(pages: PageWorld) -> dict[str, int]:
    manager = pages.world.manager
    places: dict[str, Any] = {
        "preisaenderungen": address(pages, "preisaenderungen"),
        "vertragsaenderungen": address(pages, "vertragsaenderungen"),
        "history": history(pages),
        "audit": "/preispruefung/",
    }
    return {name: count(pages, manager, place) for name, place in places.items()}


def test_queries_are_pinned_and_constant(pages: PageWorld) -> None:
    pages.issued()
    accepted(pages)
    manager = pages.world.manager
    for number in range(2):
        modifications.register(
            agreement_id=pages.world.agreement.pk,
            entry=entry(Decimal(1000), ModificationKind.CAP),
            by=manager,
            now=pages.now,
        )
        if number == 0:
            before = counted(pages)
            for days in range(41, 45):
                propose(pages, str(470 - days), "300", days)
            pages.issued()
    assert (before, counted(pages)) == (QUERIES, QUERIES)


def test_a_further_position_waits_for_the_second_person(pages: PageWorld) -> None:
    """Listed: the form proposes, the register shows what waits, the approval writes it."""
    manager, award = pages.as_role(Role.CONTRACT_MANAGER), pages.world.awards[0]
    form = address(pages, "zuschlaege", award.pk, "position")
    assert "Weitere Position" in text(manager.get(form))
    given = {
        "number": "1.5",
        "title": "Dockingstation",
        "basis": "fixed",
        "role": "goods",
        "unit": "C62",
        "vat_class": "standard",
        "max_quantity": "100",
        "periods": "1",
        "period_months": "12",
        "valid_from": berlin_day(pages.now).isoformat(),
        "price_unit": "1",
        "staffel-TOTAL_FORMS": "1",
        "staffel-INITIAL_FORMS": "0",
        "staffel-0-from_quantity": "1",
        "staffel-0-net_unit_price": "150",
        "ground": "de_minimis",
        "value": "14999.99",
        "description": "Neue Geräte brauchen sie",
    }
    refused = manager.post(form, given)
    assert (refused.status_code, "15.000,00 EUR wert" in text(refused)) == (422, True)
    assert manager.post(form, {**given, "value": "15000"}).status_code == 302
    row = ContractModification.objects.get()
    assert not ContractItem.objects.filter(number="1.5").exists()
    page = address(pages, "vertragsaenderungen", row.pk)
    shown = text(pages.as_role(Role.REVIEWER).get(page))
    assert "Position 1.5 Dockingstation" in shown
    assert "höchstens 100 Stück" in shown
    pages.as_role(Role.REVIEWER).post(f"{page}entscheiden/", {"verdict": "accept"})
    assert ContractItem.objects.get(number="1.5").proposal.entry == row
