"""A state machine over a cascade: what its ranks give back, past every date, beside a model.

It drives the public functions on the real database. Every act is predicted (`cascade_acts`),
and after every step the database is compared with the model (`cascade_books`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from . import cascade_books as books
from .cascade_acts import CascadeActs
from .cascade_model import Issued, Request
from .staged import drive, walk_on

T = TypeVar("T")
picks = st.integers(0, 30)
pieces = st.integers(1, 9)
signatures = st.sampled_from([2, 2, 1, 0])
needed = st.sampled_from([None, 1, 2, 30])
names = st.sampled_from(["old", "old", "grant", "new"])


class CascadeMachine(CascadeActs):
    """The rules draw what to do; what must hold is checked after each."""

    @initialize(quantity=pieces, funding=picks, days=needed)
    def begin(self, quantity: int, funding: int, days: int | None) -> None:
        """Two call-offs are there before anything else happens."""
        for number in range(2):
            self.buy(quantity, funding + number, days)

    @rule(quantity=pieces, funding=picks, days=needed, times=signatures)
    def ask(self, quantity: int, funding: int, days: int | None, times: int) -> None:
        self.buy(quantity, funding, days, times)

    @precondition(lambda self: self._fitting("submitted"))
    @rule(pick=picks)
    def sign(self, pick: int) -> None:
        self._sign(self._request(pick, "submitted"))

    @precondition(lambda self: self._fitting("draft"))
    @rule(pick=picks, times=signatures)
    def take_up_a_draft_of_the_house(self, pick: int, times: int) -> None:
        request = self._request(pick, "draft")
        if self._submit(request) is not None:
            self._sign_all(request, times)

    @precondition(lambda self: self._fitting("returned"))
    @rule(pick=picks)
    def submit_again(self, pick: int) -> None:
        self._submit(self._request(pick, "returned"))

    @precondition(lambda self: self._waiting())
    @rule(pick=picks, again=st.booleans())
    def refuse(self, pick: int, again: bool) -> None:
        """Mostly the next rank too, where it is asked at once."""
        row = self._call_off(pick)
        self._refuse(row)
        for other in [other for other in self._waiting() if other.request is row.request]:
            if again:
                self._refuse(other)

    @precondition(lambda self: self._waiting())
    @rule(pick=picks)
    def confirm(self, pick: int) -> None:
        self._confirm(self._call_off(pick))

    @precondition(lambda self: any(row.open for row in self.model.call_offs.values()))
    @rule(pick=picks, size=pieces, arrives=st.booleans())
    def deliver_or_cancel(self, pick: int, size: int, arrives: bool) -> None:
        row = pick_from([row for row in self.model.call_offs.values() if row.open], pick)
        act = self._receive if arrives else self._cancel
        act(row, min(size, row.open))

    @rule(name=names, over=st.sampled_from([-500_00, 0, 1, 500_00]), thaw=st.booleans())
    def freeze_or_thaw(self, name: str, over: int, thaw: bool) -> None:
        """`over` is how much more than what is left a freeze takes (cents)."""
        cents = min(self.model.available(name) + over, self.model.budgets[name].limit)
        if thaw or cents <= 0:
            self._unfreeze(name)
        else:
            self._freeze(name, cents)

    @rule(days=st.sampled_from([0, 1, 8, 8, 12, 20]), broken=st.one_of(st.none(), picks))
    def let_days_pass(self, days: int, broken: int | None) -> None:
        self._let_days_pass(days)
        self._sweep(broken)

    @invariant()
    def the_books_agree(self) -> None:
        books.check(self.stage, self.model)

    def buy(self, quantity: int, funding: int, days: int | None, times: int = 2) -> None:
        """The short way to a call-off, so that the later steps are reached often."""
        request = self._ask(quantity, funding, days)
        if request is not None:
            self._sign_all(request, times)

    def _sign_all(self, request: Request, times: int) -> None:
        for _ in range(times):
            if request.state == "submitted":
                self._sign(request)

    def _fitting(self, state: str) -> list[Request]:
        return [row for row in self.model.requests.values() if row.state == state]

    def _waiting(self) -> list[Issued]:
        return [row for row in self.model.call_offs.values() if row.state == "issued"]

    def _request(self, pick: int, state: str) -> Request:
        """Now and then one that is not in the state that the step is about."""
        rows = list(self.model.requests.values())
        return pick_from(rows if pick % 16 == 15 else self._fitting(state), pick)

    def _call_off(self, pick: int) -> Issued:
        rows = list(self.model.call_offs.values())
        return pick_from(rows if pick % 16 == 15 else self._waiting(), pick)


def pick_from(choices: Sequence[T], pick: int) -> T:
    return choices[pick % len(choices)]


Road = Callable[[CascadeMachine], None]
run_machine = partial(drive, CascadeMachine)
walk = partial(walk_on, CascadeMachine)
