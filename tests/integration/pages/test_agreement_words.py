"""What the pages of an agreement say: in German, to the point, and with a way on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contracts.agreements.models import AgreementState, AwardTerms, ContractItem, FrameworkAgreement
from contracts.parties.models import Role
from tests.integration.pages.test_agreements import TERMS, TIERS
from tests.pages import PageWorld, build_pages
from tests.price_changes import legal_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


def url(name: str, *args: int) -> str:
    return reverse(f"frontend:{name}", args=args)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_audit_trail_speaks_german_about_changes_and_caps(
    pages: PageWorld, manager: Client
) -> None:
    legal_figures()
    row = pages.world.agreement
    lowered = manager.post(
        url("cap_lower", row.pk),
        {"account": row.account_id, "new_limit": "63000000", "document": "Beschluss 12"},
    )
    entered = manager.post(
        url("modification_register", row.pk),
        {
            "kind": "cap",
            "ground": "de_minimis",
            "scope": f"lot:{pages.world.lots[0].pk}",
            "value": "5000",
            "description": "Mehr Schulen",
        },
    )
    assert (lowered.status_code, entered.status_code) == (302, 302)
    page = text(manager.get(url("agreement_audit", row.pk)))
    assert "Höchstwert gesenkt" in page
    assert "→ 63.000.000,00\N{NO-BREAK SPACE}€" in page
    assert "Stand: vorgeschlagen" in page
    assert "Wert netto: 5.000,00\N{NO-BREAK SPACE}€" in page
    assert not any(f"{word}:" in page for word in ("limit", "account", "value", "cumulative"))


def test_a_position_leads_to_its_prices(pages: PageWorld, manager: Client) -> None:
    page = text(manager.get(url("agreement_items", pages.world.agreement.pk)))
    address = url("price_history", pages.world.listings[0].pk)
    assert f'href="{address}"' in page
    assert manager.get(address).status_code == 200


def test_an_agreement_that_runs_is_not_ended_by_time(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    answer = manager.post(url("agreement_end", row.pk), {"because": "term", "reason": ""})
    assert answer.status_code == 422
    assert "Die Laufzeit endet erst am" in text(answer)
    assert "noch nicht gelistet" not in text(answer)


def test_quotas_beyond_the_maximum_are_told(pages: PageWorld, manager: Client) -> None:
    row = pages.world.agreement
    entitlement = row.entitlements.first()
    assert entitlement is not None
    assert row.account is not None
    quota = {"quota": row.account.limit_amount + 100, "document": "Beschluss 12"}
    assert manager.post(url("quota_set", row.pk, entitlement.pk), quota).status_code == 302
    page = text(manager.get(url("agreement_buyers", row.pk)))
    assert "gehen über den Höchstwert hinaus" in page


def test_a_cash_discount_needs_its_days(pages: PageWorld, manager: Client) -> None:
    award = pages.world.awards[0]
    given = TERMS | {"valid_from": "2031-01-01", "document": "Nachtrag 1", "discount_days": 0}
    answer = manager.post(url("terms_create", pages.world.agreement.pk, award.pk), given)
    assert answer.status_code == 422
    assert "in wie vielen Tagen das Skonto gilt" in text(answer)
    assert award.terms.count() == 1


def _position(number: str, max_quantity: int | str) -> dict[str, Any]:
    return TIERS | {
        "number": number,
        "title": "Notebook, zweiter Rang",
        "basis": "fixed",
        "role": "goods",
        "unit": "C62",
        "vat_class": "standard",
        "periods": 1,
        "period_months": 12,
        "valid_from": "2026-01-01",
        "price_unit": 1,
        "source": "Zuschlag 2",
        "max_quantity": max_quantity,
    }


def test_a_further_rank_names_no_other_cap(pages: PageWorld, manager: Client) -> None:
    world = pages.world
    known = world.items[0]
    assert known.account is not None
    # once it is listed, a further position takes two people and the register
    FrameworkAgreement.objects.filter(pk=world.agreement.pk).update(state=AgreementState.DRAFT)
    award = known.award.lot.awards.create(
        supplier=world.suppliers[1], rank=2, reference="Z-2", awarded_on=known.award.awarded_on
    )
    address = url("item_create", world.agreement.pk, award.pk)
    refused = manager.post(address, _position(known.number, 5))
    assert refused.status_code == 422
    assert "die alle Ränge teilen" in text(refused)
    assert manager.post(address, _position(known.number, "")).status_code == 302
    assert ContractItem.objects.get(award=award).account_id == known.account_id


def test_tax_classes_are_chosen_by_their_rate(pages: PageWorld, manager: Client) -> None:
    world = pages.world
    page = text(manager.get(url("item_create", world.agreement.pk, world.awards[0].pk)))
    assert "19\N{NO-BREAK SPACE}% (standard)" in page


def test_a_supplier_reads_the_price_clause_before_proposing(pages: PageWorld) -> None:
    world = pages.world
    world.awards[0].terms.update(
        rise_percent_per_year=Decimal(3), price_notice_days=60, automatic_fall=True
    )
    supplier = pages.as_role(Role.SUPPLIER_CATALOGUE)
    page = text(supplier.get(url("price_change_propose", world.agreement.pk, world.items[0].pk)))
    assert "höchstens 3\N{NO-BREAK SPACE}% im Jahr, angekündigt 60 Tage vorher" in page
    assert "Senkungen gelten ohne Prüfung" in page


def test_a_supplier_reads_its_own_terms_and_never_a_rivals() -> None:
    pages = build_pages()
    AwardTerms.objects.filter(award=pages.world.awards[0]).update(payment_days=17)
    AwardTerms.objects.filter(award=pages.world.awards[1]).update(payment_days=23)
    address = reverse("frontend:agreement", args=[pages.world.agreement.pk])
    own = pages.as_role(Role.SUPPLIER_ORDERS).get(address).content.decode()
    assert "17 Tage Zahlungsziel" in own
    assert "23 Tage Zahlungsziel" not in own
    for role in (Role.PROCUREMENT_OFFICER, Role.REVIEWER):
        assert "23 Tage Zahlungsziel" in pages.as_role(role).get(address).content.decode()
