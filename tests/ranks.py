"""The small world with a second agreement: one lot, several awards, a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.agreements.life.lifecycle import list_agreement
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AllocationRule,
    Article,
    Award,
    ContractItem,
    Listing,
    Lot,
    PriceBasis,
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
    write_list_price,
)
from contracts.catalogue.indexing import reindex
from contracts.ledger.movements import set_open
from contracts.ledger.replay import differences
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from orders.allotting.audit import deviations
from orders.basket import baskets
from orders.models import AllocationStep, CallOff, Requisition
from tests.remembered import remembered
from tests.world import DAY, NOW, World, build_world, person

PRICE = Decimal(100)
MAXIMUM = Decimal(1_000_000)


@dataclass
class Ranks:
    """A lot with its awards by rank, each with one notebook on the shelf.

    `extra` are the listings of positions that one rank alone offers.
    """

    world: World
    lot: Lot
    awards: list[Award]
    listings: list[Listing]
    desks: list[Membership]
    extra: list[Listing]

    def put(self, quantity: int = 1, rank: int = 1) -> None:
        """Lay the notebook of a rank into the officer's basket."""
        baskets.set_quantity(
            by=self.world.officer,
            listing_id=self.listings[rank - 1].pk,
            quantity=quantity,
            now=NOW,
        )

    def draft(self, quantity: int = 1, rank: int = 1) -> Requisition:
        return self.world.draft({_index(self.world, self.listings[rank - 1]): quantity})

    def submitted(self, quantity: int = 1, rank: int = 1, now: datetime = NOW) -> Requisition:
        return self.world.submitted(
            {_index(self.world, self.listings[rank - 1]): quantity}, now=now
        )

    def issued(self, quantity: int = 1, rank: int = 1) -> CallOff:
        """The call-off of a requisition that was submitted and approved."""
        requisition = self.submitted(quantity, rank)
        self.world.approve(requisition)
        return CallOff.objects.filter(requisition=requisition).latest("pk")

    def rank_of(self, call_off: CallOff) -> int:
        return [award.pk for award in self.awards].index(call_off.award_id) + 1


@remembered
def build_ranks(
    rule: AllocationRule,
    *,
    prices: Sequence[Decimal] = (PRICE, PRICE, PRICE),
    maxima: Sequence[Decimal | None] = (None, None, None),
    only: Mapping[str, int] | None = None,
    groups: Sequence[Sequence[Mapping[str, str]]] = (),
) -> Ranks:
    """One award per price, by rank, under the rule; `maxima` are the awards' own caps.

    `only` gives the rank that alone offers a further position, by position number;
    `groups` the articles that each rank offers under a position for a whole group.
    """
    world = build_world()
    agreement = create_agreement(
        number="RV-REGEL",
        title="Notebooks nach Regel",
        notice_number="2026/S 002-000002",
        starts_on=date(2026, 1, 1),
        ends_on=date(2029, 12, 31),
        estimate=MAXIMUM,
        maximum=MAXIMUM,
        by=world.manager,
        now=NOW,
    )
    lot = create_lot(
        agreement,
        number=1,
        title="Notebooks",
        allocation=rule,
        estimate=MAXIMUM,
        maximum=MAXIMUM,
        by=world.manager,
        now=NOW,
    )
    ranks = Ranks(world, lot, [], [], [], [])
    for rank, (price, maximum) in enumerate(zip(prices, maxima, strict=True), start=1):
        _add_rank(ranks, rank, price, maximum)
    for number, rank in (only or {}).items():
        item = _item(ranks, ranks.awards[rank - 1], number, PRICE)
        ranks.extra.append(_listing(ranks, item, f"M-{number}"))
    for award, articles in zip(ranks.awards, groups, strict=False):
        _group(ranks, award, articles)
    entitle(agreement, world.authority, valid_from=date(2026, 1, 1), by=world.manager, now=NOW)
    list_agreement(agreement.pk, by=world.manager, now=NOW, on=DAY)
    reindex([row.pk for row in world.listings])
    return ranks


def _add_rank(ranks: Ranks, rank: int, price: Decimal, maximum: Decimal | None) -> None:
    world = ranks.world
    supplier = Organisation.objects.create(
        code=f"rang-{rank}",
        kind=OrganisationKind.SUPPLIER,
        name=f"Haus {'ABCDEFGH'[rank - 1]}",
        email=f"post@rang-{rank}.example",
    )
    award = create_award(
        ranks.lot,
        supplier=supplier,
        reference=f"R-{rank}",
        awarded_on=date(2026, 1, 1),
        rank=rank,
        maximum=maximum,
        by=world.manager,
        now=NOW,
    )
    item = _item(ranks, award, "1.1", price)
    ranks.awards.append(award)
    ranks.listings.append(_listing(ranks, item, f"N-{rank}"))
    ranks.desks.append(person(f"lager@rang-{rank}.example", supplier, Role.SUPPLIER_ORDERS))


def _item(
    ranks: Ranks, award: Award, number: str, price: Decimal, quantity: int = 10_000
) -> ContractItem:
    item = create_item(
        award,
        ItemSpec(
            number=number, title=f"Position {number}", basis=PriceBasis.FIXED, max_quantity=quantity
        ),
        by=ranks.world.manager,
        now=NOW,
    )
    set_price(
        item,
        [TierRow(1, net_unit_price=price)],
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=ranks.world.manager,
        now=NOW,
    )
    return item


def _group(ranks: Ranks, award: Award, articles: Sequence[Mapping[str, str]]) -> None:
    manager = ranks.world.manager
    item = create_item(
        award,
        ItemSpec(number="9.9", title="Katalog", basis=PriceBasis.LIST_DISCOUNT, product_group="*"),
        by=manager,
        now=NOW,
    )
    set_price(
        item,
        [TierRow(1, discount_percent=Decimal(10))],
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=manager,
        now=NOW,
    )
    for place, extra in enumerate(articles):
        listing = _listing(ranks, item, f"K-{award.rank}-{place}", **extra)
        write_list_price(
            listing.article,
            PRICE,
            item=item,
            valid_from=date(2026, 1, 1),
            evidence="Liste",
            by=manager,
            now=NOW,
        )
        ranks.extra.append(listing)


def _listing(ranks: Ranks, item: ContractItem, aid: str, **extra: str) -> Listing:
    supplier = item.award.supplier
    article = Article.objects.create(
        supplier=supplier, supplier_aid=aid, name=f"Notebook {aid}", updated_at=NOW, **extra
    )
    (listing,) = list_articles([(item, article)], supplier=supplier, now=NOW)
    ranks.world.listings.append(listing)
    return listing


def _index(world: World, listing: Listing) -> int:
    return [row.pk for row in world.listings].index(listing.pk)


def steps(call_off: CallOff) -> list[tuple[int, str]]:
    """Rank and outcome of each award looked at for a call-off."""
    rows = AllocationStep.objects.filter(call_off=call_off).select_related("award")
    return [(row.award.rank, row.outcome) for row in rows]


def assert_clean(ranks: Ranks) -> None:
    """Ledger and steps replay without a difference."""
    assert differences() == []
    assert deviations(ranks.lot.pk) == []


def close(ranks: Ranks, rank: int, reason: str = "suspended") -> None:
    """Stop the own cap of a rank, as a review would."""
    award = ranks.awards[rank - 1]
    set_open([award.account_id], is_open=False, reason=reason)
