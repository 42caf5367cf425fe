"""The requisition: its head, its account assignment, its quantities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.parties.models import Membership, School
from contracts.pricing import german
from frontend.formatting import format_money
from orders.basket.baskets import MAX_QUANTITY
from orders.models import BudgetLine
from orders.requisitions import Ask, Place, Share

HUNDRED = Decimal(100)
SPLIT_ROWS = 3


class HeadForm(forms.Form):
    """What is asked, why, for which school and until when."""

    title = forms.CharField(label="Betreff", max_length=200)
    justification = forms.CharField(
        label="Begründung",
        required=False,
        max_length=4000,
        help_text="Wofür wird der Bedarf gebraucht? Wer freigibt, liest das zuerst.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    needed_by = forms.DateField(
        label="Benötigt bis",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def ask(self, shares: Sequence[Share], place: Place) -> Ask:
        """All that is asked for, every line on the same shares (maybe none), to one place."""
        data = self.cleaned_data
        return Ask(
            title=data["title"],
            justification=data["justification"],
            needed_by=data["needed_by"],
            shares={"": shares} if shares else {},
            places={"": place},
        )


class RequisitionForm(HeadForm):
    """A new requisition; a membership of a school asks for that school only."""

    school = forms.ModelChoiceField(
        School.objects.none(), label="Schule", required=False, empty_label="Träger selbst"
    )
    field_order = ("title", "justification", "school", "needed_by")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_school_id = by.school_id
        if by.school_id is not None:
            del self.fields["school"]
        else:
            field = cast("forms.ModelChoiceField[School]", self.fields["school"])
            field.queryset = School.objects.filter(authority_id=by.organisation_id)

    @property
    def school_id(self) -> int | None:
        """The school chosen; None leaves it to the membership."""
        school = self.cleaned_data.get("school")
        return school.pk if school is not None else None

    @property
    def delivery_school_id(self) -> int | None:
        """Where to deliver: the school chosen, or that of the membership."""
        return self.school_id or self.own_school_id


class SplitForm(forms.Form):
    """One share of the account assignment."""

    budget_line = forms.TypedChoiceField(
        label="Haushaltsposition", required=False, coerce=int, empty_value=None
    )
    percent = forms.DecimalField(
        label="Anteil in Prozent",
        required=False,
        max_digits=7,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "min": "0", "max": "100"}),
    )

    def __init__(
        self, *args: Any, choices: Sequence[tuple[Any, str]], may_be_empty: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty
        self.fields["budget_line"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        line, percent = data.get("budget_line"), data.get("percent")
        if line and percent is None and "percent" not in self.errors:
            self.add_error("percent", "Bitte den Anteil dieser Haushaltsposition angeben.")
        if percent and not line and "budget_line" not in self.errors and not self.may_be_empty:
            self.add_error(
                "budget_line", "Bitte wählen, welche Haushaltsposition den Anteil trägt."
            )
        if percent is not None and not 0 <= percent <= HUNDRED:
            self.add_error("percent", "Ein Anteil liegt zwischen 0 und 100 Prozent.")
        return data

    def share(self) -> Share | None:
        """The share of a filled row."""
        data = self.cleaned_data
        if not data.get("budget_line") or not data.get("percent"):
            return None
        return Share(data["budget_line"], data["percent"])


class BaseSplit(BaseFormSet):  # type: ignore[type-arg]
    """All shares together: exactly 100 percent, or none where that may be.

    `problem` is what is wrong with all of them together.
    """

    may_be_empty = False
    problem = ""

    def clean(self) -> None:
        if any(self.errors) or (self.may_be_empty and not self.shares):
            return
        total = sum((share.percent for share in self.shares), Decimal(0))
        if not self.shares:
            self.problem = "Bitte mindestens eine Haushaltsposition wählen."
            raise forms.ValidationError(self.problem)
        if total != HUNDRED:
            self.problem = f"Die Anteile ergeben {german(total)} statt 100 Prozent."
            used = [form for form in self.forms if form.share() is not None]
            used[-1].add_error("percent", self.problem)

    @property
    def shares(self) -> list[Share]:
        """The filled rows; only to be read from a formset without field errors."""
        found = (form.share() for form in self.forms)
        return [share for share in found if share is not None]


SplitFormSet = formset_factory(SplitForm, formset=BaseSplit, extra=0)


def split_formset(
    lines: Iterable[BudgetLine], data: Any = None, *, may_be_empty: bool = False, nothing: str = ""
) -> BaseSplit:
    """The account assignment with three rows; the first carries everything unless told.

    *nothing* is the choice of no budget line in words.
    """
    choices = [
        ("", nothing or "Bitte wählen"),
        *((line.pk, budget_label(line)) for line in lines),
    ]
    rows = [{"percent": 100}, *({} for _ in range(SPLIT_ROWS - 1))]
    kwargs = {"choices": choices, "may_be_empty": may_be_empty}
    formset = SplitFormSet(data, prefix="kontierung", initial=rows, form_kwargs=kwargs)
    formset.may_be_empty = may_be_empty
    return cast("BaseSplit", formset)


def budget_label(line: BudgetLine) -> str:
    """A budget line as a choice: whose it is, where it stands and what is free."""
    where = f"{line.budget_product}.{line.gl_account}"
    pool = f" im {line.pool.title}" if line.pool is not None else ""
    free = f"frei{pool} {format_money(line.account.available)}"
    return f"{line.budget_entity.name}: {where} {line.title} – {free}"


class QuantityForm(forms.Form):
    """The quantity of one line; 0 takes it out."""

    quantity = forms.IntegerField(label="Menge", min_value=0, max_value=MAX_QUANTITY)


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: the calendar year."""
    return day.year
