"""The equipment of the demo's authorities: standards and bundles.

They begin with the day of the seed, so the call-offs before it stand as they were made.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.agreements.gates.bundles import BundleSpec, create_bundle
from contracts.agreements.gates.standards import StandardSpec, create_standard
from contracts.agreements.models import BundleAudience, ContractItem, StandardLevel
from contracts.parties.models import Membership

from .days import Days
from .plans import PRINTERS_NUMBER, SCHOOL_IT_NUMBER

# level, agreement and position that meet it, title, what somebody reads who wants another
STANDARDS = (
    (
        StandardLevel.MANDATORY,
        (PRINTERS_NUMBER, "1.2"),
        "Druckkonzept der Schulen",
        "Die Stadt betreibt Multifunktionsgeräte statt einzelner Drucker.",
    ),
    (
        StandardLevel.RECOMMENDED,
        (SCHOOL_IT_NUMBER, "3.1"),
        "Displays für Unterrichtsräume",
        "Empfohlen sind 75 Zoll. Andere Größen zeichnet die IT-Verantwortung mit.",
    ),
    (
        StandardLevel.FREE,
        (SCHOOL_IT_NUMBER, "1.4"),
        "Zubehör nach Bedarf",
        "Die Schulen wählen Hüllen, Stifte und Kopfhörer selbst.",
    ),
)
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
    """What the city buys of printers and displays, and what a teacher, a pupil and a room get."""
    officer, now = people["it"], days.seeded_at
    first_ranks = ContractItem.objects.filter(award__rank=1)
    items = {
        (row.award.lot.agreement.number, row.number): row
        for row in first_ranks.select_related("award__lot__agreement")
    }
    for level, (number, position), title, explanation in STANDARDS:
        item = items[number, position]
        create_standard(
            StandardSpec(
                product_group=item.product_group,
                level=level,
                title=title,
                explanation=explanation,
                item_ids=(item.pk,),
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
