"""Bad input of quick order and shared lists, for the table in docs/bad-input.md."""

from __future__ import annotations

from collections.abc import Callable

from contracts.agreements.life import lifecycle
from orders import quick_order
from orders.models import ShoppingList
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists
from tests.world import NOW, World

HEAD = lists.ListHead("Klasse 7", ListAudience.OWN)


def _kept(world: World) -> ShoppingList:
    return lists.create(HEAD, quantities={world.listings[0].pk: 5}, by=world.officer, now=NOW)


def _of_an_old_list(world: World) -> Callable[[], object]:
    (line,) = _kept(world).lines.all()
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Neue Ausschreibung", by=world.manager, now=NOW
    )
    picks = [quick_order.Pick(line.listing_id, line.quantity)]
    return lambda: quick_order.put_into_basket(picks=picks, by=world.officer, now=NOW)


def _quantity(quantity: int) -> Callable[[World], Callable[[], object]]:
    def case(world: World) -> Callable[[], object]:
        row = _kept(world)
        return lambda: lists.set_quantities(
            list_id=row.pk,
            quantities={world.listings[0].pk: quantity},
            by=world.officer,
            now=NOW,
        )

    return case


def _name_taken(world: World) -> Callable[[], object]:
    _kept(world)
    return lambda: _kept(world)


def _without_a_name(world: World) -> Callable[[], object]:
    head = lists.ListHead(" ", ListAudience.OWN)
    return lambda: lists.create(head, quantities={}, by=world.officer, now=NOW)


def _nothing_chosen(world: World) -> Callable[[], object]:
    return lambda: quick_order.put_into_basket(picks=[], by=world.officer, now=NOW)


def _file(content: bytes) -> Callable[[World], Callable[[], object]]:
    return lambda _world: lambda: quick_order.text_of_file(content)


QUICK_ORDERS: dict[str, Callable[[World], Callable[[], object]]] = {
    "article of an ended agreement from an old list": _of_an_old_list,
    "list: negative quantity": _quantity(-1),
    "list: quantity of 10^9": _quantity(10**9),
    "list: name taken": _name_taken,
    "list: without a name": _without_a_name,
    "quick order: nothing chosen": _nothing_chosen,
    "quick order: file that is no table": _file("Nummer;Menge\nA-1;3".encode("utf-16-le")),
    "quick order: empty file": _file(b""),
}

# Files with one bad line and one good one.
LINES: dict[str, bytes] = {
    "quick order: quantity zero": b"Nummer;Menge\nA-1;0\nA-2;1",
    "quick order: negative quantity": b"Nummer;Menge\nA-1;-3\nA-2;1",
    "quick order: fractional quantity": b"Nummer;Menge\nA-1;2,5\nA-2;1",
    "quick order: quantity of 10^9": b"Nummer;Menge\nA-1;1000000000\nA-2;1",
    "quick order: CSV with colons as separators": b"A-1:3\nA-2",
    "quick order: CSV with several commas": b"Nummer;Menge\nA-1,2,5;\nA-2;1",
    "quick order: CSV encoded twice": (
        "Nummer;Menge\nGer\ufffdt;1\nA-2;1".encode().decode("latin-1").encode()
    ),
}
