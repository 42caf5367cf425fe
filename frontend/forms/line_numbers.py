"""Lines of a requisition by their numbers: "1-20, 35" instead of 500 boxes to tick."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django import forms

_PART = re.compile(r"^(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?$")
_NAMED = 5


class LineNumbersField(forms.CharField):
    """Numbers and ranges of lines there are; cleans to a set of numbers.

    Empty means none of them; what that stands for is the form's business.
    """

    def __init__(self, *, known: Collection[int], **options: Any) -> None:
        self.known = frozenset(known)
        super().__init__(required=False, max_length=4000, **options)

    def clean(self, value: Any) -> frozenset[int]:
        text = super().clean(value)
        numbers = frozenset(self._numbers(text))
        if unknown := sorted(numbers - self.known):
            raise forms.ValidationError(
                f"Diese Fassung hat keine Zeile {format_numbers(unknown[:_NAMED])}."
            )
        return numbers

    def _numbers(self, text: str) -> Iterator[int]:
        for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
            match = _PART.match(part)
            if match is None:
                raise forms.ValidationError(
                    f"„{part}“ ist keine Zeilennummer. Schreiben Sie zum Beispiel 1-20, 35."
                )
            first, last = int(match[1]), int(match[2] or match[1])
            if match[2] is None:
                yield first
            else:
                # A range means the lines there are: numbers are not used again.
                yield from (number for number in self.known if first <= number <= last)


def format_numbers(numbers: Iterable[int]) -> str:
    """Sorted numbers with their ranges: "1–20, 35"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
