"""Requisitions, refusals and suspensions in any order, against a naive model of the rule.

The model knows four numbers per award and nothing of locks, holds or steps. After every
act the supplier has to be the model's, and the recorded steps have to replay.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.agreements.models import AllocationRule, RotationCounter
from contracts.ledger.movements import set_open
from contracts.ledger.replay import differences
from orders import approvals
from orders.allotting.audit import deviations
from orders.call_offs.confirmations import refuse
from orders.errors import NobodyInTurn
from orders.models import CallOff
from orders.models.approval import Verdict
from tests.ranks import PRICE, Ranks, build_ranks
from tests.world import NOW

ROOM = (6, 9, 14)  # pieces that each award's own cap carries
Act = tuple[str, int]
acts = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.integers(1, 5)),
        st.tuples(st.just("issue"), st.integers(1, 5)),
        st.tuples(st.just("reject"), st.integers(1, 5)),
        st.tuples(st.just("refuse"), st.integers(0, 9)),
        st.tuples(st.sampled_from(("suspend", "reopen")), st.integers(1, 3)),
    ),
    min_size=4,
    max_size=9,
)


@dataclass
class Given:
    """A call-off as the model knows it; `refused` are the ranks that did not want it."""

    rank: int
    quantity: int
    refused: frozenset[int] = frozenset()


@dataclass
class Model:
    """The rule, told in ranks."""

    rule: AllocationRule
    room: list[int] = field(default_factory=lambda: [0, *ROOM])
    suspended: set[int] = field(default_factory=set)
    last: int = 0
    turns: int = 0
    open: list[Given] = field(default_factory=list)

    def issue(self, quantity: int, refused: frozenset[int] = frozenset()) -> int | None:
        """The rank that gets it, or None when nobody can."""
        ranks = [1, 2, 3]
        if self.rule is AllocationRule.ROTATION:
            ranks = ranks[self.last :] + ranks[: self.last]
        for rank in ranks:
            if rank in self.suspended or rank in refused or self.room[rank] < quantity:
                continue
            self.room[rank] -= quantity
            self.last, self.turns = rank, self.turns + 1
            self.open.append(Given(rank, quantity, refused))
            return rank
        return None

    def refuse(self, index: int) -> int | None:
        """Give one back; a cascade asks the next rank."""
        gone = self.open.pop(index)
        self.room[gone.rank] += gone.quantity
        if self.rule is AllocationRule.ROTATION:
            return None
        return self.issue(gone.quantity, gone.refused | {gone.rank})


def run_acts(rule: AllocationRule, *, examples: int, steady: bool = False) -> None:
    """Drive both; AssertionError names what differs. `steady` always walks the same way."""
    ranks = build_ranks(rule, maxima=[PRICE * pieces for pieces in ROOM])
    phases = (Phase.generate,) if steady else tuple(Phase)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=steady,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(course=acts)
    def drive(course: list[Act]) -> None:
        with transaction.atomic():
            _check(ranks, Model(rule), course)
            transaction.set_rollback(True)

    drive()


def _check(ranks: Ranks, model: Model, course: list[Act]) -> None:
    open_ones: list[CallOff] = []
    for kind, number in course:
        if kind == "issue":
            _issue(ranks, model, number, open_ones)
        elif kind == "reject":
            _reject(ranks, number)
        elif kind == "refuse":
            if open_ones:
                _refuse(ranks, model, number % len(open_ones), open_ones)
        else:
            _set_open(ranks, model, number, is_open=kind == "reopen")
        assert deviations(ranks.lot.pk) == [], "the steps do not replay"
        if model.rule is AllocationRule.ROTATION:
            counter = RotationCounter.objects.filter(lot=ranks.lot).first()
            assert (counter.taken if counter else 0) == model.turns, "the counter differs"
    assert differences() == [], "the ledger differs"
    for award, rank in zip(ranks.awards, (1, 2, 3), strict=True):
        award.account.refresh_from_db()
        assert award.account.available == PRICE * model.room[rank], "a cap differs"


def _issue(ranks: Ranks, model: Model, quantity: int, open_ones: list[CallOff]) -> None:
    try:
        with transaction.atomic():
            call_off = ranks.issued(quantity)
    except NobodyInTurn:
        assert model.issue(quantity) is None, "refused although somebody is in turn"
        return
    assert ranks.rank_of(call_off) == model.issue(quantity), "another supplier was in turn"
    open_ones.append(call_off)


def _reject(ranks: Ranks, quantity: int) -> None:
    try:
        with transaction.atomic():
            requisition = ranks.submitted(quantity)
    except NobodyInTurn:
        return
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.REJECT,
        comment="Bedarf entfallen",
        by=ranks.world.approver,
        now=NOW,
    )


def _refuse(ranks: Ranks, model: Model, index: int, open_ones: list[CallOff]) -> None:
    call_off = open_ones.pop(index)
    desk = ranks.desks[ranks.rank_of(call_off) - 1]
    refuse(call_off_id=call_off.pk, reason="Nicht lieferbar", by=desk, now=NOW)
    following = CallOff.objects.filter(follows=call_off).first()
    expected = model.refuse(index)
    assert (ranks.rank_of(following) if following else None) == expected, "another rank follows"
    if following is not None:
        open_ones.append(following)


def _set_open(ranks: Ranks, model: Model, rank: int, *, is_open: bool) -> None:
    set_open([ranks.awards[rank - 1].account_id], is_open=is_open, reason="suspended")
    if is_open:
        model.suspended.discard(rank)
    else:
        model.suspended.add(rank)
