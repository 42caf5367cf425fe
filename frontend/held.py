"""What the actor's basket holds, read once per request: pages and the navigation ask for it."""

from __future__ import annotations

from django.http import HttpRequest

from contracts.parties.models import Membership
from orders.basket import baskets


def held_by(request: HttpRequest, actor: Membership) -> dict[int, int]:
    """Quantity per listing of the open basket."""
    if not hasattr(request, "held"):
        request.held = dict(baskets.quantities(actor))  # type: ignore[attr-defined]
    return request.held  # type: ignore[attr-defined,no-any-return]
