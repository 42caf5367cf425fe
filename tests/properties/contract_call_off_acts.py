"""What becomes of call-offs: cancelled, received, confirmed, refused, passed on; and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from contracts.parties.models import Membership
from orders.errors import MoreThanOpen, NothingChosen, NothingOpen
from orders.lifecycle import IllegalTransition
from orders.models import CallOff as CallOffRow
from orders.models import Cancellation
from orders.models import Requisition as RequisitionRow

from . import contract_calls as calls
from .contract_acts import ContractActs, Refusals, Size
from .contract_orders import CallOff, Requisition

OPEN_STATES = ("issued", "confirmed", "partly_delivered")


class CallOffActs(ContractActs):
    """Of the buyer, the supplier's desk, and beat."""

    def _cancel(self, call_off: CallOff, chosen: Sequence[int], size: Size) -> None:
        """Part of some lines in twelfths of what is open, or "over", or "all"."""
        by = self._buyer(self.model.requisitions[call_off.requisition]).officer
        wanted = None if size == "all" else self._part(call_off, chosen, size)
        expected = self._refusals_of_part(call_off, wanted)
        done = self._attempt(
            expected, lambda: calls.cancel(call_off.pk, wanted, by, self.now), "call_off."
        )
        if done is not None:
            taken = {line.pk: line.open for line in call_off.lines} if wanted is None else wanted
            self._follow_taking_back(call_off, taken, done.value, "cancelled")

    def _receive(self, call_off: CallOff, chosen: Sequence[int], size: Size) -> None:
        by = self._buyer(self.model.requisitions[call_off.requisition]).officer
        wanted = self._part(call_off, chosen, 12 if size == "all" else size)
        done = self._attempt(
            self._refusals_of_part(call_off, wanted),
            lambda: calls.receive(call_off.pk, wanted, by, self.now),
            "call_off.",
        )
        if done is not None:
            self.model.receive(call_off, wanted)

    def _part(self, call_off: CallOff, chosen: Sequence[int], size: Size) -> dict[int, int]:
        lines = {call_off.lines[pick % len(call_off.lines)].pk for pick in chosen}
        return {
            line.pk: line.open + 1 if size == "over" else -(-line.open * int(size) // 12)
            for line in call_off.lines
            if line.pk in lines
        }

    def _refusals_of_part(self, call_off: CallOff, wanted: dict[int, int] | None) -> Refusals:
        if call_off.state not in OPEN_STATES:
            return {NothingOpen}
        if wanted is None:
            return set()
        if not any(wanted.values()):
            return {NothingChosen}
        over = any(wanted.get(line.pk, 0) > line.open for line in call_off.lines)
        return {MoreThanOpen} if over else set()

    def _follow_taking_back(
        self, call_off: CallOff, taken: dict[int, int], given: Cancellation, gone: str
    ) -> None:
        before = call_off.net
        self.model.take_back(call_off, taken, gone)
        assert given.net == before - call_off.net, "more or less came back than was cancelled"
        call_off.tax -= given.tax

    def _confirm(self, call_off: CallOff) -> None:
        done = self._attempt(
            set() if call_off.state == "issued" else {IllegalTransition},
            lambda: calls.confirm_call_off(call_off.pk, self._desk(call_off), self.now),
            "call_off.confirmed",
        )
        if done is not None:
            call_off.state = "confirmed"

    def _refuse(self, call_off: CallOff) -> None:
        done = self._attempt(
            set() if call_off.state == "issued" else {IllegalTransition},
            lambda: calls.refuse(call_off.pk, self._desk(call_off), self.now),
            "call_off.refused",
        )
        if done is not None:
            self._follow_pass_on(call_off, "refused")

    def _follow_pass_on(self, call_off: CallOff, gone: str) -> None:
        """All of it comes back; the next rank takes over, or a draft waits, or nothing."""
        requisition = self.model.requisitions[call_off.requisition]
        wanted = {line.number: line.open for line in call_off.lines if line.open}
        given = Cancellation.objects.filter(call_off=call_off.pk).latest("number")
        taken = {line.pk: line.open for line in call_off.lines}
        self._follow_taking_back(call_off, taken, given, gone)
        requisition.barred.add(call_off.award)
        outcome, order = self.model.passed_on(call_off, wanted, given.gross, self.day)
        follower = CallOffRow.objects.filter(follows=call_off.pk).first()
        number = CallOffRow.objects.values_list("number", flat=True).get(pk=call_off.pk)
        draft = RequisitionRow.objects.filter(
            revisions__title__endswith=f"(statt Abruf {number})"
        ).first()
        found = "followed" if follower else "drafted" if draft else "nothing"
        assert found == outcome, f"the turn is {found} instead of {outcome}"
        if follower is not None and order is not None:
            caps = [
                self.model.caps_of(line.listing, requisition.buyer, self.day)
                for line in order.lines
            ]
            self._read_call_off(requisition, follower, order, caps, sorted(wanted))
            self._open_if_full(call_off)
        if draft is not None and order is not None:
            self.model.requisitions[draft.pk] = Requisition(
                pk=draft.pk,
                buyer=requisition.buyer,
                budget=requisition.budget,
                asker=requisition.asker,
                state="draft",
                order=order,
                barred=set(requisition.barred),
            )

    # Time

    def _let_days_pass(self, days: int) -> None:
        """Beat comes by: requisitions expire, unconfirmed call-offs of cascades time out."""
        self.now += timedelta(days=days)
        late = [
            row
            for row in self.model.requisitions.values()
            if row.state == "submitted" and row.expires and row.expires <= self.now
        ]
        assert calls.expire(self.now) == len(late), "others expired"
        for row in late:
            row.state = "expired"
        due = [
            row
            for row in sorted(self.model.call_offs.values(), key=lambda row: row.pk)
            if row.state == "issued" and row.confirm_by < self.day and self._is_cascade(row)
        ]
        assert calls.time_out(self.now) == len(due), "others timed out"
        for call_off in due:
            self._follow_pass_on(call_off, "cancelled")

    # Plumbing

    def _open_if_full(self, call_off: CallOff) -> None:
        """What came back went to the next rank; whether the lot is full again, a review says."""
        lot = self.model.accounts[self.model.lots[self.model.awards[call_off.award].lot].cap]
        lot.closed = "" if lot.closed == "full" else lot.closed

    def _is_cascade(self, call_off: CallOff) -> bool:
        return len(self.model.lots[self.model.awards[call_off.award].lot].awards) > 1

    def _desk(self, call_off: CallOff) -> Membership:
        return self.stage.desks[self.model.awards[call_off.award].supplier]
