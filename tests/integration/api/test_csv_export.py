"""The feed as CSV: the same range gives the same bytes, with count, sum and hash."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal

import pytest

from orders.finance.exports import sequence_all
from orders.formats.csv import COLUMNS, PROFILES, chunks, summarise
from orders.models import FinanceEvent
from tests.api_client import Program
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
EXPORT = "/api/v1/finance/stadt-a/exports.csv"
QUERIES = 6  # token, client, budget entity, feed, events to sum, events to write


def _content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def _rows(content: bytes, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


@pytest.mark.parametrize("profile", ["de", "raw"])
def test_fetched_again_the_file_is_the_same(issued: World, finance: Program, profile: str) -> None:
    url = f"{EXPORT}?from=1&to=6&profile={profile}"
    first = finance.get(url)
    content = _content(first)
    issued.submitted({0: 2})
    sequence_all(now=NOW)
    again = finance.get(url)
    assert _content(again) == content
    for name in ("Count", "Sum-Gross", "SHA256"):
        assert again[f"X-Export-{name}"] == first[f"X-Export-{name}"]


@pytest.mark.parametrize("profile", ["de", "raw"])
def test_count_sum_and_hash_go_ahead(issued: World, finance: Program, profile: str) -> None:
    answer = finance.get(f"{EXPORT}?profile={profile}")
    content = _content(answer)
    gross = sum(Decimal(json.loads(e.payload)["gross"]) for e in FinanceEvent.objects.all())
    assert answer["X-Export-SHA256"] == hashlib.sha256(content).hexdigest()
    assert answer["X-Export-Count"] == "6"
    assert Decimal(answer["X-Export-Sum-Gross"]) == gross
    assert (answer["X-Export-From"], answer["X-Export-To"]) == ("1", "6")


def test_the_raw_profile_holds_the_values_of_the_events(issued: World, finance: Program) -> None:
    rows = _rows(_content(finance.get(f"{EXPORT}?profile=raw")), ",")
    events = [json.loads(row.payload) for row in FinanceEvent.objects.order_by("feed_entry__seq")]
    assert [row.pop("seq") for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows == [
        {name: "" if value is None else str(value) for name, value in event.items()}
        for event in events
    ]


def test_the_german_profile_is_made_for_spreadsheets(issued: World, finance: Program) -> None:
    content = _content(finance.get(EXPORT))
    rows = _rows(content, ";")
    assert rows[0]["Brutto"] == "15315,30"
    assert rows[0]["Mandant"] == "stadt-a"
    assert content.count(b"\r\n") == 7
    assert content.decode().startswith("Laufende Nummer;Ereignis-ID;")


@pytest.mark.parametrize(
    ("query", "numbers"), [("from=2&to=4", "234"), ("from=5", "56"), ("to=1", "1"), ("from=7", "")]
)
def test_a_range_is_closed_at_both_ends(
    issued: World, finance: Program, query: str, numbers: str
) -> None:
    rows = _rows(_content(finance.get(f"{EXPORT}?{query}")), ";")
    assert "".join(row["Laufende Nummer"] for row in rows) == numbers


@pytest.mark.parametrize(
    ("query", "status"),
    [("to=7", 409), ("from=4&to=3", 400), ("from=0", 400), ("profile=xls", 400)],
)
def test_a_range_that_may_still_grow_is_refused(
    issued: World, finance: Program, query: str, status: int
) -> None:
    assert finance.get(f"{EXPORT}?{query}").status_code == status


def test_the_cost_does_not_grow_with_the_range(
    issued: World, finance: Program, django_assert_num_queries
) -> None:
    for query in ("to=1", "to=6"):
        with django_assert_num_queries(QUERIES):
            _content(finance.get(f"{EXPORT}?{query}"))


def _payload(**values: object) -> str:
    return json.dumps({**{name: "x" for name, _ in COLUMNS}, "gross": "1.00", **values})


def test_a_text_that_a_spreadsheet_would_run_is_defused() -> None:
    event = [(1, _payload(text="=HYPERLINK(1)", gross="-5.00"))]
    german = b"".join(chunks(event, PROFILES["de"])).decode()
    raw = b"".join(chunks(event, PROFILES["raw"])).decode()
    assert ";'=HYPERLINK(1);" in german
    assert ";-5,00;" in german
    assert ",=HYPERLINK(1)," in raw


def test_a_long_file_is_written_in_pieces() -> None:
    events = ((number, _payload()) for number in range(1, 1001))
    pieces = list(chunks(events, PROFILES["raw"]))
    assert len(pieces) > 4
    again = ((number, _payload()) for number in range(1, 1001))
    summary = summarise(again, PROFILES["raw"])
    assert summary.sha256 == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert (summary.count, summary.gross) == (1000, Decimal(1000))
