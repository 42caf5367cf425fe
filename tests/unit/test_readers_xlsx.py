"""XLSX: cached values, repaired numbers, and archives that are traps."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from contracts.catalogue.readers import FileRejected, Limits, preview
from tests.supplier_files import csv_file, mapped, outcome, raw_workbook, workbook

HEADER = ["Nr", "Name", "Preis"]


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def number(reference: str, text: str) -> str:
    return f'<c r="{reference}"><v>{text}</v></c>'


def article_row(row: int, aid: str, *cells: str, name: str = "x") -> str:
    """A row with number and name and these further cells."""
    return f'<row r="{row}">{cell(f"A{row}", aid)}{cell(f"B{row}", name)}{"".join(cells)}</row>'


def raw_table(*rows: str) -> str:
    header = f'<row r="1">{cell("A1", "Nr")}{cell("B1", "Name")}{cell("C1", "Preis")}</row>'
    return header + "".join(rows)


def test_a_table_is_read_with_the_sheets_row_numbers() -> None:
    content = workbook([HEADER, ["A", "Tafel", 9.9], [], ["B", "Kreide", 1.2]])
    found = outcome(content, mapping=mapped())
    assert (found.info.format, found.info.sheet) == ("xlsx", "Artikel")
    assert [(article.row, article.supplier_aid, article.price) for article in found.articles] == [
        (2, "A", Decimal("9.9")),
        (4, "B", Decimal("1.2")),
    ]


def test_the_sheet_is_chosen_by_the_mapping() -> None:
    content = workbook([HEADER, ["A", "Tafel", 1]], sheet="Preise", first="Deckblatt")
    assert outcome(content, mapping=mapped(sheet="Preise")).only.name == "Tafel"
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped(sheet="Liste"))
    assert caught.value.message == (
        "Das Tabellenblatt „Liste“ fehlt; vorhanden sind: Deckblatt, Preise. "
        "Bitte die Zuordnung anpassen."
    )


def test_numbers_in_cells_are_not_ambiguous_and_show_no_binary_noise() -> None:
    rows = raw_table(
        article_row(2, "A", number("C2", "1.234")),
        article_row(3, "B", number("C3", "0.30000000000000004")),
        article_row(4, "C", number("C4", "1.5E-3")),
    )
    prices = [article.price for article in outcome(raw_workbook(rows), mapping=mapped()).articles]
    assert prices == [Decimal("1.234"), Decimal("0.3"), Decimal("0.0015")]


def test_numbers_and_gtins_kept_as_numbers_are_repaired() -> None:
    content = workbook(
        [[*HEADER, "EAN", "ab"], [4711.0, "Tafel", 1, 4012345000108.0, date(2026, 1, 31)]]
    )
    article = outcome(content, mapping=mapped({"gtin": "EAN", "valid_from": "ab"})).only
    assert (article.supplier_aid, article.gtin) == ("4711", "4012345000108")
    assert article.valid_from == date(2026, 1, 31)


def test_cached_values_are_read_and_formulas_never_evaluated() -> None:
    rows = raw_table(
        article_row(2, "A", '<c r="C2"><f>40+2</f><v>7</v></c>'),
        article_row(3, "B", '<c r="C3"><f>40+2</f></c>'),
        article_row(4, "C", '<c r="C4" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        article_row(5, "D", number("C5", "1"), '<c r="D5" t="str"><f>"a"</f><v>fertig</v></c>'),
    )
    found = outcome(raw_workbook(rows), mapping=mapped())
    assert [(article.supplier_aid, article.price) for article in found.articles] == [
        ("A", Decimal(7)),
        ("D", Decimal(1)),
    ]
    assert [(issue.row, issue.code, issue.value) for issue in found.issues] == [
        (3, "price_not_numeric", "=40+2"),
        (4, "price_not_numeric", "#DIV/0!"),
    ]


def test_shared_texts_with_runs_hints_and_escapes() -> None:
    strings = (
        "<si><t>Nr</t></si><si><t>Name</t></si><si><t>Preis</t></si>"
        "<si><r><t>Ta</t></r><r><t>fel</t></r><rPh><t>nein</t></rPh></si><si><t>a_x000D_b</t></si>"
    )
    header = "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate("ABC"))
    rows = (
        f'<row r="1">{header}</row>'
        '<row><c t="n"><v>1</v></c><c t="s"><v>3</v></c><c><v>2</v></c></row>'
        '<row r="9"><c r="A9"><v>2</v></c><c r="B9" t="s"><v>4</v></c><c r="C9"><v>2</v></c></row>'
    )
    found = outcome(raw_workbook(rows, strings=strings), mapping=mapped())
    assert [(article.row, article.name) for article in found.articles] == [(2, "Tafel"), (9, "a b")]


def test_empty_cells_and_rows_far_away_cost_nothing() -> None:
    rows = raw_table(
        article_row(2, "A", number("C2", "1"), '<c r="XFD2" s="3"/>'),
        article_row(1_048_576, "B", number("C1048576", "1")),
    )
    found = outcome(raw_workbook(rows), mapping=mapped())
    assert [article.row for article in found.articles] == [2, 1_048_576]


def many_rows(count: int) -> str:
    """Rows that all show the first shared text in column D."""
    return "".join(
        article_row(n, str(n), number(f"C{n}", "1"), f'<c r="D{n}" t="s"><v>0</v></c>')
        for n in range(2, count + 2)
    )


def test_a_text_shown_many_times_counts_each_time() -> None:
    strings = f"<si><t>{'x' * 30_000}</t></si>"
    content = raw_workbook(raw_table(many_rows(100)), strings=strings)
    assert len(outcome(content, mapping=mapped()).articles) == 100
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped(), limits=Limits(max_unpacked_bytes=2_000_000))
    assert caught.value.fault == "zip_bomb"


def test_a_text_longer_than_a_cell_takes_is_damage() -> None:
    strings = f"<si><t>{'x' * 32_768}</t></si>"
    with pytest.raises(FileRejected) as caught:
        outcome(raw_workbook(raw_table(many_rows(1)), strings=strings), mapping=mapped())
    assert "mehr als 32767 Zeichen" in caught.value.message


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ('<row r="1"><c r="AAA1"><v>1</v></c></row>', "too_many_columns", "100 Spalten"),
        (
            '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
            "xlsx_damaged",
            "Reihenfolge",
        ),
        ('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "xlsx_damaged", "fehlenden Text"),
        ('<row r="1"><c r="A1"><v>1</v></c>', "xlsx_damaged", "sheet1.xml nicht lesbar"),
    ],
)
def test_damaged_sheets(rows: str, code: str, words: str) -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(raw_workbook(rows), mapping=mapped(), limits=Limits(max_columns=100))
    assert caught.value.fault == code
    assert words in caught.value.message


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(raw_workbook(" " * 30_000_000), mapping=mapped())
    assert caught.value.fault == "zip_bomb"
    assert "neue XLSX-Datei" in caught.value.message


def test_too_much_to_unpack_is_refused_whatever_the_ratio() -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(raw_workbook(raw_table()), mapping=mapped(), limits=Limits(max_unpacked_bytes=100))
    assert caught.value.fault == "zip_bomb"


def test_too_many_shared_texts_are_refused() -> None:
    content = raw_workbook(raw_table(), strings="<si><t>x</t></si>" * 100)
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped(), limits=Limits(max_shared_strings_bytes=1000))
    assert caught.value.fault == "zip_bomb"


def test_an_archive_that_lies_about_its_size_is_damaged() -> None:
    content = raw_workbook(raw_table(f'<row r="2">{cell("A2", "A" * 5000)}</row>'))
    archive = zipfile.ZipFile(io.BytesIO(content))
    true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert content.count(struct.pack("<I", true_size)) == 2
    lying = content.replace(struct.pack("<I", true_size), struct.pack("<I", 300))
    with pytest.raises(FileRejected) as caught:
        outcome(lying, mapping=mapped())
    assert caught.value.fault == "xlsx_damaged"


def test_a_truncated_archive_is_damaged() -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(workbook([HEADER])[:-30], mapping=mapped())
    assert caught.value.fault == "xlsx_damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls_old"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(65_520)
            + "EncryptedPackage".encode("utf-16-le"),
            "xlsx_encrypted",
        ),
    ],
)
def test_old_and_encrypted_workbooks_are_named(content: bytes, code: str) -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped())
    assert caught.value.fault == code


def test_a_password_within_the_archive_is_seen() -> None:
    stream = io.BytesIO(raw_workbook(raw_table()))
    with zipfile.ZipFile(stream) as archive:
        offset = archive.start_dir
    data = bytearray(stream.getvalue())
    data[offset + 8] |= 0x1
    with pytest.raises(FileRejected) as caught:
        outcome(bytes(data), mapping=mapped())
    assert caught.value.fault == "xlsx_encrypted"


def test_a_doctype_in_a_sheet_expands_nothing() -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw_workbook(raw_table()))) as source,
        zipfile.ZipFile(stream, "w") as target,
    ):
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                row = article_row(2, "&e;", number("C2", "1"))
                text = '<!DOCTYPE x [<!ENTITY e "geheim">]>' + text.replace(
                    "</sheetData>", row + "</sheetData>"
                )
            target.writestr(name, text)
    found = outcome(stream.getvalue(), mapping=mapped())
    assert found.codes == [(2, "Nr", "id_missing")]


def test_other_archives_are_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("preise.csv", csv_file("A;Tafel;1"))
    with pytest.raises(FileRejected) as caught:
        outcome(stream.getvalue(), mapping=mapped())
    assert caught.value.fault == "format_unknown"


def test_too_many_rows_are_refused_on_the_way() -> None:
    content = workbook([HEADER, *([n, "x", 1] for n in range(6))])
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped(), limits=Limits(max_rows=5))
    assert (caught.value.fault, caught.value.details) == ("too_many_rows", {"limit": 5})


def test_a_preview_names_the_sheets() -> None:
    content = workbook([["Nr", 1.5]], sheet="Preise", first="Deckblatt")
    shown = preview(io.BytesIO(content), sheet="Preise")
    assert (shown.sheets, shown.sheet) == (("Deckblatt", "Preise"), "Preise")
    assert shown.rows == ((1, ("Nr", "1.5")),)


def test_a_formula_without_its_value_never_reads_as_an_empty_cell() -> None:
    rows = raw_table(
        article_row(2, "A", '<c r="C2"><f t="shared" si="0"/></c>'),
        article_row(3, "B", '<c r="C3" t="str"><f>A1</f></c>'),
        article_row(4, "C", '<c r="C4" t="str"><f>""</f><v></v></c>'),
    )
    found = outcome(raw_workbook(rows), mapping=mapped())
    assert [(issue.row, issue.code, issue.value) for issue in found.issues] == [
        (2, "price_not_numeric", "=…"),
        (3, "price_not_numeric", "=A1"),
        (4, "price_missing", ""),
    ]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1E+999999"])
def test_what_no_spreadsheet_holds_as_a_number_stays_text(text: str) -> None:
    rows = raw_table(article_row(2, "A", number("C2", text)))
    found = outcome(raw_workbook(rows), mapping=mapped())
    assert [(issue.code, issue.value) for issue in found.issues] == [("price_not_numeric", text)]
