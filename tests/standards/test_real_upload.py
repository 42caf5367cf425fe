"""Suppliers' files as found in the wild, on their whole way to the shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.agreements.models import ContractItem, Listing, ListPriceVersion, PriceBasis
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.agreements.writing.setup import ItemSpec, TierRow, write_item, write_price
from contracts.catalogue import publication, uploads
from contracts.catalogue.errors import NothingToSubmit
from contracts.catalogue.models import CatalogueUpload, SearchEntry, StagedArticle
from contracts.parties.models import Membership, Role
from tests.world import DAY, NOW, World, build_world, person

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "real-input"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/real-input is not there"),
    pytest.mark.django_db,
]

LAPTOPS = "laptop_price_list_latin1.csv"
VARIANT = ["TypeName", "Inches", "ScreenResolution", "Cpu", "Ram", "Memory", "Gpu", "OpSys"]
LAPTOP_MAPPING: Mapping[str, object] = {
    "columns": {
        "supplier_aid": "laptop_ID",
        "price": "Price_euros",
        "manufacturer": "Company",
        "product_group": "TypeName",
    },
    "name_template": ["Company", "Product"],
    "features": {"Prozessor": "Cpu", "Arbeitsspeicher": "Ram", "Gewicht": "Weight"},
}


@dataclass
class Road:
    """Supplier 2 with a discount of 20 % in lot 2, and the contract manager."""

    world: World
    keeper: Membership

    def item(self, number: str, group: str) -> ContractItem:
        item = write_item(
            self.world.awards[1],
            ItemSpec(
                number=number,
                title=f"Nachlass auf {group}",
                basis=PriceBasis.LIST_DISCOUNT,
                product_group=group,
            ),
            by=self.world.manager,
            now=NOW,
        )
        write_price(
            item,
            (TierRow(1, discount_percent=Decimal(20)),),
            valid_from=date(2026, 1, 1),
            source="Zuschlag",
            by=self.world.manager,
            now=NOW,
        )
        return item

    def checked(
        self, name: str, mapping: Mapping[str, object] | None = None, content: bytes | None = None
    ) -> CatalogueUpload:
        upload = uploads.receive(
            by=self.keeper,
            award_id=self.world.awards[1].pk,
            filename=name,
            content=content or (FOLDER / name).read_bytes(),
            mapping=mapping or {},
            now=NOW,
        )
        uploads.check(upload.pk, now=NOW)
        upload.refresh_from_db()
        return upload

    def publish(self, upload: CatalogueUpload) -> publication.Published:
        uploads.submit(upload_id=upload.pk, by=self.keeper, now=NOW)
        return publication.publish(upload_id=upload.pk, by=self.world.manager, now=NOW)


@pytest.fixture
def road() -> Road:
    world = build_world()
    keeper = person("katalog@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE)
    return Road(world=world, keeper=keeper)


def counts(upload: CatalogueUpload) -> tuple[int, int, int]:
    """Rows read, staged, refused."""
    return upload.rows_read, upload.rows_staged, upload.rows_refused


def messages(upload: CatalogueUpload) -> list[tuple[int, str, str, str, bool]]:
    rows = upload.issues.order_by("row", "pk")
    return [(row.row, row.column, row.code, row.value, row.is_error) for row in rows]


def test_1303_laptops_reach_the_shelf(road: Road) -> None:
    item = road.item("2.9", "*")
    upload = road.checked(LAPTOPS, LAPTOP_MAPPING)
    assert (upload.state, upload.format) == ("checked", "CSV")
    assert counts(upload) == (1303, 1303, 0)
    assert [row[:3] for row in messages(upload)] == [
        (868, "Company", "text_garbled"),
        (1023, "Company", "text_garbled"),
    ]
    # 625 combinations of maker and model stand for 1,303 devices: the number tells them apart
    assert upload.staged.values("name").distinct().count() < 640
    assert upload.staged.values("supplier_aid").distinct().count() == 1303

    assert road.publish(upload) == publication.Published(1303, 0, 0, 0, 0)

    listed = with_contract(Listing.objects.filter(item=item))
    prices = offers(list(listed), DAY)
    assert len(prices) == 1303
    assert sum(row.amount for row in ListPriceVersion.objects.all()) == Decimal("1464164.15")
    first = listed.get(article__supplier_aid="1")
    assert prices[first.pk].tiers[0].net_unit_price == Decimal("1071.7520")
    assert first.article.features["Gewicht"] == "1.37kg"
    assert SearchEntry.objects.filter(listing__item=item).count() == 1303


def test_the_same_laptops_again_change_nothing_and_higher_prices_wait(road: Road) -> None:
    road.item("2.9", "*")
    road.publish(road.checked(LAPTOPS, LAPTOP_MAPPING))
    again = road.checked(LAPTOPS, LAPTOP_MAPPING)
    assert Counter(again.staged.values_list("action", flat=True)) == {"unchanged": 1303}

    text = (FOLDER / LAPTOPS).read_bytes()
    moved = text.replace(b",1339.69", b",1439.69").replace(b",575.00", b",565.00")
    assert text.count(b",1339.69") == 1
    cheaper = text.count(b",575.00")
    upload = road.checked(LAPTOPS, LAPTOP_MAPPING, moved)
    found = Counter(upload.staged.values_list("action", flat=True))
    assert found == {"held_back": 1, "changed": cheaper, "unchanged": 1302 - cheaper}
    held = upload.staged.get(action="held_back")
    assert (held.row, held.supplier_aid, held.previous_price) == (2, "1", Decimal("1339.69"))
    assert held.reason == (
        "Der Listenpreis steigt von 1.339,69 EUR auf 1.439,69 EUR; eine Erhöhung geben "
        "Vertragsmanagement und eine zweite Person frei."
    )
    later = NOW + timedelta(days=1)
    uploads.submit(upload_id=upload.pk, by=road.keeper, now=later)
    publication.publish(upload_id=upload.pk, by=road.world.manager, now=later)
    price = ListPriceVersion.objects.get(article__supplier_aid="1")
    assert price.amount == Decimal("1339.69")
    assert ListPriceVersion.objects.count() == 1303 + cheaper


def test_laptops_without_their_numbers_are_told_apart_by_rule(road: Road) -> None:
    """The number is made of name and variant; rows equal in all of it are refused."""
    road.item("2.9", "*")
    mapping = {
        "columns": {
            "price": "Price_euros",
            "manufacturer": "Company",
            "product_group": "TypeName",
        },
        "name_template": ["Company", "Product"],
        "distinguish_by": [*VARIANT, "Weight"],
    }
    upload = road.checked(LAPTOPS, mapping)
    assert counts(upload) == (1303, 1252, 51)
    repeated = upload.issues.filter(code="article_duplicate")
    assert repeated.count() == 51
    first = repeated.order_by("row").first()
    assert first is not None
    assert first.row == 130
    assert first.message.startswith("Der Artikel gleicht Zeile 62 in allen unterscheidenden")
    air = StagedArticle.objects.filter(upload=upload, name="Apple Macbook Air")
    assert len({row.supplier_aid for row in air}) == air.count() > 1
    published = road.publish(upload)
    assert (published.new, published.refused) == (1252, 51)
    assert Listing.objects.filter(item__number="2.9").count() == 1252


def test_laptops_outside_of_the_lots_groups_are_refused_by_row(road: Road) -> None:
    road.item("2.8", "Notebook")
    road.item("2.9", "Ultrabook")
    upload = road.checked(LAPTOPS, LAPTOP_MAPPING)
    assert counts(upload) == (1303, 922, 381)
    assert Counter(upload.staged.values_list("item__number", flat=True)) == {
        "2.8": 726,
        "2.9": 196,
    }
    outside = upload.issues.filter(code="not_in_lot")
    assert Counter(outside.values_list("value", flat=True)) == {
        "Gaming": 205,
        "2 in 1 Convertible": 121,
        "Workstation": 29,
        "Netbook": 25,
        "": 1,
    }
    assert set(outside.values_list("column", flat=True)) == {"TypeName"}
    without = outside.get(value="")
    assert without.message == (
        "Der Artikel „1033“ (Warengruppe „“) gehört zu keiner Position des Loses."
    )
    assert road.publish(upload).new == 922


def test_the_working_sheet_gives_1893_articles(road: Road) -> None:
    road.item("2.9", "*")
    mapping = {
        "sheet": "Storeserver",
        "columns": {
            "supplier_aid": "Artikelnummer",
            "name": "Artikelname",
            "description_long": "Beschreibung",
            "gtin": "EAN-Code",
            "product_group": "Produktgruppe",
            "unit": "Best.einheit",
            "price": "Preis3 (EUR)",
            "currency": "Währung3",
        },
        "decimal_sign": ".",
    }
    upload = road.checked("supplier_catalogue_real.xlsx", mapping)
    assert (upload.state, upload.format) == ("checked", "XLSX")
    assert counts(upload) == (1897, 1893, 4)
    assert messages(upload) == [
        (row, "Preis3 (EUR)", "price_zero", "0", True) for row in (113, 114, 115, 116)
    ]
    assert road.publish(upload).new == 1893
    dots = with_contract(Listing.objects.filter(article__supplier_aid="9MAMT")).get()
    assert offers([dots], DAY)[dots.pk].tiers[0].net_unit_price == Decimal("0.0276")


def test_the_working_sheet_needs_a_mapping(road: Road) -> None:
    upload = road.checked("supplier_catalogue_real.xlsx")
    assert upload.state == "refused"
    assert upload.refusal == (
        "Aus den Überschriften ist nicht zu erkennen, welche Spalte die Artikelnummer enthält. "
        "Bitte die Spalten zuordnen."
    )
    assert counts(upload) == (0, 0, 0)


def test_bmecat_12_one_tool_set_is_published(road: Road) -> None:
    road.item("2.9", "*")
    upload = road.checked("bmecat12_fischer_category_tree.xml")
    assert upload.format == "BMEcat 1.2"
    assert counts(upload) == (1, 1, 0)
    assert messages(upload) == [(1, "PRICE_TYPE", "price_type", "udp_dummy", False)]
    assert road.publish(upload).new == 1
    price = ListPriceVersion.objects.get()
    assert (price.article.supplier_aid, price.amount) == ("100.1180", Decimal("255.97"))
    assert price.evidence == (f"bmecat12_fischer_category_tree.xml (SHA-256 {upload.sha256})")


def test_bmecat_2005_without_an_amount_offers_nothing(road: Road) -> None:
    road.item("2.9", "*")
    upload = road.checked("bmecat2005_weidmueller_1303890000.xml")
    assert (upload.state, upload.format) == ("checked", "BMEcat 2005")
    assert counts(upload) == (1, 0, 1)
    assert [row[:3] for row in messages(upload)] == [
        (1, "PRICE_AMOUNT", "price_missing"),
        (1, "FEATURE", "feature_skipped"),
    ]
    with pytest.raises(NothingToSubmit):
        road.publish(upload)


def test_bmecat_101_prices_in_marks_and_of_last_century_are_refused(road: Road) -> None:
    road.item("2.9", "*")
    upload = road.checked("bmecat101_new_catalog.xml")
    assert upload.format == "BMEcat 1.01"
    assert counts(upload) == (2, 0, 2)
    assert sorted(upload.issues.filter(is_error=True).values_list("code", "message")) == [
        ("currency", "Der Preis ist in DEM angegeben. Bitte den Preis in EUR angeben."),
        (
            "price_not_valid",
            "Kein Preis der Datei gilt am 15.06.2026. Bitte die Gültigkeit prüfen.",
        ),
    ]
    with pytest.raises(NothingToSubmit):
        road.publish(upload)
