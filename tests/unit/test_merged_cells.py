"""Which cells are hidden behind a merged one, asked row by row."""

from __future__ import annotations

from contracts.catalogue.readers import MergedRange
from contracts.price_sheets.merging import CoveredCells


def test_all_but_the_first_cell_of_a_range_are_covered() -> None:
    covered = CoveredCells([MergedRange(3, 1, 5, 2)], width=9)
    assert [covered.in_row(number) for number in (2, 3, 4, 5, 6)] == [
        set(),
        {2},
        {1, 2},
        {1, 2},
        set(),
    ]


def test_ranges_above_and_beside_each_other_and_rows_left_out() -> None:
    ranges = [MergedRange(8, 0, 9, 0), MergedRange(2, 0, 3, 0), MergedRange(2, 4, 4, 4)]
    covered = CoveredCells(ranges, width=9)
    assert [covered.in_row(number) for number in (2, 4, 9, 10)] == [set(), {4}, {0}, set()]


def test_a_range_over_the_whole_sheet_costs_no_more_than_the_width() -> None:
    covered = CoveredCells([MergedRange(1, 0, 1_048_576, 16_383)], width=3)
    assert covered.in_row(1) == {1, 2}
    assert covered.in_row(1_000_000) == {0, 1, 2}
