"""Reviews against submits, withdrawals and suspensions: no limit is passed, and at rest
every lot is open or closed as its rest says; and the race can fail (docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Event

import pytest

from contracts.agreements.caps import stops
from contracts.agreements.caps.stops import review_stops
from contracts.agreements.errors import Blocked
from contracts.agreements.gates.register import GateScope, GateSpec, set_gate
from contracts.agreements.models import GateReason
from contracts.ledger.errors import AccountClosed, LimitExceeded
from contracts.ledger.models import LimitAccount
from orders import requisitions
from orders.binding.cap_watch import review
from orders.errors import LotFull
from orders.models import Requisition
from tests.world import DAY, NOW, World, build_world

from .racing import PATIENCE, assert_books_are_clean, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

ROOM = 6


@pytest.fixture
def world() -> World:
    return build_world(notebook_quantity=ROOM)


def lot_account(world: World) -> LimitAccount:
    return LimitAccount.objects.get(pk=world.lots[0].account_id)


def submitting(world: World, draft: Requisition) -> Callable[[], object]:
    return lambda: requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)


def withdrawing(world: World, requisition: Requisition) -> Callable[[], object]:
    return lambda: requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)


def reviewing() -> Callable[[], object]:
    return lambda: review(now=NOW)


def test_reviews_submits_and_withdrawals_at_once_end_right(world: World) -> None:
    """Never over; and when all is quiet one review has nothing left to put right."""
    allowed = {LimitExceeded, AccountClosed, LotFull}
    for _ in range(3):
        held = [world.submitted({0: 1}) for _ in range(3)]
        drafts = [world.draft({0: 1}) for _ in range(6)]
        acts = [submitting(world, draft) for draft in drafts]
        acts += [withdrawing(world, requisition) for requisition in held]
        acts += [reviewing() for _ in range(4)]
        outcomes = race(acts)
        assert {type(refusal) for refusal in losers(outcomes)} <= allowed
        review(now=NOW)
        account = LimitAccount.objects.get(pk=world.items[0].account_id)
        assert 0 <= account.available <= ROOM
        assert lot_account(world).closed_reason == ("full" if account.available == 0 else "")
        assert review(now=NOW).stops == stops.StopReview()
        assert_books_are_clean()
        for requisition in Requisition.objects.filter(state="submitted"):
            requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
        review(now=NOW)
        assert lot_account(world).is_open


class Gap:
    """Stops a review between finding a full lot and locking its accounts."""

    def __init__(self) -> None:
        self.found, self.go_on = Event(), Event()

    def wait(self) -> None:
        self.found.set()
        assert self.go_on.wait(PATIENCE)


def give_back_in_the_gap(world: World, gap: Gap) -> list[object]:
    """One review that pauses; meanwhile everything is given back and reviewed."""
    requisition = world.submitted({0: ROOM})

    def meanwhile() -> None:
        assert gap.found.wait(PATIENCE)
        withdrawing(world, requisition)()
        gap.go_on.set()

    return race([reviewing(), meanwhile])


def test_a_give_back_in_the_gap_leaves_the_lot_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = Gap()
    monkeypatch.setattr(stops, "accounts_of", _pausing(gap, stops.accounts_of))
    assert losers(give_back_in_the_gap(world, gap)) == []
    assert lot_account(world).is_open


def test_without_looking_again_the_lot_closes_with_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what was found before the lock is taken for true after it."""
    gap, look = Gap(), stops._states
    seen: list[object] = []

    def once(*args: object) -> object:
        if not seen:
            seen.append(look(*args))  # type: ignore[arg-type]
        return seen[0]

    monkeypatch.setattr(stops, "_states", once)
    monkeypatch.setattr(stops, "accounts_of", _pausing(gap, stops.accounts_of))
    assert losers(give_back_in_the_gap(world, gap)) == []
    assert lot_account(world).closed_reason == "full"
    monkeypatch.undo()
    assert LimitAccount.objects.get(pk=world.items[0].account_id).available == ROOM


def _pausing(gap: Gap, original: Callable[..., set[int]]) -> Callable[..., set[int]]:
    def pause(lot_ids: Iterable[int]) -> set[int]:
        gap.wait()
        return original(lot_ids)

    return pause


def test_a_suspension_does_not_let_a_submit_slip_past(world: World) -> None:
    """Each submit is held before the suspension commits, or refused; none after it."""
    drafts = [world.draft({0: 1}) for _ in range(ROOM)]
    spec = GateSpec(
        scope=GateScope(lot_id=world.lots[0].pk),
        reason=GateReason.SUSPENSION,
        explanation="Prüfung",
        evidence="Vermerk 7",
        valid_from=DAY,
    )
    acts = [submitting(world, draft) for draft in drafts]
    outcomes = race([*acts, lambda: set_gate(spec, by=world.manager, now=NOW)])
    assert lot_account(world).closed_reason == "suspended"
    assert len(winners(outcomes)) >= 1
    assert {type(refusal) for refusal in losers(outcomes)} <= {AccountClosed, Blocked}
    review_stops(now=NOW)
    assert lot_account(world).closed_reason == "suspended"
    assert_books_are_clean()
