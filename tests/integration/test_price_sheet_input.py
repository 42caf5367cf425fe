"""Bad price sheets: each fault with its row, its column and its code; nothing is written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.models import Award
from contracts.price_sheets import MAX_BYTES, MAX_ROWS, reading, sample_sheet
from tests.price_sheets import BASE, HEADINGS, Desk, build_desk, csv_sheet, found, row, xlsx_sheet
from tests.supplier_files import raw_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return build_desk()


def codes(desk: Desk, content: bytes) -> list[tuple[int, str, str]]:
    """The errors of the import, which leaves nothing behind."""
    report = desk.load(content)
    assert not Award.objects.exists()
    assert report.error_count == len(report.errors) > 0
    assert all("{" not in issue.message for issue in report.errors)
    return found(report)


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"lot": 3}, "Los", "lot_unknown"),
        ({"lot": "Los eins"}, "Los", "lot_unknown"),
        ({"lot": ""}, "Los", "cell_missing"),
        ({"supplier": "nirgends"}, "Lieferant", "supplier_unknown"),
        ({"supplier": "zbs"}, "Lieferant", "supplier_unknown"),
        ({"supplier": ""}, "Lieferant", "cell_missing"),
        ({"position": ""}, "Position", "cell_missing"),
        ({"position": "1" * 31}, "Position", "text_too_long"),
        ({"title": ""}, "Bezeichnung", "cell_missing"),
        ({"title": "x" * 251}, "Bezeichnung", "text_too_long"),
        ({"rank": 0}, "Rang", "number_unreadable"),
        ({"rank": 40_000}, "Rang", "number_unreadable"),
        ({"unit": "Gebinde groß"}, "Einheit", "unit_unknown"),
        ({"basis": "Stundensatz"}, "Preisbasis", "basis_unknown"),
        ({"from_quantity": "1.000"}, "ab Menge", "number_unreadable"),
        ({"from_quantity": "2"}, "ab Menge", "tier_order"),
        ({"price": ""}, "Nettopreis", "price_missing"),
        ({"price": "auf Anfrage"}, "Nettopreis", "price_not_numeric"),
        ({"price": "-0,01"}, "Nettopreis", "price_negative"),
        ({"price": "0,00"}, "Nettopreis", "price_zero"),
        ({"price": "1,23456"}, "Nettopreis", "price_decimals"),
        ({"price": "1.234"}, "Nettopreis", "price_ambiguous"),
        ({"price": "12345678901,00"}, "Nettopreis", "price_too_large"),
        ({"price": "", "basis": "Nachlass", "product_group": "X"}, "Nachlass %",
         "discount_missing"),
        ({"basis": "Nachlass", "product_group": "X", "discount": "5"}, "Nettopreis",
         "price_not_wanted"),
        ({"discount": "5"}, "Nachlass %", "discount_not_wanted"),
        ({"price": "", "basis": "Nachlass", "discount": "5"}, "Warengruppe", "group_missing"),
        ({"discount": "100"}, "Nachlass %", "discount_range"),
        ({"discount": "-1"}, "Nachlass %", "discount_range"),
        ({"discount": "1,23456"}, "Nachlass %", "discount_decimals"),
        ({"price_unit": "0"}, "Preiseinheit", "number_unreadable"),
        ({"currency": "USD"}, "Währung", "currency_not_eur"),
        ({"vat_class": "ermäßigt"}, "Steuerklasse", "vat_class_unknown"),
        ({"periods": "1,5"}, "Zeiträume", "number_unreadable"),
        ({"max_quantity": "-5"}, "Höchstmenge", "number_unreadable"),
        ({"max_quantity": "0"}, "Höchstmenge", "number_unreadable"),
        ({"valid_from": "morgen"}, "gültig ab", "date_invalid"),
        ({"valid_from": "31.02.2026"}, "gültig ab", "date_invalid"),
        ({"valid_from": "01.03.2026", "valid_to": "01.02.2026"}, "gültig bis",
         "validity_reversed"),
        ({"valid_from": "01.01.2031"}, "gültig ab", "validity_outside_term"),
        ({"valid_to": "31.12.2025", "valid_from": "01.12.2025"}, "gültig ab",
         "validity_outside_term"),
        ({"article_number": "A", "gtin": "4012345000109"}, "GTIN", "gtin_invalid"),
        ({"article_number": "A", "gtin": "4,01235E+12"}, "GTIN", "gtin_rounded"),
        ({"article_number": "A\x07"}, "Artikelnummer", "id_control_characters"),
        ({"manufacturer": "Werk"}, "Artikelnummer", "article_missing"),
        ({"title": "=1+1"}, "Bezeichnung", "formula_without_value"),
        ({"price": "#DIV/0!"}, "Nettopreis", "formula_error"),
        ({"title": "Glas\x07"}, "Bezeichnung", "control_characters"),
        ({"title": "Ger\ufffdt"}, "Bezeichnung", "text_garbled"),
        ({"title": "GerÃ¤t"}, "Bezeichnung", "encoding_unreadable"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_cell_is_refused(
    desk: Desk, changed: Mapping[str, object], column: str, code: str
) -> None:
    assert codes(desk, csv_sheet(row(position="0"), row(**changed))) == [(3, column, code)]


def test_a_thousands_point_with_decimals_is_plain(desk: Desk) -> None:
    report = desk.load(csv_sheet(row(price="1.234,5678"), row(position="2", price="1234.5")))
    assert found(report) == []
    prices = [item.price_versions.get().tiers.get().net_unit_price for item in desk.items]
    assert prices == [Decimal("1234.5678"), Decimal("1234.5")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(), row(from_quantity=50), row(from_quantity=10)], [(4, "ab Menge", "tier_order")]),
        ([row(), row(from_quantity=10), row()], [(4, "ab Menge", "duplicate_row")]),
        (
            [row(valid_to="31.12.2026"), row(valid_from="31.12.2026")],
            [(3, "gültig ab", "versions_overlap")],
        ),
        (
            [
                row(valid_to="31.12.2028"),
                row(valid_from="01.02.2026", valid_to="01.03.2026"),
                row(valid_from="01.01.2028"),
            ],
            [(3, "gültig ab", "versions_overlap"), (4, "gültig ab", "versions_overlap")],
        ),
        ([row(), row(from_quantity=2, title="Laptop")], [(3, "Bezeichnung", "position_differs")]),
        ([row(), row(position="2", reference="Z-9")], [(3, "Zuschlag", "award_differs")]),
        (
            [row(), row(from_quantity=2, price_unit=10), row(from_quantity=3, price_unit=100)],
            [(4, "Preiseinheit", "position_differs")],
        ),
        (
            [row(), row(supplier="havelland", reference="Z-2")],
            [(3, "Rang", "rank_taken")],
        ),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other(
    desk: Desk, rows: list[dict[str, object]], expected: list[tuple[int, str, str]]
) -> None:
    assert codes(desk, csv_sheet(*rows)) == expected


def test_a_broken_row_causes_no_further_errors(desk: Desk) -> None:
    """Without the first tier nobody can tell whether the second is in order."""
    rows = [row(price="x"), row(from_quantity=10), row(from_quantity=20)]
    assert codes(desk, csv_sheet(*rows)) == [(2, "Nettopreis", "price_not_numeric")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_usual_character_sets_and_separators_are_read(
    desk: Desk, encoding: str, separator: str
) -> None:
    content = csv_sheet(
        row(title="Prüfgerät", price="429.00", max_quantity=7, vat_class="standard"),
        encoding=encoding,
        separator=separator,
    )
    assert found(desk.load(content)) == []
    assert desk.items[0].title == "Prüfgerät"


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_a_character_set_that_breaks_the_headings_is_named(desk: Desk, encoding: str) -> None:
    outcome = codes(desk, csv_sheet(row(max_quantity=7), encoding=encoding))
    assert {(line, code) for line, _, code in outcome} == {(1, "encoding_unreadable")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"%PDF-1.7", "format_unknown"),
        ("Los;Position".encode("utf-16-le"), "format_unknown"),
        (b"<BMECAT><HEADER/></BMECAT>", "format_unknown"),
        (b"<html></html>", "format_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls_old"),
        (b"PK\x03\x04damaged", "xlsx_damaged"),
        (b"x" * (MAX_BYTES + 1), "file_too_large"),
        (csv_sheet(row()) + b'1;"' + b"x" * 200_000, "csv_damaged"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_a_file_is_refused_as_a_whole(desk: Desk, content: bytes, code: str) -> None:
    assert codes(desk, content) == [(0, "", code)]


def test_a_new_award_needs_its_reference(desk: Desk) -> None:
    """A further row may leave it empty."""
    assert codes(desk, csv_sheet(row(reference=""))) == [(2, "Zuschlag", "cell_missing")]
    assert found(desk.load(csv_sheet(row(), row(position="2", reference="")))) == []


def test_a_bomb_is_not_opened(desk: Desk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40 * 2**20)
    assert codes(desk, stream.getvalue()) == [(0, "", "zip_bomb")]


def test_headings_are_checked_before_any_row(desk: Desk) -> None:
    text = "Los;Lieferant;Zuschlag;Position;Bezeichnung;LOS;Höhstmenge\r\n1;x;y;z;a;b;c\r\n"
    assert codes(desk, text.encode()) == [
        (1, "LOS", "heading_twice"),
        (1, "Höhstmenge", "heading_unknown"),
        (1, "Nettopreis", "heading_missing"),
    ]


def test_headings_stand_in_any_order_and_spelling(desk: Desk) -> None:
    names = [*reversed(list(BASE))]
    heads = [HEADINGS[name].upper() for name in names] + ["hoechst menge", "Bemerkung", ""]
    cells = [str(BASE[name]) for name in names] + ["5", "egal", ""]
    content = f"{';'.join(heads)}\r\n\r\n{';'.join(cells)}\r\n"
    report = desk.load(content.encode())
    assert found(report) == []
    account = desk.items[0].account
    assert account is not None
    assert account.limit_amount == 5


def test_a_sheet_without_rows_is_refused(desk: Desk) -> None:
    assert codes(desk, csv_sheet(row()).splitlines()[0]) == [(1, "", "sheet_empty")]


def test_shifted_cells_are_refused(desk: Desk) -> None:
    content = csv_sheet(row()) + b"1;spreeblick;Z-1;2;Kabel; lang;4,00;\r\n"
    assert codes(desk, content) == [(3, "", "too_many_cells")]


def test_the_cached_values_of_formulas_are_read(desk: Desk) -> None:
    """The sheet claims that 400 + 29 is 111: what was saved counts, nothing is computed."""
    names = list(BASE)

    def text(reference: str, value: object) -> str:
        return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'

    def line(number: int, position: str, price: str, quantity: str = "") -> str:
        cells = "".join(
            text(f"{'ABCDEFG'[place]}{number}", position if name == "position" else BASE[name])
            for place, name in enumerate(names[:-1])
        )
        return f'<row r="{number}">{cells}<c r="F{number}">{price}</c>{quantity}</row>'

    heads = [HEADINGS[name] for name in names] + ["Höchstmenge"]
    head = "".join(text(f"{'ABCDEFG'[place]}1", name) for place, name in enumerate(heads))
    sound = line(2, "1", "<f>400+29</f><v>111</v>")
    report = desk.load(raw_workbook(f'<row r="1">{head}</row>{sound}'))
    assert found(report) == []
    (item,) = desk.items
    assert item.price_versions.get().tiers.get().net_unit_price == 111

    shared = '<c r="G4"><f t="shared" si="0"/></c>'
    broken = line(3, "3", "<f>400+29</f>") + line(4, "4", "<v>1</v>", shared)
    report = desk.load(raw_workbook(f'<row r="1">{head}</row>{sound}{broken}'))
    assert found(report) == [
        (3, "Nettopreis", "formula_without_value"),
        (4, "Höchstmenge", "formula_without_value"),
    ]
    assert "„=400+29“" in report.errors[0].message


def test_a_merged_cell_counts_only_in_its_first_row(desk: Desk) -> None:
    rows = [
        row(price=1, from_quantity=1, max_quantity=10),
        row(price=2, from_quantity=2, max_quantity=10),
        row(price=3, from_quantity=3, max_quantity=10),
    ]
    names = [name for name in HEADINGS if name in rows[0]]
    column = "ABCDEFGHIJ"[names.index("max_quantity")]
    outcome = codes(desk, xlsx_sheet(*rows, merged=[f"{column}2:{column}4"]))
    assert outcome == [(3, "Höchstmenge", "cell_merged"), (4, "Höchstmenge", "cell_merged")]


def test_merged_cells_side_by_side_and_in_the_headings(desk: Desk) -> None:
    assert codes(desk, xlsx_sheet(row(price=1), merged=["A2:B2"])) == [
        (2, "Lieferant", "cell_merged")
    ]
    assert (1, "Los", "cell_merged") in codes(desk, xlsx_sheet(row(price=1), merged=["A1:B1"]))


def test_merged_cells_where_no_row_is_are_no_error(desk: Desk) -> None:
    assert found(desk.load(xlsx_sheet(row(price=1), merged=["A5:F9", "H2:H3"]))) == []


def test_a_percent_cell_of_a_spreadsheet_is_not_guessed(desk: Desk) -> None:
    discount = {"basis": "Nachlass", "product_group": "X", "price": None}
    rows = [row(**discount, discount=0.125), row(**discount, position="2", discount="0,5 %")]
    assert codes(desk, xlsx_sheet(*rows)) == [(2, "Nachlass %", "discount_ambiguous")]


def test_numbers_no_spreadsheet_can_hold_are_text(desk: Desk) -> None:
    assert codes(desk, xlsx_sheet(row(price="NaN"), row(position="2", price="1E+999999"))) == [
        (2, "Nettopreis", "price_not_numeric"),
        (3, "Nettopreis", "price_not_numeric"),
    ]


def test_dates_of_a_spreadsheet_are_read(desk: Desk) -> None:
    assert found(desk.load(xlsx_sheet(row(price=1, valid_from=date(2026, 5, 1))))) == []
    assert desk.items[0].price_versions.get().valid.lower == date(2026, 5, 1)


def test_more_rows_than_the_limit_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROWS == 100_000
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    rows = [row(position=f"{number}") for number in range(4)]
    assert found(desk.preview(csv_sheet(*rows[:3]))) == []
    report = desk.load(csv_sheet(*rows))
    assert found(report) == [(0, "", "too_many_rows")]
    assert "mehr als 3 Zeilen" in report.errors[0].message


def test_the_fault_of_the_file_is_kept_among_many_errors(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 1_100)
    report = desk.load(csv_sheet(*(row(position=f"{n}", price="0") for n in range(1_101))))
    assert report.errors[0].code == "too_many_rows"
    assert report.error_count == 1_101


def test_the_sample_in_another_kind_does_not_exist() -> None:
    with pytest.raises(ValueError, match="ods"):
        sample_sheet("ods")
