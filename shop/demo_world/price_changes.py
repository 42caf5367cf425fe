"""Price changes of the demo: one that holds by itself, one that waits, one for the register.

All take effect weeks after the seed, so the prices of the demo stay as they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

from contracts.agreements.models import Award, ContractItem, PriceBasis, PriceVersion
from contracts.agreements.price_changes import Proposal, propose
from contracts.agreements.terms import Terms, add_terms
from contracts.agreements.tiers import TierRow
from contracts.parties.models import Membership
from contracts.pricing import round_half_up

from .days import Days

AHEAD = timedelta(days=60)
# by how much, why
STORIES = (
    (Decimal("0.96"), "Der Hersteller hat seinen Listenpreis gesenkt (Schreiben liegt vor)."),
    (Decimal("1.02"), "Frachtkosten gestiegen, Index der Großhandelspreise liegt bei."),
    (Decimal("1.12"), "Speicherbausteine sind knapp, Preisliste des Herstellers liegt bei."),
)


def change_prices(award: Award, people: Mapping[str, Membership], days: Days) -> None:
    """Agree on a price clause and let the supplier propose three new prices."""
    _agree_on_clause(award, people["vertrag"], days)
    items = ContractItem.objects.filter(award=award, basis=PriceBasis.FIXED).order_by("number")
    for item, (factor, evidence) in zip(items[: len(STORIES)], STORIES, strict=True):
        version = PriceVersion.objects.get(item=item, valid__contains=days.today)
        tiers = tuple(
            TierRow(row.from_quantity, round_half_up((row.net_unit_price or Decimal(0)) * factor))
            for row in version.tiers.order_by("from_quantity")
        )
        propose(
            Proposal(
                item_id=item.pk,
                effective_from=days.today + AHEAD,
                evidence=evidence,
                tiers=tiers,
                price_unit=version.price_unit,
            ),
            by=people["katalog"],
            now=days.seeded_at,
        )


def _agree_on_clause(award: Award, manager: Membership, days: Days) -> None:
    """Three percent a year with four weeks of notice; falls hold by themselves."""
    latest = award.terms.order_by("-version")[0]
    known = Terms(**{field.name: getattr(latest, field.name) for field in fields(Terms)})
    add_terms(
        award_id=award.pk,
        terms=replace(
            known,
            rise_percent_per_year=Decimal(3),
            price_notice_days=28,
            automatic_fall=True,
        ),
        valid_from=days.today,
        document="Nachtrag zur Preisklausel",
        by=manager,
        now=days.seeded_at,
    )
