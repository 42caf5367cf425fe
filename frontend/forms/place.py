"""Places of delivery: one below the basket, all of a requisition, and parts of a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory

from contracts.parties.models import School
from orders.basket.baskets import MAX_QUANTITY
from orders.errors import InvalidDelivery
from orders.requisitions import Place
from orders.requisitions.ask import require_order
from orders.requisitions.drafting import DeliveryPart

from .fields import day_field
from .line_numbers import LineNumbersField, format_numbers

AUTHORITY_ITSELF = "Träger selbst"


def _hour(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class PlaceForm(forms.Form):
    """Contact, days and hours of a delivery; what is left empty the school's data fill in."""

    contact = forms.CharField(label="Kontakt vor Ort", required=False, max_length=200)
    phone = forms.CharField(label="Telefon", required=False, max_length=40)
    earliest = day_field("Lieferung frühestens", required=False)
    latest = day_field("Lieferung spätestens", required=False)
    time_from = _hour("Anlieferung von")
    time_until = _hour("Anlieferung bis")
    note = forms.CharField(label="Hinweis zur Anlieferung", required=False, max_length=250)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                require_order(self.place(None))
            except InvalidDelivery as error:
                is_day = data["earliest"] and data["latest"] and data["latest"] < data["earliest"]
                self.add_error("latest" if is_day else "time_until", str(error))
        return data

    def place(self, school_id: int | None) -> Place:
        """What was given, at a school or at the authority itself."""
        data = self.cleaned_data
        return Place(
            school_id=school_id,
            contact=data["contact"],
            phone=data["phone"],
            earliest=data["earliest"],
            latest=data["latest"],
            time_from=data["time_from"],
            time_until=data["time_until"],
            note=data["note"],
        )


def standing_data(school: School | None) -> dict[str, Any]:
    """What a school has on file for its deliveries, to start a form from."""
    if school is None:
        return {}
    return {
        "contact": school.contact,
        "phone": school.phone,
        "time_from": school.delivery_from,
        "time_until": school.delivery_until,
        "note": school.delivery_note,
    }


class PlacedLinesForm(PlaceForm):
    """A place with the lines that go there."""

    school = forms.ModelChoiceField(
        School.objects.none(), label="Empfänger", required=False, empty_label=AUTHORITY_ITSELF
    )
    field_order = ("school", "lines")

    def __init__(
        self, *args: Any, schools: QuerySet[School], numbers: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # The same rows for every form of the page: one query.
        self.fields["school"].choices = [  # type: ignore[attr-defined]
            ("", AUTHORITY_ITSELF),
            *((school.pk, school.name) for school in schools),
        ]
        cast("forms.ModelChoiceField[School]", self.fields["school"]).queryset = schools
        self.fields["lines"] = LineNumbersField(known=numbers, label="Zeilen")
        self.order_fields(self.field_order)

    @property
    def asked_place(self) -> Place:
        """The place of a valid form."""
        school = self.cleaned_data["school"]
        return self.place(school.pk if school is not None else None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.has_changed() and not self.initial and not data.get("lines") and not self.errors:
            self.add_error("lines", "Bitte angeben, welche Zeilen hierhin gehen.")
        return data


class BasePlaces(BaseFormSet):  # type: ignore[type-arg]
    """All places of a requisition: every line goes to exactly one."""

    def __init__(self, *args: Any, numbers: Sequence[int], **kwargs: Any) -> None:
        self.numbers = numbers
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        if any(self.errors):
            return
        placed: set[int] = set()
        for form in self.forms:
            lines = form.cleaned_data.get("lines") or frozenset()
            if twice := lines & placed:
                form.add_error(
                    "lines", f"Zeile {format_numbers(twice)} geht schon an einen anderen Ort."
                )
            placed |= lines
        missing = set(self.numbers) - placed
        words = f"Noch ohne Lieferort: Zeile {format_numbers(missing)}."
        if missing and self.forms:
            self.forms[0].add_error("lines", words)
        elif missing:
            raise forms.ValidationError(words)

    @property
    def places(self) -> Mapping[str, Place]:
        """The place per line key; only to be read from a valid formset."""
        return {
            str(number): form.asked_place
            for form in self.forms
            for number in form.cleaned_data.get("lines") or ()
        }


def places_formset(
    data: Any,
    *,
    rows: Sequence[Mapping[str, Any]],
    schools: QuerySet[School],
    numbers: Sequence[int],
    extra: int = 1,
) -> BasePlaces:
    """The places as they are (*rows*: initial values with their `lines`) and room for more."""
    factory = formset_factory(PlacedLinesForm, formset=BasePlaces, extra=extra)
    return cast(
        "BasePlaces",
        factory(
            data,
            prefix="ort",
            initial=list(rows),
            numbers=numbers,
            form_kwargs={"schools": schools, "numbers": numbers},
        ),
    )


class PartsForm(forms.Form):
    """One line, sent to several schools: a quantity per school."""

    def __init__(
        self, data: Any = None, *, schools: Sequence[School], here: int | None, quantity: int
    ) -> None:
        super().__init__(data)
        self.whole = quantity
        self.ids: dict[str, int | None] = {"menge_0": None}
        self.ids |= {f"menge_{school.pk}": school.pk for school in schools}
        names = {school.pk: school.name for school in schools}
        for name, pk in self.ids.items():
            self.fields[name] = forms.IntegerField(
                label=names[pk] if pk is not None else AUTHORITY_ITSELF,
                min_value=0,
                max_value=MAX_QUANTITY,
                required=False,
                initial=quantity if pk == here else None,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        given = [name for name in self.ids if data.get(name)]
        total = sum(data[name] for name in given)
        if total != self.whole:
            self.add_error(
                given[-1] if given else next(iter(self.ids)),
                f"Verteilt sind {total} von {self.whole}.",
            )
        return data

    def parts(self, old: Place) -> list[DeliveryPart]:
        """The parts; what stays at the old school keeps its contact and hours, and its number."""
        data = self.cleaned_data
        found = [
            DeliveryPart(old if pk == old.school_id else Place(school_id=pk), data[name])
            for name, pk in self.ids.items()
            if data.get(name)
        ]
        return sorted(found, key=lambda part: part.place != old)
