"""A gate, a standard and a bundle for the tests that open every page."""

from __future__ import annotations

from contracts.agreements.gates.bundles import BundleSpec, create_bundle
from contracts.agreements.gates.register import (
    GateScope,
    GateSpec,
    declare_opt_out,
    set_gate,
)
from contracts.agreements.gates.standards import StandardSpec, create_standard
from contracts.agreements.models import BundleAudience, GateEffect, GateReason, StandardLevel
from contracts.clock import berlin_day
from contracts.parties.models import Role
from tests.pages import PageWorld


def gate_targets(pages: PageWorld) -> dict[str, int]:
    """Keys by the names of the permission table; none of them stops an order."""
    day = berlin_day(pages.now)
    officer = pages.people[Role.IT_OFFICER]
    gate = set_gate(
        GateSpec(
            scope=GateScope(lot_id=pages.world.lots[0].pk),
            reason=GateReason.SAFETY,
            explanation="Netzteile der ersten Lieferung prüfen",
            evidence="Herstellerhinweis vom 1.3.2026",
            valid_from=day,
            effect=GateEffect.WARN,
        ),
        by=pages.people[Role.CONTRACT_MANAGER],
        now=pages.now,
    )
    standard = create_standard(
        StandardSpec(
            product_group="Notebooks",
            level=StandardLevel.FREE,
            title="Notebooks",
            explanation="Die Schulen wählen selbst.",
            item_ids=(pages.world.items[0].pk,),
            valid_from=day,
        ),
        by=officer,
        now=pages.now,
    )
    bundle = create_bundle(
        BundleSpec(
            audience=BundleAudience.CLASSROOM,
            title="Klassensatz",
            description="Für einen Raum",
            quantities={item.pk: 30 for item in pages.world.items},
        ),
        by=officer,
        now=pages.now,
    )
    return {"gate": gate.pk, "standard": standard.pk, "bundle": bundle.pk}


def more_gates(pages: PageWorld, *, first: int) -> None:
    """More rows for every list of gates, standards and bundles; again none that stops.

    Numbered from *first* on, because standards and bundles have names of their own.
    """
    day = berlin_day(pages.now)
    officer = pages.people[Role.IT_OFFICER]
    for number in range(first, first + 3):
        set_gate(
            GateSpec(
                scope=GateScope(item_id=pages.world.items[0].pk),
                reason=GateReason.SAFETY,
                explanation=f"Hinweis {number}",
                evidence="Vermerk",
                valid_from=day,
                effect=GateEffect.WARN,
            ),
            by=pages.people[Role.CONTRACT_MANAGER],
            now=pages.now,
        )
        declare_opt_out(
            lot_id=pages.world.lots[0].pk,
            product_group=f"Gruppe {number}",
            contract="Vertrag 17",
            explanation="Eigener Vertrag",
            valid_to=day,
            by=pages.officer,
            now=pages.now,
        )
        create_standard(
            StandardSpec(
                product_group=f"Gruppe {number}",
                level=StandardLevel.MANDATORY,
                title="Standard",
                explanation="Ein Modell für alle",
                item_ids=(pages.world.items[0].pk,),
                valid_from=day,
            ),
            by=officer,
            now=pages.now,
        )
        create_bundle(
            BundleSpec(
                audience=BundleAudience.TEACHER,
                title=f"Paket {number}",
                description="",
                quantities={pages.world.items[0].pk: 1},
            ),
            by=officer,
            now=pages.now,
        )
