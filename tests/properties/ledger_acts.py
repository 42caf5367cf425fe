"""Movements as the state machine makes them: sized by the model, predicted, made, compared.

Amounts are drawn relative to what fits ("exact", "one cent over") and are whole cents,
as in the model; the ledger gets them as Decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from types import ModuleType
from typing import ClassVar, TypeVar

import pytest
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from contracts.ledger import movements
from contracts.ledger.errors import LedgerError, LimitExceeded
from contracts.ledger.models import AccountKind, EntryKind, LedgerEntry, LimitAccount, Unit

from .ledger_model import Ask, Ending, LedgerModel, Refusals, TakeBack

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
T = TypeVar("T")

Size = str | int
Holding = tuple[int, Size, int | None]
EndingSpec = tuple[int, Size | None, int | None]
TakingBack = tuple[int, Size, int | None]


def money(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def in_cents(amount: Decimal) -> int:
    scaled = amount.scaleb(2)
    assert scaled == int(scaled)
    return int(scaled)


class LedgerActs(RuleBasedStateMachine):
    """Each act predicts the refusals with the model, acts, and compares.

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

    def _change_limit(self, account: int, size: Size, repeat: int | None) -> None:
        """Raise or lower it by so much; down to what is bound, or one cent below."""
        row = self.model.accounts[account]
        delta = {"use": -row.available, "below": -row.available - 1}.get(size, size)
        reference = self._reference(repeat)
        accepted = self._attempt(
            self.model.refusals_of_adjust_by(account, delta, reference),
            lambda: self._adjust_by(account, money(delta), reference),
        )
        if accepted:
            self.model.adjust(account, row.limit + delta, reference)

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

    def _adjust_by(self, account: int, delta: Decimal, reference: str) -> None:
        self.ledger.adjust_by(
            account, delta=delta, document="Sperre", reference=reference, by=None, now=NOW
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
        return pick_from(sorted(self.model.accounts), pick)

    def _hold_to_end(self, pick: int) -> int:
        """An open hold, and now and then one that has ended already."""
        running = [pk for pk, hold in self.model.holds.items() if not hold.ended]
        return pick_from(running if running and pick % 10 else sorted(self.model.holds), pick)

    def _latest(self) -> int:
        return len(self.spoken) - 1

    def _reference(self, repeat: int | None) -> str:
        if repeat is not None and self.spoken:
            return pick_from(self.spoken, repeat)
        self.spoken.append(f"ref:{next(self.numbers)}")
        return self.spoken[-1]


def pick_from(choices: Sequence[T], pick: int) -> T:
    if not choices:
        pytest.fail("nothing to pick from")
    return choices[pick % len(choices)]
