"""A list for the tests that open every page."""

from __future__ import annotations

from orders.models import ShoppingList
from orders.models.shopping_list import ListAudience
from orders.quick_order import lists
from tests.pages import PageWorld

NAME = "Standardausstattung"


def shared_list(pages: PageWorld, name: str = NAME) -> ShoppingList:
    """A list of the first article, shared with the whole authority by its procurement."""
    return lists.create(
        lists.ListHead(name, ListAudience.AUTHORITY),
        quantities={pages.world.listings[0].pk: 5},
        by=pages.officer,
        now=pages.now,
    )
