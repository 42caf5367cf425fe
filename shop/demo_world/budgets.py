"""Budgets of two fiscal years: lines, a pool, a freeze."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orders.binding.budgets import Dimensions, create_line, create_pool, freeze
from orders.models import BudgetLine

from .days import Days, start_of
from .parties import Parties
from .people import People

_DEVICES, _SMALL, _SERVICES = "0822100", "5255000", "5431500"
_POOLED = "pool"


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A budget line before it is written; `amount` in EUR, or "pool"."""

    key: str
    entity: str
    title: str
    product: str
    account: str
    amount: str
    school: str = ""
    measure: str = ""
    grant: str = ""


_LINES = (
    LinePlan(
        "see",
        "musterfelde",
        "Geräte Grundschule Am See",
        "21101",
        _DEVICES,
        "45000",
        school="gs-am-see",
    ),
    LinePlan(
        "ahorn",
        "musterfelde",
        "Geräte Ahorn-Grundschule",
        "21101",
        _DEVICES,
        "30000",
        school="gs-ahorn",
    ),
    LinePlan(
        "oberschule",
        "musterfelde",
        "Ausstattung Oberschule",
        "21501",
        _DEVICES,
        "120000",
        school="os-musterfelde",
        measure="M-2150-07",
        grant="DP2-0147",
    ),
    LinePlan(
        "gymnasium",
        "musterfelde",
        "Ausstattung Gymnasium",
        "21701",
        _DEVICES,
        "85000",
        school="gym-musterfelde",
    ),
    LinePlan("gwg", "musterfelde", "Geringwertige Güter Schulen", "24301", _SMALL, _POOLED),
    LinePlan("lizenzen", "musterfelde", "Lizenzen und Lernmittel", "24301", _SERVICES, _POOLED),
    LinePlan("birkenow", "birkenow", "Schul-IT Birkenow", "21101", _DEVICES, "28000"),
    LinePlan("kraehenwerder", "kraehenwerder", "Schul-IT Krähenwerder", "21101", _DEVICES, "22000"),
    LinePlan("sandhufe", "sandhufe", "Schul-IT Sandhufe", "21101", _DEVICES, "9000"),
    LinePlan(
        "kreis-geraete",
        "ostermark",
        "Endgeräte Kreisschulen",
        "21701",
        _DEVICES,
        "900000",
        measure="M-2170-02",
        grant="DP2-0203",
    ),
    LinePlan("kreis-netz", "ostermark", "Netzwerke Kreisschulen", "23101", _DEVICES, "240000"),
    LinePlan("kreis-dienste", "ostermark", "Lizenzen Kreisschulen", "24301", _SERVICES, "60000"),
    LinePlan("frei-geraete", "lindenhof", "Endgeräte", "S100", "0650", "70000"),
    LinePlan("frei-dienste", "lindenhof", "Lizenzen", "S100", "6810", "12000"),
    LinePlan("neuwalde", "neuwalde", "Schul-IT Neuwalde", "21101", _DEVICES, "15000"),
)


def create_budgets(parties: Parties, people: People, days: Days) -> dict[str, BudgetLine]:
    """Write both years; return the lines of the year of the seed by their keys."""
    keepers = {
        "musterfelde": people["kaemmerei"],
        "amt-seeblick": people["amtskaemmerei"],
        "landkreis-ostermark": people["kreiskaemmerei"],
    }
    lines: dict[str, BudgetLine] = {}
    for year in (days.year + 1, days.year):
        now = start_of(days.first_of(1))
        pool = create_pool(
            budget_entity=parties.entities["musterfelde"],
            fiscal_year=year,
            title="Deckungskreis Schul-IT",
            appropriation=Decimal(60_000),
            document=f"Haushaltsplan {year}",
            by=people["kaemmerei"],
            now=now,
        )
        for plan in _LINES:
            entity = parties.entities[plan.entity]
            lines[plan.key] = create_line(
                budget_entity=entity,
                fiscal_year=year,
                title=plan.title,
                dimensions=Dimensions(
                    budget_product=plan.product,
                    gl_account=plan.account,
                    cost_center=parties.schools[plan.school].cost_center if plan.school else "",
                    measure_no=plan.measure,
                    grant_no=plan.grant,
                ),
                appropriation=None if plan.amount == _POOLED else Decimal(plan.amount),
                pool=pool if plan.amount == _POOLED else None,
                school=parties.schools[plan.school] if plan.school else None,
                document=f"Haushaltsplan {year}",
                by=keepers.get(entity.organisation.code),
                now=now,
            )
    freeze(
        lines["gymnasium"],
        Decimal(20_000),
        document=f"Haushaltssperre {days.year}, Verfügung der Kämmerei",
        by=people["kaemmerei"],
        now=days.ago(30, 10),
    )
    return lines
