"""The world of the approval machine: one authority, people with several roles, tight money.

Prices are such that every tax is exact to the cent per piece and per share: rounding is
proven elsewhere, here it would hide who signed for how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, BuyerEntitlement, ContractItem, PriceBasis
from contracts.agreements.writing.buyers import set_quota
from contracts.agreements.writing.setup import ItemSpec, TierRow, write_item, write_price
from contracts.parties.models import BudgetEntity, Membership, Role, School
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalPolicy, ApprovalRule, BudgetLine
from tests.world import NOW, World, build_world, person

from .approval_model import Rule

BEGIN = date(2026, 1, 1)
QUOTA = Decimal(30_000)
BUDGETS = (Decimal(26_000), Decimal(6_000))
DEVICES = 60
DEVICE_TIERS = (TierRow(1, Decimal("400.0000")), TierRow(20, Decimal("370.0000")))
BOOK_TIERS = (TierRow(1, Decimal("10.0000")),)

APPROVER, TREASURER, IT = Role.APPROVER, Role.TREASURER, Role.IT_OFFICER
POLICIES: tuple[tuple[Rule, ...], ...] = (
    (
        Rule(1, APPROVER, days=3, escalates_to=TREASURER),
        Rule(2, TREASURER, from_cents=2_000_00, days=5),
    ),
    (Rule(1, APPROVER, signers=2),),
    (
        Rule(1, APPROVER, days=2),
        Rule(1, IT, from_cents=1_000_00, days=4, escalates_to=TREASURER),
        Rule(2, TREASURER, from_cents=5_000_00, days=9, committee="Hauptausschuss"),
    ),
    (Rule(1, APPROVER), Rule(2, APPROVER, from_cents=4_000_00)),
)
"""What an authority may set up; the first is in force when the world begins."""


@dataclass(frozen=True)
class Stage:
    """The world as rows; the machine reads its keys into the model."""

    world: World
    members: dict[str, Membership]
    devices: int
    books: int
    schools: tuple[School, School]
    budgets: tuple[BudgetLine, BudgetLine]
    entities: tuple[BudgetEntity, BudgetEntity]
    quota: int

    @property
    def prices(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """Net cents per piece from a quantity on, by listing."""
        return {
            self.devices: ((1, 400_00), (20, 370_00)),
            self.books: ((1, 10_00),),
        }


def build_stage() -> Stage:
    """Limits are small, so that every border is met within a few steps."""
    world = build_world(budget=BUDGETS[0])
    _write_rules(world.policy, POLICIES[0])
    entitlement = set_quota(
        entitlement_id=BuyerEntitlement.objects.get(buyer=world.authority).pk,
        quota=QUOTA,
        document="Kontingentplan",
        by=world.manager,
        now=NOW,
    )
    assert entitlement.quota_id is not None
    second = BudgetEntity.objects.create(
        organisation=world.authority, code="stadt-a-eigenbetrieb", name="Eigenbetrieb A"
    )
    return Stage(
        world=world,
        members=_people(world),
        devices=_listed(world, 0, "1.5", "Rechner", "standard", DEVICES, DEVICE_TIERS),
        books=_listed(world, 1, "2.5", "Hefte", "reduced", None, BOOK_TIERS),
        schools=(
            world.school,
            School.objects.create(
                authority=world.authority, name="Oberschule A", school_no="100003"
            ),
        ),
        budgets=(world.budget_line, _second_budget(second)),
        entities=(world.entity, second),
        quota=entitlement.quota_id,
    )


def _people(world: World) -> dict[str, Membership]:
    """By name; "otto" and "lena" ask and approve, "alma" approves and keeps the treasury.

    "kira" and "kolja" keep the rules and sign nothing themselves.
    """
    town, mail = world.authority, "{}@stadt-a.example".format
    world.approver.signing_limit = Decimal(3_000)
    world.approver.save(update_fields=["signing_limit"])
    return {
        "olga": world.officer,
        "anna": world.approver,
        "otto asking": person(mail("otto"), town, Role.PROCUREMENT_OFFICER),
        "otto signing": person(mail("otto"), town, APPROVER, signing_limit=Decimal(50_000)),
        "sven": person(mail("sven"), town, Role.SCHOOL_REQUESTER, school=world.school),
        "lena asking": person(mail("lena"), town, Role.SCHOOL_REQUESTER, school=world.school),
        "lena signing": person(mail("lena"), town, APPROVER, signing_limit=Decimal(50_000)),
        "bert": person(mail("bert"), town, APPROVER, signing_limit=Decimal(20_000)),
        "alma approving": person(mail("alma"), town, APPROVER, signing_limit=Decimal(100_000)),
        "alma keeping": person(mail("alma"), town, TREASURER, signing_limit=Decimal(100_000)),
        "tina": person(mail("tina"), town, TREASURER, signing_limit=Decimal(9_000)),
        "ida": person(mail("ida"), town, IT, signing_limit=Decimal(100_000)),
        "kira": person(mail("kira"), town, TREASURER),
        "kolja": person(mail("kolja"), town, TREASURER),
        "paul": person(mail("paul"), town, Role.AUDITOR),
        "xaver": person(
            "xaver@stadt-b.example",
            world.other_authority,
            APPROVER,
            signing_limit=Decimal(100_000),
        ),
    }


def _listed(
    world: World,
    lot: int,
    number: str,
    title: str,
    vat_class: str,
    pieces: int | None,
    tiers: tuple[TierRow, ...],
) -> int:
    award = world.awards[lot]
    spec = ItemSpec(number, title, PriceBasis.FIXED, vat_class=vat_class, max_quantity=pieces)
    item: ContractItem = write_item(award, spec, by=world.manager, now=NOW)
    write_price(item, tiers, valid_from=BEGIN, source="Zuschlag", by=world.manager, now=NOW)
    article = Article.objects.create(
        supplier=award.supplier, supplier_aid=number, name=title, updated_at=NOW
    )
    (listing,) = list_articles([(item, article)], supplier=award.supplier, now=NOW)
    world.listings.append(listing)
    return listing.pk


def _second_budget(entity: BudgetEntity) -> BudgetLine:
    return create_line(
        budget_entity=entity,
        fiscal_year=2026,
        title="Geräte des Eigenbetriebs",
        dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
        appropriation=BUDGETS[1],
        document="Wirtschaftsplan 2026",
        by=None,
        now=NOW,
    )


def _write_rules(policy: ApprovalPolicy, rules: tuple[Rule, ...]) -> None:
    policy.rules.all().delete()
    ApprovalRule.objects.bulk_create(_row(policy, rule) for rule in rules)


def _row(policy: ApprovalPolicy, rule: Rule) -> ApprovalRule:
    return ApprovalRule(
        policy=policy,
        tier=rule.tier,
        from_gross=Decimal(rule.from_cents) / 100,
        role=rule.role,
        signers=rule.signers,
        days=rule.days,
        escalation_role=rule.escalates_to,
        committee=rule.committee,
    )
