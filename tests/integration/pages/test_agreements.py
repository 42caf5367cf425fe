"""The pages a contract manager works on: from an empty draft to a listed agreement, by form."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from contracts.agreements.models import (
    AgreementDocument,
    AgreementState,
    Award,
    BuyerEntitlement,
    ContractItem,
    FrameworkAgreement,
    Lot,
)
from contracts.agreements.writing import cpv
from contracts.agreements.writing.setup import entitle
from contracts.audit.models import AuditEntry
from contracts.clock import berlin_day
from contracts.parties.models import Role
from tests.pages import PageWorld, agreement_targets
from tests.world import person

TERMS = {
    "payment_days": 30,
    "discount_percent": 2,
    "discount_days": 14,
    "delivery_days": 10,
    "confirmation_days": 5,
    "minimum_order": 50,
    "penalty_percent_per_week": 1,
    "rise_percent_per_year": 3,
    "price_notice_days": 60,
}
TIERS = {
    "staffel-TOTAL_FORMS": 4,
    "staffel-INITIAL_FORMS": 4,
    "staffel-0-from_quantity": 1,
    "staffel-0-net_unit_price": "99.5000",
    "staffel-1-from_quantity": 10,
    "staffel-1-net_unit_price": "95.0000",
}
PDF = b"%PDF-1.7 Bekanntmachung"


def url(name: str, *args: int) -> str:
    return reverse(f"frontend:{name}", args=args)


def text(response: HttpResponse) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return response.content.decode()


@pytest.fixture
def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


def _head(pages: PageWorld, **changed: Any) -> dict[str, Any]:
    today = berlin_day(pages.now)
    return {
        "number": "RV-NEU",
        "title": "Schulmöbel",
        "notice_number": "2026/S 77",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=700)).isoformat(),
        "estimate": "150000",
        "maximum": "200000",
        "responsible": pages.world.manager.pk,
        "term_justification": "",
        **changed,
    }


def test_from_an_empty_form_to_a_listed_agreement(pages: PageWorld, manager: Client) -> None:
    """Every step by form; the overview says what is missing until nothing is."""
    today = berlin_day(pages.now)
    assert manager.post(url("agreement_create"), _head(pages)).status_code == 302
    row = FrameworkAgreement.objects.get(number="RV-NEU")
    assert "Das steht der Listung noch entgegen" in text(manager.get(url("agreement", row.pk)))

    lot_data = {"number": 1, "title": "Tische", "allocation": "single", "estimate": "150000",
                "maximum": "200000", "cpv": "39000000-2, 39160000-1"}  # fmt: skip
    assert manager.post(url("lot_create", row.pk), lot_data).status_code == 302
    lot = Lot.objects.get(agreement=row)
    assert lot.cpv_codes.count() == 2

    award_data = {"supplier": pages.world.suppliers[0].pk, "reference": "Z-77",
                  "awarded_on": today.isoformat(), "rank": 1, **TERMS}  # fmt: skip
    assert manager.post(url("award_create", row.pk, lot.pk), award_data).status_code == 302
    award = Award.objects.get(lot=lot)
    assert award.terms.get().rise_percent_per_year == 3

    item_data = {"number": "1.1", "title": "Tisch", "basis": "fixed", "role": "goods",
                 "unit": "C62", "vat_class": "standard", "max_quantity": 50, "periods": 1,
                 "period_months": 12, "valid_from": today.isoformat(), "price_unit": 1,
                 "source": "Zuschlag Z-77", **TIERS}  # fmt: skip
    assert manager.post(url("item_create", row.pk, award.pk), item_data).status_code == 302
    item = ContractItem.objects.get(award=award)
    assert item.price_versions.get().tiers.count() == 2

    refused = manager.post(url("agreement_list", row.pk))
    assert refused.status_code == 422
    assert "Es sind keine Abrufberechtigten benannt (EuGH C-216/17)." in text(refused)
    named = {"buyer": pages.world.authority.pk, "lot": "", "valid_from": today.isoformat()}
    assert manager.post(url("buyer_name", row.pk), named).status_code == 302
    # the threshold's figures hold from 2026 on: this agreement starts today
    assert manager.post(url("agreement_list", row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.state == AgreementState.LISTED
    assert "99,50" in text(pages.client(pages.officer).get(url("agreement_items", row.pk)))


def test_a_form_keeps_its_input_and_names_the_field(pages: PageWorld, manager: Client) -> None:
    sent = _head(pages, number="RV-TEST", title="Behalten", ends_on="2020-01-01", estimate="x")
    answer = manager.post(url("agreement_create"), sent)
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="Behalten"' in page
    assert 'href="#id_estimate"' in page
    # what only the domain knows comes back at its field too
    answer = manager.post(url("agreement_create"), _head(pages, number="RV-TEST"))
    assert 'href="#id_number"' in text(answer)
    answer = manager.post(url("agreement_create"), _head(pages, ends_on="2020-01-01"))
    assert 'href="#id_ends_on"' in text(answer)
    assert not FrameworkAgreement.objects.filter(number="RV-NEU").exists()


def test_codes_are_searched_without_saving_and_ticked(
    pages: PageWorld, manager: Client, tmp_path: Any
) -> None:
    path = tmp_path / "cpv.csv"
    path.write_text(
        "code,name_en,name_de\n39160000-1,School furniture,Schulmöbel\n"
        '39120000-9,"Tables, cupboards, desk and bookcases",Tische und Schränke\n',
        encoding="utf-8",
    )
    cpv.load(path)
    manager.post(url("agreement_create"), _head(pages))
    row = FrameworkAgreement.objects.get(number="RV-NEU")
    typed = {"number": 1, "title": "Tische", "allocation": "single", "maximum": "5",
             "cpv": "39160000-1", "cpv_search": "tische"}  # fmt: skip
    answer = manager.post(url("lot_create", row.pk), {**typed, "suchen": "1"})
    assert answer.status_code == 200
    assert 'value="39120000-9"' in text(answer)
    assert not row.lots.exists()
    assert (
        manager.post(url("lot_create", row.pk), {**typed, "cpv_found": ["39120000-9"]}).status_code
        == 302
    )
    assert set(row.lots.get().cpv_codes.values_list("code", flat=True)) == {
        "39160000-1",
        "39120000-9",
    }
    wrong = manager.post(url("lot_create", row.pk), {**typed, "number": 2, "cpv": "99999999-9"})
    assert 'href="#id_cpv"' in text(wrong)


def test_a_listed_agreement_offers_what_may_change(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    page = text(manager.get(url("agreement_edit", row.pk)))
    assert 'name="title"' in page
    assert 'name="ends_on"' not in page
    sent = {"title": "Neuer Titel", "responsible": pages.world.manager.pk}
    assert manager.post(url("agreement_edit", row.pk), sent).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.number) == ("Neuer Titel", "RV-TEST")
    for name, key in (
        ("lot_edit", pages.world.lots[0].pk),
        ("award_edit", pages.world.awards[0].pk),
        ("item_edit", pages.world.items[0].pk),
    ):
        assert "Aus dem Entwurf entfernen" not in text(manager.get(url(name, row.pk, key)))


def test_suspending_and_ending_by_page(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    missing = manager.post(url("agreement_suspend", row.pk), {"reason": ""})
    assert missing.status_code == 422
    assert 'href="#aussetzen_reason"' in text(missing)
    assert manager.post(url("agreement_suspend", row.pk), {"reason": "Prüfung"}).status_code == 302
    assert "Prüfung" in text(pages.client(pages.officer).get(url("agreement", row.pk)))
    assert manager.post(url("agreement_list", row.pk)).status_code == 302
    early = manager.post(url("agreement_end", row.pk), {"because": "term"})
    assert "Die Laufzeit endet erst am 31.12.2029." in text(early)
    cap = manager.post(url("agreement_end", row.pk), {"because": "cap"})
    assert "noch nicht ausgeschöpft" in text(cap)
    bare = manager.post(url("agreement_end", row.pk), {"because": "decision"})
    assert 'href="#beenden_reason"' in text(bare)
    ended = manager.post(
        url("agreement_end", row.pk), {"because": "decision", "reason": "Kündigung"}
    )
    assert ended.status_code == 302
    page = text(manager.get(url("agreement", row.pk)))
    assert "Die Vereinbarung ist beendet" in page
    assert "Kündigung" in page


def test_quotas_by_page(pages: PageWorld, manager: Client) -> None:
    world = pages.world
    own = BuyerEntitlement.objects.get(buyer=world.authority)
    other = entitle(
        world.agreement,
        world.other_authority,
        valid_from=berlin_day(pages.now),
        quota=Decimal(77_777),
        by=world.manager,
        now=pages.now,
    )
    row = world.agreement
    page = url("quota_set", row.pk, own.pk)
    assert manager.post(page, {"quota": "6000", "document": "B-1"}).status_code == 302
    pages.submitted(10)
    low = manager.post(page, {"quota": "10", "document": "B-2"})
    assert low.status_code == 422
    assert "sind bereits gebunden" in text(low)
    moved = {"from_id": own.pk, "to_id": other.pk, "amount": "100", "document": "B-3"}
    assert manager.post(url("quota_transfer", row.pk), moved).status_code == 302
    twice = manager.post(url("quota_transfer", row.pk), moved)
    assert 'href="#uebertragen_document"' in text(twice)
    buyer = pages.client(pages.officer)
    register = text(buyer.get(url("agreement_buyers", row.pk)))
    assert "77.877,00" not in register
    assert world.other_authority.name not in register
    back = url("quota_return", row.pk, own.pk)
    assert back in register
    assert buyer.post(back, {"document": "Beschluss"}).status_code == 302
    assert buyer.get(url("quota_return", row.pk, other.pk)).status_code == 404
    again = named = manager.post(
        url("buyer_name", row.pk),
        {"buyer": world.authority.pk, "valid_from": berlin_day(pages.now).isoformat()},
    )
    assert again.status_code == 422
    assert 'href="#benennen_valid_from"' in text(named)
    ended = url("buyer_end", row.pk, other.pk)
    day = berlin_day(pages.now).isoformat()
    assert manager.post(ended, {"last_day": day, "reason": "Austritt"}).status_code == 302


def test_documents_by_page(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    page = url("agreement_documents", row.pk)

    def send(name: str, content: bytes) -> HttpResponse:
        return manager.post(
            url("document_upload", row.pk),
            {
                "file": SimpleUploadedFile(name, content),
                "title": "Bekanntmachung",
                "kind": "notice",
                "audience": "buyers",
                "lot": "",
                "award": "",
            },
        )

    wrong = send("a.pdf", b"<html>")
    assert wrong.status_code == 422
    assert 'href="#dokument_file"' in text(wrong)
    assert send('../../Bekannt"machung.pdf', PDF).status_code == 302
    document = AgreementDocument.objects.get()
    address = url("document", row.pk, document.pk)
    buyer = pages.client(pages.officer)
    assert address in text(buyer.get(page))
    answer = buyer.get(address)
    assert answer.content == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Bekannt_machung.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    for role in (Role.SUPPLIER_ORDERS, Role.SUPPLIER_CATALOGUE):
        assert pages.as_role(role).get(address).status_code == 404
    assert pages.client(pages.world.outsider).get(address).status_code == 404
    withdraw = url("document_withdraw", row.pk, document.pk)
    assert manager.post(withdraw, {"reason": "veraltet"}).status_code == 302
    assert buyer.get(address).status_code == 404
    assert manager.get(address).status_code == 200


def test_a_supplier_reads_its_own_positions(pages: PageWorld) -> None:
    rows = text(
        pages.as_role(Role.SUPPLIER_ORDERS).get(
            url("agreement_items", pages.world.agreement.pk) + "?format=csv"
        )
    ).splitlines()
    assert len(rows) == 3  # two tiers of its one position
    assert all("1.1;Notebooks" in row for row in rows[1:])


def test_the_use_of_the_caps_comes_as_a_file_without_others_quotas(
    pages: PageWorld, manager: Client
) -> None:
    pages.issued()
    world = pages.world
    address = url("agreement", world.agreement.pk) + "?format=csv"
    head, *lines = text(manager.get(address)).splitlines()
    assert head.lstrip("\ufeff").startswith("Höchstwert;Art;Einheit;Grenze;gebucht")
    lot = world.lots[0].account
    lot.refresh_from_db()
    posted = f"{lot.posted:f}".replace(".", ",")
    assert any(line.startswith(f"{lot.title};") and f";{posted};" in line for line in lines)
    supplier = text(pages.as_role(Role.SUPPLIER_ORDERS).get(address))
    assert "Zuschlag Z-2" not in supplier
    assert "Als XLSX" in text(manager.get(url("agreement", world.agreement.pk)))


def test_the_audit_trail_says_who_what_before_and_after(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    manager.post(
        url("agreement_edit", row.pk),
        {"title": "Neuer Titel", "responsible": pages.world.manager.pk},
    )
    page = text(manager.get(url("agreement_audit", row.pk)))
    assert "Titel: Schul-IT → Neuer Titel" in page
    assert "Vertragsmanagement" in page
    lines = text(manager.get(url("agreement_audit", row.pk) + "?format=csv")).splitlines()
    assert len(lines) == AuditEntry.objects.filter(object_type__startswith="agreements").count() + 1
    first = lines[1].split(";")
    assert first[1] == str(pages.world.manager.user)
    assert first[5:] == [
        "Vereinbarung", "geändert", "Titel: Schul-IT", "Titel: Neuer Titel", "",
    ]  # fmt: skip


EXPORTS = (
    "agreement_items",
    "agreement_buyers",
    "agreement_documents",
    "agreement_call_offs",
    "agreement_audit",
)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_list_is_offered_as_csv_and_as_a_workbook(
    pages: PageWorld, manager: Client, name: str
) -> None:
    agreement_targets(pages)
    pages.issued()
    address = url(name, pages.world.agreement.pk)
    page = text(manager.get(address))
    assert "?format=csv" in page
    assert "?format=xlsx" in page
    lines = text(manager.get(f"{address}?format=csv")).splitlines()
    book = load_workbook(BytesIO(manager.get(f"{address}?format=xlsx").content))
    assert len(list(book.active.iter_rows())) == len(lines) > 1  # type: ignore[union-attr]


def test_the_formula_of_the_forecast_stands_on_the_page(pages: PageWorld, manager: Client) -> None:
    pages.issued()
    page = text(manager.get(url("agreement", pages.world.agreement.pk)))
    assert "Freier Rest × Tage seit Beginn ÷ gebunden = verbleibende Tage" in page
    days = (berlin_day(pages.now) - pages.world.agreement.starts_on).days
    assert f"× {days} Tage ÷" in page


def test_the_reviewer_reads_and_the_manager_writes(pages: PageWorld) -> None:
    reviewer = pages.as_role(Role.REVIEWER)
    row = pages.world.agreement
    page = text(reviewer.get(url("agreement", row.pk)))
    for address in ("agreement_edit", "agreement_suspend", "agreement_end"):
        assert url(address, row.pk) not in page
    assert "Benennen" not in text(reviewer.get(url("agreement_buyers", row.pk)))
    other = person("zweite@zbs.example", pages.world.purchasing, Role.CONTRACT_MANAGER)
    assert url("agreement_edit", row.pk) in text(pages.client(other).get(url("agreement", row.pk)))
