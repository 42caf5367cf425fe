"""What buyers and suppliers do, as the machine does it: predict, call, compare, follow.

A prediction names every refusal that may come; without one the act must be accepted. A
refusal must leave the database as it was, and whatever is accepted leaves an audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ClassVar, Generic, TypeVar

from contracts.agreements.errors import Blocked, NotEntitled
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import AccountClosed, LimitExceeded
from contracts.parties.models import Membership
from contracts.refusals import Refusal
from orders.allotting.allotments import NobodyInTurn
from orders.errors import LotFull, NotFound, OwnRequest
from orders.lifecycle import IllegalTransition
from orders.models import CallOff as CallOffRow
from orders.models import CallOffLine
from orders.models.approval import Verdict
from tests.database_state import contents
from tests.world import NOW

from . import contract_calls as calls
from .contract_books import model_of
from .contract_changes import ChangesModel
from .contract_model import Order
from .contract_orders import Requisition
from .contract_world import Buyer, Stage
from .staged import StagedMachine

T = TypeVar("T")
Refusals = set[type[Exception]]
Size = str | int
NAMED = (Refusal,)
SHUT: Refusals = {NotEntitled, Blocked, LotFull, AccountClosed}
ALIVE = ("draft", "submitted", "returned")


@dataclass(frozen=True)
class Done(Generic[T]):
    """An accepted act with what it returned."""

    value: T


class ContractActs(StagedMachine):
    """What people do, each act beside what the model says to it."""

    stage: ClassVar[Stage]
    begins = NOW + timedelta(minutes=30)

    def __init__(self) -> None:
        super().__init__()
        self.model: ChangesModel = model_of(self.stage)

    def _attempt(
        self, expected: Refusals, act: Callable[[], T], action: str = ""
    ) -> Done[T] | None:
        """None when refused; `action` begins the audit entries that an accepted act leaves."""
        self.now += timedelta(seconds=10)
        before = contents()
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        done, refusal = _done_or_refused(act)
        if done is None:
            assert expected, f"refused without reason: {refusal!r}"
            assert type(refusal) in expected, f"misnamed: {refusal!r}, expected {expected}"
            changed = dict(contents().items() - before.items())
            assert not changed, f"a refusal changed the database: {refusal!r}, {changed}"
            return None
        assert not expected, f"accepted in spite of {expected}"
        left = AuditEntry.objects.filter(pk__gt=last, action__startswith=action)
        assert not action or left.exists(), f"{action}: no audit entry"
        return done

    # Requisitions

    def _ask(self, buyer: Buyer, asked: Sequence[tuple[int, Size]]) -> Requisition | None:
        """Fill the basket and submit it; `asked` by listing."""
        for listing, size in asked:
            lot, buys = self.model.lot_of(listing), self.model.may_buy(key_of(buyer), self.day)
            off_shelf = not buys or bool(self.model.accounts[lot.cap].closed)
            quantity = self._quantity(buyer, listing, size)
            lay = partial(calls.lay, buyer, listing, quantity, self.now)
            if self._attempt({NotFound} if off_shelf else set(), lay) is None:
                return self._clear(buyer)
        wanted = calls.laid(buyer)
        order = self.model.allocate(wanted, self.day)
        listings = [pk for pk, _ in wanted]
        expected = self._refusals_of_submit(buyer, listings, order)
        gross = None if expected else calls.basket_gross(buyer, self.now)
        done = self._attempt(
            expected, lambda: calls.submit_basket(buyer, self.now), "requisition.submitted"
        )
        if done is None or order is None:
            return self._clear(buyer)
        assert gross == order.gross, "the basket differs from the requisition"
        return self._follow_submit(buyer, done.value.pk, order)

    def _follow_submit(self, buyer: Buyer, pk: int, order: Order) -> Requisition:
        requisition = Requisition(
            pk=pk,
            buyer=key_of(buyer),
            budget=budget_of(buyer),
            asker=buyer.officer.user_id,
            state="draft",
            order=order,
        )
        self.model.submit(requisition, order, self.now, self.day)
        self.model.requisitions[pk] = requisition
        return requisition

    def _clear(self, buyer: Buyer) -> None:
        for listing, _ in calls.laid(buyer):
            calls.lay(buyer, listing, 0, self.now)

    def _quantity(self, buyer: Buyer, listing: int, size: Size) -> int:
        if isinstance(size, int):
            return size
        most = self.model.most(listing, key_of(buyer), budget_of(buyer), self.day)
        return most + 1 if size == "over" else most

    def _refusals_of_submit(
        self, buyer: Buyer, listings: Sequence[int], order: Order | None
    ) -> Refusals:
        model, found = self.model, self._obstacles(buyer, listings, order)
        if any(model.accounts[model.lot_of(pk).cap].closed for pk in listings):
            found |= SHUT
        if order and model.short(order, key_of(buyer), budget_of(buyer), self.day):
            found.add(LimitExceeded)
        return found

    def _obstacles(self, buyer: Buyer, listings: Sequence[int], order: Order | None) -> Refusals:
        """What stands before the lines at submit and at issue."""
        found: Refusals = set()
        asked = [*listings, *(line.listing for line in order.lines)] if order else listings
        taken = [line.listing for line in order.lines] if order else listings
        if not self.model.may_buy(key_of(buyer), self.day):
            found |= {NotEntitled, Blocked} if self._gated(buyer, asked) else {NotEntitled}
        if self._gated(buyer, taken):
            found.add(Blocked)
        if order is None:
            found.add(NobodyInTurn)
        return found

    def _gated(self, buyer: Buyer, listings: Sequence[int]) -> bool:
        return any(self.model.is_gated(pk, key_of(buyer)) for pk in listings)

    def _submit_again(self, requisition: Requisition) -> None:
        """A draft of a cascade, or what came back."""
        buyer = self._buyer(requisition)
        order = self.model.allocate(requisition.wanted, self.day, barred=requisition.barred)
        listings = [pk for pk, _ in requisition.wanted]
        expected = self._refusals_of_submit(buyer, listings, order)
        if requisition.state not in ("draft", "returned"):
            expected.add(IllegalTransition)
        done = self._attempt(
            expected,
            lambda: calls.submit(requisition.pk, buyer.officer, self.now),
            "requisition.submitted",
        )
        if done is not None and order is not None:
            requisition.revision = done.value.current_revision
            self.model.submit(requisition, order, self.now, self.day)

    def _withdraw(self, requisition: Requisition) -> None:
        expected: Refusals = set() if requisition.state in ALIVE else {IllegalTransition}
        done = self._attempt(
            expected,
            lambda: calls.withdraw(requisition.pk, self._buyer(requisition).officer, self.now),
            "requisition.withdrawn",
        )
        if done is not None:
            requisition.state = "withdrawn"

    def _decide(self, requisition: Requisition, verdict: Verdict, by: Membership) -> None:
        is_open = requisition.state == "submitted"
        order = self.model.reissued(requisition, self.day) if is_open else None
        expected = self._refusals_of_decision(requisition, verdict, by, order)
        done = self._attempt(
            expected,
            lambda: calls.decide_requisition(
                requisition.pk, requisition.revision, verdict, by, self.now
            ),
            "requisition.decision",
        )
        if done is None:
            return
        if verdict is not Verdict.APPROVE:
            requisition.state = "rejected" if verdict is Verdict.REJECT else "returned"
        elif order is not None and order.gross > requisition.order.gross:
            requisition.state = "returned"
        elif order is not None:
            self._follow_issue(requisition, order)

    def _refusals_of_decision(
        self, requisition: Requisition, verdict: Verdict, by: Membership, order: Order | None
    ) -> Refusals:
        if requisition.state != "submitted":
            return {IllegalTransition}
        found: Refusals = {OwnRequest} if by.user_id == requisition.asker else set()
        if verdict is not Verdict.APPROVE:
            return found
        buyer = self._buyer(requisition)
        held = [pk for pk, _ in requisition.wanted]
        found |= self._obstacles(buyer, held, order)
        # a suspended award is passed over, so its gate stops nothing where the next rank takes it
        taken = [line.listing for line in order.lines] if order is not None else held
        if self._gated(buyer, taken):
            found.add(Blocked)
        lots = {self.model.lot_of(pk).cap for pk in held}
        if any(self.model.accounts[pk].closed == "suspended" for pk in lots):
            found |= SHUT
        risen = order is not None and order.gross > requisition.order.gross
        if order is not None and not risen and self.model.grows_too_far(requisition, order):
            found.add(LimitExceeded)
        return found

    def _follow_issue(self, requisition: Requisition, order: Order) -> None:
        caps = self.model.issued_caps(requisition, order)
        requisition.state = "approved"
        rows = CallOffRow.objects.filter(requisition=requisition.pk, follows=None)
        awards = {self.model.award_of(line.listing).pk for line in order.lines}
        assert {row.award_id for row in rows} == awards, "the call-offs went to other suppliers"
        for row in rows:
            self._read_call_off(requisition, row, order, caps, range(1, len(caps) + 1))

    def _read_call_off(
        self,
        requisition: Requisition,
        row: CallOffRow,
        order: Order,
        caps: list[list[int]],
        numbers: Sequence[int],
    ) -> None:
        """Tie the lines of a new call-off to those of the order, by the requisition's numbers."""
        places = {number: place for place, number in enumerate(numbers)}
        found = CallOffLine.objects.filter(call_off=row).order_by("line_no")
        numbered = [
            (pk, number, order.lines[places[number]], caps[places[number]])
            for pk, number in found.values_list("pk", "requisition_line__line_no")
        ]
        issued = self.model.issue(requisition, row.award_id, numbered, row.pk, self.day, order)
        issued.follows = row.follows_id

    # Plumbing

    def _buyer(self, requisition: Requisition) -> Buyer:
        return next(row for row in self.stage.buyers if key_of(row) == requisition.buyer)


def _done_or_refused(act: Callable[[], T]) -> tuple[Done[T] | None, Exception | None]:
    try:
        return Done(act()), None
    except NAMED as refusal:
        return None, refusal


def key_of(buyer: Buyer) -> int:
    return buyer.organisation.pk


def budget_of(buyer: Buyer) -> int:
    assert buyer.budget.own_account_id is not None
    return buyer.budget.own_account_id
