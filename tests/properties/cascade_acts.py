"""What people, the desks and the clock do in a cascade: predict, call, compare, follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar
from unittest.mock import patch
from uuid import uuid4

from django.db import DatabaseError, transaction

from contracts.agreements.prices.ordering import Wanted
from contracts.ledger.errors import LimitExceeded
from contracts.ledger.movements import adjust_by
from contracts.refusals import Refusal
from orders import approvals, requisitions
from orders.binding.budgets import freeze
from orders.call_offs import cancellations, cascade, confirmations, goods_receipts
from orders.errors import BudgetNotUsable, BudgetOverdrawn, ConfirmationOver, RequisitionOver
from orders.lifecycle import IllegalTransition
from orders.models import CallOff, Requisition
from orders.models.approval import Verdict
from orders.requisitions import Ask, Share, ending
from orders.telling.notices import Notice, next_rank_notice
from tests.database_state import contents

from .cascade_model import CascadeModel, Issued, Request
from .cascade_world import BEGIN, LIMITS, SHARES, Stage
from .staged import StagedMachine

T = TypeVar("T")
Refusals = set[type[Exception]]


class CascadeActs(StagedMachine):
    """What people do, each act beside what the model says to it."""

    stage: ClassVar[Stage]
    begins = BEGIN

    def __init__(self) -> None:
        super().__init__()
        self.model: CascadeModel = self.stage.model()

    def _attempt(self, expected: Refusals, act: Callable[[], T]) -> T | None:
        """None when refused as expected; a refusal leaves the database as it was."""
        self.now += timedelta(seconds=1)
        before = contents() if expected else {}
        done, refusal = _done_or_refused(act)
        if refusal is not None:
            assert type(refusal) in expected, f"misnamed: {refusal!r}, expected {expected}"
            assert contents() == before, f"a refusal changed the database: {refusal!r}"
            return None
        assert not expected, f"accepted in spite of {expected}"
        return done

    # The asking side

    def _ask(self, quantity: int, funding: int, days: int | None) -> Request | None:
        """Draw up and submit a request for the first rank."""
        choices = SHARES[self.day.year]
        shares = choices[funding % len(choices)]
        ask = Ask(
            "Notebooks",
            needed_by=self.day + timedelta(days=days) if days is not None else None,
            shares={"": [Share(self._budget(name), Decimal(n)) for name, n in shares.items()]},
        )
        draft = requisitions.create(
            by=self.stage.officer,
            ask=ask,
            wanted=[Wanted("1", self.stage.ranks.listings[0].pk, quantity)],
            school_id=None,
            now=self.now,
        )
        request = Request(draft.pk, quantity, shares, rank=1)
        self.model.requests[draft.pk] = request
        return self._submit(request)

    def _submit(self, request: Request) -> Request | None:
        """Submit a draft, the house's too, or what came back."""
        expected: Refusals = set()
        if request.state not in {"draft", "returned"}:
            expected = {IllegalTransition}
        elif not self.model.is_usable(request, self.day):
            expected = {BudgetNotUsable}
        elif not self.model.fits(request, request.rank, request.quantity):
            expected = {LimitExceeded}
        done = self._attempt(
            expected,
            lambda: requisitions.submit(
                requisition_id=request.pk, by=self.stage.officer, now=self.now
            ),
        )
        if done is None:
            return None
        request.state, request.signed = "submitted", 0
        request.expires_at = done.expires_at
        return request

    # Signatures

    def _sign(self, request: Request) -> None:
        """The signer whose turn it is approves; with the second signature it is issued."""
        expected: Refusals = set()
        if request.state != "submitted":
            expected = {IllegalTransition}
        elif request.expires_at is not None and request.expires_at <= self.now:
            expected = {RequisitionOver}
        elif self.model.is_overdrawn(request):
            expected = {BudgetOverdrawn}
        done = self._attempt(expected, lambda: self._decide(request))
        if done is None:
            return
        if not self.model.is_usable(request, self.day):
            request.state = "returned"
            return
        request.signed += 1
        if request.signed == len(self.stage.signers):
            request.state = "approved"
            found = CallOff.objects.filter(requisition=request.pk).first()
            assert found is not None, "nothing is issued after the last signature"
            self.model.issue(found.pk, request, request.rank, request.quantity, self.day)

    def _decide(self, request: Request) -> Requisition:
        revision = Requisition.objects.values_list("current_revision", flat=True)
        return approvals.decide(
            requisition_id=request.pk,
            revision_no=revision.get(pk=request.pk),
            verdict=Verdict.APPROVE,
            by=self.stage.signers[request.signed % len(self.stage.signers)],
            now=self.now,
        )

    # The desks of the ranks

    def _confirm(self, row: Issued) -> None:
        """Until the last day of the time to confirm, whatever the sweep has left lying."""
        expected: Refusals = set()
        if row.state != "issued":
            expected = {IllegalTransition}
        elif row.confirm_by < self.day:
            expected = {ConfirmationOver}
        done = self._attempt(
            expected,
            lambda: confirmations.confirm(
                call_off_id=row.pk, by=self.stage.ranks.desks[row.rank - 1], now=self.now
            ),
        )
        if done is not None:
            row.state = "confirmed"

    def _refuse(self, row: Issued) -> None:
        done = self._attempt(
            set() if row.state == "issued" else {IllegalTransition},
            lambda: confirmations.refuse(
                call_off_id=row.pk,
                reason="Nicht lieferbar",
                by=self.stage.ranks.desks[row.rank - 1],
                now=self.now,
            ),
        )
        if done is not None:
            self._follow(row, "refused")

    def _follow(self, row: Issued, gone: str) -> None:
        """What became of a call-off that was given back, beside what the model says."""
        fate, rank, pieces = self.model.give_back(row, gone, self.day)
        old = CallOff.objects.get(pk=row.pk)
        assert old.state == row.state, f"the take-back does not stand: {old.state}"
        next_ = CallOff.objects.filter(follows=old).first()
        draft = Requisition.objects.filter(
            revisions__title__endswith=f"(statt Abruf {old.number})"
        ).first()
        found = "followed" if next_ is not None else "drafted" if draft is not None else "told"
        assert found == fate, f"the call-off is {found} instead of {fate}"
        if next_ is not None:
            self.model.issue(next_.pk, row.request, rank, pieces, self.day)
        elif draft is not None:
            self.model.requests[draft.pk] = Request(
                draft.pk, pieces, row.request.shares, rank, row.request.barred
            )

    # Deliveries and cancellations, each sent twice

    def _cancel(self, row: Issued, pieces: int) -> None:
        token, quantities = uuid4(), self._quantities(row, pieces)

        def act() -> object:
            return cancellations.cancel(
                call_off_id=row.pk,
                quantities=quantities,
                reason="Weniger Bedarf",
                token=token,
                by=self.stage.officer,
                now=self.now,
            )

        self._twice(act)
        self.model.take_back(row, pieces, "cancelled")

    def _receive(self, row: Issued, pieces: int) -> None:
        token, quantities = uuid4(), self._quantities(row, pieces)

        def act() -> object:
            return goods_receipts.receive(
                call_off_id=row.pk,
                quantities=quantities,
                received_on=self.day,
                token=token,
                by=self.stage.officer,
                now=self.now,
            )

        self._twice(act)
        self.model.receive(row, pieces)

    def _twice(self, act: Callable[[], object]) -> None:
        """Sent again, it is answered with what the first sending recorded."""
        first = self._attempt(set(), act)
        before = contents()
        again, refusal = _done_or_refused(act)
        assert refusal is None, f"sent twice it is refused: {refusal!r}"
        assert again == first, "sent twice it is recorded twice"
        assert contents() == before, "sent twice it counts twice"

    def _quantities(self, row: Issued, pieces: int) -> dict[int, int]:
        return {CallOff.objects.get(pk=row.pk).lines.get().pk: pieces}

    # The treasury

    def _freeze(self, name: str, cents: int) -> None:
        """Take it out of the limit, whatever is bound."""
        self.now += timedelta(seconds=1)
        document = f"Sperre {self.now:%d.%m.%Y %H:%M:%S}"
        line = self.stage.budgets[name]
        freeze(line, Decimal(cents) / 100, document=document, by=None, now=self.now)
        self.model.budgets[name].limit -= cents

    def _unfreeze(self, name: str) -> None:
        frozen = LIMITS[name] - self.model.budgets[name].limit
        if not frozen:
            return
        self.now += timedelta(seconds=1)
        adjust_by(
            self.stage.budgets[name].account.pk,
            delta=Decimal(frozen) / 100,
            document="Aufhebung",
            reference=f"unfreeze:{self.now.isoformat()}",
            by=None,
            now=self.now,
        )
        self.model.budgets[name].limit = LIMITS[name]

    # The clock

    def _let_days_pass(self, days: int) -> None:
        """What nobody decided expires."""
        self.now += timedelta(days=days)
        ending.expire_due(now=self.now)
        for request in self.model.requests.values():
            over = request.expires_at is not None and request.expires_at <= self.now
            if request.state == "submitted" and over:
                request.state = "expired"

    def _sweep(self, broken: int | None = None) -> None:
        """Time out what is due; the *broken* one of it fails once all its work is done."""
        self.now += timedelta(seconds=1)
        due = self.model.due(self.day)
        failing = due[broken % len(due)].pk if due and broken is not None else None
        with _failing(failing):
            try:
                done = confirmations.time_out_due(now=self.now)
            except RuntimeError as stopped:
                raise AssertionError("the sweep stops at an item that fails") from stopped
        keys = {row.pk for row in due}
        self.model.resting = {pk: rest for pk, rest in self.model.resting.items() if pk in keys}
        awake = [row for row in due if not self._rests(row)]
        assert done == sum(row.pk != failing for row in awake), "the sweep does something else"
        for row in awake:
            if row.pk == failing:
                self.model.failed(row.pk, self.now)
            else:
                self.model.resting.pop(row.pk, None)
                self._follow(row, "cancelled")

    def _rests(self, row: Issued) -> bool:
        rest = self.model.resting.get(row.pk)
        return rest is not None and rest.until > self.now

    def _budget(self, name: str) -> int:
        return self.stage.budgets[name].pk


def _done_or_refused(act: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """A refusal of the domain; or of the database, which no prediction names."""
    try:
        with transaction.atomic():
            return act(), None
    except (Refusal, DatabaseError) as refusal:
        return None, refusal


@contextmanager
def _failing(pk: int | None) -> Iterator[None]:
    """The last thing that comes of passing this call-off on breaks, when all is written."""
    sound = next_rank_notice

    def breaking(call_off: CallOff, sentence: str, draft: Requisition | None) -> Notice:
        if call_off.pk == pk:
            raise RuntimeError("kaputt")
        return sound(call_off, sentence, draft)

    with patch.object(cascade, "next_rank_notice", breaking):
        yield
