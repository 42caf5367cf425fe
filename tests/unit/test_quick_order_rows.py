"""Reading pasted lines: each becomes a row or a finding, none is lost, nothing crashes."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from orders.errors import TableRejected
from orders.quick_order.rows import (
    MAX_QUANTITY,
    MAX_ROWS,
    BadQuantity,
    RowCode,
    parse,
    parse_quantity,
)
from orders.quick_order.tables import text_of_file


def rows(text: str) -> list[tuple[int, str, int]]:
    return [(row.row, row.number, row.quantity) for row in parse(text).rows]


def codes(text: str) -> list[tuple[int, str]]:
    return [(row.row, row.code.value) for row in parse(text).findings]


@pytest.mark.parametrize(
    ("line", "number", "quantity"),
    [
        ("A-1;3", "A-1", 3),
        ("A-1\t3", "A-1", 3),
        ("A-1,3", "A-1", 3),
        ("A-1|3", "A-1", 3),
        ("A-1", "A-1", 1),
        ("A-1;", "A-1", 1),
        ("  A-1 ; 3 ", "A-1", 3),
        ('"A-1";"3"', "A-1", 3),
        ("A-1;3;Notebook", "A-1", 3),
        ("A-1;1.000", "A-1", 1000),
        ("A-1;1.000.000", "A-1", 1_000_000),
        ("A-1;1 000", "A-1", 1000),
        ("A-1;5,00", "A-1", 5),
        ("A-1;12 Stück", "A-1", 12),
        ("A-1;12x", "A-1", 12),
        ("EAN-12345;2", "EAN-12345", 2),
        ("HP 250 G9\t4", "HP 250 G9", 4),
        ("A,B;4", "A,B", 4),
    ],
)
def test_a_line_is_a_number_and_a_quantity(line: str, number: str, quantity: int) -> None:
    assert rows(line) == [(1, number, quantity)]
    assert codes(line) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (";3", RowCode.NUMBER_MISSING),
        (f"{'A' * 61};1", RowCode.NUMBER_TOO_LONG),
        ("Ger�t;1", RowCode.TEXT_GARBLED),
        ("A\x001;1", RowCode.TEXT_GARBLED),
        ("A-1:3", RowCode.SEPARATOR_UNKNOWN),
        ("A-1 = 3", RowCode.SEPARATOR_UNKNOWN),
        ("A-1,2,5", RowCode.SEPARATOR_AMBIGUOUS),
        ("A-1;0", RowCode.QUANTITY_ZERO),
        ("A-1;0,0", RowCode.QUANTITY_ZERO),
        ("A-1;-3", RowCode.QUANTITY_NEGATIVE),
        ("A-1;−3", RowCode.QUANTITY_NEGATIVE),
        ("A-1;2,5", RowCode.QUANTITY_FRACTIONAL),
        ("A-1;2.5", RowCode.QUANTITY_FRACTIONAL),
        ("A-1;1.000,5", RowCode.QUANTITY_FRACTIONAL),
        ("A-1;1,000", RowCode.QUANTITY_AMBIGUOUS),
        ("A-1;viele", RowCode.QUANTITY_NOT_NUMERIC),
        ("A-1;1e3", RowCode.QUANTITY_NOT_NUMERIC),
        ("A-1;٣", RowCode.QUANTITY_NOT_NUMERIC),
        ("A-1;1000001", RowCode.QUANTITY_TOO_LARGE),
        ("A-1;1000000000", RowCode.QUANTITY_TOO_LARGE),
        (f"A-1;{'9' * 5000}", RowCode.QUANTITY_TOO_LARGE),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_stay(line: str, code: RowCode) -> None:
    text = f"B-1;1\n{line}\nB-2;2"
    assert codes(text) == [(2, code.value)]
    assert rows(text) == [(1, "B-1", 1), (3, "B-2", 2)]


def test_blank_lines_and_the_header_are_skipped_but_counted() -> None:
    parsed = parse("\r\nArt.-Nr.;Menge\r\n\r\nA-1;3\r\n;\r\nA-2;4")
    assert [(row.row, row.number) for row in parsed.rows] == [(4, "A-1"), (6, "A-2")]
    assert parsed.skipped == (1, 2, 3, 5)


@pytest.mark.parametrize(
    "head",
    [
        "Menge;Bezeichnung;Artikelnummer",
        "Anzahl;x;GTIN",
        "Stück;;Nummer",
        "Menge;Nr.;Artikelnummer",
    ],
)
def test_the_header_says_which_column_is_which(head: str) -> None:
    assert rows(f"{head}\n3;Tablet;A-1") == [(2, "A-1", 3)]


def test_only_the_first_filled_line_can_be_a_header() -> None:
    assert codes("A-1;1\nNummer;Menge") == [(2, RowCode.QUANTITY_NOT_NUMERIC.value)]


def test_more_rows_than_are_read_are_findings() -> None:
    parsed = parse("\n".join(f"A-{number};1" for number in range(MAX_ROWS + 2)))
    assert len(parsed.rows) == MAX_ROWS
    assert [(row.row, row.code) for row in parsed.findings] == [
        (MAX_ROWS + 1, RowCode.TOO_MANY_ROWS),
        (MAX_ROWS + 2, RowCode.TOO_MANY_ROWS),
    ]


@given(st.text(max_size=400))
@example("A;1\u2028B;2\x0cC;3\x85")
def test_every_line_ends_up_exactly_once(text: str) -> None:
    parsed = parse(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = [row.row for row in (*parsed.rows, *parsed.findings)] + list(parsed.skipped)
    assert sorted(ends) == list(range(1, len(lines) + 1))
    assert all(row.number and 1 <= row.quantity <= MAX_QUANTITY for row in parsed.rows)
    assert all(row.message for row in parsed.findings)


NUMBERS = st.text("ABCDEF0123456789-./", min_size=1, max_size=20).filter(str.strip)
LINES = st.lists(st.tuples(NUMBERS, st.integers(1, MAX_QUANTITY)), min_size=1, max_size=30)


@given(LINES, st.sampled_from([";", "\t", ",", "|"]))
def test_what_was_written_is_read(lines: list[tuple[str, int]], separator: str) -> None:
    text = "\n".join(f"{number}{separator}{quantity}" for number, quantity in lines)
    assert [(row.number, row.quantity) for row in parse(text).rows] == lines


@given(st.integers(0, MAX_QUANTITY))
def test_a_quantity_with_german_thousands_is_read(quantity: int) -> None:
    assert parse_quantity(f"{quantity:,}".replace(",", ".")) == quantity
    assert parse_quantity(str(quantity)) == quantity


@given(st.text(max_size=30))
def test_a_quantity_is_in_range_or_refused(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except BadQuantity:
        return
    assert 0 <= quantity <= MAX_QUANTITY


def workbook(*lines: tuple[object, ...]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_csv_of_any_encoding_and_separator_is_read(encoding: str, separator: str) -> None:
    lines = [("Bezeichnung", "Stück", "Artikelnummer"), ("Prüfgerät", "1.200", "Ä-1")]
    content = "\r\n".join(separator.join(cells) for cells in lines).encode(encoding)
    assert rows(text_of_file(content)) == [(2, "Ä-1", 1200)]


def test_rows_of_a_file_keep_their_numbers() -> None:
    content = b"Nummer;Menge\n\nA-1;3\n\nA-2;x\n"
    text = text_of_file(content)
    assert rows(text) == [(3, "A-1", 3)]
    assert codes(text) == [(5, RowCode.QUANTITY_NOT_NUMERIC.value)]


def test_a_workbook_keeps_numbers_exact() -> None:
    text = text_of_file(
        workbook(("GTIN", "Anzahl"), (4006381333931, 12), ("A-1", 1.5), ("A-2", 1.234), ("A-3",))
    )
    assert rows(text) == [(2, "4006381333931", 12), (5, "A-3", 1)]
    assert codes(text) == [
        (3, RowCode.QUANTITY_FRACTIONAL.value),
        (4, RowCode.QUANTITY_FRACTIONAL.value),
    ]


def test_without_headings_the_first_two_columns_count() -> None:
    assert rows(text_of_file(workbook(("A-1", 3, "Tablet")))) == [(1, "A-1", 3)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leer"),
        (b"%PDF-1.7 x", "keine lesbare Tabelle"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "als XLSX speichern"),
        ("Nummer;Menge\nA-1;3".encode("utf-16-le"), "keine lesbare Tabelle"),
        (b"<?xml version='1.0'?><a/>", "keine lesbare Tabelle"),
        (b"A;1\n" * 10_001, "mehr als 10.000 Zeilen"),
        (b";".join([b"A"] * 101), "mehr als 100 Spalten"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(content: bytes, words: str) -> None:
    with pytest.raises(TableRejected, match=words):
        text_of_file(content)
