"""Small parts of the pages: CSV cells, refusals in words, forecasts, access."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.agreements.caps.forecast import forecast
from contracts.agreements.errors import Blocked
from contracts.ledger.errors import LimitExceeded, Shortfall
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Role
from frontend.access import may_open
from frontend.downloads import csv_cell
from frontend.refusals import explain
from frontend.templatetags.kaufhaus import image_url, own_links


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-1 Stück", "'-1 Stück"),
        (Decimal("-1234.50"), "-1234,50"),
        (date(2026, 3, 5), "05.03.2026"),
        (datetime(2026, 6, 15, 22, 30, tzinfo=UTC), "16.06.2026, 00:30 Uhr"),
        (None, ""),
        (7, "7"),
    ],
)
def test_cells_are_german_and_never_formulas(value: object, cell: str) -> None:
    assert csv_cell(value) == cell  # type: ignore[arg-type]


def test_every_shortfall_is_named_with_what_is_missing() -> None:
    refusal = explain(
        LimitExceeded(
            [
                Shortfall(1, "budget", "EUR", "Geräte", Decimal(500), Decimal(120)),
                Shortfall(2, "item_quantity", "PCE", "Tablet", Decimal(40), Decimal(-3)),
            ]
        )
    )
    assert [point.replace("\u00a0", " ") for point in refusal.points] == [
        "Geräte: Es fehlen 380,00 € (gebraucht 500,00 €, frei 120,00 €).",
        "Tablet: Es fehlen 40 Stück (gebraucht 40 Stück, frei 0 Stück).",
    ]
    assert len(refusal.advice) == 2


def test_a_block_keeps_its_single_reasons() -> None:
    assert explain(Blocked(["Rückruf", "Opt-out"])).points == ["Rückruf", "Opt-out"]


@pytest.mark.parametrize(
    ("bound", "day"),
    [
        (Decimal(0), None),
        (Decimal(100), date(2026, 4, 11)),
        (Decimal(200), None),
        (Decimal(1), None),
    ],
)
def test_exhaustion_goes_on_as_before(bound: Decimal, day: date | None) -> None:
    """Half of the limit in 50 days takes 50 days more; nothing, all and next to nothing: none."""
    account = LimitAccount(limit_amount=Decimal(200), posted=bound)
    found = forecast(account, since=date(2026, 1, 1), on=date(2026, 2, 20))
    assert (found.day if found else None) == day


def test_an_unknown_page_is_nobodys() -> None:
    everybody = [Membership(role=role) for role in Role]
    assert not any(may_open(member, "geheim") for member in everybody)
    assert not may_open(None, "start")


def test_links_in_mails_are_ours_and_text_stays_text() -> None:
    assert own_links("Bitte <b> /anforderungen/5/ lesen") == (
        'Bitte &lt;b&gt; <a href="/anforderungen/5/">/anforderungen/5/</a> lesen'
    )
    assert "<a" not in own_links("https://boese.example/anforderungen/5/")


def test_pictures_lie_among_the_static_files() -> None:
    assert image_url("frontend/artikel/tablet.svg") == "/static/frontend/artikel/tablet.svg"
