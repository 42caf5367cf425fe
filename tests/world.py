"""A small world for tests: one agreement with two lots, two suppliers, one authority."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.lifecycle import list_agreement
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    ContractItem,
    FrameworkAgreement,
    LegalFigure,
    Listing,
    Lot,
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
from contracts.parties.models import BudgetEntity, Membership, Organisation, Role, School, User
from contracts.parties.models.organisation import OrganisationKind
from orders import approvals, requisitions
from orders.basket import baskets
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalPolicy, ApprovalRule, BudgetLine, Requisition
from orders.models.approval import Verdict
from orders.requisitions import Ask, Share
from tests.remembered import remembered

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
DAY = date(2026, 6, 15)


def person(email: str, organisation: Organisation, role: Role, **extra: object) -> Membership:
    """A new person with one membership, valid since the start of 2026."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email=email)
    return Membership.objects.create(
        user=user, organisation=organisation, role=role, valid_from=date(2026, 1, 1), **extra
    )


@contextmanager
def drafting(agreement: FrameworkAgreement) -> Iterator[None]:
    """Lots and awards are written in drafts; the world is listed, so it is one for a moment."""
    rows = FrameworkAgreement.objects.filter(pk=agreement.pk)
    state = rows.get().state
    rows.update(state="draft")
    yield
    rows.update(state=state)


@dataclass
class World:
    """Everything a road test needs; build it with `build_world`."""

    purchasing: Organisation
    manager: Membership
    suppliers: list[Organisation]
    authority: Organisation
    other_authority: Organisation
    entity: BudgetEntity
    school: School
    officer: Membership
    approver: Membership
    outsider: Membership
    agreement: FrameworkAgreement
    lots: list[Lot]
    awards: list[Award]
    items: list[ContractItem]
    listings: list[Listing]
    budget_line: BudgetLine
    policy: ApprovalPolicy
    extra: dict[str, object] = field(default_factory=dict)

    def ask(self, title: str = "Notebooks für Klasse 7") -> Ask:
        """The default request: everything on the one budget line."""
        return Ask(title=title, shares={"": [Share(self.budget_line.pk)]})

    def draft(
        self, quantities: dict[int, int], *, by: Membership | None = None, now: datetime = NOW
    ) -> Requisition:
        """A draft over {index of listing: quantity}."""
        member = by or self.officer
        for index, quantity in quantities.items():
            baskets.set_quantity(
                by=member, listing_id=self.listings[index].pk, quantity=quantity, now=now
            )
        return requisitions.create_from_basket(
            by=member, ask=self.ask(), school_id=self.school.pk, now=now
        )

    def submitted(self, quantities: dict[int, int], now: datetime = NOW) -> Requisition:
        """A submitted requisition."""
        draft = self.draft(quantities, now=now)
        return requisitions.submit(requisition_id=draft.pk, by=self.officer, now=now)

    def approve(self, requisition: Requisition, now: datetime = NOW) -> Requisition:
        """Release a submitted requisition by the approver."""
        requisition.refresh_from_db()
        return approvals.decide(
            requisition_id=requisition.pk,
            revision_no=requisition.current_revision,
            verdict=Verdict.APPROVE,
            by=self.approver,
            now=now,
        )


@remembered
def build_world(
    *,
    lot_maximum: Decimal = Decimal("18000000"),
    notebook_quantity: int | None = 24_000,
    budget: Decimal = Decimal("500000"),
) -> World:
    """Two lots: notebooks at 19 % (tiered), digital textbooks at 7 % per year."""
    purchasing = _organisation("zbs", OrganisationKind.PURCHASING_BODY)
    manager = person("vertrag@zbs.example", purchasing, Role.CONTRACT_MANAGER)
    suppliers = [_organisation(f"lieferant-{n}", OrganisationKind.SUPPLIER) for n in (1, 2)]
    authority = _organisation("stadt-a", OrganisationKind.SCHOOL_AUTHORITY)
    other = _organisation("stadt-b", OrganisationKind.SCHOOL_AUTHORITY)
    agreement = create_agreement(
        number="RV-TEST",
        title="Schul-IT",
        notice_number="2026/S 001-000001",
        starts_on=date(2026, 1, 1),
        ends_on=date(2029, 12, 31),
        estimate=Decimal("12000000"),
        maximum=Decimal("64000000"),
        by=manager,
        now=NOW,
    )
    lots, awards, items, listings = [], [], [], []
    rows = [
        ("Notebooks", lot_maximum, "standard", notebook_quantity, _NOTEBOOK_TIERS),
        ("Digitale Schulbücher", Decimal("5000000"), "reduced", None, _BOOK_TIERS),
    ]
    for number, (title, maximum, vat_class, pieces, tiers) in enumerate(rows, start=1):
        lot = create_lot(
            agreement,
            number=number,
            title=title,
            allocation=AllocationRule.SINGLE,
            estimate=maximum,
            maximum=maximum,
            by=manager,
            now=NOW,
        )
        award = create_award(
            lot,
            supplier=suppliers[number - 1],
            reference=f"Z-{number}",
            awarded_on=date(2026, 1, 1),
            by=manager,
            now=NOW,
        )
        item = create_item(
            award,
            ItemSpec(
                number=f"{number}.1",
                title=title,
                basis=PriceBasis.FIXED,
                vat_class=vat_class,
                max_quantity=pieces,
            ),
            by=manager,
            now=NOW,
        )
        set_price(item, tiers, valid_from=date(2026, 1, 1), source="Zuschlag", by=manager, now=NOW)
        article = Article.objects.create(
            supplier=suppliers[number - 1],
            supplier_aid=f"A-{number}",
            name=title,
            updated_at=NOW,
        )
        listings += list_articles([(item, article)], supplier=suppliers[number - 1], now=NOW)
        lots.append(lot)
        awards.append(award)
        items.append(item)
    _law()
    entitle(agreement, authority, valid_from=date(2026, 1, 1), by=manager, now=NOW)
    list_agreement(agreement.pk, by=manager, now=NOW, on=DAY)
    entity = BudgetEntity.objects.create(organisation=authority, code="stadt-a", name="Stadt A")
    budget_line = create_line(
        budget_entity=entity,
        fiscal_year=2026,
        title="Geräte der Grundschule",
        dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
        appropriation=budget,
        document="Haushaltsplan 2026",
        by=None,
        now=NOW,
    )
    policy = ApprovalPolicy.objects.create(
        authority=authority, version=1, valid_from=date(2026, 1, 1), confirmed_at=NOW
    )
    ApprovalRule.objects.create(policy=policy, tier=1, role=Role.APPROVER)
    return World(
        purchasing=purchasing,
        manager=manager,
        suppliers=suppliers,
        authority=authority,
        other_authority=other,
        entity=entity,
        school=School.objects.create(authority=authority, name="Grundschule A", school_no="100001"),
        officer=person("beschaffung@stadt-a.example", authority, Role.PROCUREMENT_OFFICER),
        approver=person(
            "freigabe@stadt-a.example", authority, Role.APPROVER, signing_limit=Decimal(10**8)
        ),
        outsider=person("beschaffung@stadt-b.example", other, Role.PROCUREMENT_OFFICER),
        agreement=agreement,
        lots=lots,
        awards=awards,
        items=items,
        listings=listings,
        budget_line=budget_line,
        policy=policy,
    )


_NOTEBOOK_TIERS = (
    TierRow(1, net_unit_price=Decimal("429.0000")),
    TierRow(100, net_unit_price=Decimal("411.5000")),
)
_BOOK_TIERS = (TierRow(1, net_unit_price=Decimal("8.9000")),)


def _organisation(code: str, kind: OrganisationKind) -> Organisation:
    return Organisation.objects.create(
        code=code, kind=kind, name=code.title(), email=f"post@{code}.example"
    )


def _law() -> None:
    """VAT rules and the figures that a listing asks for, as of 2026."""
    for key, value in (
        ("eu-threshold-supplies", 216_000),
        ("term-months-above-threshold", 48),
        ("term-months-below-threshold", 72),
    ):
        LegalFigure.objects.create(
            key=key, value=value, valid=DateRange(date(2026, 1, 1), None), source="Test"
        )
    for vat_class, rate in (("standard", Decimal(19)), ("reduced", Decimal(7))):
        VatRule.objects.create(
            vat_class=vat_class,
            category="S",
            rate=rate,
            valid=DateRange(date(2021, 1, 1), None),
        )
