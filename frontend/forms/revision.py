"""Editing a requisition: a new revision of head and quantities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from contracts.agreements.prices.quotes import Wanted
from orders.baskets import MAX_QUANTITY
from orders.models import RequisitionLine
from orders.requisitions import Ask, Share, key_of

from .requisition import HeadForm


class RevisionForm(HeadForm):
    """The head with one quantity field per line; 0 leaves the line out."""

    def __init__(self, data: Any = None, *, lines: Sequence[RequisitionLine], old: Ask) -> None:
        super().__init__(
            data,
            initial={
                "title": old.title,
                "justification": old.justification,
                "needed_by": old.needed_by,
            },
        )
        # a quantity split over the ranks of a lot may stand on one listing twice
        self.lines = list({line.listing_id: line for line in reversed(lines)}.values())[::-1]
        self.old = old
        for line in self.lines:
            self.fields[_name(line)] = forms.IntegerField(
                label=f"Menge: {line.title}",
                min_value=0,
                max_value=MAX_QUANTITY,
                initial=sum(row.quantity for row in lines if row.listing_id == line.listing_id),
            )

    def head(self) -> list[BoundField]:
        """The fields besides the quantities."""
        return [self[name] for name in ("title", "justification", "needed_by")]

    def rows(self) -> list[tuple[RequisitionLine, BoundField]]:
        """The first line of each listing with its quantity field."""
        return [(line, self[_name(line)]) for line in self.lines]

    @property
    def old_shares(self) -> Sequence[Share]:
        """The account assignment of the first line, to start from."""
        return next(iter(self.old.shares.values()), ())

    @property
    def has_mixed_shares(self) -> bool:
        """Whether lines were assigned differently; saving puts all on the same shares."""
        return any(list(shares) != list(self.old_shares) for shares in self.old.shares.values())

    @property
    def wanted(self) -> list[Wanted]:
        """The lines with their quantities; 0 takes one out."""
        quantities = {line: self.cleaned_data[_name(line)] for line in self.lines}
        return [
            Wanted(key_of(line), line.listing_id, quantity)
            for line, quantity in quantities.items()
            if quantity
        ]


def _name(line: RequisitionLine) -> str:
    return f"menge_{line.listing_id}"
