"""Two purchasing bodies that buy one article at a discount off its list price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.life.lifecycle import list_agreement
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    AwardTerms,
    ContractItem,
    Listing,
    PriceBasis,
    PriceChange,
)
from contracts.agreements.prices import changes, decisions, quotes
from contracts.agreements.prices.changes import Proposal
from contracts.agreements.writing.setup import (
    ItemSpec,
    create_agreement,
    create_award,
    create_item,
    create_lot,
    entitle,
    set_list_price,
    set_price,
)
from contracts.agreements.writing.tiers import TierRow
from contracts.parties.models import Membership, Role
from contracts.parties.models.organisation import OrganisationKind
from tests.world import DAY, NOW, World, _organisation, build_world, person

AUGUST = date(2026, 8, 1)
BEGIN = date(2026, 1, 1)


@dataclass
class Body:
    manager: Membership
    award: Award
    item: ContractItem
    listing: Listing

    def price(self, on: date) -> Decimal:
        rows = quotes.with_contract(Listing.objects.filter(article=self.listing.article_id))
        priced = quotes.offers(list(rows), on)
        return priced[self.listing.pk].tiers[0].net_unit_price


@dataclass
class Market:
    world: World
    keeper: Membership
    reviewer: Membership
    article: Article
    a: Body
    b: Body

    def proposed(self, body: Body, amount: int) -> PriceChange:
        proposal = Proposal(
            item_id=body.item.pk,
            effective_from=AUGUST,
            evidence="neue Liste",
            article_id=self.article.pk,
            list_amount=Decimal(amount),
        )
        return changes.propose(proposal, by=self.keeper, now=NOW)

    def accepted(self, body: Body, amount: int) -> None:
        change = self.proposed(body, amount)
        decisions.decide(change_id=change.pk, accept=True, by=body.manager, now=NOW)
        decisions.confirm(change_id=change.pk, accept=True, by=self.reviewer, now=NOW)


def two_bodies() -> Market:
    """Both bodies buy one article at ten percent off its list price of 100 EUR."""
    world = build_world()
    supplier = world.suppliers[0]
    body_b = _organisation("zbs-b", OrganisationKind.PURCHASING_BODY)
    manager_b = person("vertrag@b.example", body_b, Role.CONTRACT_MANAGER)
    article = Article.objects.create(
        supplier=supplier, supplier_aid="K", name="Maus", product_group="Zubehör", updated_at=NOW
    )
    bodies = [
        _body(world, article, f"RV-{name}", by)
        for name, by in (("A", world.manager), ("B", manager_b))
    ]
    return Market(
        world,
        person("katalog@l1.example", supplier, Role.SUPPLIER_CATALOGUE),
        person("zweit@zbs.example", world.purchasing, Role.REVIEWER),
        article,
        *bodies,
    )


def _body(world: World, article: Article, number: str, by: Membership) -> Body:
    agreement = create_agreement(
        number=number, title=number, notice_number=number, starts_on=BEGIN,
        ends_on=date(2029, 12, 31), estimate=Decimal(10**6), maximum=Decimal(10**6), by=by, now=NOW,
    )  # fmt: skip
    lot = create_lot(
        agreement, number=1, title="Zubehör", allocation=AllocationRule.SINGLE,
        estimate=Decimal(10**6), maximum=Decimal(10**6), by=by, now=NOW,
    )  # fmt: skip
    award = create_award(
        lot, supplier=article.supplier, reference="Z", awarded_on=BEGIN, by=by, now=NOW
    )
    spec = ItemSpec("9", "Zubehör", basis=PriceBasis.LIST_DISCOUNT, product_group="Zubehör")
    item = create_item(award, spec, by=by, now=NOW)
    tiers = [TierRow(1, discount_percent=Decimal(10))]
    set_price(item, tiers, valid_from=BEGIN, source="Z", by=by, now=NOW)
    set_list_price(
        article, Decimal(100), item=item, valid_from=BEGIN, evidence="Liste", by=by, now=NOW
    )
    (listing,) = list_articles([(item, article)], supplier=article.supplier, now=NOW)
    entitle(agreement, world.authority, valid_from=BEGIN, by=by, now=NOW)
    list_agreement(agreement.pk, by=by, now=NOW, on=DAY)
    AwardTerms.objects.filter(award=award).update(
        rise_percent_per_year=Decimal(50), rise_earliest_on=BEGIN, automatic_fall=True
    )
    return Body(by, award, item, listing)
