"""A state machine that drives the ledger's public functions beside a pure model.

Every example runs in a savepoint that is rolled back. Amounts are drawn relative to
what fits ("exact", "one cent over"), so that the borders are met in every example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import count
from types import ModuleType
from typing import ClassVar, TypeVar

import pytest
from django.db import transaction
from django.db.models import Count, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.ledger import movements
from contracts.ledger.errors import (
    InvalidAmount,
    LedgerError,
    LimitExceeded,
    UnknownEntry,
)
from contracts.ledger.models import (
    AccountKind,
    ClosedReason,
    EntryKind,
    LedgerEntry,
    LimitAccount,
    Unit,
)
from contracts.ledger.replay import differences

from .ledger_model import Ask, Ending, LedgerModel, Refusals, TakeBack

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
CAPS = [kind for kind in AccountKind if kind is not AccountKind.BUDGET]
MAX_ACCOUNTS = 5
NOWHERE = 2**40
T = TypeVar("T")

Size = str | int
Holding = tuple[int, Size, int | None]
EndingSpec = tuple[int, Size | None, int | None]
TakingBack = tuple[int, Size, int | None]

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
give_sizes = st.one_of(st.sampled_from(["rest", "over"]), st.integers(-1, 400))
reasons = st.sampled_from(list(ClosedReason))
holding = st.tuples(picks, hold_sizes, repeats)
ending = st.tuples(picks, end_sizes, repeats)
taking_back = st.tuples(picks, back_sizes, repeats)
BAD_AMOUNTS = tuple(
    Decimal(text)
    for text in ("0", "-0.01", "-5", "0.001", "1e16", "1e40", "NaN", "Infinity", "-Infinity")
)


def money(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def in_cents(amount: Decimal) -> int:
    scaled = amount.scaleb(2)
    assert scaled == int(scaled)
    return int(scaled)


class LedgerMachine(RuleBasedStateMachine):
    """Each rule predicts the refusals with the model, acts, and compares.

    `ledger` is the module under test, so that a mutated copy can be driven too.
    `names_refusals` is switched off only where a Python check is taken out on purpose
    and the database refuses alone: its constraints know neither the exact name of the
    refusal nor what is missing.
    """

    ledger: ClassVar[ModuleType] = movements
    names_refusals: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.model = LedgerModel()
        self.numbers = count(1)
        self.spoken: list[str] = []
        self.bound_before: dict[int, Decimal] = {}
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

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
        self._take_back([(_pick(known, pick), size, repeat) for pick, size, repeat in asked])

    # Short roads on an account of their own, so that each border is met early

    @rule(kind=kinds)
    def ask_for_nonsense(self, kind: AccountKind) -> None:
        account, reference, ledger = self._open(kind, 500), self._reference(None), self.ledger
        for amount in BAD_AMOUNTS:
            bad = ledger.Hold(account, amount, reference)
            self._attempt({InvalidAmount}, partial(ledger.hold, [bad], by=None, now=NOW))
            if amount != 0:
                self._attempt({InvalidAmount}, partial(self._adjust, account, amount, reference))
        nowhere = ledger.Hold(NOWHERE, Decimal(1), reference)
        never = ledger.Reverse(NOWHERE, Decimal(1), reference)
        self._attempt({UnknownEntry}, partial(ledger.hold, [nowhere], by=None, now=NOW))
        self._attempt({UnknownEntry}, partial(ledger.reverse, [never], by=None, now=NOW))
        self._attempt({UnknownEntry}, partial(ledger.settle, voids=[NOWHERE], by=None, now=NOW))

    @rule(kind=kinds, size=end_sizes)
    def settle_on_a_stopped_account(self, kind: AccountKind, size: Size | None) -> None:
        """A stop refuses new holds; what is held already may still be ended."""
        account = self._open(kind, 500)
        held = self._ask([(account, 150, None)])
        for reason in ("full", "suspended", "full"):
            self._set_open(account, is_open=False, reason=reason)
        self._ask([(account, 50, None)])
        self._end([(pk, size, None) for pk in held])
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

    def _check_limits(self) -> None:
        """After each accepted movement: a freeze may overdraw a budget, nothing may raise it."""
        for row in LimitAccount.objects.filter(pk__in=self.model.accounts):
            assert min(row.held, row.posted) >= 0, "a balance is negative"
            before = self.bound_before.get(row.pk, Decimal(0))
            if row.kind != AccountKind.BUDGET:
                assert row.bound <= row.limit_amount, "the cap is exceeded"
            elif row.bound > before:
                assert row.bound <= row.limit_amount, "the budget was raised above its limit"
            self.bound_before[row.pk] = row.bound

    # A movement: size it by the model, predict, act, follow in the model

    def _ask(self, asked: Sequence[Holding]) -> list[int]:
        asks: list[Ask] = []
        for account, size, repeat in asked:
            room = self.model.accounts[account].available - self.model.wanted(asks)[account]
            amount = {"exact": max(room, 1), "over": max(room, 0) + 1}.get(size, size)
            asks.append(Ask(account, amount, self._reference(repeat)))
        ids: list[int] = []
        accepted = self._attempt(
            self.model.refusals_of_hold(asks),
            lambda: ids.extend(self._hold(asks)),
            shortfalls=self.model.shortfalls(self.model.wanted(asks)),
        )
        if accepted:
            self.model.hold(asks, ids)
        return ids

    def _end(self, asked: Sequence[EndingSpec]) -> None:
        endings: list[Ending] = []
        for pk, size, repeat in asked:
            held = self.model.holds[pk]
            room = self.model.accounts[held.account].available
            growth = self.model.growth(endings)[held.account]
            full = max(held.amount + room - growth, 1)
            named = {"same": held.amount, "lower": max(held.amount // 2, 1)}
            named |= {"exact": full, "over": full + 1}
            amount = None if size is None else named.get(size, size)
            endings.append(Ending(pk, amount, self._reference(repeat)))
        accepted = self._attempt(
            self.model.refusals_of_settle(endings),
            lambda: self._settle(endings),
            shortfalls=self.model.shortfalls(self.model.growth(endings)),
        )
        if accepted:
            self.model.settle(endings, self._posts_of([ending.hold for ending in endings]))

    def _take_back(self, asked: Sequence[TakingBack]) -> None:
        items: list[TakeBack] = []
        for pk, size, repeat in asked:
            rest = self.model.posts[pk].rest
            amount = {"rest": max(rest, 1), "over": rest + 1}.get(size, size)
            items.append(TakeBack(pk, amount, self._reference(repeat)))
        accepted = self._attempt(
            self.model.refusals_of_reverse(items), lambda: self._reverse(items)
        )
        if accepted:
            self.model.reverse(items)

    def _set_limit(self, account: int, size: Size, repeat: int | None) -> None:
        bound = self.model.accounts[account].bound
        limit = {"use": bound, "below": bound - 1}.get(size, size)
        reference = self._reference(repeat)
        accepted = self._attempt(
            self.model.refusals_of_adjust(account, limit, reference),
            lambda: self._adjust(account, money(limit), reference),
        )
        if accepted:
            self.model.adjust(account, limit, reference)

    def _give(self, giver: int, taker: int, size: Size, repeat: int | None) -> None:
        rest = self.model.accounts[giver].available
        amount = {"rest": max(rest, 1), "over": max(rest, 0) + 1}.get(size, size)
        reference = self._reference(repeat)
        accepted = self._attempt(
            self.model.refusals_of_transfer(giver, taker, amount, reference),
            lambda: self._transfer(giver, taker, money(amount), reference),
        )
        if accepted:
            self.model.transfer(giver, taker, amount, reference)

    def _set_open(self, account: int, *, is_open: bool, reason: str) -> None:
        follow = self.model.reopen if is_open else self.model.stop
        changed = self.ledger.set_open([account], is_open=is_open, reason=reason)
        assert changed == ({account} if follow(account, reason) else set()), "stops differ"

    # Plumbing

    def _attempt(
        self,
        expected: Refusals,
        act: Callable[[], object],
        shortfalls: set[tuple[int, int, int]] | None = None,
    ) -> bool:
        """Act in a savepoint; True when accepted. The refusal must be one of `expected`."""
        refusal: LedgerError | None = None
        try:
            with transaction.atomic():
                act()
        except LedgerError as error:
            refusal = error
        if refusal is None:
            assert not expected, f"accepted in spite of {expected}"
            self._check_limits()
            return True
        assert expected, f"refused without reason: {refusal!r}"
        if not self.names_refusals:
            return False
        assert type(refusal) in expected, f"misnamed: {refusal!r}, expected {expected}"
        if isinstance(refusal, LimitExceeded):
            named = {
                (gap.account_id, in_cents(gap.requested), in_cents(gap.available))
                for gap in refusal.shortfalls
            }
            assert named == shortfalls, "shortfalls are not named"
        return False

    def _open(self, kind: AccountKind, limit: int) -> int:
        unit = Unit.PIECES if kind is AccountKind.ITEM_QUANTITY else Unit.EUR
        account = self.ledger.open_account(
            kind=kind,
            unit=unit,
            title=kind.label,
            limit=money(limit),
            document="Zuschlag",
            by=None,
            now=NOW,
        )
        budget = kind is AccountKind.BUDGET
        self.model.open_account(account.pk, is_budget=budget, limit=limit, counts=unit)
        return account.pk

    def _adjust(self, account: int, limit: Decimal, reference: str) -> None:
        self.ledger.adjust(
            account, new_limit=limit, document="Nachtrag", reference=reference, by=None, now=NOW
        )

    def _transfer(self, giver: int, taker: int, amount: Decimal, reference: str) -> None:
        self.ledger.transfer(
            from_account_id=giver,
            to_account_id=taker,
            amount=amount,
            document="Umbuchung",
            reference=reference,
            by=None,
            now=NOW,
        )

    def _hold(self, asks: Sequence[Ask]) -> list[int]:
        holds = [self.ledger.Hold(ask.account, money(ask.amount), ask.reference) for ask in asks]
        ids = self.ledger.hold(holds, by=None, now=NOW)
        return [ids[f"{ask.account}:{ask.reference}"] for ask in asks]

    def _settle(self, endings: Sequence[Ending]) -> None:
        self.ledger.settle(
            posts=[
                self.ledger.Post(ending.hold, money(ending.amount), ending.reference)
                for ending in endings
                if ending.amount is not None
            ],
            voids=[ending.hold for ending in endings if ending.amount is None],
            by=None,
            now=NOW,
        )

    def _reverse(self, items: Sequence[TakeBack]) -> None:
        reverses = [
            self.ledger.Reverse(item.post, money(item.amount), item.reference) for item in items
        ]
        self.ledger.reverse(reverses, by=None, now=NOW)

    def _posts_of(self, holds: Sequence[int]) -> dict[int, int]:
        posts = LedgerEntry.objects.filter(kind=EntryKind.POST, resolves__in=holds)
        return dict(posts.values_list("resolves_id", "pk"))

    def _account(self, pick: int) -> int:
        return _pick(sorted(self.model.accounts), pick)

    def _hold_to_end(self, pick: int) -> int:
        """An open hold, and now and then one that has ended already."""
        running = [pk for pk, hold in self.model.holds.items() if not hold.ended]
        return _pick(running if running and pick % 10 else sorted(self.model.holds), pick)

    def _latest(self) -> int:
        return len(self.spoken) - 1

    def _reference(self, repeat: int | None) -> str:
        if repeat is not None and self.spoken:
            return _pick(self.spoken, repeat)
        self.spoken.append(f"ref:{next(self.numbers)}")
        return self.spoken[-1]


def run_machine(
    *,
    ledger: ModuleType = movements,
    names_refusals: bool = True,
    examples: int,
    steps: int,
    steady: bool = False,
) -> None:
    """Drive the machine; raises what a failing example raised.

    `steady` walks the same examples in every run and does not shrink: for the mutants,
    which have to die every time.
    """
    machine = type(
        "LedgerMachineUnderTest",
        (LedgerMachine,),
        {"ledger": ledger, "names_refusals": names_refusals},
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=steady,
            phases=[Phase.generate] if steady else [Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            print_blob=not steady,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _pick(choices: Sequence[T], pick: int) -> T:
    if not choices:
        pytest.fail("nothing to pick from")
    return choices[pick % len(choices)]
