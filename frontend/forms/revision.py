"""Editing a requisition: its head, and quantity and place of the lines of one page."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from contracts.parties.models import School
from orders.basket.baskets import MAX_QUANTITY
from orders.models import RequisitionLine
from orders.requisitions import Place, key_of
from orders.requisitions.drafting import (
    Draft,
    with_head,
    with_line,
    with_places,
    with_quantities,
)
from orders.requisitions.reading import place_of

from .place import AUTHORITY_ITSELF
from .requisition import HeadForm


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with its fields."""

    line: RequisitionLine
    quantity: BoundField
    place: BoundField
    removed: BoundField


class PlaceChoices:
    """The places there are, and the schools that are none yet, to choose from by line.

    A key says what a place is, not where it stands in a list: what was typed on an older
    revision still means the same.
    """

    def __init__(self, lines: Sequence[RequisitionLine], schools: Sequence[School]) -> None:
        deliveries = {line.delivery_id: line.delivery for line in lines if line.delivery}
        names = Counter(row.name for row in deliveries.values())
        self.places: dict[str, Place] = {}
        self.choices: list[tuple[str, str]] = []
        for row in deliveries.values():
            hint = ", ".join(filter(None, (row.contact, row.note)))
            is_one_of_many = names[row.name] > 1 and hint
            self._add(place_of(row), f"{row.name} ({hint})" if is_one_of_many else row.name)
        used = {place.school_id for place in self.places.values()}
        for pk, name in ((None, AUTHORITY_ITSELF), *((row.pk, row.name) for row in schools)):
            if pk not in used:
                self._add(Place(school_id=pk), name)

    def _add(self, place: Place, label: str) -> None:
        key = place_key(place)
        if key not in self.places:
            self.places[key] = place
            self.choices.append((key, label))


def place_key(place: Place) -> str:
    """A short name of a place by what it says."""
    return hashlib.sha256(repr(place).encode()).hexdigest()[:12]


class RevisionForm(HeadForm):
    """The head, and per line of the page its quantity, its place, and whether it goes."""

    def __init__(
        self,
        data: Any = None,
        *,
        lines: Sequence[RequisitionLine],
        old: Draft,
        places: PlaceChoices,
    ) -> None:
        ask = old.ask
        super().__init__(
            data,
            initial={
                "title": ask.title,
                "justification": ask.justification,
                "needed_by": ask.needed_by,
            },
        )
        self.lines = lines
        self.places = places
        for line in lines:
            number = line.line_no
            self.fields[f"menge_{number}"] = forms.IntegerField(
                label=f"Menge in Zeile {number}",
                min_value=0,
                max_value=MAX_QUANTITY,
                initial=line.quantity,
                widget=forms.NumberInput(attrs={"class": "kh-input--number"}),
            )
            self.fields[f"ort_{number}"] = forms.ChoiceField(
                label=f"Lieferort von Zeile {number}",
                choices=places.choices,
                initial=place_key(old.place_of(key_of(line))),
            )
            self.fields[f"weg_{number}"] = forms.BooleanField(
                label=f"Zeile {number} herausnehmen", required=False
            )

    def head(self) -> list[BoundField]:
        """The fields besides the lines."""
        return [self[name] for name in ("title", "justification", "needed_by")]

    def rows(self) -> Iterator[LineRow]:
        """The lines of the page with their fields."""
        for line in self.lines:
            number = line.line_no
            yield LineRow(
                line, self[f"menge_{number}"], self[f"ort_{number}"], self[f"weg_{number}"]
            )

    def draft(self, old: Draft) -> Draft:
        """The next revision; lines of other pages stay as they are."""
        data = self.cleaned_data
        keys = {key_of(line): line.line_no for line in self.lines}
        quantities = {
            key: 0 if data[f"weg_{number}"] else data[f"menge_{number}"]
            for key, number in keys.items()
        }
        chosen = {key: data[f"ort_{number}"] for key, number in keys.items()}
        moved = {
            key: self.places.places[place]
            for key, place in chosen.items()
            if place != place_key(old.place_of(key))
        }
        headed = with_head(
            old,
            title=data["title"],
            justification=data["justification"],
            needed_by=data["needed_by"],
        )
        return with_places(with_quantities(headed, quantities), moved)


def typed_on_another_revision(data: QueryDict, form: RevisionForm) -> QueryDict:
    """What was typed, for the lines there are now: a line that is new keeps its own values,
    and so does one whose place is no longer there.
    """
    merged = data.copy()
    for name, field in form.fields.items():
        gone = name.startswith("ort_") and merged.get(name) not in form.places.places
        if not name.startswith("weg_") and (name not in merged or gone):
            merged[name] = form.get_initial_for_field(field, name)
    return merged


class AddLineForm(forms.Form):
    """One line more, by the number of its article."""

    auto_prefix = "neu"
    number = forms.CharField(
        label="Artikelnummer, GTIN oder Herstellernummer", max_length=80, strip=True
    )
    quantity = forms.IntegerField(label="Menge", min_value=1, max_value=MAX_QUANTITY, initial=1)
    like = forms.TypedChoiceField(label="Lieferort und Kontierung wie Zeile", coerce=int)

    def __init__(
        self,
        data: Any = None,
        *,
        numbers: Mapping[int, str],
        listing_of: Callable[[str], int | None],
    ) -> None:
        super().__init__(data, prefix=self.auto_prefix)
        self.listing_of = listing_of
        self.fields["like"].choices = [  # type: ignore[attr-defined]
            (number, f"{number}: {title}") for number, title in numbers.items()
        ]

    def clean_number(self) -> int:
        """The one listing that the number names."""
        listing_id = self.listing_of(self.cleaned_data["number"])
        if listing_id is None:
            raise forms.ValidationError(
                "Unter dieser Nummer ist für Sie kein Artikel eindeutig abrufbar."
            )
        return listing_id

    def draft(self, old: Draft) -> Draft:
        """The revision with this line more."""
        data = self.cleaned_data
        return with_line(old, data["number"], data["quantity"], like=str(data["like"]))
