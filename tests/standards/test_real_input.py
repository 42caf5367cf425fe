"""Suppliers' files as found in the wild: exactly what is read and what is refused."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.catalogue.readers import FileRejected, Mapping, preview, read
from tests.supplier_files import Outcome

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "real-input"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/real-input is not there"),
]

LAPTOPS = FOLDER / "laptop_price_list_latin1.csv"
WORKBOOK = FOLDER / "supplier_catalogue_real.xlsx"

LAPTOP_FEATURES = {
    "Prozessor": "Cpu",
    "Arbeitsspeicher": "Ram",
    "Speicher": "Memory",
    "Grafik": "Gpu",
    "Bildschirm": "ScreenResolution",
    "Zoll": "Inches",
    "Betriebssystem": "OpSys",
    "Gewicht": "Weight",
}
LAPTOP_MAPPING = {
    "columns": {
        "price": "Price_euros",
        "manufacturer": "Company",
        "product_group": "TypeName",
    },
    "id_template": "NB-{laptop_ID}",
    "name_template": ["Company", "Product", "Cpu", "Ram", "Memory"],
    "features": LAPTOP_FEATURES,
}
STORESERVER_MAPPING = {
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
    "features": {
        "Mindestbestellmenge": "Mindest.Best.",
        "Zolltarifnummer": 'Merkmal "TariffNo"',
    },
    "decimal_sign": ".",
}


def found_in(path: Path, mapping: dict[str, object] | None = None) -> Outcome:
    chosen = Mapping.from_json(mapping) if mapping else None
    return Outcome(read(path, filename=path.name, mapping=chosen))


def test_laptops_all_1303_become_articles() -> None:
    found = found_in(LAPTOPS, LAPTOP_MAPPING)
    assert (found.info.format, found.info.delimiter) == ("csv", ",")
    assert (found.rows_read, found.rows_refused, len(found.articles)) == (1303, 0, 1303)
    assert len({article.supplier_aid for article in found.articles}) == 1303
    assert sum(article.price or 0 for article in found.articles) == Decimal("1464164.15")
    first = found.articles[0]
    assert (first.row, first.supplier_aid, first.price) == (2, "NB-1", Decimal("1339.69"))
    assert first.name == "Apple MacBook Pro Intel Core i5 2.3GHz 8GB 128GB SSD"
    assert (first.manufacturer, first.product_group) == ("Apple", "Ultrabook")
    assert first.features["Gewicht"] == "1.37kg"
    assert list(first.features) == list(LAPTOP_FEATURES)


def test_laptops_two_names_were_garbled_before_they_came() -> None:
    found = found_in(LAPTOPS, LAPTOP_MAPPING)
    assert found.codes == [(868, "Company", "text_garbled"), (1023, "Company", "text_garbled")]
    assert found.issues[0].value.startswith("Toshiba Port\ufffdg\ufffd Z30-C-188")
    assert found.issues[0].message == (
        "Der Text enthält beschädigte Zeichen. "
        "Bitte die Datei mit dem richtigen Zeichensatz (UTF-8) neu ausgeben."
    )


def test_laptops_without_their_numbers_are_told_apart_by_rule() -> None:
    mapping = {
        "columns": {"price": "Price_euros"},
        "name_template": ["Company", "Product"],
        "distinguish_by": ["TypeName", *LAPTOP_FEATURES.values()],
    }
    found = found_in(LAPTOPS, mapping)
    assert Counter(issue.code for issue in found.issues) == {
        "article_duplicate": 51,
        "text_garbled": 2,
    }
    assert (found.rows_read, found.rows_refused, len(found.articles)) == (1303, 51, 1252)
    assert len({article.supplier_aid for article in found.articles}) == 1252
    first = found.issues[0]
    assert (first.row, first.column[:17]) == (130, "Company, Product,")
    assert first.message == (
        "Der Artikel gleicht Zeile 62 in allen unterscheidenden Spalten (Groß- und "
        "Kleinschreibung und Satzzeichen zählen nicht). Bitte eine Artikelnummer ergänzen "
        "oder weitere Spalten zur Unterscheidung zuordnen."
    )


def test_laptops_by_name_alone_are_refused_as_repetitions() -> None:
    mapping = {"columns": {"price": "Price_euros"}, "name_template": ["Company", "Product"]}
    found = found_in(LAPTOPS, mapping)
    assert (len(found.articles), found.rows_refused) == (582, 721)


def test_laptops_need_a_mapping() -> None:
    with pytest.raises(FileRejected) as caught:
        found_in(LAPTOPS)
    assert caught.value.fault == "mapping_needed"


def test_workbook_1893_articles_and_four_without_a_price() -> None:
    found = found_in(WORKBOOK, STORESERVER_MAPPING)
    assert (found.info.format, found.info.sheet) == ("xlsx", "Storeserver")
    assert (found.rows_read, found.rows_refused, len(found.articles)) == (1897, 4, 1893)
    assert [(issue.row, issue.column, issue.code, issue.value) for issue in found.issues] == [
        (row, "Preis3 (EUR)", "price_zero", "0") for row in (113, 114, 115, 116)
    ]
    assert {issue.message for issue in found.issues} == {
        "Der Preis ist 0. Bitte einen Preis über 0 angeben oder den Artikel weglassen."
    }
    assert {(article.unit, article.unit_raw) for article in found.articles} == {("C62", "PCE")}
    assert all(len(article.gtin) == 13 for article in found.articles)
    second = found.articles[1]
    assert (second.supplier_aid, second.name) == (
        "9MAMT",
        "Abdeck-Klebepunkte Großpack Magic Tab Ahorn",
    )
    assert (second.price, second.gtin) == (Decimal("0.0345"), "8425586432052")


def test_workbook_prices_with_three_decimals_are_not_guessed() -> None:
    mapping = {key: value for key, value in STORESERVER_MAPPING.items() if key != "decimal_sign"}
    found = found_in(WORKBOOK, mapping)
    assert Counter(issue.code for issue in found.issues) == {
        "price_ambiguous": 182,
        "price_zero": 4,
    }
    ambiguous = found.issues[0]
    assert ambiguous.message == (
        f"„{ambiguous.value}“ kann Tausender oder Nachkommastellen bedeuten. "
        "Bitte das Dezimalzeichen in der Zuordnung festlegen."
    )


def test_workbook_shows_its_sheets_and_refuses_what_is_not_there() -> None:
    shown = preview(WORKBOOK, sheet="Storeserver", row_count=1)
    assert len(shown.sheets) == 10
    assert shown.rows[0][1][:3] == ("Artikelnummer", "EAN-Code", "Artikelname")
    # two columns of the sheet have the same heading: harmless until one of them is mapped
    twice = 'Merkmal "Max. Drehmoment (hart/weich)"'
    with pytest.raises(FileRejected) as caught:
        found_in(WORKBOOK, {**STORESERVER_MAPPING, "features": {"Drehmoment": twice}})
    assert caught.value.fault == "column_ambiguous"
    with pytest.raises(FileRejected) as caught:
        found_in(WORKBOOK, {**STORESERVER_MAPPING, "sheet": "Makros"})
    assert caught.value.fault == "column_missing"


def test_bmecat_2005_one_article_without_an_amount() -> None:
    found = found_in(FOLDER / "bmecat2005_weidmueller_1303890000.xml")
    assert (found.info.version, found.info.transaction) == ("2005", "T_NEW_CATALOG")
    assert (found.rows_read, found.rows_refused) == (1, 1)
    assert [(issue.row, issue.code, issue.message) for issue in found.issues] == [
        (1, "price_missing", "Der Preis fehlt. Bitte einen Nettopreis in EUR angeben."),
        (
            1,
            "feature_skipped",
            (
                "2 Merkmale wurden nicht übernommen, weil sie zu lang oder zu viele sind. "
                "Bitte Merkmale auf 500 Zeichen kürzen."
            ),
        ),
    ]


def test_bmecat_2005_the_same_article_as_an_update_of_contents(tmp_path: Path) -> None:
    text = (FOLDER / "bmecat2005_weidmueller_1303890000.xml").read_text("utf-8")
    update = tmp_path / "update.xml"
    update.write_text(
        text.replace("<T_NEW_CATALOG>", '<T_UPDATE_PRODUCTS prev_version="1">').replace(
            "</T_NEW_CATALOG>", "</T_UPDATE_PRODUCTS>"
        ),
        "utf-8",
    )
    article = found_in(update).only
    assert (article.supplier_aid, article.name) == ("1303890000", "Sicherheitsrelais")
    assert (article.manufacturer, article.mpn) == ("Weidmueller Group", "1303890000")
    assert (article.gtin, article.unit, article.price) == ("4050118102697", "C62", None)
    assert article.description_long.startswith("SAFESERIES, Sicherheitsrelais,24 V DC ± 20%")
    assert article.features["Nettogewicht"] == "0.177"
    assert article.features["Herstellerartikeltyp"] == "Sicherheitsrelais; Gerätemarkierung"


def test_bmecat_12_with_a_large_tree_one_article() -> None:
    found = found_in(FOLDER / "bmecat12_fischer_category_tree.xml")
    assert (found.rows_read, found.rows_refused) == (1, 0)
    (issue,) = found.issues
    assert (issue.row, issue.column, issue.code) == (1, "PRICE_TYPE", "price_type")
    assert issue.message == (
        "Die Preisart „udp_dummy“ ist nicht genormt; der Preis wurde als Nettopreis gelesen. "
        "Bitte net_customer verwenden."
    )
    article = found.only
    assert (article.supplier_aid, article.price) == ("100.1180", Decimal("255.97"))
    assert (article.gtin, article.tax_rate, article.delivery_days) == ("4042146228586", 19, 3)
    assert article.product_group == "Reifendruck-Kontrollsystem-Sätze"
    assert article.features["Breite B"] == "188.0 mm"
    assert article.description_long.startswith("– ideale Zusammenstellung")


def test_bmecat_101_in_deutsche_mark() -> None:
    found = found_in(FOLDER / "bmecat101_new_catalog.xml")
    assert (found.info.version, found.rows_read, found.rows_refused) == ("1.01", 2, 1)
    assert [(issue.row, issue.code, issue.value, issue.message) for issue in found.issues] == [
        (
            1,
            "currency_ignored",
            "DEM",
            "Ein weiterer Preis in DEM wurde nicht übernommen. Bitte nur EUR liefern.",
        ),
        (
            2,
            "currency",
            "DEM",
            "Der Preis ist in DEM angegeben. Bitte den Preis in EUR angeben.",
        ),
    ]
    article = found.only
    assert (article.supplier_aid, article.product_group) == ("54-Charlie-R", "Hemden")
    # 8,61 EUR times the factor ,8
    assert (article.price, article.tax_rate) == (Decimal("6.888"), 16)
    assert (article.valid_from, article.valid_to) == (date(1999, 10, 1), date(2000, 3, 31))
    assert (article.unit, article.unit_raw) == ("PK", "Packung")
    assert [price.amount for price in article.extra_prices] == [Decimal(8)]
