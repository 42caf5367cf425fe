"""A state machine over agreement, cap and price operations, beside a pure model.

It drives the public functions of the domain on the real database: what buyers, suppliers,
contract managers and the clock may do. Every act is predicted (`contract_acts`), and after
every step the database is compared with the model (`contract_books`). Every example runs
in a savepoint that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from orders.models.approval import Verdict
from tests.world import DAY

from . import contract_books as books
from .contract_acts import Size, key_of
from .contract_manager_acts import ManagerActs
from .contract_orders import CallOff, Requisition
from .staged import drive, walk_on

T = TypeVar("T")

picks = st.integers(0, 30)
buyers = st.sampled_from([0, 0, 1])
people = st.sampled_from(["manager", "reviewer", "both as manager", "both as reviewer"])
mostly = st.sampled_from([True, True, True, False])
sizes = st.one_of(st.integers(1, 12), st.integers(15, 30), st.sampled_from([100, "exact", "over"]))
asked = st.lists(st.tuples(picks, sizes), min_size=1, max_size=4)
parts = st.one_of(st.integers(0, 12), st.sampled_from(["all", "over"]))
chosen = st.lists(picks, min_size=1, max_size=3)
limits = st.one_of(st.sampled_from(["use", "below"]), st.integers(0, 60_000))
rises = st.one_of(st.sampled_from(["most", "over"]), st.integers(-1, 300))
percents = st.sampled_from([90, 95, 99, 100, 102, 104, 105, 106, 140])
starts = st.sampled_from([-1, 0, 0, 7, 29, 30, 31, 45])
values = st.sampled_from([500, 1_000, 5_000, 7_000, 300_000])
tracks = st.sampled_from(["notebook", "sticker", "list price"])
deciders = st.sampled_from([("manager", "both as reviewer"), ("both as manager", "manager")])
moments = st.sampled_from(
    [1, 8, 8, 15, 32, "review", "review", "review", "review", "lift", "lift", "cap", "decision"]
)
seldom = st.sampled_from([False, False, False, True])
days = st.sampled_from([-2, -1, -1, 0, 3])
gates = st.sampled_from(["lot", "supplier", "opt-out"])
quotas = st.sampled_from([None, 100, 9_000])


class ContractMachine(ManagerActs):
    """The rules draw what to do; what must hold is checked after each."""

    @initialize(asked=asked, tablets=st.integers(1, 15))
    def begin(self, asked: list[tuple[int, Size]], tablets: int) -> None:
        """Call-offs in every lot are there before anything else happens."""
        self.ask_and_sign(0, asked)
        self._sign(1, [(self.stage.listings[5].pk, tablets), (self.stage.listings[1].pk, 3)])

    # Buyers

    @rule(buyer=buyers, asked=asked)
    def ask(self, buyer: int, asked: list[tuple[int, Size]]) -> None:
        self._ask(self.stage.buyers[buyer], self._wanted(asked))

    @rule(buyer=buyers, asked=asked)
    def ask_and_sign(self, buyer: int, asked: list[tuple[int, Size]]) -> None:
        self._sign(buyer, self._wanted(asked))

    @precondition(lambda self: self.model.requisitions)
    @rule(
        pick=picks,
        verdict=st.sampled_from([Verdict.APPROVE] * 3 + [Verdict.REJECT, Verdict.RETURN]),
        own=st.sampled_from([False, False, False, True]),
    )
    def decide(self, pick: int, verdict: Verdict, own: bool) -> None:
        requisition = self._requisition(pick, "submitted")
        buyer = self._buyer(requisition)
        self._decide(requisition, verdict, buyer.signing_officer if own else buyer.approver)

    @precondition(lambda self: self.model.requisitions)
    @rule(pick=picks, taken_back=st.booleans())
    def submit_again_or_withdraw(self, pick: int, taken_back: bool) -> None:
        if taken_back:
            self._withdraw(self._requisition(pick, "submitted"))
        else:
            self._submit_again(self._requisition(pick, "returned"))

    @precondition(lambda self: self.model.call_offs)
    @rule(pick=picks, chosen=chosen, size=parts, arrives=st.booleans())
    def cancel_or_receive(self, pick: int, chosen: list[int], size: Size, arrives: bool) -> None:
        if arrives:
            self._receive(self._call_off(pick), chosen, size)
        else:
            self._cancel(self._call_off(pick), chosen, size)

    # Suppliers

    @precondition(lambda self: self.model.call_offs)
    @rule(pick=picks, refused=mostly, again=st.booleans())
    def answer(self, pick: int, refused: bool, again: bool) -> None:
        """Confirm or refuse; a draft for the next rank may be submitted at once."""
        call_off = self._call_off(pick)
        if not refused:
            self._confirm(call_off)
            return
        self._refuse(call_off)
        drafts = [row for row in self.model.requisitions.values() if row.state == "draft"]
        if drafts and again:
            self._submit_again(drafts[-1])
            self._decide(drafts[-1], Verdict.APPROVE, self._buyer(drafts[-1]).approver)

    @rule(track=tracks, percent=percents, days=starts, taken_back=seldom)
    def propose(self, track: str, percent: int, days: int, taken_back: bool) -> None:
        change = self._propose(*self._track(track), percent, days)
        if change is not None and taken_back:
            self._withdraw_change(change)

    # The purchasing body

    @precondition(lambda self: self.model.changes)
    @rule(pick=picks, second=st.booleans(), who=people, accept=mostly, value=values)
    def judge_a_change(self, pick: int, second: bool, who: str, accept: bool, value: int) -> None:
        change = pick_from(list(self.model.changes.values()), pick)
        if second:
            self._confirm_change(change, who, accept)
        else:
            self._decide_change(change, who, accept, value)

    @rule(track=tracks, percent=percents, days=st.sampled_from([0, 0, 31]), who=deciders)
    def change_a_price_together(
        self, track: str, percent: int, days: int, who: tuple[str, str]
    ) -> None:
        """The whole road of a change; the one who decided can't be the second person."""
        change = self._propose(*self._track(track), percent, days)
        if change is None or change.state == "accepted":
            return
        self._decide_change(change, who[0], True, 1_000)
        if change.entry is not None:
            self._decide_entry(self.model.entries[change.entry], "reviewer", True)
        self._confirm_change(change, who[0], True)
        self._confirm_change(change, who[1], True)

    @rule(pick=picks, value=values, who=people, judges=people, accept=mostly)
    def register(self, pick: int, value: int, who: str, judges: str, accept: bool) -> None:
        self._register(pick_from([None, *self.model.lots], pick), value, who)
        if self.model.entries:
            entry = pick_from(list(self.model.entries.values()), pick)
            self._decide_entry(entry, judges, accept)

    @rule(lot=picks, cap=picks, sizes=st.tuples(rises, rises))
    def raise_cap_together(self, lot: int, cap: int, sizes: tuple[Size, Size]) -> None:
        """Before its approval an entry allows nothing, after it one rise per cap."""
        entry = self._register(pick_from([None, *self.model.lots], lot), 200, "manager")
        if entry is None:
            return
        self._raise_cap(entry, cap, "most")
        self._decide_entry(entry, "reviewer", True)
        for size in sizes:
            self._raise_cap(entry, cap, size)

    @rule(pick=picks, size=limits)
    def lower_cap(self, pick: int, size: Size) -> None:
        quotas = {row.quota for row in self.model.entitlements}
        caps = [pk for pk in self.model.accounts if pk not in quotas]
        self._lower_cap(pick_from(caps, pick), size)

    @rule(pick=picks, ended=days, named=st.sampled_from([0, 0, 2]), quota=quotas)
    def entitle_anew(self, pick: int, ended: int, named: int, quota: int | None) -> None:
        """An entitlement ends, and the buyer is named again; between them it buys nothing."""
        entitlement = pick_from(self.model.entitlements, pick)
        self._end_entitlement(entitlement, ended)
        buyer = next(row for row in self.stage.buyers if key_of(row) == entitlement.buyer)
        self._ask(buyer, [(self.stage.listings[0].pk, 1)])
        self._name_buyer(buyer, named, quota)

    @rule(what=st.sampled_from(["set", "give", "return"]), pick=picks, taker=picks, size=limits)
    def move_quota(self, what: str, pick: int, taker: int, size: Size) -> None:
        entitlement = pick_from(self.model.entitlements, pick)
        if what == "set":
            self._set_quota(entitlement, size)
        elif what == "give":
            amount = {"use": "rest", "below": "over"}.get(str(size), size)
            self._transfer_quota(entitlement, pick_from(self.model.entitlements, taker), amount)
        else:
            self._return_quota(entitlement)

    @rule(what=gates, pick=picks, asked=asked, stays=seldom)
    def put_a_gate(self, what: str, pick: int, asked: list[tuple[int, Size]], stays: bool) -> None:
        """A gate stands, somebody orders all the same, and mostly it is lifted."""
        lot, buyer = pick_from(list(self.model.lots), pick), pick_from(self.stage.buyers, pick)
        if what == "opt-out":
            self._opt_out(buyer, lot)
        elif what == "lot":
            self._set_gate(lot, None)
        else:
            self._set_gate(None, pick_from(list(self.model.awards.values()), pick).supplier)
        self._decide_one(pick)
        self._sign(pick % 2, self._wanted(asked))
        if self.model.gates and not stays:
            self._lift_gate(list(self.model.gates)[-1])

    @rule(asked=asked, pick=picks, stays=seldom)
    def suspend(self, asked: list[tuple[int, Size]], pick: int, stays: bool) -> None:
        """Nothing is held or issued meanwhile; what was held may still be given back."""
        self._suspend()
        self._decide_one(pick)
        self._ask(pick_from(self.stage.buyers, pick), self._wanted(asked))
        if not stays:
            self._list_again()

    # Time and beat

    @rule(what=moments, pick=picks)
    def let_time_pass(self, what: int | str, pick: int) -> None:
        """Days with beat behind them; between them what comes seldom."""
        if isinstance(what, int):
            self._let_days_pass(what)
        elif what == "review":
            self._review()
        elif what == "lift":
            if self.model.gates:
                self._lift_gate(pick_from(list(self.model.gates), pick))
        else:
            self._end(what)

    # What must hold after every step, whether it was accepted or refused

    @invariant()
    def limits_carry_what_is_open_and_kept(self) -> None:
        books.check_accounts(self.model)

    @invariant()
    def amounts_are_those_of_the_award(self) -> None:
        books.check_requisitions(self.model)
        books.check_call_offs(self.model)
        books.check_audit(self.stage.purchasing["reviewer"], DAY, self.now)

    @invariant()
    def each_day_has_the_version_that_was_accepted(self) -> None:
        books.check_prices(self.model)

    @invariant()
    def changes_have_their_people(self) -> None:
        books.check_people(self.model)

    @invariant()
    def what_finance_hears_is_what_the_budgets_carry(self) -> None:
        books.check_finance(self.stage, self.model)

    @invariant()
    def the_database_agrees(self) -> None:
        connection.check_constraints()

    # Plumbing

    def _track(self, name: str) -> tuple[int, int | None]:
        """The item, and the article where its list price is meant."""
        world = self.stage.world
        if name == "list price":
            return world.items[3].pk, world.listings[4].article_id
        return world.items[0 if name == "notebook" else 2].pk, None

    def _wanted(self, asked: list[tuple[int, Size]]) -> list[tuple[int, Size]]:
        shelf = sorted(self.model.shelf)
        return [(pick_from(shelf, pick), size) for pick, size in asked]

    def _sign(self, buyer: int, wanted: list[tuple[int, Size]]) -> None:
        """The short way to call-offs, so that the later steps are reached often."""
        requisition = self._ask(self.stage.buyers[buyer], wanted)
        if requisition is not None:
            self._decide(requisition, Verdict.APPROVE, self.stage.buyers[buyer].approver)

    def _decide_one(self, pick: int) -> None:
        if self.model.requisitions:
            requisition = self._requisition(pick, "submitted")
            self._decide(requisition, Verdict.APPROVE, self._buyer(requisition).approver)

    def _requisition(self, pick: int, state: str) -> Requisition:
        """Mostly one in the state that the step is about."""
        rows = list(self.model.requisitions.values())
        fitting = [row for row in rows if row.state == state]
        return pick_from(fitting if fitting and pick % 8 else rows, pick)

    def _call_off(self, pick: int) -> CallOff:
        rows = list(self.model.call_offs.values())
        fitting = [row for row in rows if row.left]
        return pick_from(fitting if fitting and pick % 8 else rows, pick)


def pick_from(choices: Sequence[T], pick: int) -> T:
    return choices[pick % len(choices)]


Road = Callable[[ContractMachine], None]
run_machine = partial(drive, ContractMachine)
walk = partial(walk_on, ContractMachine)
