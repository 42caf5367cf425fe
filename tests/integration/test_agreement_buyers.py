"""Named buyers and quotas: no overlap, nothing below use, each document booked once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.errors import AgreementEnded, NotAllowed, NotFound
from contracts.agreements.life.lifecycle import end_by_decision
from contracts.agreements.models import BuyerEntitlement
from contracts.agreements.refused import OutOfOrder, OverlappingEntitlements
from contracts.agreements.writing import buyers
from contracts.agreements.writing.buyers import AlreadyBooked, NoQuota
from contracts.agreements.writing.setup import entitle
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import InvalidAmount, LimitBelowUse, LimitExceeded
from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences
from contracts.parties.models import Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from tests.world import DAY, NOW, World, build_world, person


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def _named(world: World, quota: int | None = None) -> BuyerEntitlement:
    """The other authority, from today on."""
    return entitle(
        world.agreement,
        world.other_authority,
        valid_from=DAY,
        quota=Decimal(quota) if quota is not None else None,
        by=world.manager,
        now=NOW,
    )


def _own(world: World) -> BuyerEntitlement:
    return BuyerEntitlement.objects.get(buyer=world.authority)


def _limit(entitlement: BuyerEntitlement) -> Decimal:
    return LimitAccount.objects.get(entitlement=entitlement).limit_amount


def _set(world: World, entitlement: BuyerEntitlement, quota: int, document: str = "B-1") -> None:
    buyers.set_quota(
        entitlement_id=entitlement.pk,
        quota=Decimal(quota),
        document=document,
        by=world.manager,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("first", "last", "lot", "refused"),
    [
        (DAY, None, None, True),
        (date(2025, 1, 1), DAY, None, True),
        (date(2025, 1, 1), DAY - timedelta(1), None, False),
        (DAY, None, 0, False),
    ],
)
def test_one_buyer_is_named_once_for_a_day_and_scope(
    world: World, first: date, last: date | None, lot: int | None, *, refused: bool
) -> None:
    _named(world)

    def again() -> BuyerEntitlement:
        return entitle(
            world.agreement,
            world.other_authority,
            valid_from=first,
            valid_to=last,
            lot=world.lots[lot] if lot is not None else None,
            by=world.manager,
            now=NOW,
        )

    if not refused:
        assert again().pk
        return
    with pytest.raises(OverlappingEntitlements):
        again()


def test_an_entitlement_ends_with_a_day_and_not_in_the_past(world: World) -> None:
    entitlement = _own(world)

    def end(day: date) -> None:
        buyers.end_entitlement(
            entitlement_id=entitlement.pk,
            last_day=day,
            reason="Austritt",
            by=world.manager,
            now=NOW,
        )

    with pytest.raises(OutOfOrder):
        end(DAY - timedelta(2))
    end(DAY - timedelta(1))
    assert not entitled_listings(world.authority.pk, DAY).exists()
    entry = AuditEntry.objects.get(action="entitlement.ended")
    assert (entry.before, entry.after, entry.reason) == (
        {"valid_to": None},
        {"valid_to": "2026-06-14"},
        "Austritt",
    )
    with pytest.raises(OutOfOrder):
        buyers.end_entitlement(
            entitlement_id=_named(world).pk,
            last_day=DAY - timedelta(1),
            reason="",
            by=world.manager,
            now=NOW,
        )


def test_a_quota_binds_and_never_falls_below_use(world: World) -> None:
    own = _own(world)
    _set(world, own, 5_000)
    with pytest.raises(LimitExceeded):
        world.submitted({0: 30})
    world.submitted({0: 10})  # 4,290
    with pytest.raises(LimitBelowUse, match=r"4\.290,00"):
        _set(world, own, 4_000, "B-2")
    _set(world, own, 4_290, "B-3")
    assert _limit(own) == Decimal(4_290)
    entry = AuditEntry.objects.filter(action="quota.set").latest("pk")
    assert (entry.before, entry.after) == ({"quota": "5000.00"}, {"quota": "4290.00"})
    assert differences() == []


def test_quota_moves_as_far_as_the_giver_is_free(world: World) -> None:
    giver, taker = _own(world), _named(world, 1_000)

    def move(amount: str, document: str = "Vereinbarung A/B") -> None:
        buyers.transfer_quota(
            from_id=giver.pk,
            to_id=taker.pk,
            amount=Decimal(amount),
            document=document,
            by=world.manager,
            now=NOW,
        )

    with pytest.raises(NoQuota, match="hat kein Kontingent"):
        move("1")
    _set(world, giver, 5_000)
    world.submitted({0: 10})
    with pytest.raises(LimitBelowUse, match="höchstens"):
        move("710.01")
    for amount in ("0", "-1", "0.001"):
        with pytest.raises(InvalidAmount):
            move(amount)
    move("300")
    with pytest.raises(AlreadyBooked):
        move("300")
    move("300", "Vereinbarung A/B, Nachtrag")
    move("110")
    assert (_limit(giver), _limit(taker)) == (Decimal(4_290), Decimal(1_710))
    assert AuditEntry.objects.filter(action="quota.transferred").count() == 6
    assert differences() == []


def test_the_buyer_returns_what_is_unused_to_the_free_pool(world: World) -> None:
    own = _own(world)
    world.agreement.refresh_from_db()
    with pytest.raises(NoQuota):
        buyers.return_quota(entitlement_id=own.pk, document="B", by=world.officer, now=NOW)
    _set(world, own, 5_000)
    before = buyers.free_pool(world.agreement)
    world.submitted({0: 10})
    given = buyers.return_quota(
        entitlement_id=own.pk, document="Beschluss 7", by=world.officer, now=NOW
    )
    assert (given, _limit(own)) == (Decimal(710), Decimal(4_290))
    assert before is not None
    assert buyers.free_pool(world.agreement) == before + 710
    with pytest.raises(NoQuota, match="nichts frei"):
        buyers.return_quota(entitlement_id=own.pk, document="B 8", by=world.officer, now=NOW)
    entry = AuditEntry.objects.get(action="quota.returned")
    assert (entry.person_id, entry.reason) == (world.officer.user_id, "Beschluss 7")


def test_only_those_concerned_act(world: World) -> None:
    own, other = _own(world), _named(world, 1_000)
    requester = person("s@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER)
    with pytest.raises(NotFound):  # another buyer's quota
        buyers.return_quota(entitlement_id=other.pk, document="B", by=world.officer, now=NOW)
    with pytest.raises(NotAllowed):
        buyers.return_quota(entitlement_id=own.pk, document="B", by=requester, now=NOW)
    body = Organisation.objects.create(
        code="zbs-2", kind=OrganisationKind.PURCHASING_BODY, name="Andere Stelle"
    )
    stranger = person("v@zbs2.example", body, Role.CONTRACT_MANAGER)
    with pytest.raises(NotFound):
        buyers.set_quota(
            entitlement_id=own.pk, quota=Decimal(1), document="B", by=stranger, now=NOW
        )
    with pytest.raises(NotAllowed):
        buyers.set_quota(
            entitlement_id=own.pk, quota=Decimal(1), document="B", by=world.officer, now=NOW
        )
    end_by_decision(world.agreement.pk, reason="Kündigung", by=world.manager, now=NOW)
    with pytest.raises(AgreementEnded):
        _set(world, other, 5)


def test_a_buyer_sees_itself_alone_in_the_register(world: World) -> None:
    own, other = _own(world), _named(world, 1_000)

    def seen(by: object) -> set[int]:
        rows = buyers.visible_entitlements(world.agreement, by)  # type: ignore[arg-type]
        return {row.pk for row in rows}

    assert seen(world.manager) == {own.pk, other.pk}
    assert seen(world.officer) == {own.pk}
    assert seen(world.outsider) == {other.pk}
