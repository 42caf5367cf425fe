"""The register of gates, opt-outs, standards, bundles and the basket's advice, on the page."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from contracts.agreements.models import (
    AwardTerms,
    EquipmentBundle,
    EquipmentStandard,
    Gate,
    ItemRelation,
    ItemRole,
    PriceBasis,
    RelationKind,
)
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.catalogue.indexing import reindex
from contracts.clock import berlin_day
from contracts.ledger.models import LimitAccount
from contracts.ledger.movements import adjust
from contracts.parties.models import Role
from orders.basket import baskets
from orders.binding.cap_watch import review
from tests.gate_pages import gate_targets
from tests.integration.test_stops import list_item
from tests.pages import PageWorld

pytestmark = pytest.mark.django_db
GROUP = "Notebooks"


@pytest.fixture
def pages(pages: PageWorld) -> PageWorld:
    article = pages.world.listings[0].article
    article.product_group = GROUP
    article.save(update_fields=["product_group"])
    reindex([pages.world.listings[0].pk])
    return pages


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def day(pages: PageWorld, days: int = 0) -> str:
    return f"{berlin_day(pages.now) + timedelta(days=days):%Y-%m-%d}"


def gate_form(pages: PageWorld, **changes: object) -> dict[str, object]:
    return {
        "reason": "suspension",
        "effect": "block",
        "cosign_role": "",
        "lot": pages.world.lots[0].pk,
        "supplier": "",
        "product_group": "",
        "position": "",
        "article": "",
        "explanation": "Lieferverzug seit Mai",
        "evidence": "Schreiben vom 1.6.",
        "valid_from": day(pages),
        "valid_to": "",
        **changes,
    }


def manager(pages: PageWorld) -> Client:
    return pages.as_role(Role.CONTRACT_MANAGER)


def test_a_suspension_is_set_listed_exported_and_lifted(pages: PageWorld) -> None:
    client = manager(pages)
    answer = client.post("/hindernisse/setzen/", gate_form(pages), follow=True)
    assert "Das Hindernis ist gesetzt." in text(answer)
    assert "RV-TEST, Los 1: Notebooks" in text(answer)
    assert LimitAccount.objects.get(pk=pages.world.lots[0].account_id).closed_reason == "suspended"

    gate = Gate.objects.get()
    file = b"".join(client.get("/hindernisse/?format=csv").streaming_content).decode()
    assert "Aussetzung;sperrt;;RV-TEST, Los 1: Notebooks;alle;Lieferverzug seit Mai" in file
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/hindernisse/?format=xlsx").content))
    assert [row[5].value for row in sheet.active.iter_rows()] == [
        "Erläuterung",
        "Lieferverzug seit Mai",
    ]

    address = f"/hindernisse/{gate.pk}/aufheben/"
    assert "Lieferverzug seit Mai" in text(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "Rückstand geliefert"}, follow=True)
    assert "Das Hindernis ist aufgehoben." in text(answer)
    assert "Lieferverzug seit Mai" not in text(answer)
    assert "Rückstand geliefert" in text(client.get("/hindernisse/?stand=vergangen"))
    assert LimitAccount.objects.get(pk=pages.world.lots[0].account_id).is_open


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"explanation": ""}, "Dieses Feld ist zwingend erforderlich."),
        ({"valid_to": "2020-01-01"}, "Das Ende liegt vor dem Beginn."),
        ({"effect": "cosign"}, "wer mitzeichnet"),
        ({"lot": ""}, "wofür das Hindernis gilt"),
        ({"lot": "", "product_group": GROUP}, "ein Los oder einen Lieferanten"),
        ({"position": "9.9"}, "Diese Position gibt es im gewählten Los nicht."),
        ({"lot": "", "position": "1.1"}, "Bitte wählen Sie zur Position das Los."),
        ({"article": "X-1"}, "Einen Artikel mit dieser Nummer gibt es nicht."),
    ],
)
def test_a_gate_that_makes_no_sense_keeps_the_input(
    pages: PageWorld, changes: dict[str, object], sentence: str
) -> None:
    answer = manager(pages).post("/hindernisse/setzen/", gate_form(pages, **changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Gate.objects.exists()


def test_position_and_article_are_found_by_their_numbers(pages: PageWorld) -> None:
    client = manager(pages)
    client.post("/hindernisse/setzen/", gate_form(pages, position="1.1"))
    client.post("/hindernisse/setzen/", gate_form(pages, lot="", article="A-1"))
    by_item, by_article = Gate.objects.order_by("pk")
    assert by_item.item_id == pages.world.items[0].pk
    assert by_article.article_id == pages.world.listings[0].article_id
    assert LimitAccount.objects.get(pk=pages.world.lots[0].account_id).is_open


def test_an_opt_out_greys_the_article_for_the_own_people(pages: PageWorld) -> None:
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    form = {
        "lot": "",
        "product_group": GROUP,
        "contract": "Vertrag 17/2025",
        "explanation": "Eigener Notebookvertrag",
        "valid_to": day(pages, 30),
    }
    assert (
        client.post("/hindernisse/opt-outs/erklaeren/", {**form, "product_group": ""}).status_code
        == 422
    )
    answer = client.post("/hindernisse/opt-outs/erklaeren/", form, follow=True)
    assert "Das Opt-out gilt ab heute." in text(answer)
    listing = pages.world.listings[0].pk
    for shelf in ("/katalog/?q=notebook", f"/katalog/{listing}/"):
        page = text(client.get(shelf))
        assert "Eigener Notebookvertrag (Beleg: Vertrag 17/2025; gilt bis" in page
        assert f'name="listing" value="{listing}"' not in page
    assert "Vertrag 17/2025" in text(manager(pages).get("/hindernisse/opt-outs/"))
    outsider = pages.client(pages.world.outsider)
    assert "Vertrag 17/2025" not in text(outsider.get("/hindernisse/opt-outs/"))


def test_a_standard_is_set_shown_at_the_article_changed_and_lifted(pages: PageWorld) -> None:
    client = pages.as_role(Role.IT_OFFICER)
    other = list_item(
        pages.world,
        ItemSpec(number="1.7", title="Anderes Notebook", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("400.0000"))],
        product_group=GROUP,
    )
    reindex([other.listings.get().pk])
    address = f"/ausstattung/neu/?gruppe={GROUP}"
    assert "Anderes Notebook" in text(client.get(address))
    form = {
        "level": "mandatory",
        "title": "Notebooks 2026",
        "explanation": "Ein Modell für alle",
        "item_ids": [pages.world.items[0].pk],
        "valid_from": day(pages),
        "valid_to": "",
    }
    empty = client.post(address, {**form, "item_ids": []})
    assert empty.status_code == 422
    assert "mindestens eine Position" in text(empty)
    assert client.post(address, form).status_code == 302
    outside = text(client.get(f"/katalog/{other.listings.get().pk}/"))
    assert "Ausstattungsstandard: Ein Modell für alle (Beleg: Notebooks 2026)" in outside
    inside = text(client.get(f"/katalog/{pages.world.listings[0].pk}/"))
    assert "Ein Modell für alle" not in inside

    standard = EquipmentStandard.objects.get()
    edit = f"/ausstattung/{standard.pk}/"
    assert "Notebooks 2026" in text(client.get(edit))
    assert client.post(edit, {**form, "level": "recommended"}).status_code == 302
    second = EquipmentStandard.objects.get(lifted_at__isnull=True)
    assert client.get(edit).status_code == 404
    answer = client.post(f"/ausstattung/{second.pk}/aufheben/", {"reason": "überholt"}, follow=True)
    assert "Der Standard ist aufgehoben." in text(answer)
    file = b"".join(client.get("/ausstattung/?stand=alle&format=csv").streaming_content).decode()
    assert file.count("Notebooks 2026") == 2


def bundle_form(*lines: tuple[str, str], title: str = "Erstausstattung") -> dict[str, object]:
    rows = {
        f"zeilen-{number}-{name}": value
        for number, line in enumerate(lines)
        for name, value in zip(("article", "quantity"), line, strict=True)
    }
    return {
        "audience": "teacher",
        "title": title,
        "description": "",
        "zeilen-TOTAL_FORMS": len(lines),
        "zeilen-INITIAL_FORMS": 0,
        **rows,
    }


def test_a_bundle_is_written_changed_ordered_and_retired(pages: PageWorld) -> None:
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    new = bundle_form(("A-1", "1"), ("A-2", "2"), ("", ""))
    assert client.post("/ausstattung/pakete/neu/", new).status_code == 302
    bundle = EquipmentBundle.objects.get()
    assert "A-2" in text(client.get(f"/ausstattung/pakete/{bundle.pk}/"))
    changed = bundle_form(("A-1", "1"), ("A-2", "3"))
    assert client.post(f"/ausstattung/pakete/{bundle.pk}/", changed).status_code == 302
    answer = client.post(f"/ausstattung/pakete/{bundle.pk}/bestellen/", {"times": "4"}, follow=True)
    assert "4 × Erstausstattung: 2 Artikel liegen im Bedarfskorb." in text(answer)
    assert dict(baskets.quantities(pages.officer)) == {
        pages.world.listings[0].pk: 4,
        pages.world.listings[1].pk: 12,
    }
    file = b"".join(client.get("/ausstattung/pakete/?format=csv").streaming_content).decode()
    assert "Erstausstattung;Lehrkraft;1.1;Notebooks;1;Notebooks;A-1" in file
    client.post(f"/ausstattung/pakete/{bundle.pk}/entfernen/")
    assert "Erstausstattung" not in text(client.get("/ausstattung/pakete/"))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("X-9", "1")], "Diesen Artikel führt keine Ihrer Festpreis-Positionen."),
        ([("A-1", "")], "Bitte die Menge angeben."),
        ([("", "2")], "Bitte die Artikelnummer angeben."),
        ([("", "")], "Ein Paket braucht mindestens eine Position."),
    ],
)
def test_a_bundle_with_a_wrong_line_names_it(
    pages: PageWorld, lines: list[tuple[str, str]], sentence: str
) -> None:
    answer = pages.as_role(Role.IT_OFFICER).post("/ausstattung/pakete/neu/", bundle_form(*lines))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not EquipmentBundle.objects.exists()


def test_what_of_a_bundle_is_missing_is_said(pages: PageWorld) -> None:
    bundle = gate_targets(pages)["bundle"]
    pages.world.listings[1].is_listed = False
    pages.world.listings[1].save(update_fields=["is_listed"])
    client = pages.as_role(Role.SCHOOL_REQUESTER)
    assert "heute nicht abrufbar" in text(client.get("/ausstattung/pakete/"))
    answer = client.post(f"/ausstattung/pakete/{bundle}/bestellen/", {"times": "1"}, follow=True)
    assert "Nicht hineingelegt: Digitale Schulbücher – heute nicht abrufbar." in text(answer)
    wrong = client.post(f"/ausstattung/pakete/{bundle}/bestellen/", {"times": "0"}, follow=True)
    assert "Bitte eine ganze Zahl von 1 bis 10000 eingeben." in text(wrong)


def test_the_basket_offers_the_surcharge_with_one_click(pages: PageWorld) -> None:
    world = pages.world
    AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(500))
    item = list_item(
        world,
        ItemSpec(
            number="1.9",
            title="Mindermengenzuschlag",
            basis=PriceBasis.FIXED,
            role=ItemRole.SURCHARGE,
        ),
        [TierRow(1, Decimal("25.0000"))],
    )
    pages.fill_basket(1)
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    page = text(client.get("/bedarfskorb/"))
    assert "es fehlen 71,00\u00a0€" in page
    assert "„Mindermengenzuschlag“ hinzufügen" in page
    client.post("/bedarfskorb/hinzufuegen/", {"listing": item.listings.get().pk, "quantity": 1})
    page = text(client.get("/bedarfskorb/"))
    assert "es fehlen" not in page
    assert "Mindermengenzuschlag" in page


def test_the_basket_names_the_missing_device(pages: PageWorld) -> None:
    world = pages.world
    item = list_item(
        world,
        ItemSpec(number="1.8", title="Garantie", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("30.0000"))],
    )
    ItemRelation.objects.create(item=item, to_item=world.items[0], kind=RelationKind.REQUIRES)
    baskets.set_quantity(
        by=pages.officer, listing_id=item.listings.get().pk, quantity=2, now=pages.now
    )
    page = text(pages.as_role(Role.PROCUREMENT_OFFICER).get("/bedarfskorb/"))
    assert "„Garantie“ (2 Stück) gibt es nur zusammen mit „Notebooks“" in page


def test_a_suspended_line_in_the_basket_says_why(pages: PageWorld) -> None:
    pages.fill_basket(1)
    manager(pages).post("/hindernisse/setzen/", gate_form(pages))
    page = text(pages.as_role(Role.PROCUREMENT_OFFICER).get("/bedarfskorb/"))
    assert "Nicht mehr abrufbar: Notebooks" in page
    assert "Aussetzung: Lieferverzug seit Mai (Beleg: Schreiben vom 1.6.)" in page


def test_a_gate_set_since_refuses_the_approval_on_the_page(pages: PageWorld) -> None:
    requisition = pages.submitted()
    manager(pages).post("/hindernisse/setzen/", gate_form(pages))
    answer = pages.client(pages.approver).post(
        f"/freigaben/{requisition.pk}/",
        {"revision_no": 1, "verdict": "approve", "comment": ""},
    )
    assert answer.status_code == 422
    assert "„Notebooks“: Aussetzung: Lieferverzug seit Mai (Beleg: Schreiben vom 1.6.)" in text(
        answer
    )


def test_the_start_page_says_since_when_a_cap_warns_and_that_it_stopped(pages: PageWorld) -> None:
    world = pages.world
    pages.submitted(100)
    adjust(
        world.items[0].account_id,
        new_limit=Decimal(100),
        document="Nachtrag 1",
        reference="nachtrag-1",
        by=world.manager,
        now=pages.now,
    )
    review(now=pages.now)
    page = text(manager(pages).get("/"))
    assert "über 95 % seit" in page
    assert "Position 1.1 Notebooks" in page
