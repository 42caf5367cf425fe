"""A listed agreement grows by two people and an entry of the register, never by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.models import (
    ContractItem,
    ContractModification,
    FrameworkAgreement,
    ModificationKind,
    PriceBasis,
    PriceVersion,
)
from contracts.agreements.prices import errors, modifications
from contracts.agreements.prices.additions import propose_position
from contracts.agreements.refused import AlreadyExists
from contracts.agreements.writing import positions, setup
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec
from contracts.agreements.writing.tiers import TierRow
from contracts.audit.models import AuditEntry
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Role
from contracts.pricing import TierOrderError
from tests.price_changes import Bargain, bargain, entry
from tests.world import NOW, build_world, drafting, person

pytestmark = pytest.mark.django_db

SPEC = ItemSpec(number="1.5", title="Dockingstation", basis=PriceBasis.FIXED, max_quantity=100)
PRICES = Prices(
    tiers=(TierRow(1, Decimal("150.0000")), TierRow(50, Decimal("140.0000"))),
    valid_from=date(2026, 6, 15),
    price_unit=1,
    source="Angebot",
)
WORTH = Decimal(15_000)


@pytest.fixture
def deal() -> Bargain:
    return bargain(build_world())


def proposed(
    deal: Bargain,
    spec: ItemSpec = SPEC,
    prices: Prices = PRICES,
    value: Decimal = WORTH,
    by: Membership | None = None,
) -> ContractModification:
    return propose_position(
        award_id=deal.world.awards[0].pk,
        spec=spec,
        prices=prices,
        entry=entry(value, ModificationKind.SCOPE),
        by=by or deal.manager,
        now=NOW,
    )


def approved(deal: Bargain, row: ContractModification) -> ContractModification:
    return modifications.approve(modification_id=row.pk, by=deal.reviewer, now=NOW)


def written(deal: Bargain) -> tuple[int, int, int]:
    return (
        ContractItem.objects.count(),
        PriceVersion.objects.count(),
        LimitAccount.objects.count(),
    )


def test_alone_nobody_adds_anything_to_a_listed_agreement(deal: Bargain) -> None:
    """By no way: a position, its price, a price of a position there is, an award, a lot."""
    world, by = deal.world, deal.manager
    before = written(deal)
    acts = (
        lambda: positions.add_position(
            award_id=world.awards[0].pk, spec=SPEC, prices=PRICES, by=by, now=NOW
        ),
        lambda: setup.create_item(world.awards[0], SPEC, by=by, now=NOW),
        lambda: setup.set_price(
            world.items[0], PRICES.tiers, valid_from=date(2030, 1, 1), source="ich", by=by, now=NOW
        ),
        lambda: setup.create_award(
            world.lots[0],
            supplier=world.suppliers[1],
            reference="Z-9",
            awarded_on=date(2026, 6, 1),
            rank=2,
            maximum=Decimal(10**6),
            by=by,
            now=NOW,
        ),
        lambda: positions.edit_position(
            item_id=world.items[0].pk, spec=SPEC, prices=PRICES, by=by, now=NOW
        ),
    )
    for act in acts:
        with pytest.raises(NotEditable, match="§ 132 GWB"):
            act()
    assert written(deal) == before


def test_a_draft_stays_free(deal: Bargain) -> None:
    world = deal.world
    with drafting(world.agreement):
        positions.add_position(
            award_id=world.awards[0].pk, spec=SPEC, prices=PRICES, by=deal.manager, now=NOW
        )
        with pytest.raises(errors.InvalidEntry, match="Entwurf"):
            proposed(deal, replace(SPEC, number="1.6"))


def test_it_is_written_when_a_second_person_approves_the_entry(deal: Bargain) -> None:
    before = written(deal)
    row = proposed(deal)
    assert (row.kind, row.state, row.award) == ("scope", "proposed", deal.world.awards[0])
    assert written(deal) == before
    with pytest.raises(errors.SamePerson):
        modifications.approve(modification_id=row.pk, by=deal.manager, now=NOW)
    assert written(deal) == before
    approved(deal, row)
    item = ContractItem.objects.get(number="1.5")
    (version,) = item.price_versions.all()
    assert [str(tier.net_unit_price) for tier in version.tiers.all()] == ["150.0000", "140.0000"]
    assert (version.source, version.approved_by) == (
        f"Vertragsänderung {row.number}",
        deal.reviewer,
    )
    assert item.account is not None
    assert item.account.limit_amount == 100
    use = row.uses.get()
    assert (use.level, use.amount, use.account) == ("item_quantity", WORTH, item.account)
    assert item.proposal.entry == row
    assert AuditEntry.objects.filter(action="item.created", object_id=item.pk).exists()


def test_what_is_rejected_is_never_written(deal: Bargain) -> None:
    before = written(deal)
    row = proposed(deal)
    modifications.reject(modification_id=row.pk, reason="zu teuer", by=deal.reviewer, now=NOW)
    with pytest.raises(errors.WrongModificationState):
        approved(deal, row)
    assert written(deal) == before


def test_the_cap_at_its_dearest_price_stays_within_the_value(deal: Bargain) -> None:
    with pytest.raises(errors.BeyondEntry, match=r"15\.000,00 EUR wert"):
        proposed(deal, value=WORTH - Decimal("0.01"))
    per_year = replace(SPEC, periods=3)
    with pytest.raises(errors.BeyondEntry, match=r"45\.000,00 EUR wert"):
        proposed(deal, per_year)
    assert not ContractModification.objects.exists()


def test_without_a_cap_there_is_no_bound(deal: Bargain) -> None:
    with pytest.raises(errors.InvalidEntry, match="Höchstmenge"):
        proposed(deal, replace(SPEC, max_quantity=None))


def test_a_further_rank_shares_the_cap_and_takes_no_value(deal: Bargain) -> None:
    world = deal.world
    with drafting(world.agreement):
        award = setup.create_award(
            world.lots[0],
            supplier=world.suppliers[1],
            reference="Z-1b",
            awarded_on=date(2026, 1, 1),
            rank=2,
            by=deal.manager,
            now=NOW,
        )
    row = propose_position(
        award_id=award.pk,
        spec=replace(SPEC, number="1.1", max_quantity=None),
        prices=PRICES,
        entry=entry(Decimal(1), ModificationKind.SCOPE),
        by=deal.manager,
        now=NOW,
    )
    approved(deal, row)
    item = ContractItem.objects.get(award=award)
    assert item.account == world.items[0].account
    assert row.uses.get().amount == 0


def test_a_discount_takes_the_whole_value(deal: Bargain) -> None:
    spec = replace(SPEC, basis=PriceBasis.LIST_DISCOUNT, product_group="Zubehör")
    row = proposed(deal, spec, replace(PRICES, tiers=(TierRow(1, discount_percent=Decimal(10)),)))
    approved(deal, row)
    assert row.uses.get().amount == WORTH


def test_what_is_wrong_is_said_at_once(deal: Bargain) -> None:
    with pytest.raises(AlreadyExists):
        proposed(deal, replace(SPEC, number="1.1"))
    with pytest.raises(TierOrderError):
        proposed(deal, prices=replace(PRICES, tiers=(TierRow(5, Decimal(1)),)))
    with pytest.raises(errors.OutsideLimits):
        proposed(deal, value=Decimal(10**7))
    stranger = person("v@anderswo.example", deal.world.other_authority, Role.CONTRACT_MANAGER)
    with pytest.raises(NotFound):
        proposed(deal, by=stranger)
    for by in (deal.reviewer, deal.keeper, deal.world.officer):
        with pytest.raises(NotAllowed):
            proposed(deal, by=by)
    FrameworkAgreement.objects.update(state="suspended")
    assert proposed(deal).state == "proposed"
