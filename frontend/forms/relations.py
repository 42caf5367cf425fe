"""The form that ties one position of an agreement to another."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from contracts.agreements.models import ContractItem, FrameworkAgreement, RelationKind
from contracts.agreements.writing.relations import Tie
from frontend.forms.ids import OwnIds


class ItemChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A position by lot, number, title and rank."""

    def label_from_instance(self, obj: ContractItem) -> str:
        rank = f" (Rang {obj.award.rank})" if obj.award.rank > 1 else ""
        return f"Los {obj.award.lot.number}, {obj.number} {obj.title}{rank}"


class RelationForm(OwnIds, forms.Form):
    """Which position hangs on which, and how."""

    ids = "bezug"
    item = ItemChoice(ContractItem.objects.none(), label="Position", empty_label="Bitte wählen")
    kind = forms.ChoiceField(label="Art des Bezugs", choices=RelationKind.choices)
    to_item = ItemChoice(
        ContractItem.objects.none(), label="Bezugsposition", empty_label="Bitte wählen"
    )
    quantity = forms.IntegerField(
        label="Menge je Bezug",
        min_value=1,
        initial=1,
        help_text="Stück je Bündel, oder wie viele je Gerät abgerufen werden können.",
    )

    def __init__(self, *args: Any, agreement: FrameworkAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            ContractItem.objects.filter(award__lot__agreement=agreement)
            .select_related("award__lot")
            .order_by("award__lot__number", "award__rank", "number")
        )
        for name in ("item", "to_item"):
            cast("forms.ModelChoiceField[ContractItem]", self.fields[name]).queryset = rows

    @property
    def tie(self) -> Tie:
        """The valid form as the domain takes it."""
        return Tie(
            item_id=self.cleaned_data["item"].pk,
            to_item_id=self.cleaned_data["to_item"].pk,
            kind=RelationKind(self.cleaned_data["kind"]),
            quantity=self.cleaned_data["quantity"],
        )
