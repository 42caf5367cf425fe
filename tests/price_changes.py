"""Price changes for tests: a supplier's keeper, a reviewer, terms with a price clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    Article,
    AwardTerms,
    ContractItem,
    LegalFigure,
    ModificationGround,
    ModificationKind,
    PriceBasis,
    PriceChange,
)
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import modifications
from contracts.agreements.prices.changes import Proposal
from contracts.agreements.prices.modifications import Entry
from contracts.agreements.writing.setup import ItemSpec, write_item, write_list_price, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.parties.models import Membership, Role
from tests.world import NOW, World, person

LATER = date(2026, 8, 1)
RISE = (Decimal("440.0000"), Decimal("420.0000"))  # 2.6 and 2.1 %
FALL = (Decimal("400.0000"), Decimal("390.0000"))
FAR_RISE = (Decimal("600.0000"), Decimal("580.0000"))


@dataclass
class Bargain:
    """The small world with everybody a price change needs."""

    world: World
    keeper: Membership
    reviewer: Membership

    @property
    def manager(self) -> Membership:
        return self.world.manager

    @property
    def item(self) -> ContractItem:
        return self.world.items[0]

    def proposal(self, prices: tuple[Decimal, Decimal] = RISE, **changed: object) -> Proposal:
        given: dict[str, object] = {
            "item_id": self.item.pk,
            "effective_from": LATER,
            "evidence": "Herstellerschreiben vom 1. Juni",
            "tiers": tiers(*prices),
        }
        return Proposal(**{**given, **changed})  # type: ignore[arg-type]

    def proposed(self, prices: tuple[Decimal, Decimal] = RISE, **changed: object) -> PriceChange:
        return price_changes.propose(self.proposal(prices, **changed), by=self.keeper, now=NOW)

    def decided(self, prices: tuple[Decimal, Decimal] = RISE, **changed: object) -> PriceChange:
        change = self.proposed(prices, **changed)
        return price_decisions.decide(
            change_id=change.pk,
            accept=True,
            entry=entry() if change.route == "modification" else None,
            by=self.manager,
            now=NOW,
        )

    def accepted(self, prices: tuple[Decimal, Decimal] = RISE, **changed: object) -> PriceChange:
        change = self.decided(prices, **changed)
        return price_decisions.confirm(change_id=change.pk, accept=True, by=self.reviewer, now=NOW)

    def terms(self, **changed: object) -> None:
        """Change the price clause of the first award in place."""
        AwardTerms.objects.filter(award=self.world.awards[0]).update(**changed)


def bargain(world: World) -> Bargain:
    """Five percent a year from 1 July on, thirty days of notice, falls by themselves."""
    made = Bargain(
        world=world,
        keeper=person("preise@l1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE),
        reviewer=person("zweit@zbs.example", world.purchasing, Role.REVIEWER),
    )
    made.terms(
        rise_percent_per_year=Decimal(5),
        rise_earliest_on=date(2026, 7, 1),
        price_notice_days=30,
        automatic_fall=True,
    )
    legal_figures()
    return made


def tiers(first: Decimal, second: Decimal) -> tuple[TierRow, TierRow]:
    return TierRow(1, net_unit_price=first), TierRow(100, net_unit_price=second)


def entry(
    value: Decimal = Decimal(100_000), kind: ModificationKind = ModificationKind.PRICE
) -> Entry:
    return Entry(
        kind=kind,
        ground=ModificationGround.DE_MINIMIS,
        description="Chipmangel, Marktpreise belegt",
        value=value,
    )


def longer_term(until: date = date(2030, 6, 30)) -> Entry:
    return replace(entry(Decimal(1000), ModificationKind.TERM), new_end=until)


def legal_figures() -> None:
    """The percentages of § 132 GWB; the threshold is part of the world."""
    for key, value in (
        ("modification-single-percent", 50),
        ("modification-de-minimis-percent", 10),
    ):
        LegalFigure.objects.create(
            key=key, value=value, valid=DateRange(date(2026, 1, 1), None), source="Test"
        )


def discount_item(world: World) -> tuple[ContractItem, Article]:
    """An item of the first award with ten percent off the list price of one article."""
    item = write_item(
        world.awards[0],
        ItemSpec("1.9", "Zubehör", basis=PriceBasis.LIST_DISCOUNT, product_group="Zubehör"),
        by=world.manager,
        now=NOW,
    )
    write_price(
        item,
        [TierRow(1, discount_percent=Decimal(10))],
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    article = Article.objects.create(
        supplier=world.suppliers[0], supplier_aid="Z-9", name="Netzteil", updated_at=NOW
    )
    write_list_price(
        article,
        Decimal("50.0000"),
        item=item,
        valid_from=date(2026, 1, 1),
        evidence="Preisliste 2026",
        by=world.manager,
        now=NOW,
    )
    world.listings += list_articles([(item, article)], supplier=world.suppliers[0], now=NOW)
    return item, article


def discount_proposal(world: World) -> Proposal:
    """A proposal about an item that no other test of the world touches."""
    item, _ = discount_item(world)
    return Proposal(
        item_id=item.pk,
        effective_from=date(2029, 12, 1),
        evidence="Neue Preisliste",
        tiers=(TierRow(1, discount_percent=Decimal(9)),),
    )


def price_targets(world: World, keeper: Membership, *, now: datetime) -> dict[str, int]:
    """Keys of a proposed change of the first supplier, and of a proposed modification."""
    legal_figures()
    change = price_changes.propose(discount_proposal(world), by=keeper, now=now)
    row = modifications.register(
        agreement_id=world.agreement.pk,
        entry=entry(Decimal(1000), ModificationKind.CAP),
        by=world.manager,
        now=now,
    )
    return {"change": change.pk, "modification": row.pk}
