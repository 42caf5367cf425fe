"""Lines by their numbers, as people type them."""

from __future__ import annotations

import pytest
from django import forms

from frontend.forms.line_numbers import LineNumbersField, format_numbers

KNOWN = {1, 2, 3, 4, 7, 9, 500}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", set()),
        ("3", {3}),
        ("1-3", {1, 2, 3}),
        ("1–4; 9", {1, 2, 3, 4, 9}),
        (" 7 , 500 ,", {7, 500}),
        ("1-999999", KNOWN),  # a range means the lines there are
        ("2,2,2", {2}),
    ],
)
def test_numbers_and_ranges(text: str, numbers: set[int]) -> None:
    assert LineNumbersField(known=KNOWN).clean(text) == numbers


@pytest.mark.parametrize("text", ["5", "1, 6", "0", "-3", "a", "1-", "1.5", "1 2", "9999999"])
def test_what_no_line_has_is_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        LineNumbersField(known=KNOWN).clean(text)


def test_ranges_are_written_as_they_are_read() -> None:
    assert format_numbers(KNOWN) == "1–4, 7, 9, 500"
    assert LineNumbersField(known=KNOWN).clean(format_numbers(KNOWN)) == KNOWN
    assert format_numbers([]) == ""
