"""What the inbox is narrowed down to, and in which order it comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from contracts.parties.models import School
from frontend.forms.fields import money_field
from orders.approvals import Narrowing
from orders.approvals.queue import Order

_ORDERS: dict[str, Order] = {"frist": "due", "betrag": "gross", "alter": "age"}
SORTS = (
    ("frist", "Frist, nächste zuerst"),
    ("betrag", "Betrag, höchster zuerst"),
    ("alter", "Alter, älteste zuerst"),
)
SIZES = (("25", "25"), ("100", "100"))


class InboxFilter(forms.Form):
    """Text, school, overdue, amount; sort order and length of a page."""

    text = forms.CharField(label="Nummer, Betreff oder Person", required=False, max_length=100)
    schule = forms.ModelChoiceField(
        School.objects.none(), label="Schule", required=False, empty_label="alle"
    )
    von = money_field("brutto von (EUR)", required=False)
    bis = money_field("brutto bis (EUR)", required=False)
    sort = forms.ChoiceField(label="Reihenfolge", choices=SORTS, required=False)
    zeilen = forms.ChoiceField(label="je Seite", choices=SIZES, required=False)
    ueberfaellig = forms.BooleanField(label="nur überfällige", required=False)

    def __init__(self, data: Any, *, schools: QuerySet[School]) -> None:
        super().__init__(data)
        self.fields["schule"].queryset = schools  # type: ignore[attr-defined]

    @property
    def is_narrow(self) -> bool:
        """Whether something was filtered out."""
        names = ("text", "schule", "von", "bis", "ueberfaellig")
        return any(self._value(name) not in (None, "", False) for name in names)

    @property
    def page_size(self) -> int:
        return int(self._value("zeilen") or SIZES[0][0])

    def narrowing(self, *, now: datetime) -> Narrowing:
        """What was chosen; a value that can't be read narrows nothing."""
        school = self._value("schule")
        return Narrowing(
            text=self._value("text") or "",
            school_id=school.pk if school else None,
            overdue_at=now if self._value("ueberfaellig") else None,
            least=self._value("von"),
            most=self._value("bis"),
            order=_ORDERS[self._value("sort") or "frist"],
        )

    def _value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
