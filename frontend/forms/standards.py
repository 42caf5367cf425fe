"""Equipment standards and bundles of an authority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.gates.bundles import BundleSpec, bundle_items
from contracts.agreements.gates.standards import StandardSpec, equippable_items
from contracts.agreements.models import (
    BundleAudience,
    BundleLine,
    ContractItem,
    EquipmentStandard,
    Listing,
    StandardLevel,
)
from contracts.parties.models import Membership
from orders.basket.bundles import MAX_TIMES

from .fields import day_field

BUNDLE_ROWS = 10


class GroupForm(forms.Form):
    """The first question about a standard: for which product group."""

    gruppe = forms.ChoiceField(label="Warengruppe")

    def __init__(self, *args: Any, groups: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["gruppe"]
        field.choices = [(name, name) for name in groups]


class StandardForm(forms.Form):
    """What a product group has to be bought from."""

    level = forms.ChoiceField(
        label="Verbindlichkeit",
        choices=StandardLevel.choices,
        widget=forms.RadioSelect,
        help_text="Außerhalb eines verbindlichen Standards ist ein Artikel gesperrt, außerhalb "
        "eines empfohlenen zeichnet die IT-Verantwortung mit.",
    )
    title = forms.CharField(label="Bezeichnung", max_length=120)
    explanation = forms.CharField(
        label="Erläuterung",
        max_length=250,
        help_text="Diesen Satz liest, wer etwas anderes bestellen will.",
    )
    item_ids = forms.TypedMultipleChoiceField(
        label="Positionen, die dem Standard entsprechen",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = day_field("gilt ab")
    valid_to = day_field("gilt bis", required=False)

    def __init__(self, *args: Any, by: Membership, group: str, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        fields: dict[str, Any] = self.fields
        fields["item_ids"].choices = [(row.pk, label(row)) for row in _positions(by, group, on)]
        fields["valid_from"].initial = on

    @property
    def spec(self) -> StandardSpec:
        """What is to be set."""
        data = self.cleaned_data
        return StandardSpec(
            product_group=self.group,
            level=StandardLevel(data["level"]),
            title=data["title"],
            explanation=data["explanation"],
            item_ids=tuple(data["item_ids"]),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


def standard_values(row: EquipmentStandard, on: date) -> dict[str, Any]:
    """What the form of the next version begins with."""
    return {
        "level": row.level,
        "title": row.title,
        "explanation": row.explanation,
        "item_ids": [entry.item_id for entry in row.entries.all()],
        "valid_from": max(row.valid_from, on),
        "valid_to": row.valid_to,
    }


def label(item: ContractItem) -> str:
    """A position with where it stands and who delivers it."""
    lot = item.award.lot
    where = f"{lot.agreement.number}, Los {lot.number}, Position {item.number}"
    return f"{item.title} ({where}, {item.award.supplier.name})"


def _positions(by: Membership, group: str, on: date) -> list[ContractItem]:
    """One item per position: those of further ranks follow it by themselves."""
    listings = entitled_listings(by.organisation_id, on).filter(article__product_group=group)
    rows = (
        equippable_items(by, on)
        .filter(pk__in=listings.values("item_id"))
        .select_related("award__lot__agreement", "award__supplier")
        .order_by("award__lot__agreement__number", "award__lot__number", "number", "award__rank")
    )
    found: dict[tuple[int, str], ContractItem] = {}
    for row in rows:
        found.setdefault((row.award.lot_id, row.number), row)
    return list(found.values())


class BundleForm(forms.Form):
    """Head of a bundle."""

    audience = forms.ChoiceField(label="für", choices=BundleAudience.choices)
    title = forms.CharField(label="Bezeichnung", max_length=120)
    description = forms.CharField(label="Beschreibung", max_length=250, required=False)


class BundleLineForm(forms.Form):
    """One article of a bundle, by its number, and how many of it."""

    article = forms.CharField(label="Artikelnummer", max_length=60, required=False)
    quantity = forms.IntegerField(
        label="Menge",
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs={"min": "1"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("article") and not data.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", "Bitte die Menge angeben.")
        if data.get("quantity") and not data.get("article"):
            self.add_error("article", "Bitte die Artikelnummer angeben.")
        return data


class BaseBundleLines(BaseFormSet):  # type: ignore[type-arg]
    """All lines together; numbers become positions in one query."""

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.on = by, on
        self.quantities: dict[int, int] = {}

    def clean(self) -> None:
        if any(self.errors):
            return
        numbers = [row["article"].strip() for row in self._filled()]
        items = self._items(numbers)
        for form in self.forms:
            number = form.cleaned_data.get("article", "").strip()
            found = items.get(number, set())
            if number and not found:
                form.add_error("article", "Diesen Artikel führt keine Ihrer Festpreis-Positionen.")
            elif len(found) > 1:
                form.add_error("article", "Mehrere Positionen führen diese Nummer.")
            elif found:
                (item_id,) = found
                more = self.quantities.get(item_id, 0) + form.cleaned_data["quantity"]
                self.quantities[item_id] = more

    def _filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("article")]

    def _items(self, numbers: Iterable[str]) -> dict[str, set[int]]:
        rows = entitled_listings(self.by.organisation_id, self.on).filter(
            item__in=bundle_items(self.by, self.on), article__supplier_aid__in=list(numbers)
        )
        found: dict[str, set[int]] = {}
        for number, item_id in rows.values_list("article__supplier_aid", "item_id"):
            found.setdefault(number, set()).add(item_id)
        return found


BundleLines = formset_factory(BundleLineForm, formset=BaseBundleLines, extra=0)


def bundle_lines(
    by: Membership, on: date, data: Any = None, lines: Sequence[BundleLine] = ()
) -> BaseBundleLines:
    """The rows of a bundle, some of them empty."""
    numbers = dict(
        Listing.objects.filter(item__in=[line.item_id for line in lines])
        .order_by("is_listed", "pk")
        .values_list("item_id", "article__supplier_aid")
    )
    rows: list[dict[str, Any]] = [
        {"article": numbers.get(line.item_id, ""), "quantity": line.quantity} for line in lines
    ]
    rows += [{} for _ in range(max(BUNDLE_ROWS - len(rows), 2))]
    # what was sent stands for itself: a row equal to its initial values would count as empty
    initial = rows if data is None else None
    formset = BundleLines(data, prefix="zeilen", initial=initial, by=by, on=on)
    return cast("BaseBundleLines", formset)


def bundle_spec(head: BundleForm, lines: BaseBundleLines) -> BundleSpec:
    """What is to be written."""
    data = head.cleaned_data
    return BundleSpec(
        audience=BundleAudience(data["audience"]),
        title=data["title"],
        description=data["description"],
        quantities=lines.quantities,
    )


class TimesForm(forms.Form):
    """How many teachers, pupils or rooms are to be equipped."""

    times = forms.IntegerField(min_value=1, max_value=MAX_TIMES)
