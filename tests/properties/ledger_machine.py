"""A state machine that drives the ledger's public functions beside a pure model.

Every example runs in a savepoint that is rolled back. Amounts are drawn relative to
what fits ("exact", "one cent over"), so that the borders are met in every example.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from types import ModuleType

from django.db.models import Count, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.ledger import movements
from contracts.ledger.errors import (
    InvalidAmount,
    UnknownEntry,
)
from contracts.ledger.models import (
    AccountKind,
    ClosedReason,
    EntryKind,
    LedgerEntry,
    LimitAccount,
)
from contracts.ledger.replay import differences

from .ledger_acts import (
    NOW,
    EndingSpec,
    Holding,
    LedgerActs,
    Size,
    TakingBack,
    in_cents,
    pick_from,
)

CAPS = [kind for kind in AccountKind if kind is not AccountKind.BUDGET]
MAX_ACCOUNTS = 5
NOWHERE = 2**40

kinds = st.sampled_from([*CAPS, AccountKind.BUDGET, AccountKind.BUDGET])
picks = st.integers(0, 30)
cents = st.integers(1, 4_000)
few = st.integers(1, 120)
# None draws a fresh reference, a number repeats an earlier one (one time in eight).
repeats = st.one_of(*[st.none()] * 7, picks)
hold_sizes = st.one_of(st.sampled_from(["exact", "over"]), cents, few)
end_sizes = st.one_of(st.none(), st.sampled_from(["same", "lower", "exact", "over"]), cents)
back_sizes = st.one_of(st.sampled_from(["rest", "over"]), few)
limit_sizes = st.one_of(st.sampled_from(["use", "below"]), st.integers(-2, 9_000))
change_sizes = st.one_of(st.sampled_from(["use", "below"]), st.integers(-900, 900))
give_sizes = st.one_of(st.sampled_from(["rest", "over"]), st.integers(-1, 400))
reasons = st.sampled_from(list(ClosedReason))
holding = st.tuples(picks, hold_sizes, repeats)
ending = st.tuples(picks, end_sizes, repeats)
taking_back = st.tuples(picks, back_sizes, repeats)
BAD_AMOUNTS = tuple(
    Decimal(text)
    for text in ("0", "-0.01", "-5", "0.001", "1e16", "1e40", "NaN", "Infinity", "-Infinity")
)
LAWFUL_CHANGES = (Decimal("-0.01"), Decimal(-5))
"""Of these, what is no amount and no limit may still be the change of one."""


class LedgerMachine(LedgerActs):
    """The rules draw what to do; what must hold is checked after each."""

    # Accounts

    @initialize(cap=st.sampled_from(CAPS), limits=st.tuples(cents, cents))
    def start(self, cap: AccountKind, limits: tuple[int, int]) -> None:
        self._open(cap, limits[0])
        self._open(AccountKind.BUDGET, limits[1])

    @precondition(lambda self: len(self.model.accounts) < MAX_ACCOUNTS)
    @rule(kind=kinds, limit=st.integers(0, 9_000))
    def open_account(self, kind: AccountKind, limit: int) -> None:
        self._open(kind, limit)

    @rule(pick=picks, is_open=st.sampled_from([True, True, False]), reason=reasons)
    def stop_or_reopen(self, pick: int, is_open: bool, reason: str) -> None:
        self._set_open(self._account(pick), is_open=is_open, reason=reason)

    @rule(pick=picks, size=limit_sizes, repeat=repeats)
    def adjust(self, pick: int, size: Size, repeat: int | None) -> None:
        self._set_limit(self._account(pick), size, repeat)

    @rule(pick=picks, size=change_sizes, repeat=repeats)
    def adjust_by(self, pick: int, size: Size, repeat: int | None) -> None:
        self._change_limit(self._account(pick), size, repeat)

    @rule(giver=picks, taker=picks, size=give_sizes, repeat=repeats)
    def transfer(self, giver: int, taker: int, size: Size, repeat: int | None) -> None:
        self._give(self._account(giver), self._account(taker), size, repeat)

    # Holds

    @rule(asked=st.lists(holding, min_size=1, max_size=3))
    def hold(self, asked: list[Holding]) -> None:
        self._ask([(self._account(pick), size, repeat) for pick, size, repeat in asked])

    # Posts, voids, reverses

    @precondition(lambda self: self.model.holds)
    @rule(asked=st.lists(ending, min_size=1, max_size=3))
    def settle(self, asked: list[EndingSpec]) -> None:
        self._end([(self._hold_to_end(pick), size, repeat) for pick, size, repeat in asked])

    @precondition(lambda self: self.model.posts)
    @rule(asked=st.lists(taking_back, min_size=1, max_size=2))
    def reverse(self, asked: list[TakingBack]) -> None:
        known = sorted(self.model.posts)
        self._take_back([(pick_from(known, pick), size, repeat) for pick, size, repeat in asked])

    # Short roads on an account of their own, so that each border is met early

    @rule(kind=kinds)
    def ask_for_nonsense(self, kind: AccountKind) -> None:
        account, reference, ledger = self._open(kind, 500), self._reference(None), self.ledger
        for amount in BAD_AMOUNTS:
            bad = ledger.Hold(account, amount, reference)
            self._attempt({InvalidAmount}, partial(ledger.hold, [bad], by=None, now=NOW))
            if amount != 0:
                self._attempt({InvalidAmount}, partial(self._adjust, account, amount, reference))
            if amount not in LAWFUL_CHANGES:
                self._attempt({InvalidAmount}, partial(self._adjust_by, account, amount, reference))
        nowhere = ledger.Hold(NOWHERE, Decimal(1), reference)
        never = ledger.Reverse(NOWHERE, Decimal(1), reference)
        self._attempt({UnknownEntry}, partial(ledger.hold, [nowhere], by=None, now=NOW))
        self._attempt({UnknownEntry}, partial(ledger.reverse, [never], by=None, now=NOW))
        self._attempt({UnknownEntry}, partial(ledger.settle, voids=[NOWHERE], by=None, now=NOW))

    @rule(kind=kinds, size=end_sizes)
    def settle_on_a_stopped_account(self, kind: AccountKind, size: Size | None) -> None:
        """A stop refuses new holds; what is held is booked while it is only full, and released
        whatever the reason is.
        """
        account = self._open(kind, 500)
        (first, second) = self._ask([(account, 150, None), (account, 50, None)])
        self._set_open(account, is_open=False, reason="full")
        self._end([(first, size, None)])
        for reason in ("suspended", "full"):
            self._set_open(account, is_open=False, reason=reason)
        self._ask([(account, 50, None)])
        self._end([(second, size, None)])
        self._end([(second, None, None)])
        self._set_open(account, is_open=True, reason="full")
        self._ask([(account, 50, None)])
        self._set_open(account, is_open=True, reason="suspended")
        self._ask([(account, 50, None)])

    @rule(kind=kinds)
    def record_every_movement_twice(self, kind: AccountKind) -> None:
        account = self._open(kind, 500)
        holds = self._ask([(account, 50, None)])
        self._ask([(account, 50, self._latest())])
        holds += self._ask([(account, 60, None)])
        self._end([(holds[0], "same", None)])
        self._end([(holds[1], "same", self._latest())])
        post = self._posts_of(holds)[holds[0]]
        self._take_back([(post, 10, None)])
        self._take_back([(post, 10, self._latest())])
        self._set_limit(account, 600, None)
        self._set_limit(account, 700, self._latest())

    @rule(kind=kinds, size=limit_sizes, again=limit_sizes)
    def bind_and_change_the_limit(self, kind: AccountKind, size: Size, again: Size) -> None:
        account = self._open(kind, 500)
        self._ask([(account, 400, None)])
        self._set_limit(account, size, None)
        self._set_limit(account, again, None)
        self._ask([(account, "exact", None)])

    @rule(kind=kinds, size=change_sizes)
    def bind_and_change_the_limit_by(self, kind: AccountKind, size: Size) -> None:
        account = self._open(kind, 500)
        self._ask([(account, 400, None)])
        self._change_limit(account, size, None)
        self._change_limit(account, size, None)

    @rule(delta=st.sampled_from(["use", "below", -50]), size=end_sizes)
    def freeze_and_book(self, delta: Size, size: Size | None) -> None:
        """Of two accounts one is frozen: down to what is bound, below, or not so far."""
        budget, other = self._open(AccountKind.BUDGET, 500), self._open(AccountKind.LOT_VALUE, 500)
        held = self._ask([(other, 100, None), (budget, 400, None)])
        self._change_limit(budget, delta, None)
        self._end([(pk, size, None) for pk in held])
        self._end([(pk, "lower", None) for pk in held])

    @rule(kind=kinds, sizes=st.tuples(give_sizes, give_sizes), repeat=repeats)
    def bind_and_give_limit_away(
        self, kind: AccountKind, sizes: tuple[Size, Size], repeat: int | None
    ) -> None:
        giver, taker = self._open(kind, 500), self._open(kind, 500)
        self._ask([(giver, 300, None)])
        for size in sizes:
            self._give(giver, taker, size, repeat)
        other = (
            AccountKind.LOT_VALUE
            if kind is AccountKind.ITEM_QUANTITY
            else AccountKind.ITEM_QUANTITY
        )
        self._give(giver, self._open(other, 500), 1, None)
        self._give(taker, taker, 1, None)
        self._ask([(taker, "exact", None)])

    @rule(kind=kinds, first=end_sizes, second=end_sizes, repeat=repeats)
    def end_a_hold_again(
        self, kind: AccountKind, first: Size | None, second: Size | None, repeat: int | None
    ) -> None:
        account = self._open(kind, 500)
        (pk, _) = self._ask([(account, 150, None), (account, 200, None)])
        self._end([(pk, first, None)])
        self._end([(pk, second, repeat)])
        self._end([(pk, None, None)])

    @rule(kind=kinds, parts=st.lists(st.tuples(back_sizes, repeats), min_size=1, max_size=4))
    def post_and_take_back_in_parts(
        self, kind: AccountKind, parts: list[tuple[Size, int | None]]
    ) -> None:
        account = self._open(kind, 500)
        holds = self._ask([(account, 150, None), (account, 200, None)])
        self._end([(pk, "same", None) for pk in holds])
        post = min(self._posts_of(holds).values())
        for size, repeat in parts:
            self._take_back([(post, size, repeat)])

    # What must hold after every step, whether it was accepted or refused

    @invariant()
    def rows_equal_the_model(self) -> None:
        rows = LimitAccount.objects.filter(pk__in=self.model.accounts).order_by("pk")
        found = {
            row.pk: (
                in_cents(row.limit_amount),
                in_cents(row.held),
                in_cents(row.posted),
                row.is_open,
                row.closed_reason,
            )
            for row in rows
        }
        assert found == {
            pk: (
                account.limit,
                account.held,
                account.posted,
                account.is_open,
                account.closed_reason,
            )
            for pk, account in self.model.accounts.items()
        }, "the rows differ from the model"

    @invariant()
    def entries_add_up(self) -> None:
        assert differences() == [], "the replay differs from the rows"

    @invariant()
    def refusals_leave_no_entry_and_holds_end_once(self) -> None:
        ended = Q(kind__in=(EntryKind.POST, EntryKind.VOID))
        found = LedgerEntry.objects.aggregate(
            entries=Count("pk"),
            ends=Count("pk", filter=ended),
            ended=Count("resolves", filter=ended, distinct=True),
        )
        assert found["entries"] == self.model.entries, "entries were lost or added"
        assert found["ends"] == found["ended"], "a hold ended twice"


def on_ledger(ledger: ModuleType, *, names_refusals: bool = True) -> type[LedgerMachine]:
    """The machine over this copy of the ledger."""
    return type(
        "LedgerMachineUnderTest",
        (LedgerMachine,),
        {"ledger": ledger, "names_refusals": names_refusals},
    )


def run_machine(*, examples: int, steps: int) -> None:
    """Drive the machine; raises what a failing example raised."""
    run_state_machine_as_test(
        on_ledger(movements),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
