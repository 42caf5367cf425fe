"""Account assignment of chosen lines: as many shares as it takes, over any of the budgets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.forms import formset_factory

from contracts.digits import whole
from contracts.pricing import german
from orders.models import BudgetLine
from orders.requisitions import Share

from .line_numbers import LineNumbersField
from .requisition import BaseSplit, SplitForm, budget_label


class ScopeForm(forms.Form):
    """Which lines."""

    def __init__(self, *args: Any, numbers: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = frozenset(numbers)
        self.fields["zeilen"] = LineNumbersField(
            known=self.numbers,
            label="Zeilen",
            help_text="Zum Beispiel 1-20, 35. Leer gelassen gilt die Kontierung für alle Zeilen.",
        )

    @property
    def chosen(self) -> frozenset[int]:
        """The numbers chosen; all of them when none were named."""
        return self.cleaned_data["zeilen"] or self.numbers


def shares_formset(
    lines: Sequence[BudgetLine], data: Any = None, *, shares: Sequence[Share] = (), extra: int = 2
) -> BaseSplit:
    """The shares as they are and room for more."""
    factory = formset_factory(SplitForm, formset=BaseSplit, extra=extra)
    rows = [
        {
            "budget_line": share.budget_line_id,
            "percent": german(share.percent).replace(",", "."),
        }
        for share in shares
    ]
    choices = [("", "Bitte wählen"), *((line.pk, budget_label(line)) for line in lines)]
    kwargs = {"choices": choices, "may_be_empty": False}
    formset = factory(data, prefix="kontierung", initial=rows, form_kwargs=kwargs)
    return cast("BaseSplit", formset)


def one_row_more(data: Any, prefix: str) -> Any:
    """The same input with room for one more row."""
    grown = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    grown[name] = str((whole(grown.get(name, "")) or 0) + 1)
    return grown
