"""What becomes of prices and caps: proposed, decided, registered (§ 132 GWB), raised, lowered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from contracts.agreements.errors import AgreementEnded, NotAllowed
from contracts.agreements.prices.errors import (
    AlreadyUsed,
    BeyondEntry,
    ChangePending,
    EffectiveDatePast,
    NotApproved,
    NothingChanges,
    OutsideLimits,
    SamePerson,
    WrongChangeState,
    WrongModificationState,
)
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.ledger.errors import InvalidAmount, LimitBelowUse
from contracts.ledger.models import LimitAccount, Unit
from contracts.parties.models import Role

from . import contract_calls as calls
from .contract_acts import Refusals, Size
from .contract_call_off_acts import CallOffActs
from .contract_changes import Change, Entry, route_of, scaled
from .contract_model import holding

CENT = Decimal("0.01")


class PriceActs(CallOffActs):
    """Of keepers, contract managers and reviewers."""

    # Prices

    def _propose(self, item: int, article: int | None, percent: int, days: int) -> Change | None:
        """The keeper proposes so many percent of today's price, from so many days on."""
        model = self.model
        versions = model.items[item].versions if article is None else model.lists[article]
        tiers, start = (
            scaled(holding(versions, self.day).tiers, percent),
            self.day + timedelta(days),
        )
        known = [row for row in versions if row.start <= start]
        route = route_of(known, tiers, start, self.day)
        expected: Refusals = set() if route else {NothingChanges}
        if any(row.versions is versions and row.is_open for row in model.changes.values()):
            expected.add(ChangePending)
        if versions[-1].start >= start:
            expected.add(OverlappingPrices)
        if days < 0:
            expected.add(EffectiveDatePast)
        if model.state == "ended":
            expected.add(AgreementEnded)
        keeper = self.stage.keeper
        done = self._attempt(
            expected,
            lambda: calls.propose(item, article, tiers, start, keeper, self.now),
            "price_change.proposed",
        )
        if done is None:
            return None
        change = Change(done.value.pk, versions, tiers, start, route, keeper.user_id)
        model.changes[change.pk] = change
        if route == "automatic":
            model.accept(change)
        return change

    def _withdraw_change(self, change: Change) -> None:
        done = self._attempt(
            set() if change.is_open else {WrongChangeState},
            lambda: calls.withdraw_change(change.pk, self.stage.keeper, self.now),
            "price_change.withdrawn",
        )
        if done is not None:
            change.state = "withdrawn"

    def _decide_change(self, change: Change, who: str, accept: bool, value: int) -> None:
        by, lot = self.stage.purchasing[who], self.stage.lots[0].pk
        expected = self._refusals_of_person(change, by.user_id, "proposed", accept)
        if by.role != Role.CONTRACT_MANAGER:
            expected = {NotAllowed}
        needs_entry = accept and change.route == "modification"
        if needs_entry and self.model.is_outside_limits(lot, Decimal(value)):
            expected.add(OutsideLimits)
        done = self._attempt(
            expected,
            lambda: calls.decide_change(change.pk, accept, Decimal(value), by, self.now),
            "price_change.",
        )
        if done is None:
            return
        change.decider, change.state = by.user_id, "awaiting_second" if accept else "rejected"
        if needs_entry:
            pk = done.value.modification.pk
            entry = Entry(pk, lot, Decimal(value), False, by.user_id, change)
            self.model.entries[pk], change.entry = entry, pk

    def _confirm_change(self, change: Change, who: str, accept: bool) -> None:
        by = self.stage.purchasing[who]
        expected = self._refusals_of_person(change, by.user_id, "awaiting_second", accept)
        entry = self.model.entries[change.entry] if change.entry is not None else None
        if accept and change.route == "modification" and (not entry or entry.state != "approved"):
            expected.add(NotApproved)
        done = self._attempt(
            expected,
            lambda: calls.confirm_change(change.pk, accept, by, self.now),
            "price_change.",
        )
        if done is None:
            return
        change.second = by.user_id
        if accept:
            self.model.accept(change)
            return
        change.state = "rejected"
        if entry is not None and entry.state == "proposed":
            entry.state = "rejected"

    def _refusals_of_person(
        self, change: Change, person: int, state: str, accept: bool
    ) -> Refusals:
        found: Refusals = set() if change.state == state else {WrongChangeState}
        if person in (change.proposer, change.decider):
            found.add(SamePerson)
        if accept and change.start < self.day:
            found.add(EffectiveDatePast)
        if accept and self.model.state == "ended":
            found.add(AgreementEnded)
        return found

    # The register, and what it allows

    def _register(self, lot: int | None, value: int, who: str) -> Entry | None:
        by = self.stage.purchasing[who]
        expected: Refusals = set() if self.model.state != "ended" else {AgreementEnded}
        if self.model.is_outside_limits(lot, Decimal(value)):
            expected.add(OutsideLimits)
        if by.role != Role.CONTRACT_MANAGER:
            expected = {NotAllowed}
        done = self._attempt(
            expected,
            lambda: calls.register(self.model.agreement, lot, Decimal(value), by, self.now),
            "modification.registered",
        )
        if done is None:
            return None
        entry = Entry(done.value.pk, lot, Decimal(value), True, by.user_id)
        self.model.entries[entry.pk] = entry
        return entry

    def _decide_entry(self, entry: Entry, who: str, accept: bool) -> None:
        by = self.stage.purchasing[who]
        given_up = entry.change is not None and entry.change.state in ("rejected", "withdrawn")
        is_open = entry.state == "proposed" and not (accept and given_up)
        expected: Refusals = set() if is_open else {WrongModificationState}
        if by.user_id == entry.proposer:
            expected.add(SamePerson)
        if accept and self.model.state == "ended":
            expected.add(AgreementEnded)
        if accept and self.model.is_outside_limits(entry.lot, entry.value):
            expected.add(OutsideLimits)
        act = calls.approve_entry if accept else calls.reject_entry
        done = self._attempt(expected, partial(act, entry.pk, by, self.now), "modification.")
        if done is not None:
            entry.state, entry.decider = ("approved" if accept else "rejected"), by.user_id

    def _raise_cap(self, entry: Entry, pick: int, size: Size) -> None:
        caps = self.model.caps_within(entry)
        account = caps[pick % len(caps)]
        limit = self.model.accounts[account].limit
        row = LimitAccount.objects.get(pk=account)
        left = entry.value - entry.used[row.kind]
        most = left if row.unit == Unit.EUR else self._pieces_for(account, left)
        named = {"most": most, "over": most + CENT}
        rise = named[str(size)] if size in named else Decimal(int(size))
        expected: Refusals = set()
        if entry.state != "approved" or not entry.is_cap:
            expected.add(NotApproved)
        if self.model.state == "ended":
            expected.add(AgreementEnded)
        worth = self.model.worth_of(account, rise, self.day)
        if rise <= 0 or worth > left:
            expected.add(BeyondEntry)
        if account in entry.raised:
            expected.add(AlreadyUsed)
        by = self.stage.purchasing["manager"]
        done = self._attempt(
            expected,
            lambda: calls.raise_cap(account, limit + rise, entry.pk, by, self.now),
            "modification.cap_raised",
        )
        if done is not None:
            self.model.accounts[account].limit += rise
            entry.raised.add(account)
            entry.used[row.kind] += worth

    def _pieces_for(self, account: int, value: Decimal) -> Decimal:
        """As many pieces as the value pays for at the price in force."""
        return Decimal(int(value / self.model.worth_of(account, Decimal(1), self.day)))

    def _lower_cap(self, account: int, size: Size) -> None:
        row = self.model.accounts[account]
        use = self.model.held(account) + self.model.posted(account)
        limit = new_limit(size, use)
        expected: Refusals = {InvalidAmount} if limit < 0 else set()
        if limit >= row.limit:
            expected.add(BeyondEntry)
        if limit < use:
            expected.add(LimitBelowUse)
        by = self.stage.purchasing["manager"]
        done = self._attempt(
            expected,
            lambda: calls.lower_cap(self.model.agreement, account, limit, by, self.now),
            "agreement.cap_lowered",
        )
        if done is not None:
            row.limit = limit


def new_limit(size: Size, use: Decimal) -> Decimal:
    """A new limit: what is used, a cent below it, or so many EUR or pieces."""
    if isinstance(size, int):
        return Decimal(size)
    return use if size == "use" else use - CENT
