"""Shared lists: name and audience, and the line that an article becomes."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from contracts.parties.models import Membership
from orders.basket.baskets import MAX_QUANTITY
from orders.models import ShoppingList
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists


class ListForm(forms.Form):
    """Name and audience; only a membership of a school shares with a school."""

    name = forms.CharField(label="Name", max_length=lists.MAX_NAME)
    audience = forms.ChoiceField(
        label="Wer sie sieht und benutzt",
        choices=ListAudience.choices,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, by: Membership, row: ShoppingList | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "initial",
            {
                "name": row.name if row is not None else "",
                "audience": row.audience if row is not None else ListAudience.OWN,
            },
        )
        super().__init__(*args, **kwargs)
        if by.school_id is None and (row is None or row.school_id is None):
            field = cast("forms.ChoiceField", self.fields["audience"])
            field.choices = [
                (value, label)
                for value, label in ListAudience.choices
                if value != ListAudience.SCHOOL
            ]

    @property
    def head(self) -> lists.ListHead:
        """What was chosen."""
        return lists.ListHead(
            self.cleaned_data["name"], ListAudience(self.cleaned_data["audience"])
        )


class ListLineForm(forms.Form):
    """An article for one of the lists."""

    list = forms.IntegerField(min_value=1)
    listing = forms.IntegerField(min_value=1)
    quantity = forms.IntegerField(label="Menge", min_value=1, max_value=MAX_QUANTITY)
