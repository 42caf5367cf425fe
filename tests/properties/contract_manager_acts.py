"""What contract managers do beside prices and caps: buyers, quotas, gates, the agreement's life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from contracts.agreements.errors import AgreementEnded, NotFound, NotListable
from contracts.agreements.gates.register import GateRefused
from contracts.agreements.life.lifecycle import NotExhausted, WrongState
from contracts.agreements.models import Gate as GateRow
from contracts.agreements.refused import OutOfOrder, OverlappingEntitlements
from contracts.agreements.writing.buyers import NoQuota
from contracts.ledger.errors import InvalidAmount, LimitBelowUse, TransferNotPossible

from . import contract_calls as calls
from .contract_acts import Done, Refusals, Size, key_of
from .contract_model import ZERO, Account, Entitlement, Gate
from .contract_price_acts import CENT, PriceActs, new_limit
from .contract_world import Buyer


class ManagerActs(PriceActs):
    """The acts that are left; the machine draws from all of them."""

    def _name_buyer(self, buyer: Buyer, days: int, quota: int | None) -> None:
        start, manager = self.day + timedelta(days), self.stage.purchasing["manager"]
        expected: Refusals = set() if self.model.state != "ended" else {AgreementEnded}
        if self.model.overlaps(key_of(buyer), start):
            expected.add(OverlappingEntitlements)
        amount = None if quota is None else Decimal(quota)
        done = self._attempt(
            expected,
            lambda: calls.name_buyer(self.stage.agreement, buyer, start, amount, manager, self.now),
            "entitlement.named",
        )
        if done is None:
            return
        row = done.value
        self.model.entitlements.append(
            Entitlement(row.pk, key_of(buyer), start, None, row.quota_id)
        )
        if row.quota_id is not None and amount is not None:
            self.model.accounts[row.quota_id] = Account(amount)

    def _end_entitlement(self, entitlement: Entitlement, days: int) -> None:
        last = self.day + timedelta(days)
        expected: Refusals = set() if self.model.state != "ended" else {AgreementEnded}
        if days < -1 or last < entitlement.start:
            expected.add(OutOfOrder)
        if any(
            row.buyer == entitlement.buyer
            and row is not entitlement
            and row.start <= last
            and (row.end is None or row.end >= entitlement.start)
            for row in self.model.entitlements
        ):
            expected.add(OverlappingEntitlements)
        by = self.stage.purchasing["manager"]
        done = self._attempt(
            expected,
            lambda: calls.end_entitlement(entitlement.pk, last, by, self.now),
            "entitlement.ended",
        )
        if done is not None:
            entitlement.end = last

    def _set_quota(self, entitlement: Entitlement, size: Size) -> None:
        quota = entitlement.quota
        use = ZERO if quota is None else self.model.held(quota) + self.model.posted(quota)
        limit, by = new_limit(size, use), self.stage.purchasing["manager"]
        expected: Refusals = {InvalidAmount} if limit < 0 else set()
        if self.model.state == "ended":
            expected.add(AgreementEnded)
        if limit < use:
            expected.add(LimitBelowUse)
        done = self._attempt(
            expected,
            lambda: calls.set_quota(entitlement.pk, limit, self._document(), by, self.now),
            "quota.set",
        )
        if done is not None and done.value.quota_id is not None:
            entitlement.quota = done.value.quota_id
            self.model.accounts[entitlement.quota] = Account(limit)

    def _transfer_quota(self, giver: Entitlement, taker: Entitlement, size: Size) -> None:
        rest = ZERO if giver.quota is None else self.model.available(giver.quota)
        amount = {"rest": rest, "over": rest + CENT}.get(str(size))
        amount = Decimal(int(size)) if amount is None else amount
        expected: Refusals = {InvalidAmount} if amount <= 0 else set()
        if self.model.state == "ended":
            expected.add(AgreementEnded)
        if giver.quota is None or taker.quota is None:
            expected.add(NoQuota)
        if giver is taker:
            expected.add(TransferNotPossible)
        if amount > rest:
            expected.add(LimitBelowUse)
        by = self.stage.purchasing["manager"]
        done = self._attempt(
            expected,
            lambda: calls.transfer_quota(
                giver.pk, taker.pk, amount, self._document(), by, self.now
            ),
            "quota.transferred",
        )
        if done is not None and giver.quota is not None and taker.quota is not None:
            self.model.accounts[giver.quota].limit -= amount
            self.model.accounts[taker.quota].limit += amount

    def _return_quota(self, entitlement: Entitlement) -> None:
        quota = entitlement.quota
        unused = ZERO if quota is None else self.model.available(quota)
        buyer = next(row for row in self.stage.buyers if key_of(row) == entitlement.buyer)
        done = self._attempt(
            set() if unused > 0 else {NoQuota},
            lambda: calls.return_quota(entitlement.pk, self._document(), buyer.officer, self.now),
            "quota.returned",
        )
        if done is not None and quota is not None:
            assert done.value == unused, "another amount was returned"
            self.model.accounts[quota].limit -= unused

    # Gates and the life of the agreement

    def _set_gate(self, lot: int | None, supplier: int | None) -> Gate | None:
        manager = self.stage.purchasing["manager"]
        done = self._attempt(
            set(), lambda: calls.set_gate(lot, supplier, manager, self.now), "gate.set"
        )
        return self._follow_gate(done, Gate(lot=lot, supplier=supplier))

    def _opt_out(self, buyer: Buyer, lot: int) -> Gate | None:
        may_buy = self.model.may_buy(key_of(buyer), self.day)
        done = self._attempt(
            set() if may_buy else {NotFound},
            lambda: calls.opt_out(lot, buyer.officer, self.now),
            "gate.set",
        )
        return self._follow_gate(done, Gate(lot=lot, buyer=key_of(buyer)))

    def _follow_gate(self, done: Done[GateRow] | None, gate: Gate) -> Gate | None:
        if done is None:
            return None
        self.model.gates[done.value.pk] = gate
        self.model.review(self.model.lots_of(gate), self.day)
        return gate

    def _lift_gate(self, pk: int) -> None:
        gate = self.model.gates[pk]
        by = self.stage.purchasing["manager"]
        if gate.buyer is not None:
            by = next(row for row in self.stage.buyers if key_of(row) == gate.buyer).officer
        done = self._attempt(
            {GateRefused} if gate.lifted else set(),
            lambda: calls.lift_gate(pk, by, self.now),
            "gate.lifted",
        )
        if done is not None:
            gate.lifted = True
            self.model.review(self.model.lots_of(gate), self.day)

    def _review(self) -> None:
        """Only stops are checked here; a review leaves no audit entry."""
        if self._attempt(set(), lambda: calls.review(self.now)) is not None:
            self.model.review(self.model.lots, self.day)

    def _suspend(self) -> None:
        expected: Refusals = set() if self.model.state == "listed" else {WrongState}
        self._live(calls.suspend, expected, "suspended", "agreement.suspended")

    def _list_again(self) -> None:
        expected: Refusals = set() if self.model.may_be_listed(self.day) else {NotListable}
        self._live(calls.list_again, expected, "listed", "agreement.listed", closed="")

    def _end(self, because: str) -> None:
        expected: Refusals = set()
        maximum = self.model.maximum
        if because == "cap" and (self.model.available(maximum) or self.model.held(maximum)):
            expected.add(NotExhausted)
        act = calls.end_by_cap if because == "cap" else calls.end_by_decision
        self._live(act, expected, "ended", "agreement.ended")

    def _live(
        self,
        act: Callable[..., object],
        expected: Refusals,
        state: str,
        action: str,
        closed: str = "suspended",
    ) -> None:
        by = self.stage.purchasing["manager"]
        if self.model.state == "ended" and state != "listed":
            expected = {AgreementEnded}
        done = self._attempt(expected, partial(act, self.model.agreement, by, self.now), action)
        if done is not None:
            self.model.state = state
            self.model.accounts[self.model.maximum].closed = closed

    # Plumbing

    def _document(self) -> str:
        return f"Beleg {self.now.isoformat()}"
