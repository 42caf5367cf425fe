"""One table of fields: what is hashed, the columns, the schema and the docs agree."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields as members
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from orders.event_types import EventType
from orders.finance.events import FinanceFact
from orders.finance.fields import FIELDS, SCHEMA_VERSION, Occurrence, payload, schema
from orders.formats.csv import COLUMNS, PROFILES, chunks

PAGE = (Path(__file__).parents[2] / "docs" / "finance-feed.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)

FACT = FinanceFact(
    type=EventType.GOODS_RECEIPT,
    subject="assignment:7:receipt-1",
    budget_entity_id=3,
    budget_entity_code="stadt-a",
    fiscal_year=2026,
    requisition_no="A-2026-000001",
    order_no="EA-2026-000001",
    line_no=1,
    assignment_no=2,
    agreement_no="RV-1",
    lot_no=4,
    supplier_id="nord",
    creditor_no="70001",
    vat_id="DE123456789",
    budget_product="030101",
    gl_account="783100",
    cost_center="4711",
    cost_object="",
    measure_no="",
    grant_no="DigitalPakt",
    quantity=Decimal(8),
    unit="C62",
    net=Decimal("1234.50"),
    tax_category="S",
    tax_rate=Decimal(19),
    tax=Decimal("234.56"),
    gross=Decimal("1469.06"),
    leitweg_id="05-1-1",
    text='Gerät „Übung" \\ groß\n',
    requester="p-1",
    approver="p-2",
    delivery_date=date(2026, 6, 15),
)
OCCURRENCE = Occurrence(
    event_id=UUID(int=1),
    reverses_event_id=None,
    at=datetime(2026, 6, 15, 22, 30, 0, 123456, tzinfo=UTC),
    posting_date=date(2026, 6, 16),
)

# The bytes as release 1.0 wrote them: programs out there compare and hash them.
BYTES = (
    '{"agreement_no":"RV-1","approver":"p-2","assignment_no":2,"budget_entity_id":"stadt-a",'
    '"budget_product":"030101","certifier":null,"cost_center":"4711","cost_object":"",'
    '"creditor_no":"70001","currency":"EUR","delivery_date":"2026-06-15","document_hash":null,'
    '"due_date":null,"event_id":"00000000-0000-0000-0000-000000000001","fiscal_year":2026,'
    '"gl_account":"783100","grant_no":"DigitalPakt","gross":"1469.06","invoice_no":null,'
    '"leitweg_id":"05-1-1","line_no":1,"lot_no":4,"measure_no":"","net":"1234.50",'
    '"occurred_at":"2026-06-15T22:30:00.123Z","order_no":"EA-2026-000001",'
    '"posting_date":"2026-06-16","quantity":8,"requester":"p-1",'
    '"requisition_no":"A-2026-000001","reverses_event_id":null,"schema_version":"1.0",'
    '"supplier_id":"nord","tax":"234.56","tax_category":"S","tax_rate":"19.00",'
    r'"text":"Gerät „Übung\" \\ groß\n","type":"GOODS_RECEIPT","unit":"C62",'
    '"vat_id":"DE123456789"}'
)
# Whoever reads the file by column counts on this order: new columns go to the end.
HEADER = (
    "seq,event_id,schema_version,type,occurred_at,posting_date,fiscal_year,budget_entity_id,"
    "requisition_no,order_no,line_no,assignment_no,agreement_no,lot_no,supplier_id,creditor_no,"
    "vat_id,budget_product,gl_account,cost_center,cost_object,measure_no,grant_no,quantity,unit,"
    "net,tax_category,tax_rate,tax,gross,currency,delivery_date,due_date,invoice_no,leitweg_id,"
    "text,requester,approver,certifier,reverses_event_id,document_hash"
)

NEGATIVE = replace(
    FACT,
    type=EventType.COMMITMENT_REVERSAL,
    quantity=Decimal("-2.666667"),
    net=Decimal("-0.5"),
    tax=Decimal(0),
    gross=Decimal("-0.5"),
    delivery_date=None,
)
REVERSAL = replace(OCCURRENCE, reverses_event_id=UUID(int=2))
CASES = [(FACT, OCCURRENCE), (NEGATIVE, REVERSAL)]


def test_the_bytes_are_those_of_the_first_release_but_for_the_version() -> None:
    expected = BYTES.replace('"schema_version":"1.0"', f'"schema_version":"{SCHEMA_VERSION}"')
    assert payload(FACT, OCCURRENCE) == expected


@pytest.mark.parametrize(("fact", "occurrence"), CASES)
def test_the_payload_is_canonical(fact: FinanceFact, occurrence: Occurrence) -> None:
    text = payload(fact, occurrence)
    again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == again


@pytest.mark.parametrize(
    ("quantity", "text"),
    [("100", "100"), ("1E+2", "100"), ("2.500000", "2.5"), ("-0.000001", "-0.000001")],
)
def test_pieces_have_neither_exponent_nor_needless_zeros(quantity: str, text: str) -> None:
    found = payload(replace(FACT, quantity=Decimal(quantity)), OCCURRENCE)
    assert f'"quantity":{text},' in found


@pytest.mark.parametrize(("fact", "occurrence"), CASES)
def test_payload_file_and_schema_have_the_same_fields_and_values(
    fact: FinanceFact, occurrence: Occurrence
) -> None:
    text = payload(fact, occurrence)
    values = json.loads(text, parse_float=Decimal)
    names = [field.name for field in FIELDS]
    assert sorted(values) == sorted(names) == sorted(schema()["properties"])
    assert schema()["required"] == names == [name for name, _ in COLUMNS][1:]
    content = b"".join(chunks([(1, text)], PROFILES["raw"])).decode()
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    assert row == {
        "seq": "1",
        **{name: "" if values[name] is None else str(values[name]) for name in names},
    }


@pytest.mark.parametrize(("fact", "occurrence"), CASES)
def test_the_payload_is_what_the_schema_says(fact: FinanceFact, occurrence: Occurrence) -> None:
    judge = Draft202012Validator(schema(), format_checker=FormatChecker())
    judge.validate(json.loads(payload(fact, occurrence)))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("type", "GIFT"),
        ("currency", "USD"),
        ("net", 12.5),
        ("net", "12.5"),
        ("quantity", "8"),
        ("line_no", "1"),
        ("posting_date", "16.06.2026"),
        ("event_id", "7"),
        ("text", None),
    ],
)
def test_the_schema_would_see_a_wrong_value(name: str, wrong: object) -> None:
    judge = Draft202012Validator(schema(), format_checker=FormatChecker())
    event = json.loads(payload(FACT, OCCURRENCE)) | {name: wrong}
    assert [error.path[0] for error in judge.iter_errors(event)] == [name]


def test_only_nullable_fields_are_ever_null() -> None:
    bare = replace(FACT, delivery_date=None)
    empty = {name for name, value in json.loads(payload(bare, OCCURRENCE)).items() if value is None}
    assert empty == {field.name for field in FIELDS if field.nullable}


def test_the_columns_keep_their_order() -> None:
    assert b"".join(chunks([], PROFILES["raw"])).decode() == f"{HEADER}\r\n"


def test_titles_and_names_are_unique_and_every_member_of_a_fact_is_told() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert len({field.title for field in FIELDS}) == len(FIELDS)
    told = {
        "budget_entity_code": "budget_entity_id",
        "reverses": "reverses_event_id",
    }
    inner = {"subject", "budget_entity_id"}
    names = {told.get(row.name, row.name) for row in members(FinanceFact) if row.name not in inner}
    assert names <= {field.name for field in FIELDS}


def test_the_page_lists_the_fields_of_the_table() -> None:
    listed = [row for row in ROW.findall(PAGE) if row[0] != "seq"]
    assert listed == [
        (
            field.name,
            field.title,
            field.kind.value + (" or null" if field.nullable else ""),
            field.about,
        )
        for field in FIELDS
    ]
    assert f"`schema_version` is {SCHEMA_VERSION}" in PAGE
