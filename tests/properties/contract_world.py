"""The world of the contract machine: one agreement, three lots, two buyers, tight caps.

Lot 1 (single): notebooks in two colours (tiered), stickers (cumulative tiers, thousandths of
a cent), accessories at a discount off a list price. Lot 2 (single): textbooks at 7 %. Lot 3
(cascade): tablets at two ranks; the first has a cap of its own, and which one is cheaper
depends on the quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    BuyerEntitlement,
    ContractItem,
    FrameworkAgreement,
    Listing,
    Lot,
    PriceBasis,
)
from contracts.agreements.prices.modification_effects import lower_cap
from contracts.agreements.writing.buyers import set_quota
from contracts.agreements.writing.setup import (
    ItemSpec,
    TierRow,
    create_award,
    create_lot,
    entitle,
    write_item,
    write_list_price,
    write_price,
)
from contracts.parties.models import BudgetEntity, Membership, Organisation, Role, School
from contracts.parties.models.organisation import OrganisationKind
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalPolicy, ApprovalRule, BudgetLine
from tests.price_changes import bargain
from tests.world import NOW, World, build_world, drafting, person

BEGIN = date(2026, 1, 1)
AGREEMENT_MAXIMUM = Decimal(90_000)
AGREEMENT_ESTIMATE = Decimal(70_000)
LOT_MAXIMUM = Decimal(60_000)
CASCADE_MAXIMUM = Decimal(4_000)
FIRST_RANK_MAXIMUM = Decimal(1_500)
NOTEBOOKS = 130
STICKERS = 90
TABLETS = 40
QUOTAS = (Decimal(60_000), Decimal(9_000))

STICKER_TIERS = (TierRow(1, Decimal("0.0450")), TierRow(20, Decimal("0.0333")))
ACCESSORY_TIERS = (
    TierRow(1, discount_percent=Decimal(10)),
    TierRow(5, discount_percent=Decimal("12.5")),
)
ACCESSORY_LIST_PRICE = Decimal("33.3337")
TABLET_TIERS = (
    (TierRow(1, Decimal("100.0050")), TierRow(10, Decimal("80.0000"))),
    (TierRow(1, Decimal("99.9900")), TierRow(10, Decimal("90.0000"))),
)


@dataclass
class Buyer:
    """An authority with everybody and everything it needs to order."""

    organisation: Organisation
    school: School
    entity: BudgetEntity
    budget: BudgetLine
    officer: Membership
    approver: Membership
    entitlement: BuyerEntitlement
    signing_officer: Membership


@dataclass
class Stage:
    """The world as rows; the machine reads its keys into the model."""

    world: World
    buyers: tuple[Buyer, Buyer]
    listings: list[Listing]
    keeper: Membership
    desks: dict[int, Membership]
    purchasing: dict[str, Membership]

    @property
    def agreement(self) -> FrameworkAgreement:
        return self.world.agreement

    @property
    def lots(self) -> list[Lot]:
        return self.world.lots


def build_stage() -> Stage:
    """Limits are small, so that every border is met within a few steps."""
    world = build_world(
        lot_maximum=LOT_MAXIMUM, notebook_quantity=NOTEBOOKS, budget=Decimal(75_000)
    )
    deal = bargain(world)
    _first_lot(world)
    _cascade(world)
    buyers = (_first_buyer(world), _second_buyer(world))
    _tighten(world)
    double = person("doppelt@zbs.example", world.purchasing, Role.CONTRACT_MANAGER)
    return Stage(
        world=world,
        buyers=buyers,
        listings=world.listings,
        keeper=deal.keeper,
        desks={
            supplier.pk: person(f"lager{n}@zwei.example", supplier, Role.SUPPLIER_ORDERS)
            for n, supplier in enumerate(_suppliers(world))
        },
        purchasing={
            "manager": world.manager,
            "reviewer": deal.reviewer,
            "both as manager": double,
            "both as reviewer": person("doppelt@zbs.example", world.purchasing, Role.REVIEWER),
        },
    )


def _suppliers(world: World) -> list[Organisation]:
    rows = Organisation.objects.filter(awards__lot__agreement=world.agreement)
    return list(rows.distinct().order_by("pk"))


def _first_lot(world: World) -> None:
    """A second colour of the notebook, stickers counted over all buyers, accessories."""
    award = world.awards[0]
    stickers = write_item(
        award,
        ItemSpec(
            "1.3", "Aufkleber", PriceBasis.FIXED, cumulative_tiers=True, max_quantity=STICKERS
        ),
        by=world.manager,
        now=NOW,
    )
    _price(world, stickers, STICKER_TIERS)
    accessories = write_item(
        award,
        ItemSpec("1.9", "Zubehör", PriceBasis.LIST_DISCOUNT, product_group="*"),
        by=world.manager,
        now=NOW,
    )
    _price(world, accessories, ACCESSORY_TIERS)
    for item, aid in ((world.items[0], "A-1-S"), (stickers, "A-3"), (accessories, "A-9")):
        _listed(world, item, aid)
    write_list_price(
        world.listings[-1].article,
        ACCESSORY_LIST_PRICE,
        item=accessories,
        valid_from=BEGIN,
        evidence="Preisliste 2026",
        by=world.manager,
        now=NOW,
    )
    world.items += [stickers, accessories]


def _cascade(world: World) -> None:
    lot = _lot_of_listed(world)
    for rank, tiers in enumerate(TABLET_TIERS, start=1):
        supplier = Organisation.objects.create(
            code=f"rang-{rank}",
            kind=OrganisationKind.SUPPLIER,
            name=f"Rang {rank}",
            email=f"post@rang-{rank}.example",
        )
        with drafting(world.agreement):
            award = create_award(
                lot,
                supplier=supplier,
                reference=f"R-{rank}",
                awarded_on=BEGIN,
                rank=rank,
                maximum=FIRST_RANK_MAXIMUM if rank == 1 else None,
                by=world.manager,
                now=NOW,
            )
        spec = ItemSpec("3.1", "Tablet", PriceBasis.FIXED, max_quantity=TABLETS)
        item = write_item(award, spec, by=world.manager, now=NOW)
        _price(world, item, tiers)
        _listed(world, item, f"T-{rank}")
        world.awards.append(award)
        world.items.append(item)


def _lot_of_listed(world: World) -> Lot:
    with drafting(world.agreement):
        lot = create_lot(
            world.agreement,
            number=3,
            title="Tablets",
            allocation=AllocationRule.CASCADE,
            estimate=CASCADE_MAXIMUM / 2,
            maximum=CASCADE_MAXIMUM,
            by=world.manager,
            now=NOW,
        )
    world.lots.append(lot)
    return lot


def _first_buyer(world: World) -> Buyer:
    entitlement = BuyerEntitlement.objects.get(buyer=world.authority)
    entitlement = set_quota(
        entitlement_id=entitlement.pk,
        quota=QUOTAS[0],
        document="Kontingentplan",
        by=world.manager,
        now=NOW,
    )
    return Buyer(
        world.authority,
        world.school,
        world.entity,
        world.budget_line,
        world.officer,
        world.approver,
        entitlement,
        _signing(world.officer),
    )


def _second_buyer(world: World) -> Buyer:
    authority = world.other_authority
    entity = BudgetEntity.objects.create(organisation=authority, code="stadt-b", name="Stadt B")
    policy = ApprovalPolicy.objects.create(
        authority=authority, version=1, valid_from=BEGIN, confirmed_at=NOW
    )
    ApprovalRule.objects.create(policy=policy, tier=1, role=Role.APPROVER)
    return Buyer(
        organisation=authority,
        school=School.objects.create(authority=authority, name="Schule B", school_no="100002"),
        entity=entity,
        budget=create_line(
            budget_entity=entity,
            fiscal_year=2026,
            title="Geräte",
            dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
            appropriation=Decimal(11_000),
            document="Haushaltsplan 2026",
            by=None,
            now=NOW,
        ),
        officer=world.outsider,
        approver=person(
            "freigabe@stadt-b.example", authority, Role.APPROVER, signing_limit=Decimal(10**8)
        ),
        entitlement=entitle(
            world.agreement,
            authority,
            valid_from=BEGIN,
            quota=QUOTAS[1],
            by=world.manager,
            now=NOW,
        ),
        signing_officer=_signing(world.outsider),
    )


def _signing(officer: Membership) -> Membership:
    """The same person with the approver's role as well: four eyes count people."""
    return person(
        officer.user.email,
        officer.organisation,
        Role.APPROVER,
        signing_limit=Decimal(10**8),
    )


def _tighten(world: World) -> None:
    """Maxima near what is ordered, and estimates that still let the agreement be listed."""
    FrameworkAgreement.objects.filter(pk=world.agreement.pk).update(
        estimated_value=AGREEMENT_ESTIMATE
    )
    for lot, estimate in zip(world.lots, (50_000, 3_000, 2_000), strict=True):
        Lot.objects.filter(pk=lot.pk).update(estimated_value=estimate)
    for account, limit in (
        (world.agreement.account, AGREEMENT_MAXIMUM),
        (world.lots[1].account, Decimal(5_000)),
    ):
        assert account is not None
        lower_cap(
            agreement_id=world.agreement.pk,
            account_id=account.pk,
            new_limit=limit,
            document="Vertragsentwurf",
            by=world.manager,
            now=NOW.replace(second=account.pk % 60),
        )


def _price(world: World, item: ContractItem, tiers: tuple[TierRow, ...]) -> None:
    write_price(item, tiers, valid_from=BEGIN, source="Zuschlag", by=world.manager, now=NOW)


def _listed(world: World, item: ContractItem, aid: str) -> None:
    award: Award = item.award
    article = Article.objects.create(
        supplier=award.supplier, supplier_aid=aid, name=f"{item.title} {aid}", updated_at=NOW
    )
    world.listings += list_articles([(item, article)], supplier=award.supplier, now=NOW)
