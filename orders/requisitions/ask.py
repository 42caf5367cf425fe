"""What is asked for, as plain data: head, account assignment, places of delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.agreements.allocation.allotment import base_key
from contracts.agreements.prices.ordering import Wanted
from contracts.pricing import InvalidQuantity, decimals, german
from orders.basket.baskets import MAX_QUANTITY
from orders.errors import EmptyBasket, InvalidAssignment, InvalidDelivery
from orders.facts import Place, RevisionFacts

HUNDRED = Decimal(100)
SHARE_PLACES = 4


@dataclass(frozen=True, slots=True)
class Share:
    """Which budget line carries how many percent of a line."""

    budget_line_id: int
    percent: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class Ask:
    """The head of a requisition, and per line key ('' is the default) shares and place.

    A draft may come without shares: a school asks, procurement assigns.
    """

    title: str
    justification: str = ""
    needed_by: date | None = None
    shares: Mapping[str, Sequence[Share]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    def shares_of(self, key: str) -> Sequence[Share]:
        """The shares of one line, or of the line that a part was split off; maybe none."""
        found = self.shares.get(key) or self.shares.get(base_key(key)) or self.shares.get("")
        return found or ()

    def place_of(self, key: str) -> Place | None:
        """The place of one line, or of the line that a part was split off, or the default."""
        for known in (key, base_key(key), ""):
            if known in self.places:
                return self.places[known]
        return None


def asked(revision: RevisionFacts) -> Ask:
    """A revision as an Ask, to write the next one from."""
    return Ask(
        title=revision.title,
        justification=revision.justification,
        needed_by=revision.needed_by,
        shares={
            line.key: [Share(row.budget_line.pk, row.share_percent) for row in line.assignments]
            for line in revision.lines
        },
        places={line.key: line.place for line in revision.lines if line.place is not None},
    )


def require_lines(wanted: Sequence[Wanted]) -> None:
    """Raise EmptyBasket without a line, InvalidQuantity for one nobody can mean."""
    if not wanted:
        raise EmptyBasket("Eine Anforderung braucht mindestens eine Zeile.")
    for line in wanted:
        require_quantity(line.quantity)


def require_quantity(quantity: int) -> None:
    """Raise InvalidQuantity unless a line may ask for as many."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(
            f"Bitte eine ganze Menge zwischen 1 und {MAX_QUANTITY:_} angeben.".replace("_", ".")
        )


def require_whole(shares: Collection[Share]) -> None:
    """Raise InvalidAssignment unless the shares are 100 percent together."""
    if any(share.percent <= 0 or decimals(share.percent) > SHARE_PLACES for share in shares):
        raise InvalidAssignment(
            "Jeder Anteil muss über 0 Prozent liegen und hat höchstens "
            f"{SHARE_PLACES} Nachkommastellen."
        )
    total = sum((share.percent for share in shares), Decimal(0))
    if total != HUNDRED:
        raise InvalidAssignment(f"Die Anteile ergeben {german(total)} statt 100 Prozent.")


def require_order(place: Place) -> None:
    """Raise InvalidDelivery when days or hours are in the wrong order or half given."""
    if place.earliest and place.latest and place.latest < place.earliest:
        raise InvalidDelivery("Der späteste Liefertag liegt vor dem frühesten.")
    if (place.time_from is None) != (place.time_until is None):
        raise InvalidDelivery("Das Zeitfenster braucht Beginn und Ende.")
    if place.time_from and place.time_until and place.time_until <= place.time_from:
        raise InvalidDelivery("Das Zeitfenster endet vor seinem Beginn.")
