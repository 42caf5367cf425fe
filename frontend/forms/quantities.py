"""Many quantity fields on one page, read as the quick order reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from orders.quick_order import BadQuantity, Pick, parse_quantity

QUANTITY, CHOICE = "menge_", "wahl_"


@dataclass(frozen=True, slots=True)
class Quantities:
    """Quantities of the fields `menge_<listing>` or `menge_<listing>-<line>`.

    `typed` and `faults` by the rest of the name; `values` by listing, several fields summed.
    """

    typed: Mapping[str, str]
    values: Mapping[int, int]
    faults: Mapping[str, str]

    def is_valid(self) -> bool:
        """Whether every field holds a quantity."""
        return not self.faults

    @property
    def picks(self) -> list[Pick]:
        """What was given a quantity."""
        return [Pick(key, quantity) for key, quantity in self.values.items() if quantity]


def quantities(data: QueryDict, *, blank_is_none: bool = True) -> Quantities:
    """Read every such field; what is no quantity has its sentence in `faults`."""
    typed: dict[str, str] = {}
    values: dict[int, int] = {}
    faults: dict[str, str] = {}
    for key, text in fields(data, QUANTITY):
        listing = key.partition("-")[0]
        if not listing.isdecimal() or len(listing) > 18:
            continue
        typed[key] = text
        try:
            quantity = 0 if blank_is_none and not text else parse_quantity(text)
        except BadQuantity as error:
            faults[key] = error.sentence
        else:
            values[int(listing)] = values.get(int(listing), 0) + quantity
    return Quantities(typed, values, faults)


def fields(data: QueryDict, prefix: str) -> Iterator[tuple[str, str]]:
    """(rest of the name, value) of the fields whose names begin with *prefix*."""
    for name, value in data.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), str(value).strip()
