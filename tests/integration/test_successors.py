"""Successors: proposed, released, and where lists and old orders lead then."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.agreements.allocation.successors import replacements
from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.models import Listing, PriceBasis, PriceVersion, SuccessorProposal
from contracts.agreements.prices.quotes import offers
from contracts.audit.models import AuditEntry
from contracts.catalogue import successors
from contracts.catalogue.indexing import reindex
from contracts.catalogue.models import SearchEntry
from contracts.catalogue.successor_errors import (
    ArticleNumberTaken,
    NotReplaceable,
    OwnProposal,
    ProposalPending,
    RejectionReasonMissing,
    StatementMissing,
    SuccessorTooDear,
    WrongProposalState,
)
from contracts.parties.models import Membership, Role
from contracts.pricing import InvalidPrice
from tests.successors import propose_successor
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    reindex([row.pk for row in world.listings])
    return world


@pytest.fixture
def keeper(world: World) -> Membership:
    return person("katalog@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE)


def propose(world: World, keeper: Membership, **changed: object) -> SuccessorProposal:
    return propose_successor(world, keeper, now=NOW, **changed)


def release(world: World, proposal: SuccessorProposal) -> Listing:
    return successors.release(proposal_id=proposal.pk, by=world.manager, now=NOW)


def test_a_released_successor_takes_the_place_of_the_old_one(
    world: World, keeper: Membership
) -> None:
    old = world.listings[0]
    new = release(world, propose(world, keeper))
    old.refresh_from_db()
    assert (old.is_listed, old.successor, new.item) == (False, new, world.items[0])
    assert new.article.name == "Notebook der nächsten Reihe"
    assert (new.article.unit, new.article.supplier) == ("C62", world.suppliers[0])
    found = set(SearchEntry.objects.values_list("listing_id", flat=True))
    assert (new.pk in found, old.pk in found) == (True, False)
    actions = AuditEntry.objects.filter(action__startswith="successor.").order_by("pk")
    assert [row.action for row in actions] == ["successor.proposed", "successor.released"]
    (price,) = offers([new], DAY).values()
    assert price.tiers[0].net_unit_price == Decimal(429)


def test_the_chain_is_followed_to_its_end(world: World, keeper: Membership) -> None:
    first = world.listings[0]
    second = release(world, propose(world, keeper))
    proposal = propose(world, keeper, listing_id=second.pk, supplier_aid="A-1-NEUER")
    third = release(world, proposal)
    ends = replacements([first.pk, second.pk, third.pk, world.listings[1].pk])
    assert ends == {first.pk: third, second.pk: third}


def test_a_lower_price_holds_from_today_and_issued_call_offs_keep_theirs(
    world: World, keeper: Membership
) -> None:
    world.approve(world.submitted({0: 10}))
    new = release(world, propose(world, keeper, net_unit_price=Decimal("420")))
    versions = list(PriceVersion.objects.filter(item=world.items[0]).order_by("pk"))
    assert versions[0].valid.upper == DAY
    assert versions[1].source == "Nachfolgemodell A-1-NEU"
    (offer,) = offers([new], DAY).values()
    assert [(t.from_quantity, t.net_unit_price) for t in offer.tiers] == [
        (1, Decimal("420.0000")),
        (100, Decimal("411.5000")),
    ]
    world.agreement.account.refresh_from_db()
    assert world.agreement.account.posted == 10 * 429


def test_tiers_that_are_no_longer_lower_fall_away(world: World, keeper: Membership) -> None:
    new = release(world, propose(world, keeper, net_unit_price=Decimal("400")))
    (offer,) = offers([new], DAY).values()
    assert [(t.from_quantity, t.net_unit_price) for t in offer.tiers] == [(1, Decimal("400.0000"))]


def test_the_contracts_own_price_makes_no_new_version(world: World, keeper: Membership) -> None:
    release(world, propose(world, keeper, net_unit_price=Decimal("429")))
    assert PriceVersion.objects.filter(item=world.items[0]).count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"statement": " "}, StatementMissing, "gleich- oder höherwertig"),
        ({"net_unit_price": Decimal("429.0001")}, SuccessorTooDear, "höchstens so viel"),
        ({"net_unit_price": Decimal("-1")}, InvalidPrice, "größer als null"),
        ({"supplier_aid": "A-1"}, ArticleNumberTaken, "A-1 führen Sie schon"),
    ],
)
def test_what_does_not_fit_is_refused(
    world: World,
    keeper: Membership,
    changed: dict[str, object],
    refusal: type[Exception],
    words: str,
) -> None:
    with pytest.raises(refusal, match=words):
        propose(world, keeper, **changed)
    assert not SuccessorProposal.objects.exists()


def test_only_listed_fixed_prices_of_ones_own_are_replaced(
    world: World, keeper: Membership
) -> None:
    with pytest.raises(NotFound):
        propose(world, keeper, listing_id=world.listings[1].pk)
    release(world, propose(world, keeper))
    with pytest.raises(NotReplaceable, match="lässt sich nicht ersetzen"):
        propose(world, keeper, supplier_aid="A-1-ANDERS")
    item = world.items[1]
    item.basis, item.product_group = PriceBasis.LIST_DISCOUNT, "Bücher"
    item.save()
    other = person("katalog@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE)
    with pytest.raises(NotReplaceable):
        propose(world, other, listing_id=world.listings[1].pk)


def test_one_proposal_at_a_time_until_it_is_withdrawn(world: World, keeper: Membership) -> None:
    first = propose(world, keeper)
    with pytest.raises(ProposalPending):
        propose(world, keeper, supplier_aid="A-1-ZWEI")
    successors.withdraw(proposal_id=first.pk, by=keeper, now=NOW)
    propose(world, keeper, supplier_aid="A-1-ZWEI")
    with pytest.raises(WrongProposalState, match="zurückgezogen"):
        release(world, first)


def test_a_rejection_says_why(world: World, keeper: Membership) -> None:
    proposal = propose(world, keeper)
    with pytest.raises(RejectionReasonMissing):
        successors.reject(proposal_id=proposal.pk, reason=" ", by=world.manager, now=NOW)
    done = successors.reject(
        proposal_id=proposal.pk, reason="Weniger Anschlüsse", by=world.manager, now=NOW
    )
    assert (done.state, done.reason) == ("rejected", "Weniger Anschlüsse")
    world.listings[0].refresh_from_db()
    assert world.listings[0].is_listed


def test_nobody_of_the_supplier_and_no_proposer_releases(world: World, keeper: Membership) -> None:
    proposal = propose(world, keeper)
    colleague = person("doppelt@zbs.example", world.purchasing, Role.CONTRACT_MANAGER)
    Membership.objects.create(
        user=colleague.user,
        organisation=world.suppliers[0],
        role=Role.SUPPLIER_ORDERS,
        valid_from=DAY,
    )
    turncoat = Membership.objects.create(
        user=keeper.user,
        organisation=world.purchasing,
        role=Role.CONTRACT_MANAGER,
        valid_from=DAY,
    )
    Membership.objects.filter(pk=keeper.pk).update(valid_to=DAY)
    for member, moment in ((colleague, NOW), (turncoat, NOW + timedelta(days=1))):
        with pytest.raises(OwnProposal):
            successors.release(proposal_id=proposal.pk, by=member, now=moment)
    reviewer = person("pruefung@zbs.example", world.purchasing, Role.REVIEWER)
    foreign = person("fremd@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE)
    with pytest.raises(NotAllowed):
        successors.release(proposal_id=proposal.pk, by=reviewer, now=NOW)
    with pytest.raises(NotFound):
        successors.withdraw(proposal_id=proposal.pk, by=foreign, now=NOW)


def test_the_price_is_checked_again_at_the_release(world: World, keeper: Membership) -> None:
    proposal = propose(world, keeper, net_unit_price=Decimal("425"))
    version = PriceVersion.objects.get(item=world.items[0])
    version.tiers.filter(from_quantity=1).update(net_unit_price=Decimal("415"))
    with pytest.raises(SuccessorTooDear):
        release(world, proposal)
    world.listings[0].refresh_from_db()
    assert world.listings[0].is_listed
