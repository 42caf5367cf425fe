"""What people do with an issued call-off: receive, cancel, refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from orders.models import CallOffLine

_PREFIX = "menge-"
_NAMELESS = "Die Seite ist veraltet. Bitte laden Sie sie neu."


def _reason(hint: str) -> forms.CharField:
    return forms.CharField(
        label="Begründung",
        max_length=250,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class _Quantities(forms.Form):
    """A quantity per open line; the button „alles Offene“ takes them all.

    The name of the form is what a second click is told by (`frontend.forms.once`).
    """

    formular = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _NAMELESS, "invalid": _NAMELESS},
    )

    def __init__(self, *args: Any, lines: Iterable[CallOffLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            left = line.progress.open
            if left:
                self.fields[f"{_PREFIX}{line.pk}"] = forms.IntegerField(
                    label=f"Menge Zeile {line.line_no}: {line.title}",
                    help_text=f"Offen sind {left}.",
                    min_value=0,
                    required=False,
                    widget=forms.NumberInput(attrs={"max": left, "inputmode": "numeric"}),
                )

    @property
    def quantities(self) -> Mapping[int, int] | None:
        """By line id; None means everything that is open."""
        if "alles" in self.data:
            return None
        return {
            int(name.removeprefix(_PREFIX)): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX) and value
        }

    @property
    def quantity_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_PREFIX)]


class ReceiptForm(_Quantities):
    """Goods receipt: when, with which delivery note, how much of each line."""

    received_on = forms.DateField(
        label="Eingegangen am",
        required=False,
        help_text="Leer bedeutet heute.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    delivery_note = forms.CharField(label="Lieferschein", max_length=60, required=False)

    def day(self, today: date) -> date:
        """The day named, or today."""
        return self.cleaned_data["received_on"] or today


class CancelForm(_Quantities):
    """Cancellation of what was not delivered, with its reason."""

    reason = _reason("Der Lieferant liest sie.")


class RefusalForm(forms.Form):
    """The supplier refuses, with its reason."""

    reason = _reason("Der Schulträger liest sie, und sie steht im Vergabevermerk.")


class StepForms:
    """The three forms of a call-off's page; at most one of them holds what was sent."""

    def __init__(self, lines: Iterable[CallOffLine]) -> None:
        self._lines = list(lines)
        self.receipt = self._make("receipt")
        self.cancellation = self._make("cancellation")
        self.refusal = self._make("refusal")

    def sent(self, name: str, data: Mapping[str, Any]) -> forms.Form:
        """Fill the form of this name with what was sent, and return it."""
        form = self._make(name, data)
        setattr(self, name, form)
        return form

    def _make(self, name: str, data: Mapping[str, Any] | None = None) -> forms.Form:
        if name == "refusal":
            return RefusalForm(data, auto_id="refusal-%s")
        kind = ReceiptForm if name == "receipt" else CancelForm
        return kind(data, lines=self._lines, auto_id=f"{name}-%s")
