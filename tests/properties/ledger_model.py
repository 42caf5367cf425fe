"""What the ledger must do, in plain Python and whole cents: no SQL, no Decimal, no locks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contracts.ledger.errors import (
    AccountClosed,
    DuplicateReference,
    HoldAlreadyResolved,
    InvalidAmount,
    LedgerError,
    LimitBelowUse,
    LimitExceeded,
    ReverseTooLarge,
    TransferNotPossible,
)

Refusals = set[type[LedgerError]]


@dataclass
class ModelAccount:
    """Balances of one account in cents (or hundredths of a piece)."""

    is_budget: bool
    limit: int
    held: int = 0
    posted: int = 0
    counts: str = "EUR"
    closed_reason: str = ""

    @property
    def is_open(self) -> bool:
        return not self.closed_reason

    @property
    def bound(self) -> int:
        return self.held + self.posted

    @property
    def available(self) -> int:
        return self.limit - self.bound


@dataclass
class ModelHold:
    account: int
    amount: int
    reference: str
    ended: bool = False


@dataclass
class ModelPost:
    account: int
    amount: int
    taken_back: int = 0

    @property
    def rest(self) -> int:
        return self.amount - self.taken_back


@dataclass(frozen=True)
class Ask:
    account: int
    amount: int
    reference: str


@dataclass(frozen=True)
class Ending:
    """How one hold shall end: posted with an amount, or released when that is None."""

    hold: int
    amount: int | None
    reference: str


@dataclass(frozen=True)
class TakeBack:
    post: int
    amount: int
    reference: str


@dataclass
class LedgerModel:
    """The state after all accepted movements, by the ids the database gave."""

    accounts: dict[int, ModelAccount] = field(default_factory=dict)
    holds: dict[int, ModelHold] = field(default_factory=dict)
    posts: dict[int, ModelPost] = field(default_factory=dict)
    references: set[tuple[str, int, str]] = field(default_factory=set)
    entries: int = 0

    def open_account(self, account: int, *, is_budget: bool, limit: int, counts: str) -> None:
        self.accounts[account] = ModelAccount(is_budget=is_budget, limit=limit, counts=counts)
        self._book([("adjust", account, "opening")])

    # What each movement must be refused for; an empty set means it must be accepted.

    def refusals_of_hold(self, asks: Sequence[Ask]) -> Refusals:
        found = self._refusals_of_references(("hold", a.account, a.reference) for a in asks)
        if any(ask.amount <= 0 for ask in asks):
            found.add(InvalidAmount)
        if any(not self.accounts[ask.account].is_open for ask in asks):
            found.add(AccountClosed)
        if self.shortfalls(self.wanted(asks)):
            found.add(LimitExceeded)
        return found

    def refusals_of_settle(self, endings: Sequence[Ending]) -> Refusals:
        found = self._refusals_of_references(
            ("post", self.holds[e.hold].account, e.reference)
            for e in endings
            if e.amount is not None
        )
        once = {ending.hold for ending in endings}
        if len(once) < len(endings) or any(self.holds[pk].ended for pk in once):
            found.add(HoldAlreadyResolved)
        if any(ending.amount is not None and ending.amount <= 0 for ending in endings):
            found.add(InvalidAmount)
        booked = {self.holds[e.hold].account for e in endings if e.amount is not None}
        if any(self.accounts[pk].closed_reason == "suspended" for pk in booked):
            found.add(AccountClosed)
        if self.shortfalls(self.growth(endings)):
            found.add(LimitExceeded)
        return found

    def refusals_of_reverse(self, items: Sequence[TakeBack]) -> Refusals:
        found = self._refusals_of_references(
            ("reverse", self.posts[item.post].account, item.reference) for item in items
        )
        if any(item.amount <= 0 for item in items):
            found.add(InvalidAmount)
        taken: Counter[int] = Counter()
        for item in items:
            taken[item.post] += item.amount
        if any(amount > self.posts[post].rest for post, amount in taken.items()):
            found.add(ReverseTooLarge)
        return found

    def refusals_of_adjust(self, account: int, limit: int, reference: str) -> Refusals:
        found = self._refusals_of_references([("adjust", account, reference)])
        row = self.accounts[account]
        if limit < 0:
            found.add(InvalidAmount)
        if not row.is_budget and limit < row.bound:
            found.add(LimitBelowUse)
        return found

    def refusals_of_adjust_by(self, account: int, delta: int, reference: str) -> Refusals:
        limit = self.accounts[account].limit + delta
        found = self.refusals_of_adjust(account, limit, reference)
        return found | {InvalidAmount} if delta == 0 else found

    def refusals_of_transfer(self, giver: int, taker: int, amount: int, reference: str) -> Refusals:
        found = self._refusals_of_references(
            [("adjust", account, reference) for account in {giver, taker}]
        )
        if amount <= 0:
            found.add(InvalidAmount)
        if giver == taker or self.accounts[giver].counts != self.accounts[taker].counts:
            found.add(TransferNotPossible)
        if amount > self.accounts[giver].available:
            found.add(LimitBelowUse)
        return found

    # What an accepted movement does.

    def hold(self, asks: Sequence[Ask], ids: Sequence[int]) -> None:
        for ask, pk in zip(asks, ids, strict=True):
            self.accounts[ask.account].held += ask.amount
            self.holds[pk] = ModelHold(ask.account, ask.amount, ask.reference)
        self._book(("hold", ask.account, ask.reference) for ask in asks)

    def settle(self, endings: Sequence[Ending], posts: dict[int, int]) -> None:
        for ending in endings:
            hold = self.holds[ending.hold]
            account = self.accounts[hold.account]
            hold.ended = True
            account.held -= hold.amount
            if ending.amount is None:
                self._book([("void", hold.account, hold.reference)])
                continue
            account.posted += ending.amount
            self.posts[posts[ending.hold]] = ModelPost(hold.account, ending.amount)
            self._book([("post", hold.account, ending.reference)])

    def reverse(self, items: Sequence[TakeBack]) -> None:
        for item in items:
            post = self.posts[item.post]
            post.taken_back += item.amount
            self.accounts[post.account].posted -= item.amount
            self._book([("reverse", post.account, item.reference)])

    def adjust(self, account: int, limit: int, reference: str) -> None:
        self.accounts[account].limit = limit
        self._book([("adjust", account, reference)])

    def transfer(self, giver: int, taker: int, amount: int, reference: str) -> None:
        before = self.sum_of_limits()
        self.adjust(giver, self.accounts[giver].limit - amount, reference)
        self.adjust(taker, self.accounts[taker].limit + amount, reference)
        assert self.sum_of_limits() == before

    def sum_of_limits(self) -> int:
        return sum(account.limit for account in self.accounts.values())

    def stop(self, account: int, reason: str) -> bool:
        """Close for the reason; a suspension is the stronger one. True when it changed."""
        row = self.accounts[account]
        if row.closed_reason in {reason, "suspended"}:
            return False
        row.closed_reason = reason
        return True

    def reopen(self, account: int, reason: str) -> bool:
        """Open what is closed for the reason, or for any when it is empty."""
        row = self.accounts[account]
        if row.is_open or reason not in {"", row.closed_reason}:
            return False
        row.closed_reason = ""
        return True

    def wanted(self, asks: Iterable[Ask]) -> Counter[int]:
        total: Counter[int] = Counter()
        for ask in asks:
            total[ask.account] += ask.amount
        return total

    def growth(self, endings: Iterable[Ending]) -> Counter[int]:
        total: Counter[int] = Counter()
        for ending in endings:
            hold = self.holds[ending.hold]
            total[hold.account] += (ending.amount or 0) - hold.amount
        return total

    def shortfalls(self, wanted: Counter[int]) -> set[tuple[int, int, int]]:
        """(account, requested, available) of each account that must not grow by so much."""
        return {
            (pk, amount, self.accounts[pk].available)
            for pk, amount in wanted.items()
            if amount > 0 and amount > self.accounts[pk].available
        }

    def _refusals_of_references(self, keys: Iterable[tuple[str, int, str]]) -> Refusals:
        listed = list(keys)
        repeated = len(set(listed)) < len(listed) or any(key in self.references for key in listed)
        return {DuplicateReference} if repeated else set()

    def _book(self, keys: Iterable[tuple[str, int, str]]) -> None:
        for key in keys:
            self.references.add(key)
            self.entries += 1
