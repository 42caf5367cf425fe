"""BMEcat of every version and namespace, its prices, and what is not expanded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.catalogue.readers import FileRejected, Limits
from tests.supplier_files import article, bmecat, outcome

NAMESPACES = (
    "",
    "http://www.bmecat.org/bmecat/1.2/bmecat_new_catalog",
    "http://www.bmecat.org/XMLSchema/1.2/bmecat_new_catalog",
    "http://www.bmecat.org/bmecat/2005",
    "http://www.bmecat.org/bmecat/2005fd",
    "http://www.bmecat.org/bmecat/2005.1",
    "http://www.bmecat.org/bmecat/2005.2",
    "http://www.bmecat.org/bmecat/2005+onto",
)

PRODUCT = """
<PRODUCT mode="new"><SUPPLIER_PID type="supplier_specific">P-1</SUPPLIER_PID>
<PRODUCT_DETAILS>
  <DESCRIPTION_SHORT lang="eng">Board</DESCRIPTION_SHORT>
  <DESCRIPTION_SHORT lang="deu">Tafel</DESCRIPTION_SHORT>
  <INTERNATIONAL_PID type="supplier">X</INTERNATIONAL_PID>
  <INTERNATIONAL_PID type="gtin">4012345000108</INTERNATIONAL_PID>
  <MANUFACTURER_PID>M-1</MANUFACTURER_PID><MANUFACTURER_NAME>Muster</MANUFACTURER_NAME>
  <DELIVERY_TIME>5</DELIVERY_TIME>
</PRODUCT_DETAILS>
<PRODUCT_FEATURES><REFERENCE_FEATURE_SYSTEM_NAME>ECLASS-9.0</REFERENCE_FEATURE_SYSTEM_NAME>
  <FEATURE><FTEMPLATE><FT_NAME>Block</FT_NAME></FTEMPLATE><FVALUE_DETAILS>Block</FVALUE_DETAILS></FEATURE>
  <FEATURE_GROUP>
    <FEATURE><FTEMPLATE><FT_NAME>Breite</FT_NAME></FTEMPLATE><FVALUE>200</FVALUE><FUNIT>cm</FUNIT></FEATURE>
  </FEATURE_GROUP>
  <FEATURE><FNAME lang="deu">Farbe</FNAME>
    <FVALUE lang="eng">green</FVALUE><FVALUE lang="deu">grün</FVALUE></FEATURE>
  <FEATURE><FNAME>Farbe</FNAME><FVALUE>weiß</FVALUE></FEATURE>
  <FEATURE><FNAME>Art</FNAME><VALUE_IDREF>0173-1</VALUE_IDREF><FVALUE_DETAILS>magnetisch</FVALUE_DETAILS></FEATURE>
</PRODUCT_FEATURES>
<PRODUCT_ORDER_DETAILS><ORDER_UNIT>PCE</ORDER_UNIT><PRICE_QUANTITY>100</PRICE_QUANTITY></PRODUCT_ORDER_DETAILS>
<PRODUCT_PRICE_DETAILS>
  <VALID_START_DATE>2026-01-01</VALID_START_DATE><VALID_END_DATE>2026-06-30</VALID_END_DATE>
  <PRODUCT_PRICE price_type="net_list"><PRICE_AMOUNT>120</PRICE_AMOUNT></PRODUCT_PRICE>
  <PRODUCT_PRICE price_type="net_customer"><PRICE_AMOUNT>95.5</PRICE_AMOUNT>
    <PRICE_CURRENCY>eur</PRICE_CURRENCY><TAX_DETAILS><TAX>0.19</TAX></TAX_DETAILS><LOWER_BOUND>50</LOWER_BOUND></PRODUCT_PRICE>
  <PRODUCT_PRICE price_type="net_customer"><PRICE_AMOUNT>99.5</PRICE_AMOUNT>
    <PRICE_CURRENCY>EUR</PRICE_CURRENCY>
    <TAX>19</TAX><LOWER_BOUND>1.0</LOWER_BOUND></PRODUCT_PRICE>
</PRODUCT_PRICE_DETAILS>
<PRODUCT_PRICE_DETAILS>
  <DATETIME type="valid_start_date"><DATE>2026-07-01</DATE></DATETIME>
  <PRODUCT_PRICE price_type="net_customer"><PRICE_AMOUNT>101</PRICE_AMOUNT></PRODUCT_PRICE>
</PRODUCT_PRICE_DETAILS></PRODUCT>
"""


def price(amount: str, *, kind: str = "net_customer", currency: str = "", more: str = "") -> str:
    money = f"<PRICE_CURRENCY>{currency}</PRICE_CURRENCY>" if currency else ""
    return (
        f'<ARTICLE_PRICE price_type="{kind}"><PRICE_AMOUNT>{amount}</PRICE_AMOUNT>'
        f"{money}{more}</ARTICLE_PRICE>"
    )


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_any_namespace_or_none(namespace: str) -> None:
    found = outcome(bmecat(article() + PRODUCT, namespace=namespace))
    assert [item.supplier_aid for item in found.articles] == ["A-1", "P-1"]
    assert found.issues == []


def test_a_product_of_2005() -> None:
    item = outcome(bmecat(PRODUCT, version="2005.1")).only
    assert (item.name, item.gtin, item.mpn) == ("Tafel", "4012345000108", "M-1")
    assert (item.manufacturer, item.delivery_days) == ("Muster", 5)
    assert (item.unit, item.unit_raw, item.price_unit) == ("C62", "PCE", 100)
    assert item.features == {"Breite": "200 cm", "Farbe": "grün; weiß", "Art": "magnetisch"}
    assert (item.price, item.price_type, item.lower_bound) == (Decimal("99.5"), "net_customer", 1)
    assert item.tax_rate == 19
    assert [(other.amount, other.price_type) for other in item.extra_prices] == [
        (Decimal(101), "net_customer"),
        (Decimal("95.5"), "net_customer"),
        (Decimal(120), "net_list"),
    ]


def test_tiers_of_a_day() -> None:
    item = outcome(bmecat(PRODUCT)).only
    spring = [(tier.lower_bound, tier.amount) for tier in item.tiers_on(date(2026, 6, 30))]
    autumn = [(tier.lower_bound, tier.amount) for tier in item.tiers_on(date(2026, 7, 1))]
    assert spring == [(1, Decimal("99.5")), (50, Decimal("95.5"))]
    assert autumn == [(1, Decimal(101))]
    assert item.tiers_on(date(2025, 12, 31)) == ()


@pytest.mark.parametrize(
    ("transaction", "attributes", "prev_version"),
    [
        ("T_NEW_CATALOG", "", None),
        ("T_UPDATE_PRODUCTS", ' prev_version="3"', 3),
        ("T_UPDATE_PRICES", ' prev_version="12"', 12),
        ("T_UPDATE_PRICES", ' prev_version="neu"', None),
    ],
)
def test_the_transaction_is_told(
    transaction: str, attributes: str, prev_version: int | None
) -> None:
    info = outcome(bmecat(article(), transaction=transaction, attributes=attributes)).info
    assert (info.format, info.version, info.catalog_id) == ("bmecat", "1.2", "K")
    assert (info.transaction, info.prev_version, info.row_count) == (transaction, prev_version, 1)


def test_an_update_of_prices_needs_no_name_and_one_of_contents_no_price() -> None:
    prices = outcome(bmecat(article(details=""), transaction="T_UPDATE_PRICES"))
    assert (prices.only.name, prices.only.price) == ("", Decimal("9.90"))
    contents = outcome(bmecat(article(prices=""), transaction="T_UPDATE_PRODUCTS"))
    assert (contents.only.name, contents.only.price) == ("Tafel", None)
    new = outcome(bmecat(article("A") + article("B", details="") + article("C", prices="")))
    assert new.codes == [
        (2, "DESCRIPTION_SHORT", "name_missing"),
        (3, "PRICE_AMOUNT", "price_missing"),
    ]
    assert (new.rows_read, new.rows_refused) == (3, 2)


def test_a_deletion_needs_its_number_only() -> None:
    item = outcome(
        bmecat(article(mode="delete", details="", prices=""), transaction="T_UPDATE_PRODUCTS")
    ).only
    assert (item.supplier_aid, item.mode, item.price) == ("A-1", "delete", None)


def test_groups_stand_behind_the_articles_and_come_with_them() -> None:
    groups = (
        "<CATALOG_GROUP_SYSTEM><CATALOG_STRUCTURE><GROUP_ID>7</GROUP_ID>"
        "<GROUP_NAME>Tafeln</GROUP_NAME></CATALOG_STRUCTURE></CATALOG_GROUP_SYSTEM>"
    )
    maps = (
        "<ARTICLE_TO_CATALOGGROUP_MAP><ART_ID>A-1</ART_ID><CATALOG_GROUP_ID>7</CATALOG_GROUP_ID>"
        "</ARTICLE_TO_CATALOGGROUP_MAP><PRODUCT_TO_CATALOGGROUP_MAP><PROD_ID>P-1</PROD_ID>"
        "<CATALOG_GROUP_ID>8</CATALOG_GROUP_ID></PRODUCT_TO_CATALOGGROUP_MAP>"
    )
    found = outcome(bmecat(article() + PRODUCT, before=groups, after=maps))
    assert [item.product_group for item in found.articles] == ["Tafeln", "8"]


@pytest.mark.parametrize(
    ("prices", "codes"),
    [
        (price("1.00", currency="USD"), ["currency"]),
        (price("1.00", kind="gros_list"), ["price_gross_only"]),
        (price("1.00", kind="nrp"), ["price_gross_only"]),
        (price("0"), ["price_zero"]),
        (price("-1"), ["price_negative"]),
        (price("1.00001"), ["price_decimals"]),
        (price("gratis"), ["price_not_numeric"]),
        (price("1.00", more="<PRICE_FACTOR>0.33333</PRICE_FACTOR>"), ["price_decimals"]),
        (price("1.00", more="<PRICE_FACTOR>x</PRICE_FACTOR>"), ["price_not_numeric"]),
        (price("1.00", more="<LOWER_BOUND>0.5</LOWER_BOUND>"), ["lower_bound"]),
        (
            price("1.00", more="<PRICE_BASE><PRICE_UNIT>KGM</PRICE_UNIT></PRICE_BASE>"),
            ["price_base"],
        ),
        (
            "<DATETIME type='valid_end_date'><DATE>bald</DATE></DATETIME>" + price("1"),
            ["date_invalid"],
        ),
    ],
)
def test_a_wrong_price_refuses_its_article_only(prices: str, codes: list[str]) -> None:
    found = outcome(bmecat(article("A", prices=prices) + article("B")))
    assert [issue.code for issue in found.issues] == codes
    assert all(issue.is_error and issue.row == 1 for issue in found.issues)
    assert found.only.supplier_aid == "B"


@pytest.mark.parametrize(
    ("amount", "factor", "expected"),
    [
        ("17,23", "", "17.23"),
        ("8,61", ",8", "6.888"),
        ("1.234", "", "1.234"),
        ("1.234,50", "", "1234.50"),
    ],
)
def test_amounts_have_a_point_but_a_comma_is_understood(
    amount: str, factor: str, expected: str
) -> None:
    more = f"<PRICE_FACTOR>{factor}</PRICE_FACTOR>" if factor else ""
    assert outcome(bmecat(article(prices=price(amount, more=more)))).only.price == Decimal(expected)


def test_foreign_prices_beside_one_in_euro_are_left_out_with_a_warning() -> None:
    found = outcome(bmecat(article(prices=price("5", currency="CHF") + price("4", currency="eur"))))
    assert found.only.price == 4
    assert found.codes == [(1, "PRICE_CURRENCY", "currency_ignored")]
    assert found.only.extra_prices == ()


def test_the_currency_of_the_catalogue_holds_where_the_price_has_none() -> None:
    header = "<CATALOG><CURRENCY>DEM</CURRENCY></CATALOG>"
    found = outcome(bmecat(article(), header=header))
    (issue,) = found.issues
    assert issue.message == "Der Preis ist in DEM angegeben. Bitte den Preis in EUR angeben."


def test_a_price_type_of_ones_own_is_read_with_a_warning() -> None:
    found = outcome(bmecat(article(prices=price("4", kind="udp_x") + price("5", kind="net_list"))))
    assert (found.only.price, found.only.price_type) == (5, "net_list")
    assert found.codes == [(1, "PRICE_TYPE", "price_type")]


def test_numbers_of_articles() -> None:
    found = outcome(bmecat(article("A") + article("") + article("A") + article("x" * 61)))
    assert found.codes == [
        (2, "SUPPLIER_AID", "id_missing"),
        (3, "SUPPLIER_AID", "id_duplicate"),
        (4, "SUPPLIER_AID", "text_too_long"),
    ]
    assert "steht schon in Artikel 1." in found.issues[1].message


def test_features_too_long_are_left_out() -> None:
    features = (
        f"<FEATURE><FNAME>Lang</FNAME><FVALUE>{'x' * 501}</FVALUE></FEATURE>"
        "<FEATURE><FNAME>Kurz</FNAME><FVALUE>ja</FVALUE></FEATURE>"
    )
    found = outcome(bmecat(article(features=features)))
    assert found.only.features == {"Kurz": "ja"}
    assert found.codes == [(1, "FEATURE", "feature_skipped")]


def test_a_doctype_is_accepted_and_nothing_of_it_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    doctype = (
        '<!DOCTYPE BMECAT SYSTEM "bmecat_new_catalog_1_2.dtd" ['
        f'<!ENTITY datei SYSTEM "{secret.as_uri()}"><!ENTITY wert "99">'
        '<!ENTITY % fern SYSTEM "http://localhost:9/x.dtd">]>'
    )
    details = "<DESCRIPTION_SHORT>Tafel &datei; &uuml;</DESCRIPTION_SHORT>"
    text = bmecat(article(details=details) + article("B", prices=price("&wert;")), doctype=doctype)
    found = outcome(text)
    assert found.only.name == "Tafel &datei; &uuml;"
    assert [(issue.code, issue.value) for issue in found.issues] == [
        ("entity_not_expanded", "&datei;"),
        ("entity_not_expanded", "&uuml;"),
        ("entity_not_expanded", "&wert;"),
        ("price_not_numeric", "&wert;"),
    ]


def test_entities_upon_entities_are_refused() -> None:
    bomb = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    details = "<DESCRIPTION_SHORT>&i;</DESCRIPTION_SHORT>"
    with pytest.raises(FileRejected) as caught:
        outcome(bmecat(article(details=details), doctype=f"<!DOCTYPE BMECAT [{bomb}]>"))
    assert caught.value.fault == "xml_not_well_formed"
    assert "amplification" in caught.value.message


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (bmecat(article())[:-20], "xml_not_well_formed", "nicht wohlgeformt"),
        ("<BMECAT><HEADER/>", "xml_not_well_formed", "nicht wohlgeformt"),
        ("<a", "format_unknown", "nicht erkannt"),
        ("<a><b></a>", "xml_not_bmecat", "heißt a"),
        ("<Invoice><ID>1</ID></Invoice>", "xml_not_bmecat", "heißt Invoice"),
        ("<html><body>x</body></html>", "xml_not_bmecat", "heißt html"),
        ("<BMECAT><HEADER/></BMECAT>", "bmecat_transaction_missing", "T_NEW_CATALOG"),
        ("<BMECAT>" + "<x>" * 300 + "</x>" * 300 + "</BMECAT>", "xml_not_well_formed", "depth"),
    ],
)
def test_refused_files(text: str, code: str, words: str) -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(text)
    assert caught.value.fault == code
    assert words in caught.value.message


def test_not_a_single_article_of_a_broken_file_is_given_out() -> None:
    whole = bmecat("".join(article(f"A-{number}") for number in range(2000)))
    with pytest.raises(FileRejected):
        outcome(whole.replace("</T_NEW_CATALOG>", ""))


def test_limits_hold_before_the_first_article() -> None:
    text = bmecat(article("A") + article("B") + article("C"))
    with pytest.raises(FileRejected) as caught:
        outcome(text, limits=Limits(max_rows=2))
    assert caught.value.fault == "too_many_rows"
    blown = bmecat(article(details="<a/>" * 200_000))
    with pytest.raises(FileRejected) as caught:
        outcome(blown, limits=Limits(max_section_bytes=2**19))
    assert caught.value.fault == "section_too_large"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_the_stated_character_set_is_used(encoding: str) -> None:
    details = "<DESCRIPTION_SHORT>Größe</DESCRIPTION_SHORT>"
    text = bmecat(article(details=details)).replace(
        '<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>'
    )
    assert outcome(text.encode(encoding)).only.name == "Größe"


def test_namesakes_in_extensions_are_no_articles() -> None:
    inner = "<UDX.X><PRODUCT>kein Artikel</PRODUCT></UDX.X>"
    inner = f"<USER_DEFINED_EXTENSIONS>{inner}</USER_DEFINED_EXTENSIONS>"
    found = outcome(bmecat(article().replace("</ARTICLE>", inner + "</ARTICLE>")))
    assert found.info.row_count == 1
    assert found.only.supplier_aid == "A-1"
    assert found.only.price == Decimal("9.90")
