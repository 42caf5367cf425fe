"""Random sound price sheets import to exactly what they say, by text file and by workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from contracts.agreements.models import PriceTier, PriceVersion
from tests.database_state import writes
from tests.price_sheets import Desk, build_desk, csv_sheet, found, xlsx_sheet

START, END = date(2026, 1, 1), date(2029, 12, 31)
SUPPLIERS = ("spreeblick", "havelland")
EXAMPLES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

prices = st.decimals(min_value="0.0001", max_value="99999.9999", places=4)
titles = st.text(
    st.characters(codec="cp1252", categories=("L", "N"), exclude_characters="Ã"),
    min_size=1,
    max_size=40,
)


@dataclass(frozen=True)
class Position:
    """What the sheet is to say about one position: price tiers per range of days."""

    lot: int
    supplier: str
    number: str
    title: str
    max_quantity: int | None
    price_unit: int
    versions: tuple[tuple[date, date | None, tuple[tuple[int, Decimal], ...]], ...]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Any, ...]:
    """Ranges one after the other, the last one open or not."""
    days = sorted(draw(st.sets(st.dates(START, END), min_size=1, max_size=4)))
    is_open = draw(st.booleans())
    found = []
    for index, day in enumerate(days):
        following = days[index + 1] if index + 1 < len(days) else None
        if following is None:
            last = None if is_open else day + timedelta(days=draw(st.integers(0, 400)))
        else:
            last = following - timedelta(days=1)
        quantities = sorted({1, *draw(st.sets(st.integers(2, 10_000), max_size=3))})
        found.append((day, last, tuple((count, draw(prices)) for count in quantities)))
    return tuple(draw(st.permutations(found)))


@st.composite
def positions(draw: st.DrawFn) -> list[Position]:
    """Positions of both lots and suppliers; ranks of a lot share a cap, so one of them names it."""
    keys = draw(
        st.sets(
            st.tuples(st.sampled_from((1, 2)), st.sampled_from(SUPPLIERS), st.integers(1, 5)),
            min_size=1,
            max_size=8,
        )
    )
    return [
        Position(
            lot,
            supplier,
            f"{lot}.{number}",
            draw(titles),
            number * 100 if draw(st.booleans()) else None,
            draw(st.sampled_from((1, 10, 100))),
            draw(versions()),
        )
        for lot, supplier, number in sorted(keys)
    ]


def rows_of(position: Position, show: Callable[[Decimal], object]) -> Iterator[dict[str, object]]:
    for first, last, tiers in position.versions:
        for quantity, price in tiers:
            yield {
                "lot": position.lot,
                "supplier": position.supplier,
                "rank": SUPPLIERS.index(position.supplier) + 1,
                "reference": f"Z-{position.lot}-{position.supplier}",
                "position": position.number,
                "title": position.title,
                "from_quantity": quantity,
                "price": show(price),
                "price_unit": position.price_unit,
                "max_quantity": position.max_quantity or "",
                "valid_from": f"{first:%d.%m.%Y}",
                "valid_to": f"{last:%d.%m.%Y}" if last else "",
            }


def said(sheet: list[Position]) -> set[tuple[Any, ...]]:
    """One line per tier, as the database shall hold it."""
    caps = {(entry.lot, entry.number): entry.max_quantity for entry in sheet if entry.max_quantity}
    return {
        (
            entry.lot,
            entry.supplier,
            entry.number,
            entry.title,
            caps.get((entry.lot, entry.number)),
            entry.price_unit,
            first,
            last + timedelta(days=1) if last else None,
            quantity,
            price,
        )
        for entry in sheet
        for first, last, tiers in entry.versions
        for quantity, price in tiers
    }


def held() -> set[tuple[Any, ...]]:
    """The same of what the database holds."""
    rows = PriceTier.objects.select_related(
        "version__item__award__lot", "version__item__award__supplier", "version__item__account"
    )
    return {
        (
            tier.version.item.award.lot.number,
            tier.version.item.award.supplier.code,
            tier.version.item.number,
            tier.version.item.title,
            tier.version.item.account and int(tier.version.item.account.limit_amount),
            tier.version.price_unit,
            tier.version.valid.lower,
            tier.version.valid.upper,
            tier.from_quantity,
            tier.net_unit_price,
        )
        for tier in rows
    }


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_desk()
        transaction.set_rollback(True)


def german(price: Decimal) -> str:
    """With its four decimals: `1.234` alone would be refused as ambiguous."""
    return f"{price:.4f}".replace(".", ",")


@EXAMPLES
@given(sheet=positions(), is_workbook=st.booleans(), data=st.data())
def test_a_sound_sheet_is_imported_as_it_stands(
    desk: Desk, sheet: list[Position], is_workbook: bool, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(sheet))
    show: Callable[[Decimal], object] = (lambda price: price) if is_workbook else german
    rows = [line for entry in order for line in rows_of(entry, show)]
    content = xlsx_sheet(*rows) if is_workbook else csv_sheet(*rows)
    with transaction.atomic():
        report = desk.load(content)
        assert found(report) == []
        assert held() == said(sheet)
        assert report.creates.tiers == len(rows)
        assert desk.load(content).creates.created == 0
        transaction.set_rollback(True)


@EXAMPLES
@given(sheet=positions(), data=st.data())
def test_one_bad_row_anywhere_keeps_all_of_it_out(
    desk: Desk, sheet: list[Position], data: st.DataObject
) -> None:
    rows = [line for entry in sheet for line in rows_of(entry, german)]
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place]["price"] = data.draw(st.sampled_from(["", "0", "-1,00", "1,00001", "x"]))
    before = writes()
    report = desk.load(csv_sheet(*rows))
    assert [(issue.row, issue.column) for issue in report.errors] == [(place + 2, "Nettopreis")]
    assert writes() == before
    assert not PriceVersion.objects.exists()
