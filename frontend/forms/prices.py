"""The period of a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from frontend.forms.fields import day_field


class PeriodForm(forms.Form):
    """From and to, both included; without input the year so far."""

    von = day_field("von", required=False)
    bis = day_field("bis", required=False)

    def __init__(self, data: Any = None, *, on: date, **kwargs: Any) -> None:
        self._usual = (date(on.year, 1, 1), on)
        super().__init__(self._filled(data), **kwargs)

    def _filled(self, data: Any) -> dict[str, str]:
        """What was asked, completed by the usual period."""
        given = data or {}
        usual = {
            name: day.isoformat() for name, day in zip(("von", "bis"), self._usual, strict=True)
        }
        return {name: given.get(name) or day for name, day in usual.items()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("von"), found.get("bis")
        if start and end and end < start:
            self.add_error("bis", "Der Zeitraum endet vor seinem Beginn.")
        return found

    @property
    def start(self) -> date:
        return self.cleaned_data["von"]

    @property
    def end(self) -> date:
        return self.cleaned_data["bis"]
