"""Whose turn it is, said to somebody whose turn it is not."""

from __future__ import annotations

from contracts.clock import BERLIN
from orders.models import Decision, Requisition
from orders.signing.rules import open_tier
from orders.signing.steps import steps_of_round


def not_your_turn(requisition: Requisition, role: str) -> str:
    """Why the open tier asks nobody of *role*: who signed for it last, and who is asked now."""
    steps = list(steps_of_round(requisition).order_by("tier", "pk"))
    tier = open_tier([(step.tier, step.completed_at is not None) for step in steps])
    asked = [row for row in steps if row.tier == tier and row.completed_at is None]
    now_with = ", ".join(dict.fromkeys(row.get_role_display() for row in asked))
    done = [row.pk for row in steps if row.role == role and row.completed_at is not None]
    last = (
        Decision.objects.filter(step_id__in=done)
        .select_related("person", "on_behalf_of")
        .order_by("-decided_at", "-pk")
        .first()
    )
    if last is None:
        return f"Die Anforderung wartet auf eine andere Stufe oder Rolle: {now_with}."
    who = f"{last.person} für {last.on_behalf_of}" if last.on_behalf_of else str(last.person)
    return (
        f"Für Ihre Rolle hat schon unterschrieben: {who}, "
        f"{last.decided_at.astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr. "
        f"Die Anforderung wartet jetzt auf: {now_with}."
    )
