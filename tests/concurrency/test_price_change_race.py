"""Several people at once on one price: one decision, one new version, one entry that fits.

The lock on the item's row decides. With it taken away two decisions are seen, and a second
version still can't begin: the exclusion constraint stands behind the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest

from contracts.agreements.models import (
    ContractItem,
    ContractModification,
    FrameworkAgreement,
    ModificationKind,
    PriceChange,
    PriceVersion,
)
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import modifications
from contracts.agreements.prices.errors import (
    ChangePending,
    OutsideLimits,
    SamePerson,
    WrongChangeState,
)
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.parties.models import Membership, Role
from tests.price_changes import FALL, RISE, Bargain, bargain, entry
from tests.world import NOW, build_world, person

from .racing import PATIENCE, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture
def deal() -> Bargain:
    return bargain(build_world())


@pytest.fixture
def second_manager(deal: Bargain) -> Membership:
    return person("m2@zbs.example", deal.world.purchasing, Role.CONTRACT_MANAGER)


def deciding(
    change: PriceChange, by: Membership, *, accept: bool = True
) -> Callable[[], PriceChange]:
    return lambda: price_decisions.decide(
        change_id=change.pk, accept=accept, reason="" if accept else "Nein", by=by, now=NOW
    )


def confirming(change: PriceChange, by: Membership) -> Callable[[], PriceChange]:
    return lambda: price_decisions.confirm(change_id=change.pk, accept=True, by=by, now=NOW)


def proposing(deal: Bargain, prices: tuple[Decimal, Decimal]) -> Callable[[], PriceChange]:
    return lambda: price_changes.propose(deal.proposal(prices), by=deal.keeper, now=NOW)


def assert_one_won(outcomes: list[object], *refusals: type[Exception]) -> None:
    assert len(winners(outcomes)) == 1
    assert {type(error) for error in losers(outcomes)} <= set(refusals)


def meeting_at(barrier: Barrier, read: Callable[..., object]) -> Callable[..., object]:
    """What *read* gives, once everybody has read."""

    def reading(*args: object, **named: object) -> object:
        found = read(*args, **named)
        barrier.wait(PATIENCE)
        return found

    return reading


def unlocked_change(change_id: int, _by: Membership) -> tuple[PriceChange, ContractItem]:
    """In place of `locked`: the rows as they are, without waiting for anybody."""
    change = PriceChange.objects.get(pk=change_id)
    return change, unlocked_item(change.item_id, None)


def unlocked_item(item_id: int, _article_id: int | None) -> ContractItem:
    rows = ContractItem.objects.select_related("award__lot__agreement", "award__supplier")
    return rows.get(pk=item_id)


def test_two_managers_at_once_decide_once(deal: Bargain, second_manager: Membership) -> None:
    change = deal.proposed()
    outcomes = race([deciding(change, by) for by in (deal.manager, second_manager)])
    assert_one_won(outcomes, WrongChangeState)


def test_acceptance_and_rejection_at_once_have_one_outcome(
    deal: Bargain, second_manager: Membership
) -> None:
    change = deal.proposed()
    outcomes = race(
        [deciding(change, deal.manager), deciding(change, second_manager, accept=False)]
    )
    assert_one_won(outcomes, WrongChangeState)


def test_without_the_lock_two_decisions_are_seen(
    deal: Bargain, second_manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    change = deal.proposed()
    monkeypatch.setattr(price_decisions, "locked", meeting_at(Barrier(2), unlocked_change))
    outcomes = race([deciding(change, by) for by in (deal.manager, second_manager)])
    with pytest.raises(AssertionError):
        assert_one_won(outcomes, WrongChangeState)


def test_two_second_persons_at_once_open_one_version(
    deal: Bargain, second_manager: Membership
) -> None:
    change = deal.decided()
    outcomes = race([confirming(change, by) for by in (deal.reviewer, second_manager)])
    assert_one_won(outcomes, WrongChangeState)
    assert PriceVersion.objects.filter(change=change).count() == 1


def test_without_the_lock_the_database_still_opens_one_version(
    deal: Bargain, second_manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, and the proof of the second guard."""
    change = deal.decided()
    monkeypatch.setattr(price_decisions, "locked", meeting_at(Barrier(2), unlocked_change))
    outcomes = race([confirming(change, by) for by in (deal.reviewer, second_manager)])
    with pytest.raises(AssertionError):
        assert_one_won(outcomes, WrongChangeState)
    assert_one_won(outcomes, OverlappingPrices)
    assert PriceVersion.objects.filter(change=change).count() == 1


def test_the_decider_racing_himself_as_reviewer_is_refused(deal: Bargain) -> None:
    both = Membership.objects.create(
        user=deal.manager.user,
        organisation=deal.world.purchasing,
        role=Role.REVIEWER,
        valid_from=date(2026, 1, 1),
    )
    change = deal.proposed()
    outcomes = race([deciding(change, deal.manager), confirming(change, both)])
    assert_one_won(outcomes, WrongChangeState, SamePerson)
    change.refresh_from_db()
    assert (change.state, change.second_id) == ("awaiting_second", None)


def test_two_proposals_at_once_are_one(deal: Bargain) -> None:
    outcomes = race([proposing(deal, RISE)] * 2)
    assert_one_won(outcomes, ChangePending)


def test_two_falls_at_once_begin_one_after_the_other_or_not_at_all(deal: Bargain) -> None:
    outcomes = race([proposing(deal, FALL)] * 2)
    assert_one_won(outcomes, OverlappingPrices)
    assert PriceVersion.objects.filter(item=deal.item).count() == 2


def test_without_the_lock_two_proposals_are_seen(
    deal: Bargain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(price_changes, "lock_price", meeting_at(Barrier(2), unlocked_item))
    outcomes = race([proposing(deal, RISE)] * 2)
    with pytest.raises(AssertionError):
        assert_one_won(outcomes, ChangePending)


def registered(deal: Bargain, by: Membership) -> ContractModification:
    return modifications.register(
        agreement_id=deal.world.agreement.pk,
        entry=entry(Decimal(150_000), ModificationKind.CAP),
        by=by,
        now=NOW,
    )


def approving(row: ContractModification, by: Membership) -> Callable[[], ContractModification]:
    return lambda: modifications.approve(modification_id=row.pk, by=by, now=NOW)


def test_two_entries_that_fit_singly_are_not_both_approved(
    deal: Bargain, second_manager: Membership
) -> None:
    rows = [registered(deal, deal.manager) for _ in range(2)]
    people = (deal.reviewer, second_manager)
    outcomes = race([approving(row, by) for row, by in zip(rows, people, strict=True)])
    assert_one_won(outcomes, OutsideLimits)


def test_without_the_lock_both_entries_are_approved(
    deal: Bargain, second_manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    rows = [registered(deal, deal.manager) for _ in range(2)]

    def unlocked(pk: int, _by: Membership) -> tuple[ContractModification, FrameworkAgreement]:
        row = ContractModification.objects.select_related("agreement", "lot", "change").get(pk=pk)
        return row, row.agreement

    # Both have summed what is approved before either is.
    monkeypatch.setattr(modifications, "locked_entry", unlocked)
    judged = meeting_at(Barrier(2), modifications._judged)
    monkeypatch.setattr(modifications, "_judged", judged)
    people = (deal.reviewer, second_manager)
    outcomes = race([approving(row, by) for row, by in zip(rows, people, strict=True)])
    assert len(winners(outcomes)) == 2
