"""What must be true of what is ordered: holds, posts, turns passed on, what is given back.

A balance is never carried along here: it is the sum of what is open and of what is issued
and not given back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from .contract_model import ZERO, ContractModel, Line, Order, Wanted, worth

CONFIRMATION_DAYS = 5
STEP_DAYS = 7


@dataclass
class Requisition:
    """`caps` per line are the accounts it draws on; `wanted` what the next submit prices."""

    pk: int
    buyer: int
    budget: int
    asker: int
    state: str
    order: Order
    caps: list[list[int]] = field(default_factory=list)
    barred: set[int] = field(default_factory=set)
    revision: int = 1
    expires: datetime | None = None

    @property
    def wanted(self) -> Wanted:
        return [(line.listing, line.quantity) for line in self.order.lines]


@dataclass
class CallOffLine:
    """An issued line; `number` is that of the requisition's line, `pk` the database's."""

    pk: int
    number: int
    line: Line
    caps: list[int]
    delivered: int = 0
    cancelled: int = 0

    @property
    def open(self) -> int:
        return self.line.quantity - self.delivered - self.cancelled

    @property
    def kept(self) -> int:
        return self.line.quantity - self.cancelled

    @property
    def net(self) -> Decimal:
        return worth(self.line.price, self.kept) if self.kept else ZERO


@dataclass
class CallOff:
    """`tax` is what is still committed; `order` the amounts as issued."""

    pk: int
    requisition: int
    award: int
    lines: list[CallOffLine]
    tax: Decimal
    confirm_by: date
    state: str = "issued"
    follows: int | None = None

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def left(self) -> int:
        return sum(line.open for line in self.lines)


@dataclass
class OrdersModel(ContractModel):
    """The whole model: the agreement, and what was ordered under it."""

    requisitions: dict[int, Requisition] = field(default_factory=dict)
    call_offs: dict[int, CallOff] = field(default_factory=dict)
    budgets: dict[int, Decimal] = field(default_factory=dict)

    def posted(self, account: int) -> Decimal:
        total = ZERO
        for call_off in self.call_offs.values():
            if self.requisitions[call_off.requisition].budget == account:
                total += call_off.net + call_off.tax
            for line in call_off.lines:
                if account in line.caps:
                    total += self._amount(account, line.line.listing, line.kept, line.net)
        return total

    def held(self, account: int) -> Decimal:
        return sum(
            (
                self.holds_of(row).get(account, ZERO)
                for row in self.requisitions.values()
                if row.state == "submitted"
            ),
            ZERO,
        )

    def holds_of(self, requisition: Requisition) -> Mapping[int, Decimal]:
        """What the requisition holds by account while it is submitted."""
        found = self._wanted(requisition.order, requisition.caps)
        found[requisition.budget] += requisition.order.gross
        return found

    def caps_of(self, listing: int, buyer: int, on: date) -> list[int]:
        """Every cap a line draws on: position, award, lot, agreement, the buyer's own quota."""
        award = self.award_of(listing)
        entitlement = self.entitlement_of(buyer, on)
        quota = entitlement.quota if entitlement is not None else None
        pieces = self.items[self.shelf[listing].item].pieces
        caps = (pieces, award.cap, self.lots[award.lot].cap, self.maximum, quota)
        return [pk for pk in caps if pk is not None]

    def short(self, order: Order, buyer: int, budget: int, on: date) -> bool:
        """Whether a limit does not carry the order."""
        caps = [self.caps_of(line.listing, buyer, on) for line in order.lines]
        wanted = self._wanted(order, caps)
        wanted[budget] += order.gross
        return any(amount > self.room(pk) for pk, amount in wanted.items())

    def room(self, account: int) -> Decimal:
        if account in self.budgets:
            return self.budgets[account] - self.held(account) - self.posted(account)
        return self.available(account)

    def most(self, listing: int, buyer: int, budget: int, on: date) -> int:
        """The largest quantity of one article that the limits carry, or 1 if none does."""
        fits, beyond = 0, 400
        while beyond - fits > 1:
            middle = (fits + beyond) // 2
            order = self.allocate([(listing, middle)], on)
            if order is None or self.short(order, buyer, budget, on):
                beyond = middle
            else:
                fits = middle
        return max(fits, 1)

    def submit(self, requisition: Requisition, order: Order, now: datetime, on: date) -> None:
        requisition.order = order
        requisition.caps = [
            self.caps_of(line.listing, requisition.buyer, on) for line in order.lines
        ]
        requisition.state = "submitted"
        requisition.expires = now + timedelta(days=2 * STEP_DAYS)

    # Issue

    def reissued(self, requisition: Requisition, on: date) -> Order | None:
        """The order as the day of issue prices it; what it holds itself does not count."""
        return self.allocate(
            requisition.wanted, on, barred=requisition.barred, own=self.holds_of(requisition)
        )

    def issued_caps(self, requisition: Requisition, order: Order) -> list[list[int]]:
        """A line that moves to another award leaves that one's own cap, and keeps the rest."""
        found = []
        for caps, before, after in zip(
            requisition.caps, requisition.order.lines, order.lines, strict=True
        ):
            left, taken = self.award_of(before.listing).cap, self.award_of(after.listing).cap
            kept = [pk for pk in caps if pk != left or pk == taken]
            found.append(kept if taken is None or taken in kept else [*kept, taken])
        return found

    def grows_too_far(self, requisition: Requisition, order: Order) -> bool:
        """Whether a dearer line would exceed a cap although the total did not rise."""
        held = self.holds_of(requisition)
        wanted = self._wanted(order, self.issued_caps(requisition, order))
        wanted[requisition.budget] += order.gross
        return any(amount - held.get(pk, ZERO) > self.room(pk) for pk, amount in wanted.items())

    def issue(
        self,
        requisition: Requisition,
        award: int,
        numbered: list[tuple[int, int, Line, list[int]]],
        call_off: int,
        on: date,
        order: Order,
    ) -> CallOff:
        """One call-off of the order, from (line pk, line number, line, caps)."""
        issued = CallOff(
            pk=call_off,
            requisition=requisition.pk,
            award=award,
            lines=[CallOffLine(*row) for row in numbered],
            tax=sum((tax for (key, _), (_, tax) in order.groups.items() if key == award), ZERO),
            confirm_by=working_days_later(on, CONFIRMATION_DAYS),
        )
        self.call_offs[call_off] = issued
        return issued

    # What becomes of a call-off

    def take_back(self, call_off: CallOff, quantities: Mapping[int, int], gone: str) -> None:
        """Count what is cancelled; the tax is settled by the document, within its law."""
        for line in call_off.lines:
            line.cancelled += quantities.get(line.pk, 0)
        if not call_off.left:
            delivered = any(line.delivered for line in call_off.lines)
            call_off.state = "closed_short" if delivered else gone

    def receive(self, call_off: CallOff, quantities: Mapping[int, int]) -> None:
        for line in call_off.lines:
            line.delivered += quantities.get(line.pk, 0)
        call_off.state = "partly_delivered" if call_off.left else "delivered"

    def passed_on(
        self, call_off: CallOff, wanted: Mapping[int, int], given: Decimal, on: date
    ) -> tuple[str, Order | None]:
        """What the rule makes of a refused call-off: "followed", "drafted" or "nothing".

        `wanted` by line number of the requisition, `given` what came back (gross).
        """
        requisition = self.requisitions[call_off.requisition]
        lot = self.lots[self.awards[call_off.award].lot]
        if len(lot.awards) == 1 or not self.may_buy(requisition.buyer, on):
            return "nothing", None
        if self.accounts[lot.cap].closed == "suspended":
            return "nothing", None
        asked = [(requisition.order.lines[n - 1].listing, wanted[n]) for n in sorted(wanted)]
        order = self.allocate(asked, on, barred=requisition.barred)
        if order is None:
            return "nothing", None
        award = self.award_of(order.lines[0].listing).pk
        others = {row.award for row in self._call_offs_of(requisition)}
        covered = order.gross <= given and award not in others
        gated = any(self.is_gated(line.listing, requisition.buyer) for line in order.lines)
        short = self.short(order, requisition.buyer, requisition.budget, on)
        return ("followed" if covered and not gated and not short else "drafted"), order

    def _call_offs_of(self, requisition: Requisition) -> list[CallOff]:
        return [row for row in self.call_offs.values() if row.requisition == requisition.pk]

    def _wanted(self, order: Order, caps: list[list[int]]) -> Counter[int]:
        found: Counter[int] = Counter()
        for line, accounts in zip(order.lines, caps, strict=True):
            for pk in accounts:
                found[pk] += self._amount(pk, line.listing, line.quantity, line.net)
        return found

    def _amount(self, account: int, listing: int, quantity: int, net: Decimal) -> Decimal:
        """Pieces on the cap of a position, else EUR."""
        pieces = self.items[self.shelf[listing].item].pieces
        return Decimal(quantity) if account == pieces else net


def working_days_later(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
