"""A world for the benchmarks: one agreement, one buyer, as many articles as asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from contracts.agreements.legal import EU_THRESHOLD, TERM_ABOVE
from contracts.agreements.life.lifecycle import list_agreement
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    ContractItem,
    LegalFigure,
    Listing,
    ListPriceVersion,
    PriceBasis,
    VatRule,
)
from contracts.agreements.writing.setup import (
    ItemSpec,
    TierRow,
    create_agreement,
    create_award,
    create_item,
    create_lot,
    entitle,
    set_price,
)
from contracts.catalogue.indexing import reindex
from contracts.clock import berlin_day
from contracts.parties.models import BudgetEntity, Membership, Organisation, Role, User
from contracts.parties.models.organisation import OrganisationKind
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalPolicy, ApprovalRule, BudgetLine

HUGE = Decimal("100000000000")


@dataclass
class BenchWorld:
    """Who acts, and under which award."""

    manager: Membership
    supplier_clerk: Membership
    officer: Membership
    approver: Membership
    award: Award
    discount_item: ContractItem
    budget_line: BudgetLine


def build() -> BenchWorld:
    """One lot with every cap there is: item, award, lot, agreement and the buyer's quota."""
    now = timezone.now()
    start = berlin_day(now) - timedelta(days=30)
    body = _organisation("zbs", OrganisationKind.PURCHASING_BODY)
    supplier = _organisation("lieferant", OrganisationKind.SUPPLIER)
    buyer = _organisation("stadt", OrganisationKind.SCHOOL_AUTHORITY)
    manager = _person("vertrag", body, Role.CONTRACT_MANAGER, start)
    agreement = create_agreement(
        number="RV-1",
        title="Schul-IT",
        notice_number="2026/S 1",
        starts_on=start,
        ends_on=start + timedelta(days=1400),
        estimate=HUGE,
        maximum=HUGE,
        by=manager,
        now=now,
    )
    lot = create_lot(
        agreement,
        number=1,
        title="Computer",
        allocation=AllocationRule.SINGLE,
        estimate=HUGE,
        maximum=HUGE,
        by=manager,
        now=now,
    )
    award = create_award(
        lot,
        supplier=supplier,
        reference="Z-1",
        awarded_on=start,
        maximum=HUGE,
        by=manager,
        now=now,
    )
    item = create_item(
        award,
        ItemSpec(
            number="1.0",
            title="Katalog",
            basis=PriceBasis.LIST_DISCOUNT,
            product_group="*",
            max_quantity=2_000_000_000,
        ),
        by=manager,
        now=now,
    )
    tiers = [TierRow(1, discount_percent=Decimal(12)), TierRow(50, discount_percent=Decimal(15))]
    set_price(item, tiers, valid_from=start, source="Zuschlag", by=manager, now=now)
    VatRule.objects.create(
        vat_class="standard",
        category="S",
        rate=Decimal(19),
        valid=DateRange(date(2021, 1, 1), None),
    )
    entitle(agreement, buyer, valid_from=start, quota=HUGE, by=manager, now=now)
    for key, value in ((EU_THRESHOLD, 216_000), (TERM_ABOVE, 48)):
        LegalFigure.objects.create(
            key=key, value=value, valid=DateRange(start, None), source="Messung"
        )
    list_agreement(agreement.pk, by=manager, now=now, on=berlin_day(now))
    policy = ApprovalPolicy.objects.create(
        authority=buyer, version=1, valid_from=start, confirmed_at=now
    )
    ApprovalRule.objects.create(policy=policy, tier=1, role=Role.APPROVER)
    entity = BudgetEntity.objects.create(organisation=buyer, code="stadt", name="Stadt")
    approver = _person("freigabe", buyer, Role.APPROVER, start)
    Membership.objects.filter(pk=approver.pk).update(signing_limit=HUGE)
    approver.refresh_from_db()
    return BenchWorld(
        manager=manager,
        supplier_clerk=_person("katalog", supplier, Role.SUPPLIER_CATALOGUE, start),
        officer=_person("kauf", buyer, Role.PROCUREMENT_OFFICER, start),
        approver=approver,
        award=award,
        discount_item=item,
        budget_line=create_line(
            budget_entity=entity,
            fiscal_year=now.year,
            title="Geräte",
            dimensions=Dimensions("21101", "0822100"),
            appropriation=HUGE,
            by=None,
            now=now,
        ),
    )


def shelf(world: BenchWorld, count: int) -> list[Listing]:
    """That many priced and indexed articles on the shelf."""
    now = timezone.now()
    start = berlin_day(now) - timedelta(days=30)
    articles = Article.objects.bulk_create(
        [
            Article(
                supplier=world.award.supplier,
                supplier_aid=f"N-{number}",
                name=f"Notebook {number}",
                manufacturer=f"Werk {number % 40}",
                product_group=f"Gruppe {number % 25}",
                updated_at=now,
            )
            for number in range(count)
        ],
        batch_size=5000,
    )
    ListPriceVersion.objects.bulk_create(
        [
            ListPriceVersion(
                article=article,
                item=world.discount_item,
                amount=Decimal("429.0000"),
                valid=DateRange(start, None),
                evidence="Preisliste",
                created_at=now,
            )
            for article in articles
        ],
        batch_size=5000,
    )
    listings = list_articles(
        [(world.discount_item, article) for article in articles],
        supplier=world.award.supplier,
        now=now,
    )
    reindex([listing.pk for listing in listings])
    return listings


def buyer(world: BenchWorld, number: int) -> Membership:
    """One more procurement officer of the authority, with a basket of their own."""
    officer = world.officer
    return _person(f"kauf-{number}", officer.organisation, Role(officer.role), officer.valid_from)


def _organisation(code: str, kind: OrganisationKind) -> Organisation:
    return Organisation.objects.create(code=code, kind=kind, name=code.title())


def _person(name: str, organisation: Organisation, role: Role, start: date) -> Membership:
    user = User.objects.create_user(f"{name}@{organisation.code}.example")
    return Membership.objects.create(
        user=user, organisation=organisation, role=role, valid_from=start
    )
