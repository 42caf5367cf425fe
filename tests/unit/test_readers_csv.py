"""CSV: character set, delimiter, mapping and every refusal of a row."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from contracts.catalogue.readers import FileRejected, Mapping, Severity, preview, read
from tests.supplier_files import csv_file, mapped, outcome


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_character_set_is_found(encoding: str) -> None:
    text = csv_file("1;Tafel „grün“ – groß;9,90")
    assert outcome(text.encode(encoding), mapping=mapped()).only.name == "Tafel „grün“ – groß"


def test_bytes_unknown_to_windows_are_latin_1() -> None:
    found = outcome(csv_file("1;Gr\u00fcn\x8d;1").encode("latin-1"), mapping=mapped())
    assert found.info.encoding == "iso-8859-1"
    assert found.only.name == "Grün"
    assert found.codes == [(2, "Name", "control_characters")]


def test_one_byte_late_in_a_large_file_decides() -> None:
    rows = [f"{number};Tafel;1" for number in range(40_000)] + ["x;Grün;1"]
    data = csv_file(*rows).encode("cp1252")
    assert len(data) > 512 * 1024
    assert outcome(data, mapping=mapped()).articles[-1].name == "Grün"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = csv_file("1;Tafel;9.90", "2;Kreide;1.20").replace(";", delimiter)
    found = outcome(text, mapping=mapped())
    assert found.info.delimiter == delimiter
    assert [article.price for article in found.articles] == [Decimal("9.90"), Decimal("1.20")]


def test_the_mapped_headings_decide_between_delimiters() -> None:
    # by commas this is a table of three columns, too
    text = csv_file("1;a,b,c;9.90", "2;d,e,f;1.20", header="Nr;Na,me,x;Preis")
    found = outcome(text, mapping=mapped({"name": "Na,me,x"}))
    assert found.info.delimiter == ";"
    assert found.articles[0].name == "a,b,c"


def test_excels_own_line_for_the_delimiter() -> None:
    found = outcome("sep=|\nNr|Name|Preis\n1|Tafel;x|9,90\n", mapping=mapped())
    assert (found.only.row, found.only.name) == (2, "Tafel;x")


def test_quoted_cells_may_hold_line_ends() -> None:
    text = csv_file('1;"Tafel\ngrün";9.90', "", "2;Kreide;1.20")
    found = outcome(text, mapping=mapped())
    assert [(article.row, article.name) for article in found.articles] == [
        (2, "Tafel grün"),
        (4, "Kreide"),
    ]


def test_all_fields() -> None:
    header = (
        "Nr;Name;Text;Marke;MPN;EAN;Gruppe;Einheit;Preis;PE;MwSt;Tage;ab;bis;Farbe;Menge2;Preis2"
    )
    row = (
        "T-1;Tafel;Lang;Muster;M1;4012345000108;Tafeln;Packung;1.234,50;100;19 %;5;"
        "01.01.2026;31.12.2026;grün;50;1.100,00"
    )
    mapping = mapped(
        {
            "description_long": "Text",
            "manufacturer": "Marke",
            "mpn": "MPN",
            "gtin": "EAN",
            "product_group": "Gruppe",
            "unit": "Einheit",
            "price_unit": "PE",
            "tax_rate": "MwSt",
            "delivery_days": "Tage",
            "valid_from": "ab",
            "valid_to": "bis",
        },
        features={"Farbe": "Farbe"},
        tiers=[{"lower_bound": "Menge2", "price": "Preis2"}],
    )
    article = outcome(csv_file(row, header=header), mapping=mapping).only
    assert article.supplier_aid == "T-1"
    assert article.description_long == "Lang"
    assert (article.manufacturer, article.mpn) == ("Muster", "M1")
    assert article.gtin == "4012345000108"
    assert article.product_group == "Tafeln"
    assert (article.unit, article.unit_raw) == ("PK", "Packung")
    assert (article.price, article.price_unit) == (Decimal("1234.50"), 100)
    assert article.tax_rate == 19
    assert article.delivery_days == 5
    assert article.features == {"Farbe": "grün"}
    (tier,) = article.extra_prices
    assert (tier.amount, tier.lower_bound, tier.price_unit) == (Decimal(1100), 50, 100)
    assert tier.valid_to == date(2026, 12, 31)
    assert [price.amount for price in article.tiers_on(date(2026, 6, 1))] == [
        Decimal("1234.50"),
        Decimal(1100),
    ]
    assert article.tiers_on(date(2027, 1, 1)) == ()


@pytest.mark.parametrize(
    ("price", "code", "sentence"),
    [
        ("", "price_missing", "Der Preis fehlt. Bitte einen Nettopreis in EUR angeben."),
        ("   ", "price_missing", "Der Preis fehlt. Bitte einen Nettopreis in EUR angeben."),
        (
            "auf Anfrage",
            "price_not_numeric",
            "„auf Anfrage“ ist kein Preis. Bitte eine Zahl angeben, keine Formel und keinen Text.",
        ),
        (
            "=B2*2",
            "price_not_numeric",
            "„=B2*2“ ist kein Preis. Bitte eine Zahl angeben, keine Formel und keinen Text.",
        ),
        (
            "1.234",
            "price_ambiguous",
            (
                "„1.234“ kann Tausender oder Nachkommastellen bedeuten. "
                "Bitte das Dezimalzeichen in der Zuordnung festlegen."
            ),
        ),
        ("-5", "price_negative", "Der Preis -5 ist negativ. Bitte einen Preis über 0 angeben."),
        (
            "0,00",
            "price_zero",
            "Der Preis ist 0. Bitte einen Preis über 0 angeben oder den Artikel weglassen.",
        ),
        (
            "0,03456",
            "price_decimals",
            (
                "Der Preis 0,03456 hat mehr als vier Nachkommastellen. "
                "Bitte runden oder eine größere Preiseinheit (etwa je 100) verwenden."
            ),
        ),
        (
            "12345678901",
            "price_too_large",
            "Der Preis 12345678901 ist zu groß. Bitte den Preis prüfen.",
        ),
    ],
)
def test_a_wrong_price_refuses_its_row_only(price: str, code: str, sentence: str) -> None:
    found = outcome(csv_file(f"1;Tafel;{price}", "2;Kreide;1,20"), mapping=mapped())
    (issue,) = found.issues
    assert (issue.row, issue.column, issue.code, issue.value) == (2, "Preis", code, price.strip())
    assert issue.message == sentence
    assert issue.severity is Severity.ERROR
    assert [article.supplier_aid for article in found.articles] == ["2"]
    assert (found.rows_read, found.rows_refused) == (2, 1)


def test_trailing_zeros_are_no_decimals() -> None:
    assert outcome(csv_file("1;Tafel;1,2500000"), mapping=mapped()).only.price == Decimal("1.25")


def test_the_mapping_settles_the_decimal_sign() -> None:
    text = csv_file("1;Tafel;1.234")
    assert outcome(text, mapping=mapped(decimal_sign=",")).only.price == Decimal(1234)
    assert outcome(text, mapping=mapped(decimal_sign=".")).only.price == Decimal("1.234")


def test_a_number_given_twice_is_refused_the_second_time() -> None:
    found = outcome(csv_file("A;Tafel;1", "B;Stift;1", "A;Kreide;2"), mapping=mapped())
    (issue,) = found.issues
    assert (issue.row, issue.column, issue.code, issue.value) == (4, "Nr", "id_duplicate", "A")
    assert issue.message == (
        "Die Artikelnummer „A“ steht schon in Zeile 2. Bitte jede Nummer nur einmal verwenden."
    )
    assert [article.name for article in found.articles] == ["Tafel", "Stift"]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (";Tafel;1", [("Nr", "id_missing")]),
        ("A\x07;Tafel;1", [("Nr", "id_control_characters")]),
        (f"{'9' * 61};Tafel;1", [("Nr", "text_too_long")]),
        ("A;;1", [("Name", "name_missing")]),
        (f"A;{'x' * 251};1", [("Name", "text_too_long")]),
        ("A;Tafel;1;mehr", [("", "too_many_cells")]),
        (
            ";;auf Anfrage",
            [("Nr", "id_missing"), ("Name", "name_missing"), ("Preis", "price_not_numeric")],
        ),
    ],
)
def test_other_refusals(row: str, codes: list[tuple[str, str]]) -> None:
    found = outcome(csv_file(row), mapping=mapped())
    assert [(issue.column, issue.code) for issue in found.issues] == codes
    assert found.articles == []
    assert found.rows_refused == 1


@pytest.mark.parametrize(
    ("target", "cell", "code"),
    [
        ("currency", "USD", "currency"),
        ("price_unit", "0", "price_unit"),
        ("price_unit", "1,5", "price_unit"),
        ("lower_bound", "viele", "lower_bound"),
        ("valid_from", "bald", "date_invalid"),
    ],
)
def test_refusals_of_further_columns(target: str, cell: str, code: str) -> None:
    text = csv_file(f"A;Tafel;1;{cell}", header="Nr;Name;Preis;X")
    found = outcome(text, mapping=mapped({target: "X"}))
    assert found.codes == [(2, "X", code)]
    assert found.articles == []


def test_a_validity_that_ends_first_is_refused() -> None:
    text = csv_file("A;Tafel;1;2026-02-01;2026-01-01", header="Nr;Name;Preis;von;bis")
    found = outcome(text, mapping=mapped({"valid_from": "von", "valid_to": "bis"}))
    assert found.codes == [(2, "bis", "validity_reversed")]


@pytest.mark.parametrize("text", ["EUR", "eur", "Euro", "€", ""])
def test_euro_by_any_name(text: str) -> None:
    rows = csv_file(f"A;Tafel;1;{text}", header="Nr;Name;Preis;W")
    assert outcome(rows, mapping=mapped({"currency": "W"})).only.currency == "EUR"


def test_constants_hold_for_all_rows() -> None:
    found = outcome(
        csv_file("A;Tafel;1"), mapping=mapped(constants={"unit": "Packung", "price_unit": "100"})
    )
    assert (found.only.unit, found.only.price_unit) == ("PK", 100)
    refused = outcome(csv_file("A;Tafel;1"), mapping=mapped(constants={"currency": "CHF"}))
    assert refused.codes == [(2, "currency", "currency")]


def test_number_and_name_by_template() -> None:
    mapping = Mapping.from_json(
        {
            "columns": {"price": "Preis"},
            "id_template": "NB-{id}/{Marke}",
            "name_template": ["Marke", "Modell", "RAM"],
        }
    )
    text = csv_file(
        "7;Muster;Pro;8GB;499",
        "8;Muster;Air;;399",
        ";Muster;x;;1",
        header="id;Marke;Modell;RAM;Preis",
    )
    found = outcome(text, mapping=mapping)
    assert [(article.supplier_aid, article.name) for article in found.articles] == [
        ("NB-7/Muster", "Muster Pro 8GB"),
        ("NB-8/Muster", "Muster Air"),
    ]
    assert found.codes == [(4, "id, Marke", "id_missing")]


def test_number_of_several_columns() -> None:
    mapping = Mapping.from_json(
        {"columns": {"name": "Name", "price": "Preis"}, "id_columns": ["Serie", "Nr"]}
    )
    found = outcome(csv_file("S;1;Tafel;9", header="Serie;Nr;Name;Preis"), mapping=mapping)
    assert found.only.supplier_aid == "S-1"


def test_without_a_number_the_rule_makes_one() -> None:
    mapping = Mapping.from_json(
        {"columns": {"name": "Name", "price": "Preis"}, "distinguish_by": ["RAM"]}
    )
    text = csv_file("Note 5;8GB;499", "Note 5;16GB;599", "note-5;8 GB;1", header="Name;RAM;Preis")
    found = outcome(text, mapping=mapping)
    assert [article.supplier_aid for article in found.articles] == [
        "note-5-8gb",
        "note-5-16gb",
        "note-5-8-gb",
    ]
    again = outcome(text + "NOTE 5;8gb;1\n", mapping=mapping)
    (issue,) = again.issues
    assert (issue.row, issue.column, issue.code) == (5, "Name, RAM", "article_duplicate")
    assert "gleicht Zeile 2 in allen unterscheidenden Spalten" in issue.message


def test_the_ruled_number_does_not_change_when_a_variant_is_added() -> None:
    mapping = Mapping.from_json(
        {"columns": {"name": "Name", "price": "Preis"}, "distinguish_by": ["RAM"]}
    )
    alone = outcome(csv_file("Note;8GB;1", header="Name;RAM;Preis"), mapping=mapping)
    both = outcome(csv_file("Note;8GB;1", "Note;4GB;1", header="Name;RAM;Preis"), mapping=mapping)
    assert alone.only.supplier_aid == both.articles[0].supplier_aid


def test_the_header_may_stand_further_down() -> None:
    text = "Preisliste 2026\n\nNr;Name;Preis\n1;Tafel;9,90\n"
    found = outcome(text, mapping=mapped(header_row=3))
    assert (found.only.row, found.only.price) == (4, Decimal("9.90"))


@pytest.mark.parametrize(
    ("text", "mapping", "code", "words"),
    [
        (
            csv_file("1;2;3"),
            mapped({"gtin": "EAN"}),
            "column_missing",
            "„EAN“ fehlt; vorhanden sind: Nr, Name, Preis",
        ),
        (csv_file("1;2;3", header="Nr;Name;Preis;Preis"), mapped(), "column_ambiguous", "„Preis“"),
        ("Nr;Name;Preis\n", mapped(header_row=5), "header_missing", "Zeile 5"),
        ("Ding;Wert\n1;2\n", None, "mapping_needed", "die Artikelnummer"),
        ('Nr;Name;Preis\n1;"' + "x" * 200_000, mapped(), "csv_damaged", "Anführungszeichens"),
    ],
)
def test_refused_tables(text: str, mapping: Mapping | None, code: str, words: str) -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(text, mapping=mapping)
    assert caught.value.fault == code
    assert words in caught.value.message


def test_usual_headings_need_no_mapping() -> None:
    text = "Artikel-Nr.;Bezeichnung;EAN-Code;Preis (EUR)\nA;Tafel;4012345000108;9,90\n"
    article = outcome(text).only
    assert (article.supplier_aid, article.name, article.gtin) == ("A", "Tafel", "4012345000108")


def test_a_table_of_headings_only_has_no_articles() -> None:
    found = outcome("Nr;Name;Preis\n;;\n", mapping=mapped())
    assert (found.articles, found.issues, found.rows_read) == ([], [], 0)


def test_the_callers_stream_stays_open() -> None:
    stream = io.BytesIO(csv_file("1;Tafel;1").encode())
    with read(stream, mapping=mapped()) as reading:
        next(reading)
    assert not stream.closed


def test_a_preview_shows_the_rows_as_they_are() -> None:
    shown = preview(io.BytesIO(csv_file("1;Tafel;1", "2;x;2").encode()), row_count=2)
    assert (shown.format, shown.rows) == (
        "csv",
        ((1, ("Nr", "Name", "Preis")), (2, ("1", "Tafel", "1"))),
    )
