"""Two workers on one deadline, and a substitution revoked while its deputy decides.

The lock of the requisition decides, and behind it the keys of the outbox: with the lock taken
away a step is counted twice and still nobody gets two mails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import deadlines
from orders.errors import DelegationOverlaps, InvalidDelegation
from orders.lifecycle import IllegalTransition
from orders.models import ApprovalStep, CallOff, Decision, Delegation, Requisition
from orders.models.approval import Verdict
from orders.signing import delegations, voices
from tests.delegations import stand_in
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

from .racing import PATIENCE, losers, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORKERS = 4
HALF = NOW + timedelta(days=4)
LATE = NOW + timedelta(days=8)
LAST = NOW + timedelta(days=13)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def deputy(world: World) -> Membership:
    return person("vertretung@stadt-a.example", world.authority, Role.IT_OFFICER)


def deciding(
    requisition: Requisition, by: Membership, delegation: Delegation | None, now: datetime = NOW
) -> Callable[[], object]:
    return lambda: approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.APPROVE,
        delegation_id=delegation.pk if delegation is not None else None,
        by=by,
        now=now,
    )


@pytest.mark.parametrize(
    ("task", "at", "kind"),
    [
        (deadlines.remind_due, HALF, "reminder"),
        (deadlines.escalate_due, LATE, "overdue"),
        (deadlines.warn_due, LAST, "expiring"),
    ],
)
def test_two_workers_at_once_do_it_once(
    world: World, task: Callable[..., int], at: datetime, kind: str
) -> None:
    for _ in range(3):
        world.submitted({0: 1})
    outcomes = race([lambda: task(now=at)] * WORKERS)
    assert not losers(outcomes)
    assert sum(winners(outcomes)) == 3
    assert written().filter(key__startswith=f"mail:{kind}:").count() == 3


def without_lock(meeting: Barrier) -> Callable[[int], ApprovalStep | None]:
    """In place of `_locked`: reads without a lock and waits until the other has read too."""

    def read(step_id: int) -> ApprovalStep | None:
        rows = ApprovalStep.objects.select_related(
            "requisition__authority", "requisition__school", "requisition__created_by__user"
        )
        step = rows.get(pk=step_id)
        meeting.wait(PATIENCE)
        return step

    return read


def test_without_the_lock_a_step_is_counted_twice_and_mailed_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, and the proof of the second guard."""
    world.submitted({0: 1})
    monkeypatch.setattr(deadlines, "_locked", without_lock(Barrier(2)))
    assert sum(winners(race([lambda: deadlines.remind_due(now=HALF)] * 2))) == 2
    assert written().filter(key__startswith="mail:reminder:").count() == 1


def test_escalation_and_decision_at_once_never_escalate_what_is_decided(world: World) -> None:
    asked = [world.submitted({0: 1}) for _ in range(6)]
    for turn, requisition in enumerate(asked):
        acts = [
            deciding(requisition, world.approver, None, LATE),
            lambda: deadlines.escalate_due(now=LATE),
        ]
        outcomes = race(acts if turn % 2 else acts[::-1])
        assert not losers(outcomes)
    for step in ApprovalStep.objects.all():
        assert step.completed_at is not None
        entries = AuditEntry.objects.filter(object_id=step.requisition_id)
        decided = entries.get(action="requisition.decision.approve")
        for entry in entries.filter(action="requisition.escalated"):
            assert entry.pk < decided.pk


def test_escalation_and_expiry_at_once_have_one_order(world: World) -> None:
    requisition = world.submitted({0: 1})
    late = NOW + timedelta(days=15)
    outcomes = race(
        [
            lambda: deadlines.escalate_due(now=late),
            lambda: requisitions.expire_due(now=late),
        ]
    )
    assert not losers(outcomes)
    requisition.refresh_from_db()
    assert requisition.state == "expired"


def test_a_revocation_while_deciding_comes_before_or_after(
    world: World, deputy: Membership
) -> None:
    row = stand_in(deputy, world.approver)
    requisitions = [world.submitted({0: 1}) for _ in range(6)]
    for turn, requisition in enumerate(requisitions):
        acts: list[Callable[[], object]] = [
            deciding(requisition, deputy, row),
            lambda row=row: delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW),
        ]
        race(acts if turn % 2 else acts[::-1])
        assert_one_order(row, requisition)
        row = stand_in(deputy, world.approver)


def assert_one_order(row: Delegation, requisition: Requisition) -> None:
    """Revoked in any case; decided only by an entry before that of the revocation."""
    row.refresh_from_db()
    assert row.revoked_at is not None
    revoked = AuditEntry.objects.get(action="delegation.revoked", object_id=row.pk)
    decided = AuditEntry.objects.filter(
        action="requisition.decision.approve", object_id=requisition.pk
    ).first()
    assert Decision.objects.filter(requisition=requisition).exists() == (decided is not None)
    assert decided is None or decided.pk < revoked.pk


def test_a_revocation_waits_for_a_decision_in_flight(
    world: World, deputy: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deputy has its voice, the revocation begins: the decision still counts, and first."""
    row = stand_in(deputy, world.approver)
    requisition = world.submitted({0: 1})
    meeting = Barrier(2)
    real = voices.valid_while_deciding

    def meet(*args: object, **kwargs: object) -> object:
        meeting.wait(PATIENCE)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    def revoke() -> object:
        meeting.wait(PATIENCE)
        return delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW)

    monkeypatch.setattr(voices, "valid_while_deciding", meet)
    assert not losers(race([deciding(requisition, deputy, row), revoke]))
    assert CallOff.objects.filter(requisition=requisition).exists()
    assert_one_order(row, requisition)


def test_after_the_revocation_the_deputy_is_refused(world: World, deputy: Membership) -> None:
    row = stand_in(deputy, world.approver)
    requisition = world.submitted({0: 1})
    delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW)
    (refusal,) = losers(race([deciding(requisition, deputy, row)]))
    assert isinstance(refusal, InvalidDelegation)


def test_two_deputies_set_up_at_once_leave_one(world: World, deputy: Membership) -> None:
    other = person("andere@stadt-a.example", world.authority, Role.IT_OFFICER)
    outcomes = race(
        [lambda who=who: stand_in(who, world.approver, valid_to=DAY) for who in (deputy, other)]
    )
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {DelegationOverlaps}
    assert Delegation.objects.count() == 1


def test_delegator_and_deputy_at_once_are_one_voice(world: World, deputy: Membership) -> None:
    row = stand_in(deputy, world.approver)
    requisition = world.submitted({0: 1})
    outcomes = race(
        [deciding(requisition, deputy, row), deciding(requisition, world.approver, None)]
    )
    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {IllegalTransition}
    assert Decision.objects.count() == 1
