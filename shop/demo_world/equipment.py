"""The equipment of the demo's authorities: standards and bundles.

They begin with the day of the seed, so the call-offs before it stand as they were made.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.agreements.bundles import BundleSpec, create_bundle
from contracts.agreements.models import BundleAudience, ContractItem, StandardLevel
from contracts.agreements.standards import StandardSpec, create_standard
from contracts.parties.models import Membership

from .agreements import SCHOOL_IT_NUMBER
from .days import Days

STANDARD_PRINTER = "Multifunktionsgerät A3"
BUNDLES = (
    (
        BundleAudience.TEACHER,
        "Lehrkraft",
        "Lehrkräftenotebook mit Zubehör",
        {"2.2": 1, "2.3": 1},
    ),
    (
        BundleAudience.PUPIL,
        "Schülerin oder Schüler",
        "Tablet mit Stift, Hülle und Geräteverwaltung",
        {"1.1": 1, "1.2": 1, "1.4": 1, "5.1": 1},
    ),
    (
        BundleAudience.CLASSROOM,
        "Unterrichtsraum",
        "Interaktives Display mit Halterung",
        {"3.1": 1, "3.2": 1},
    ),
)


def equip(people: Mapping[str, Membership], days: Days) -> None:
    """Which printer the city buys, and what a teacher, a pupil and a room get."""
    officer, now = people["it"], days.seeded_at
    first_ranks = ContractItem.objects.filter(award__rank=1)
    items = {
        (row.award.lot.agreement.number, row.number): row
        for row in first_ranks.select_related("award__lot__agreement")
    }
    printer = next(row for row in items.values() if row.title == STANDARD_PRINTER)
    create_standard(
        StandardSpec(
            product_group=printer.product_group,
            level=StandardLevel.MANDATORY,
            title="Druckkonzept der Schulen",
            explanation="Die Stadt betreibt Multifunktionsgeräte statt einzelner Drucker.",
            item_ids=(printer.pk,),
            valid_from=days.today,
        ),
        by=officer,
        now=now,
    )
    for audience, title, description, lines in BUNDLES:
        quantities = {
            items[SCHOOL_IT_NUMBER, number].pk: quantity for number, quantity in lines.items()
        }
        spec = BundleSpec(audience, title, description, quantities)
        create_bundle(spec, by=officer, now=now)
