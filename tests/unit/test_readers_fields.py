"""Numbers, dates, GTINs, units and texts as suppliers write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracts.catalogue.readers.fields import delivery_days, gtin, tax_rate, unit
from contracts.catalogue.readers.findings import ROW_MESSAGES, Findings
from contracts.catalogue.readers.numbers import (
    AmbiguousNumber,
    NotANumber,
    parse_date,
    parse_number,
    parse_whole,
    plain,
)
from contracts.catalogue.readers.tabular import slug
from contracts.catalogue.readers.texts import paragraph, single_line


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [
        ("12", "", "12"),
        ("12.50", "", "12.50"),
        ("12,50", "", "12.50"),
        ("1.234,50", "", "1234.50"),
        ("1,234.50", "", "1234.50"),
        ("1.234.567", "", "1234567"),
        ("1,234,567", "", "1234567"),
        ("0.125", "", "0.125"),
        ("0,0345", "", "0.0345"),
        ("1.2345", "", "1.2345"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        (" 12,50 € ", "", "12.50"),
        ("EUR 12.50", "", "12.50"),
        ("12,50 EUR", "", "12.50"),
        ("12,-", "", "12"),
        ("12,–", "", "12"),
        ("1 234,50", "", "1234.50"),
        ("1'234.50", "", "1234.50"),
        ("-3,5", "", "-3.5"),
        (",8", ",", "0.8"),
    ],
)
def test_numbers(text: str, sign: str, expected: str) -> None:
    assert parse_number(text, sign) == Decimal(expected)


@pytest.mark.parametrize("text", ["1.234", "1,234", "999.000", "-1.234"])
def test_a_factor_of_a_thousand_is_not_guessed(text: str) -> None:
    with pytest.raises(AmbiguousNumber):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "abc", "12a", "1.2.3", "1,23,456", "12 34", "=A1*2", "#N/A", "1e5", "12,50 USD"],
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_thousands_must_stand_in_threes() -> None:
    with pytest.raises(NotANumber):
        parse_number("12.50", ",")


@pytest.mark.parametrize(("value", "expected"), [("10", 10), ("10.0", 10), (Decimal("1E+2"), 100)])
def test_whole_numbers(value: str | Decimal, expected: int) -> None:
    assert parse_whole(value) == expected


@pytest.mark.parametrize("value", ["1,5", "1.000", "zwei", Decimal("0.5")])
def test_what_is_no_whole_number(value: str | Decimal) -> None:
    with pytest.raises(NotANumber):
        parse_whole(value)


@pytest.mark.parametrize(
    "value", ["2026-01-31", "31.01.2026", "2026-01-31T08:00:00", Decimal(46053), Decimal("46053.4")]
)
def test_dates(value: str | Decimal) -> None:
    assert parse_date(value) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "value", ["2026-02-30", "31/01/2026", "bald", Decimal(0), Decimal(-1), Decimal(10**9)]
)
def test_what_is_no_date(value: str | Decimal) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(value)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(Decimal("4.0"), "4"), (Decimal("1E+3"), "1000"), (Decimal("0.50"), "0.5"), ("x", "x")],
)
def test_cells_as_text(cell: str | Decimal, expected: str) -> None:
    assert plain(cell) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4012345000108", "4012345000108"),
        ("4012345-000108", "4012345000108"),
        ("4012345 000108", "4012345000108"),
        ("4012345000108.0", "4012345000108"),
        (Decimal("4012345000108"), "4012345000108"),
        (Decimal("36000291452"), "036000291452"),
        ("87126709", "87126709"),
        ("", ""),
        (Decimal(0), ""),
    ],
)
def test_gtins_are_repaired(value: str | Decimal, expected: str) -> None:
    findings = Findings(1)
    assert gtin(findings, "GTIN", value) == expected
    assert findings.issues == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("4012345000109", "gtin_invalid"),
        ("40123450001", "gtin_invalid"),
        ("36000291452", "gtin_invalid"),
        ("ohne", "gtin_invalid"),
        ("4,01235E+12", "gtin_rounded"),
        ("4.01235E+12", "gtin_rounded"),
    ],
)
def test_a_wrong_gtin_is_left_out_with_a_warning(value: str, code: str) -> None:
    findings = Findings(7)
    assert gtin(findings, "EAN", value) == ""
    (issue,) = findings.issues
    assert (issue.row, issue.column, issue.code, issue.value) == (7, "EAN", code, value)
    assert not findings.refused


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "C62"),
        ("Stück", "C62"),
        ("PCE", "C62"),
        ("Packung", "PK"),
        ("MTR", "MTR"),
        ("XBX", "XBX"),
    ],
)
def test_units(raw: str, code: str) -> None:
    findings = Findings(1)
    assert unit(findings, "Einheit", raw) == code
    assert findings.issues == []


def test_an_unknown_unit_is_read_as_pieces_with_a_warning() -> None:
    findings = Findings(1)
    assert unit(findings, "Einheit", "Fässchen") == "C62"
    assert [issue.code for issue in findings.issues] == ["unit_unknown"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.19", "19"),
        ("19", "19"),
        ("19 %", "19"),
        ("7,0%", "7"),
        (Decimal("0.07"), "7"),
        ("0", "0"),
    ],
)
def test_tax_rates_are_percent(value: str | Decimal, expected: str) -> None:
    assert tax_rate(Findings(1), "MwSt", value) == Decimal(expected)


@pytest.mark.parametrize("value", ["voll", "190", "-19"])
def test_a_wrong_tax_rate_is_left_out(value: str) -> None:
    findings = Findings(1)
    assert tax_rate(findings, "MwSt", value) is None
    assert [issue.code for issue in findings.issues] == ["tax_rate"]


def test_delivery_days() -> None:
    findings = Findings(1)
    assert delivery_days(findings, "Lieferzeit", "5") == 5
    assert findings.issues == []
    assert delivery_days(findings, "Lieferzeit", "2-3 Wochen") is None
    assert [issue.code for issue in findings.issues] == ["delivery_days"]


def test_a_line_has_single_spaces_and_no_control_characters() -> None:
    findings = Findings(1)
    assert single_line(findings, "Name", " Tafel\t grün\u00a0 ", 250) == "Tafel grün"
    assert findings.issues == []
    assert single_line(findings, "Name", "Ta\x00fel\u202e", 250) == "Tafel"
    assert [issue.code for issue in findings.issues] == ["control_characters"]


def test_garbled_text_is_pointed_out() -> None:
    findings = Findings(1)
    assert single_line(findings, "Name", "Port\ufffdg\ufffd", 250) == "Port\ufffdg\ufffd"
    assert single_line(findings, "Name", "PortÃ¯Â", 250) == "PortÃ¯Â"
    assert [issue.code for issue in findings.issues] == ["text_garbled"]
    assert single_line(findings, "Name", "naïv", 250) == "naïv"
    assert len(findings.issues) == 1


def test_text_is_never_cut_but_refused() -> None:
    findings = Findings(1)
    single_line(findings, "Name", "x" * 251, 250)
    (issue,) = findings.issues
    assert issue.message == ("Der Text ist länger als 250 Zeichen. Bitte auf 250 Zeichen kürzen.")
    assert findings.refused
    assert len(issue.value) == 250


def test_markup_in_descriptions_becomes_lines() -> None:
    text = "<h2>Lieferung:</h2><ul><li class='x'>Tafel &amp; Stift</li><li>a < b</li></ul>Ende"
    assert paragraph(Findings(1), "Text", text, 1000) == (
        "Lieferung:\n– Tafel & Stift\n– a < b\nEnde"
    )


def test_slugs_stay_apart_when_cut() -> None:
    assert slug("Größe 5+ (Ärmel)", 60) == "groesse-5-plus-aermel"
    one, other = slug("x" * 80 + "1", 60), slug("x" * 80 + "2", 60)
    assert len(one) == len(other) == 60
    assert one != other


def test_every_message_names_a_remedy() -> None:
    for code, (_, sentence) in ROW_MESSAGES.items():
        assert "Bitte " in sentence or " bitte " in sentence, code
        assert sentence.endswith("."), code
