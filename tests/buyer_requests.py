"""What a buyer's program sends in tests."""

from __future__ import annotations

from typing import Any

from contracts.agreements.gates.register import GateScope, GateSpec, set_gate
from contracts.agreements.models import GateReason
from tests.world import DAY, NOW, World

REQUISITIONS = "/api/v1/buyer/requisitions"


def requisition(world: World, *quantities: int, **changed: Any) -> dict[str, Any]:
    """A request for so many pieces of the world's articles, by turns; paid from its budget."""
    given: dict[str, Any] = {
        "title": "Notebooks für Klasse 7",
        "school_no": world.school.school_no,
        "assignments": [{"budget_line": world.budget_line.pk}],
        "lines": [
            line(world, index % len(world.listings), quantity)
            for index, quantity in enumerate(quantities or (30,))
        ],
    }
    return {name: value for name, value in {**given, **changed}.items() if value is not None}


def line(world: World, index: int = 0, quantity: Any = 1, **changed: Any) -> dict[str, Any]:
    """A line over one of the world's articles."""
    return {"article": world.listings[index].pk, "quantity": quantity, **changed}


def block(world: World, index: int = 0) -> None:
    """Suspend one of the world's articles, for a reason."""
    scope = GateScope(article_id=world.listings[index].article_id)
    spec = GateSpec(scope, GateReason.SAFETY, "Netzteil wird heiß", "Rückruf 12", DAY)
    set_gate(spec, by=world.manager, now=NOW)
