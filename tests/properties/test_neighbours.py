"""What is found without comparing pairs is what comparing every pair finds, and in time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.approvals.neighbours import SPLIT_DAYS, NeedPart, Neighbours
from orders.approvals.splitting import NAMED, Band, Splitting, splitting
from tests.world import NOW

BANDS = [Band(Decimal(400), ("treasurer",)), Band(Decimal(90), ("it_officer",))]
cents = st.integers(1, 20_000).map(lambda value: Decimal(value) / 100)


@st.composite
def parts(draw: st.DrawFn) -> list[NeedPart]:
    """Few people, schools, positions and days, so that much is related."""
    found = []
    for number in range(draw(st.integers(1, 9))):
        positions = draw(
            st.dictionaries(st.tuples(st.integers(1, 2), st.just("1")), cents, min_size=1)
        )
        found.append(
            NeedPart(
                requisition_id=number,
                number=f"BA-{number}",
                person_id=draw(st.integers(1, 2)),
                school_id=draw(st.none() | st.integers(1, 2)),
                submitted_at=NOW + timedelta(days=draw(st.integers(0, 3)) * (SPLIT_DAYS // 2)),
                gross=sum(positions.values(), Decimal(0)) + draw(st.just(Decimal(0)) | cents),
                positions=positions,
            )
        )
    return found


def by_pairs(part: NeedPart, others: Sequence[NeedPart]) -> Splitting | None:
    """The rule as one would say it."""
    for band in BANDS:
        if part.gross >= band.start:
            return None
        below = [
            other
            for other in others
            if other.requisition_id != part.requisition_id
            and abs(other.submitted_at - part.submitted_at) <= timedelta(days=SPLIT_DAYS)
            and (
                other.person_id == part.person_id
                or (part.school_id is not None and other.school_id == part.school_id)
            )
            and part.positions.keys() & other.positions.keys()
            and other.gross < band.start
        ]
        shared = {key for other in below for key in part.positions if key in other.positions}
        rows = (part, *below)
        total = sum(
            (row.positions.get(key, Decimal(0)) for row in rows for key in shared), start=Decimal(0)
        )
        if below and total >= band.start:
            below.sort(key=lambda row: (row.submitted_at, row.number))
            return Splitting(tuple(below[:NAMED]), len(below), total, band)
    return None


@settings(max_examples=150)
@given(parts())
def test_the_same_as_pair_by_pair(found: list[NeedPart]) -> None:
    near = Neighbours(found)
    for part in found:
        assert splitting(part, near, BANDS) == by_pairs(part, found)


def test_thousands_that_are_all_related_take_moments() -> None:
    """By pairs these are 25 million comparisons, two minutes of a processor."""
    rows = [
        NeedPart(
            requisition_id=number,
            number=f"BA-{number:05}",
            person_id=1,
            school_id=number % 3,
            submitted_at=NOW + timedelta(minutes=30 * number),
            gross=Decimal(30),
            positions={(1, "1"): Decimal(10), (1, "2"): Decimal(20)},
        )
        for number in range(5_000)
    ]
    started = time.process_time()
    near = Neighbours(rows)
    found = [splitting(row, near, BANDS) for row in rows]
    assert time.process_time() - started < 10
    # Thirty days before and after, at 48 a day, without itself.
    assert found[2_500] is not None
    assert found[2_500].count == 2 * 48 * SPLIT_DAYS
    assert found[2_500].total == 30 * (2 * 48 * SPLIT_DAYS + 1)
