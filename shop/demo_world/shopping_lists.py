"""Two shared lists: the city's standard for a class, and a school's that has aged since."""

from __future__ import annotations

from contracts.agreements.models import Listing
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists

from .days import Days
from .people import People
from .plans import PRINTERS_NUMBER, SCHOOL_IT_NUMBER

# agreement and position of rank 1 -> pieces
CLASS = {
    (SCHOOL_IT_NUMBER, "1.1"): 28,
    (SCHOOL_IT_NUMBER, "1.2"): 28,
    (SCHOOL_IT_NUMBER, "1.4"): 28,
    (SCHOOL_IT_NUMBER, "3.1"): 1,
    (SCHOOL_IT_NUMBER, "3.2"): 1,
}
# Of these one is replaced later, one recalled, and one is of the agreement that is nearly used up.
STAFF_ROOM = {
    (SCHOOL_IT_NUMBER, "1.3"): 6,
    (SCHOOL_IT_NUMBER, "1.6"): 10,
    (PRINTERS_NUMBER, "1.3"): 20,
    (SCHOOL_IT_NUMBER, "2.2"): 2,
}


def remember(people: People, days: Days) -> None:
    """Write both, before the successor of the case is released."""
    lists.create(
        lists.ListHead("Standardausstattung Klasse", ListAudience.AUTHORITY),
        quantities=_listings(CLASS),
        by=people["beschaffung"],
        now=days.ago(45, 9, 30),
    )
    lists.create(
        lists.ListHead("Lehrerzimmer und Druckraum", ListAudience.SCHOOL),
        quantities=_listings(STAFF_ROOM),
        by=people["schule"],
        now=days.ago(30, 13, 10),
    )


def _listings(pieces: dict[tuple[str, str], int]) -> dict[int, int]:
    """The first article of each position, by listing."""
    found: dict[tuple[str, str], int] = {}
    rows = Listing.objects.filter(
        item__award__rank=1,
        item__award__lot__agreement__number__in={number for number, _ in pieces},
        item__number__in={position for _, position in pieces},
    ).order_by("pk")
    for pk, number, position in rows.values_list(
        "pk", "item__award__lot__agreement__number", "item__number"
    ):
        found.setdefault((number, position), pk)
    return {found[place]: quantity for place, quantity in pieces.items()}
