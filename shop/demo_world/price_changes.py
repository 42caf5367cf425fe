"""Price changes of the demo: past ones, and those that wait for somebody.

What waits takes effect weeks after the seed, so the prices of the demo stay as shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

from contracts.agreements.models import (
    Award,
    ContractItem,
    ModificationGround,
    ModificationKind,
    PriceBasis,
    PriceChange,
    PriceVersion,
)
from contracts.agreements.prices import modifications
from contracts.agreements.prices.changes import Proposal, propose
from contracts.agreements.prices.decisions import confirm, decide
from contracts.agreements.prices.modifications import Entry
from contracts.agreements.writing.terms import Terms, add_terms
from contracts.agreements.writing.tiers import TierRow
from contracts.pricing import round_half_up

from .days import Days, start_of
from .people import People
from .plans import SCHOOL_IT_NUMBER

AHEAD = timedelta(days=60)
HEADPHONES = "1.8"
# by how much, why; the first holds by itself, the others wait for a second person, for
# the register of § 132 GWB, and for the contract manager
_STORIES = (
    (Decimal("0.96"), "Der Hersteller hat seinen Listenpreis gesenkt (Schreiben liegt vor)."),
    (Decimal("1.02"), "Frachtkosten gestiegen, Index der Großhandelspreise liegt bei."),
    (Decimal("1.12"), "Speicherbausteine sind knapp, Preisliste des Herstellers liegt bei."),
    (Decimal("1.01"), "Neue Tarifabschlüsse im Handel, Berechnung liegt bei."),
)


def change_prices_before(people: People, days: Days) -> None:
    """The headphones fell by the clause last year; this year two people agreed to a rise."""
    item = ContractItem.objects.get(
        number=HEADPHONES, award__lot__agreement__number=SCHOOL_IT_NUMBER
    )
    _propose_before(
        item,
        (("1", "18.90"), ("100", "16.60")),
        days.today - timedelta(days=330),
        "Günstigere Fertigung, Schreiben des Herstellers.",
        people,
    )
    told = days.today - timedelta(days=160)
    rise = _propose_before(
        item,
        (("1", "19.40"), ("100", "17.00")),
        told,
        "Gestiegene Rohstoffpreise, Index liegt bei.",
        people,
    )
    decide(
        change_id=rise.pk,
        accept=True,
        by=people["vertrag"],
        now=start_of(told + timedelta(days=5)),
    )
    confirm(
        change_id=rise.pk,
        accept=True,
        by=people["zweitpruefung"],
        now=start_of(told + timedelta(days=9)),
    )


def change_prices(award: Award, people: People, days: Days) -> None:
    """Agree on a price clause and let the supplier propose four new prices."""
    _agree_on_clause(award, people, days)
    items = ContractItem.objects.filter(award=award, basis=PriceBasis.FIXED).order_by("number")
    _, rise, outside, _ = (
        _propose(item, factor, evidence, people, days)
        for item, (factor, evidence) in zip(items[: len(_STORIES)], _STORIES, strict=True)
    )
    _register_scope(award, people, days)
    decide(change_id=rise.pk, accept=True, by=people["vertrag"], now=days.seeded_at)
    decide(
        change_id=outside.pk,
        accept=True,
        entry=Entry(
            kind=ModificationKind.PRICE,
            ground=ModificationGround.UNFORESEEN,
            description="Verknappung der Speicherbausteine nach Werksbrand; Mehrpreis für die "
            "restliche Laufzeit bei gleicher Abnahme.",
            value=Decimal(84_000),
        ),
        by=people["vertrag"],
        now=days.seeded_at,
    )


def _propose_before(
    item: ContractItem,
    tiers: Sequence[tuple[str, str]],
    told_on: date,
    evidence: str,
    people: People,
) -> PriceChange:
    """A proposal of its day, to take effect forty days later."""
    proposal = Proposal(
        item_id=item.pk,
        effective_from=told_on + timedelta(days=40),
        evidence=evidence,
        tiers=tuple(TierRow(int(quantity), Decimal(price)) for quantity, price in tiers),
    )
    return propose(proposal, by=people["katalog-havelland"], now=start_of(told_on))


def _propose(
    item: ContractItem, factor: Decimal, evidence: str, people: People, days: Days
) -> PriceChange:
    version = PriceVersion.objects.get(item=item, valid__contains=days.today)
    tiers = tuple(
        TierRow(row.from_quantity, round_half_up((row.net_unit_price or Decimal(0)) * factor))
        for row in version.tiers.order_by("from_quantity")
    )
    proposal = Proposal(
        item_id=item.pk,
        effective_from=days.today + AHEAD,
        evidence=evidence,
        tiers=tiers,
        price_unit=version.price_unit,
    )
    return propose(proposal, by=people["katalog"], now=days.seeded_at)


def _register_scope(award: Award, people: People, days: Days) -> None:
    """An earlier entry on the same ground, approved: the cumulative value counts it."""
    entry = modifications.register(
        agreement_id=award.lot.agreement_id,
        entry=Entry(
            kind=ModificationKind.SCOPE,
            ground=ModificationGround.UNFORESEEN,
            description="Vorübergehend Leihgeräte bis zur Wiederaufnahme der Lieferungen.",
            value=Decimal(120_000),
            lot_id=award.lot_id,
        ),
        by=people["vertrag"],
        now=days.ago(50, 10),
    )
    modifications.approve(
        modification_id=entry.pk, by=people["zweitpruefung"], now=days.ago(47, 11)
    )


def _agree_on_clause(award: Award, people: People, days: Days) -> None:
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
        by=people["vertrag"],
        now=days.seeded_at,
    )
