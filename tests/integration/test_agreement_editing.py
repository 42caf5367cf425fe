"""Editing: a draft in everything, a listed agreement hardly; each change before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.errors import AgreementEnded, NotAllowed, NotFound
from contracts.agreements.life.audit_trail import trail
from contracts.agreements.life.lifecycle import end_by_decision
from contracts.agreements.models import (
    AgreementState,
    AllocationRule,
    Award,
    ContractItem,
    FrameworkAgreement,
    Lot,
    PriceBasis,
)
from contracts.agreements.refused import AlreadyExists, FieldRefused, OutOfOrder
from contracts.agreements.writing import edit, positions
from contracts.agreements.writing.edit import AgreementHead, AwardHead, LotHead, StillUsed
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec, create_agreement, create_award, create_lot
from contracts.agreements.writing.terms import Terms, add_terms
from contracts.agreements.writing.tiers import TierRow
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import LimitBelowUse
from contracts.ledger.replay import differences
from contracts.parties.models import Role
from contracts.pricing import InvalidPrice, TierOrderError
from tests.world import DAY, NOW, World, build_world, person

HEAD = AgreementHead(
    number="RV-2",
    title="Möbel",
    notice_number="2026/S 2",
    starts_on=date(2026, 1, 1),
    ends_on=date(2028, 12, 31),
    estimate=Decimal(100_000),
    maximum=Decimal(150_000),
    responsible_id=0,
)
LOT = LotHead(1, "Tische", AllocationRule.CASCADE, Decimal(50_000), Decimal(60_000))
SPEC = ItemSpec("1.1", "Tisch", PriceBasis.FIXED, max_quantity=50)
PRICES = Prices((TierRow(1, Decimal("99.5000")),), date(2026, 1, 1), 1, "Zuschlag Z-9")


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def draft(world: World) -> FrameworkAgreement:
    return create_agreement(
        number="RV-2",
        title="Möbel",
        notice_number="",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        estimate=None,
        maximum=None,
        by=world.manager,
        now=NOW,
    )


def _lot(world: World, draft: FrameworkAgreement, number: int = 1) -> Lot:
    return create_lot(
        draft,
        number=number,
        title="Tische",
        allocation=AllocationRule.SINGLE,
        estimate=None,
        maximum=Decimal(10),
        cpv=("39000000-2",),
        by=world.manager,
        now=NOW,
    )


def _award(world: World, lot: Lot, supplier: int = 0, rank: int = 1) -> Award:
    return create_award(
        lot,
        supplier=world.suppliers[supplier],
        reference=f"Z-{rank}",
        awarded_on=date(2026, 1, 1),
        rank=rank,
        by=world.manager,
        now=NOW,
    )


def test_a_draft_is_written_anew_with_its_maximum_on_the_ledger(
    world: World, draft: FrameworkAgreement
) -> None:
    head = replace(HEAD, responsible_id=world.manager.pk)
    edit.edit_agreement(agreement_id=draft.pk, head=head, by=world.manager, now=NOW)
    edit.edit_agreement(
        agreement_id=draft.pk,
        head=replace(head, maximum=Decimal(160_000)),
        by=world.manager,
        now=NOW,
    )
    draft.refresh_from_db()
    assert draft.account is not None
    assert draft.account.limit_amount == 160_000
    assert differences() == []
    last = AuditEntry.objects.filter(action="agreement.edited").latest("pk")
    assert (last.before, last.after) == ({"maximum": "150000.00"}, {"maximum": "160000"})


def test_nothing_changed_leaves_no_trace(world: World, draft: FrameworkAgreement) -> None:
    head = replace(HEAD, responsible_id=world.manager.pk)
    for _ in range(2):
        edit.edit_agreement(agreement_id=draft.pk, head=head, by=world.manager, now=NOW)
    assert AuditEntry.objects.filter(action="agreement.edited").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "RV-TEST"}, "number"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"responsible_id": 0}, "responsible"),
    ],
)
def test_a_value_that_does_not_fit_names_its_field(
    world: World, draft: FrameworkAgreement, change: dict[str, object], field: str
) -> None:
    head = replace(HEAD, **{"responsible_id": world.manager.pk, **change})  # type: ignore[arg-type]
    with pytest.raises(FieldRefused) as refusal:
        edit.edit_agreement(agreement_id=draft.pk, head=head, by=world.manager, now=NOW)
    assert refusal.value.field == field
    assert not AuditEntry.objects.filter(action="agreement.edited").exists()


def _listed_head(world: World) -> AgreementHead:
    row = world.agreement
    return AgreementHead(
        number=row.number,
        title="Schul-IT für alle",
        notice_number=row.notice_number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        estimate=row.estimated_value,
        maximum=Decimal(64_000_000),
        responsible_id=world.manager.pk,
    )


def test_a_listed_agreement_changes_in_title_and_person_alone(world: World) -> None:
    second = person("zweite@zbs.example", world.purchasing, Role.CONTRACT_MANAGER)
    head = replace(_listed_head(world), responsible_id=second.pk)
    edit.edit_agreement(agreement_id=world.agreement.pk, head=head, by=world.manager, now=NOW)
    last = AuditEntry.objects.filter(action="agreement.edited").get()
    assert set(last.after) == {"title", "responsible"}
    for change in (
        {"ends_on": date(2030, 12, 31)},
        {"maximum": Decimal(65_000_000)},
        {"estimate": Decimal(1)},
        {"notice_number": "anders"},
        {"number": "RV-9"},
    ):
        with pytest.raises(NotEditable):
            edit.edit_agreement(
                agreement_id=world.agreement.pk,
                head=replace(head, **change),  # type: ignore[arg-type]
                by=world.manager,
                now=NOW,
            )


def test_parts_of_a_listed_agreement_stay_as_awarded(world: World) -> None:
    by = {"by": world.manager, "now": NOW}
    steps: tuple[Callable[[], object], ...] = (
        lambda: edit.edit_lot(lot_id=world.lots[0].pk, head=LOT, **by),
        lambda: edit.edit_award(
            award_id=world.awards[0].pk, head=AwardHead("Z", DAY, 1, None), **by
        ),
        lambda: positions.edit_position(item_id=world.items[0].pk, spec=SPEC, prices=PRICES, **by),
        lambda: edit.remove_lot(lot_id=world.lots[0].pk, **by),
        lambda: edit.remove_award(award_id=world.awards[0].pk, **by),
        lambda: positions.remove_position(item_id=world.items[0].pk, **by),
        lambda: _lot(world, world.agreement, 9),
    )
    for step in steps:
        with pytest.raises(NotEditable):
            step()


def test_a_lot_of_a_draft_changes_with_its_cap_and_codes(
    world: World, draft: FrameworkAgreement
) -> None:
    lot = _lot(world, draft)
    head = replace(LOT, cpv=("39120000-9", "39160000-1"))
    edit.edit_lot(lot_id=lot.pk, head=head, by=world.manager, now=NOW)
    lot.refresh_from_db()
    assert (lot.allocation, lot.account.limit_amount) == (AllocationRule.CASCADE, 60_000)
    assert set(lot.cpv_codes.values_list("code", flat=True)) == {"39120000-9", "39160000-1"}
    last = AuditEntry.objects.filter(action="lot.edited").get()
    assert (last.before["cpv"], last.after["cpv"]) == (
        ["39000000-2"],
        ["39120000-9", "39160000-1"],
    )


def test_an_award_of_a_draft_gets_and_loses_its_own_cap(
    world: World, draft: FrameworkAgreement
) -> None:
    award = _award(world, _lot(world, draft))
    for maximum in (Decimal(5), None):
        head = AwardHead("Z-9", date(2026, 2, 1), 2, maximum)
        edit.edit_award(award_id=award.pk, head=head, by=world.manager, now=NOW)
        award = Award.objects.get(pk=award.pk)
        assert (award.account.limit_amount if award.account else None) == maximum
    assert (award.reference, award.rank) == ("Z-9", 2)


def test_taken_numbers_ranks_and_suppliers_name_their_field(
    world: World, draft: FrameworkAgreement
) -> None:
    lot = _lot(world, draft)
    award = _award(world, lot)
    positions.add_position(award_id=award.pk, spec=SPEC, prices=PRICES, by=world.manager, now=NOW)
    steps: dict[str, Callable[[], object]] = {
        "number": lambda: _lot(world, draft),
        "supplier": lambda: _award(world, lot, 0, 2),
        "rank": lambda: _award(world, lot, 1, 1),
    }
    for field, step in steps.items():
        with pytest.raises(AlreadyExists) as refusal:
            step()
        assert refusal.value.field == field
    with pytest.raises(AlreadyExists) as refusal:
        positions.add_position(
            award_id=award.pk, spec=SPEC, prices=PRICES, by=world.manager, now=NOW
        )
    assert refusal.value.field == "number"


def test_a_position_is_written_with_its_price_or_not_at_all(
    world: World, draft: FrameworkAgreement
) -> None:
    award = _award(world, _lot(world, draft))
    bad = (
        (replace(PRICES, tiers=(TierRow(2, Decimal(1)),)), TierOrderError),
        (replace(PRICES, tiers=(TierRow(1, Decimal("0.00001")),)), InvalidPrice),
        (replace(PRICES, tiers=(TierRow(1, Decimal(-1)),)), InvalidPrice),
    )
    for prices, refusal in bad:
        with pytest.raises(refusal):
            positions.add_position(
                award_id=award.pk, spec=SPEC, prices=prices, by=world.manager, now=NOW
            )
    assert not award.items.exists()


def test_a_position_of_a_draft_changes_with_price_and_cap(
    world: World, draft: FrameworkAgreement
) -> None:
    award = _award(world, _lot(world, draft))
    item = positions.add_position(
        award_id=award.pk, spec=SPEC, prices=PRICES, by=world.manager, now=NOW
    )
    steps = ((80, "80.0000"), (None, "70.0000"), (20, "60.0000"))
    for cap, price in steps:
        positions.edit_position(
            item_id=item.pk,
            spec=replace(SPEC, title="Schultisch", max_quantity=cap),
            prices=replace(PRICES, tiers=(TierRow(1, Decimal(price)),)),
            by=world.manager,
            now=NOW,
        )
        item = ContractItem.objects.get(pk=item.pk)
        assert (int(item.account.limit_amount) if item.account else None) == cap
        tiers = item.price_versions.get().tiers.values_list("net_unit_price", flat=True)
        assert list(tiers) == [Decimal(price)]
    last = AuditEntry.objects.filter(action="item.edited").latest("pk")
    assert last.before["tiers"] == ["ab 1: 70.0000 EUR"]
    assert last.after["tiers"] == ["ab 1: 60.0000 EUR"]
    assert differences() == []


def test_what_is_taken_out_of_a_draft_stays_in_the_trail(
    world: World, draft: FrameworkAgreement
) -> None:
    lot = _lot(world, draft)
    award = _award(world, lot)
    item = positions.add_position(
        award_id=award.pk, spec=SPEC, prices=PRICES, by=world.manager, now=NOW
    )
    by = {"by": world.manager, "now": NOW}
    with pytest.raises(StillUsed):
        edit.remove_lot(lot_id=lot.pk, **by)
    with pytest.raises(StillUsed):
        edit.remove_award(award_id=award.pk, **by)
    positions.remove_position(item_id=item.pk, **by)
    edit.remove_award(award_id=award.pk, **by)
    edit.remove_lot(lot_id=lot.pk, **by)
    assert not draft.lots.exists()
    actions = list(trail(draft).values_list("action", flat=True))
    assert actions[:3] == ["lot.removed", "award.removed", "item.removed"]
    assert trail(draft).first().before["cpv"] == ["39000000-2"]  # type: ignore[union-attr]


def test_new_terms_are_a_version_and_never_backdated(world: World) -> None:
    award = world.awards[0]
    first = award.terms.get()

    def add(valid_from: date, days: int = 45) -> object:
        return add_terms(
            award_id=award.pk,
            terms=Terms(payment_days=days),
            valid_from=valid_from,
            document="Nachtrag 1",
            by=world.manager,
            now=NOW,
        )

    for day in (first.valid_from, date(2025, 1, 1), date(2026, 6, 14)):
        with pytest.raises(OutOfOrder):
            add(day)
    add(date(2026, 7, 1))
    with pytest.raises(OutOfOrder):
        add(date(2026, 6, 30))
    first.refresh_from_db()
    assert first.payment_days == 30
    assert list(award.terms.order_by("version").values_list("version", "payment_days")) == [
        (1, 30),
        (2, 45),
    ]
    entry = AuditEntry.objects.filter(action="terms.added").latest("pk")
    assert entry.before == {"payment_days": 30}
    assert entry.reason == "Nachtrag 1"


def test_a_cap_does_not_fall_below_what_is_bound(world: World) -> None:
    """Back to draft for the test's sake: a listed cap falls by the register only."""
    world.submitted({0: 10})
    FrameworkAgreement.objects.filter(pk=world.agreement.pk).update(state=AgreementState.DRAFT)
    with pytest.raises(LimitBelowUse, match="gebunden"):
        edit.edit_lot(
            lot_id=world.lots[0].pk,
            head=replace(LOT, maximum=Decimal(100)),
            by=world.manager,
            now=NOW,
        )


def test_ended_and_foreign_agreements_are_not_written(world: World) -> None:
    reviewer = person("r@zbs.example", world.purchasing, Role.REVIEWER)
    head = _listed_head(world)
    for member, refusal in ((reviewer, NotAllowed), (world.officer, NotAllowed)):
        with pytest.raises(refusal):
            edit.edit_agreement(agreement_id=world.agreement.pk, head=head, by=member, now=NOW)
    with pytest.raises(NotFound):
        edit.edit_agreement(agreement_id=0, head=head, by=world.manager, now=NOW)
    end_by_decision(world.agreement.pk, reason="Kündigung", by=world.manager, now=NOW)
    with pytest.raises(AgreementEnded, match="RV-TEST ist beendet"):
        edit.edit_agreement(agreement_id=world.agreement.pk, head=head, by=world.manager, now=NOW)
    with pytest.raises(AgreementEnded):
        _award(world, world.lots[0], 1, 2)
