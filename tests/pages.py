"""A world to look at pages in: today's budget, every role, indexed articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.test import Client

from contracts.agreements.models import DocumentAudience, DocumentKind, RelationKind
from contracts.agreements.writing import documents
from contracts.agreements.writing.relations import Tie, relate
from contracts.catalogue.indexing import reindex
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from orders import requisitions
from orders.basket import baskets
from orders.binding.budgets import Dimensions, create_line
from orders.models import BudgetLine, Requisition
from orders.requisitions import Ask, Share
from tests.sessions import logged_in
from tests.world import NOW, World, build_world, person

TITLE = "Notebooks für Klasse 7"


@dataclass
class PageWorld:
    """The small world as of today; `people` has one membership per role."""

    world: World
    now: datetime
    budget_line: BudgetLine
    people: dict[Role, Membership]

    def client(self, member: Membership) -> Client:
        """A browser in which the person is logged in and acts as *member*."""
        return logged_in(member)

    def as_role(self, role: Role) -> Client:
        return self.client(self.people[role])

    @property
    def officer(self) -> Membership:
        return self.people[Role.PROCUREMENT_OFFICER]

    @property
    def approver(self) -> Membership:
        return self.people[Role.APPROVER]

    def fill_basket(self, quantity: int = 30, listing: int = 0) -> None:
        baskets.set_quantity(
            by=self.officer,
            listing_id=self.world.listings[listing].pk,
            quantity=quantity,
            now=self.now,
        )

    def draft(self, quantity: int = 30, *, needed_by: date | None = None) -> Requisition:
        self.fill_basket(quantity)
        self.fill_basket(100, listing=1)
        ask = Ask(title=TITLE, needed_by=needed_by, shares={"": [Share(self.budget_line.pk)]})
        return requisitions.create_from_basket(
            by=self.officer, ask=ask, school_id=self.world.school.pk, now=self.now
        )

    def submitted(self, quantity: int = 30) -> Requisition:
        draft = self.draft(quantity)
        return requisitions.submit(requisition_id=draft.pk, by=self.officer, now=self.now)

    def issued(self, quantity: int = 30) -> Requisition:
        """A requisition that was approved, with its two call-offs."""
        self.world.approve(self.submitted(quantity), now=self.now)
        return Requisition.objects.latest("pk")


def build_pages() -> PageWorld:
    """Build the world of `tests.world` and put a person into every role of it."""
    world = build_world()
    now = datetime.now(UTC)
    reindex([row.pk for row in world.listings])
    budget_line = create_line(
        budget_entity=world.entity,
        fiscal_year=berlin_day(now).year,
        title="Lernmittel dieses Jahres",
        dimensions=Dimensions(budget_product="21102", gl_account="0822200"),
        appropriation=Decimal(500_000),
        document="Haushaltsplan",
        by=None,
        now=NOW,
    )
    return PageWorld(world, now, budget_line, _people(world))


def agreement_targets(pages: PageWorld) -> dict[str, int]:
    """Keys of the agreement, its first lot, award, position, buyer, and of a document."""
    world = pages.world
    document = documents.upload(
        agreement_id=world.agreement.pk,
        new=documents.NewDocument(
            kind=DocumentKind.AWARD,
            audience=DocumentAudience.PARTIES,
            title="Zuschlagsschreiben Los 1",
            filename="zuschlag.pdf",
            content=b"%PDF-1.7 Zuschlag",
            award_id=world.awards[0].pk,
        ),
        by=world.manager,
        now=pages.now,
    )
    relation = relate(
        Tie(world.items[1].pk, world.items[0].pk, RelationKind.ACCESSORY),
        by=world.manager,
        now=pages.now,
    )
    return {
        "agreement": world.agreement.pk,
        "relation": relation.pk,
        "lot": world.lots[0].pk,
        "award": world.awards[0].pk,
        "item": world.items[0].pk,
        "entitlement": world.agreement.entitlements.get(buyer=world.authority).pk,
        "document": document.pk,
    }


def _people(world: World) -> dict[Role, Membership]:
    bodies = {
        Role.CONTRACT_MANAGER: world.purchasing,
        Role.REVIEWER: world.purchasing,
        Role.OPERATOR: world.purchasing,
        Role.SUPPLIER_CATALOGUE: world.suppliers[0],
        Role.SUPPLIER_ORDERS: world.suppliers[0],
    }
    known = {
        Role.PROCUREMENT_OFFICER: world.officer,
        Role.APPROVER: world.approver,
        Role.CONTRACT_MANAGER: world.manager,
    }
    return {
        role: known.get(role)
        or person(f"{role.value}@rolle.example", bodies.get(role, world.authority), role)
        for role in Role
    }
