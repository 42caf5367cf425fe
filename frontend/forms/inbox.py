"""What the inbox is narrowed down to, and in which order it comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from contracts.parties.models import School
from frontend.forms.fields import money_field
from orders.models import Requisition

_ORDERS = {
    "frist": ("due", "pk"),
    "betrag": ("-gross", "pk"),
    "alter": ("submitted_at", "pk"),
}
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

    def narrow(self, rows: QuerySet[Requisition], *, now: datetime) -> QuerySet[Requisition]:
        """Filter and sort the queue; a value that can't be read narrows nothing."""
        if text := self._value("text"):
            rows = rows.filter(
                Q(number__icontains=text)
                | Q(title__icontains=text)
                | Q(created_by__user__last_name__icontains=text)
            )
        if school := self._value("schule"):
            rows = rows.filter(school=school)
        if self._value("ueberfaellig"):
            rows = rows.filter(due__lt=now)
        if (least := self._value("von")) is not None:
            rows = rows.filter(gross__gte=least)
        if (most := self._value("bis")) is not None:
            rows = rows.filter(gross__lte=most)
        return rows.order_by(*_ORDERS[self._value("sort") or "frist"])

    def _value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
