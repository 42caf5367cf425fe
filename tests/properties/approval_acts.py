"""What people do, as the machine does it: predict, call, compare, follow.

A prediction names every refusal that may come; without one the act must be accepted. A
refusal must leave the database as it was, and whatever is accepted leaves an audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, TypeVar

from contracts.agreements.errors import Blocked
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import LimitExceeded
from contracts.parties.models import Membership, Role
from contracts.refusals import Refusal
from orders.errors import (
    BelowMinimum,
    BudgetNotUsable,
    DeviceMissing,
    InvalidAssignment,
    NoPolicy,
    NotAllowed,
    NotFound,
    OwnRequest,
    RequisitionOver,
    StaleRevision,
)
from orders.lifecycle import IllegalTransition, RequisitionState
from tests.database_state import contents
from tests.world import NOW

from . import approval_calls as calls
from .approval_books import model_of
from .approval_model import ApprovalModel, Line, Member, Requisition
from .approval_world import Stage
from .staged import StagedMachine

T = TypeVar("T")
Refusals = set[type[Exception]]
OFFICER, SCHOOL = Role.PROCUREMENT_OFFICER.value, Role.SCHOOL_REQUESTER.value
ALL_STATES = {state.value for state in RequisitionState}
ASKING = {SCHOOL, OFFICER}
ALIVE = {"draft", "returned", "submitted"}
TITLE = "Bedarf"


class ApprovalActs(StagedMachine):
    """What people do, each act beside what the model says to it."""

    stage: ClassVar[Stage]
    begins = NOW + timedelta(minutes=30)

    def __init__(self) -> None:
        super().__init__()
        self.model: ApprovalModel = model_of(self.stage)
        self.rows = {row.pk: row for row in self.stage.members.values()}

    def _attempt(
        self,
        expected: Refusals,
        act: Callable[[], T],
        action: str,
        unforeseen: Collection[type[Exception]] = (),
    ) -> T | None:
        """What the act returned; None when it was refused. `action` begins its audit entry.

        What is `unforeseen` may be refused for these reasons too: others prove them.
        """
        self.now += timedelta(seconds=10)
        before = contents()
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        done, refusal = _done_or_refused(act)
        if done is None:
            expected = expected | set(unforeseen)
            assert expected, f"refused without reason: {refusal!r}"
            assert type(refusal) in expected, f"misnamed: {refusal!r}, expected {expected}"
            changed = dict(contents().items() - before.items())
            assert not changed, f"a refusal changed the database: {refusal!r}, {changed}"
            return None
        assert not expected, f"accepted in spite of {expected}"
        left = AuditEntry.objects.filter(pk__gt=last, action__startswith=action)
        assert left.exists(), f"{action}: no audit entry"
        return done

    # Asking

    def _create(self, by: Member, lines: dict[int, Line], place: int | None) -> Requisition | None:
        """A draft; a school asks for itself."""
        school = by.school if by.school is not None else place
        lines = {no: self._placed(line, school) for no, line in lines.items()}
        expected: Refusals = set()
        if by.role not in ASKING or not by.is_valid(self.day):
            expected.add(NotAllowed)
        if not self.model.may_name(lines, {}, self.day):
            expected.add(InvalidAssignment)
        done = self._attempt(
            expected,
            lambda: calls.create(TITLE, _keyed(lines), school, self._row(by), self.now),
            "requisition.created",
        )
        if done is None:
            return None
        row = Requisition(done.pk, school, TITLE, lines, last_line=max(lines))
        row.asked.add(by.human)
        self.model.requisitions[row.pk] = row
        return row

    def _revise(
        self, row: Requisition, by: Member, lines: dict[int, Line], title: str, base: int
    ) -> None:
        """*lines* by number; numbers that the revision does not have are new lines."""
        is_open = row.state == "submitted"
        expected = self._refusals_of_asking(row, by, ALL_STATES)
        if row.state not in ALIVE or ((is_open or row.is_handed_over) and by.role != OFFICER):
            expected.add(NotAllowed)
        if base != row.revision:
            expected.add(StaleRevision)
        if row.is_over(self.now):
            expected.add(RequisitionOver)
        numbered = self._numbered(row, lines)
        if not self.model.may_name(numbered, row.lines, self.day):
            expected.add(InvalidAssignment)
        is_less = title == row.title and self.model.is_less(numbered, row.lines)
        if is_open:
            expected |= self._refusals_of_holding(row, numbered, is_less=is_less)
        done = self._attempt(
            expected,
            lambda: calls.revise(row.pk, base, title, _keyed(lines), self._row(by), self.now),
            "requisition.revised",
        )
        if done is None:
            return
        row.revision += 1
        row.title, row.lines, row.was_held = title, numbered, is_open
        row.last_line = max(row.last_line, *numbered)
        row.asked.add(by.human)
        assert done.number == row.revision
        if is_open and not is_less:
            self.model.open_round(row, self.model.steps(numbered, self.now, self.day), self.now)

    def _submit(self, row: Requisition, by: Member) -> None:
        expected = self._refusals_of_asking(row, by, {"draft", "returned"})
        if by.role != OFFICER:
            expected.add(NotAllowed)
        expected |= self._refusals_of_holding(None, row.lines)
        done = self._attempt(
            expected,
            lambda: calls.submit(row.pk, self._row(by), self.now),
            "requisition.submitted",
        )
        if done is None:
            return
        # terms agreed since the draft was written make a revision of their own
        raised = done.current_revision - row.revision
        assert raised == row.was_held or (raised == 1 and self.agreed), "raised without reason"
        row.revision = done.current_revision
        row.state = "submitted"
        row.asked.add(by.human)
        self.model.open_round(row, self.model.steps(row.lines, self.now, self.day), self.now)

    def _withdraw(self, row: Requisition, by: Member) -> None:
        done = self._attempt(
            self._refusals_of_asking(row, by, ALIVE) - {OwnRequest},
            lambda: calls.withdraw(row.pk, self._row(by), self.now),
            "requisition.withdrawn",
        )
        if done is not None:
            row.state = "withdrawn"

    def _hand(self, row: Requisition, by: Member, *, back: bool) -> None:
        """Over to procurement, or back to the school; over twice changes nothing."""
        if not back and row.is_handed_over:
            return
        is_ready = row.state in {"draft", "returned"} and back == row.is_handed_over
        expected = self._refusals_of_asking(row, by, ALL_STATES)
        if not is_ready or by.role != (OFFICER if back else SCHOOL):
            expected.add(NotAllowed)
        if back:
            expected.discard(OwnRequest)
        act = calls.hand_back if back else calls.hand_over
        action = "requisition.handed_back" if back else "requisition.handed_over"
        if self._attempt(expected, lambda: act(row.pk, self._row(by), self.now), action):
            row.is_handed_over = not back
            if not back:
                row.asked.add(by.human)

    def _refusals_of_asking(self, row: Requisition, by: Member, states: set[str]) -> Refusals:
        """What stands before somebody of the asking side, whatever it is about."""
        found: Refusals = set()
        if by.role not in ASKING or not by.is_valid(self.day):
            found.add(NotAllowed)
        if not self._sees(row, by):
            found.add(NotFound)
        if row.state not in states:
            found.add(IllegalTransition)
        if by.human in row.decided:
            found.add(OwnRequest)
        return found

    def _refusals_of_holding(
        self, instead_of: Requisition | None, lines: Mapping[int, Line], *, is_less: bool = False
    ) -> Refusals:
        """What stands before a revision that is to be in approval; less may stay as it was."""
        found: Refusals = set()
        if any(not line.shares for line in lines.values()):
            found.add(InvalidAssignment)
        found |= self._refusals_of_the_contract(lines)
        if not self.model.fits(lines, instead_of):
            found.add(LimitExceeded)
        if self.model.is_too_late(lines, self.day):
            found.add(BudgetNotUsable)
        if not is_less and not self.model.steps(lines, self.now, self.day):
            found.add(NoPolicy)
        return found

    def _refusals_of_the_contract(self, lines: Mapping[int, Line]) -> Refusals:
        """What is asked of the articles whenever something is to be released."""
        found: Refusals = set()
        if self.model.is_blocked(lines):
            found.add(Blocked)
        if self.model.is_below_minimum(lines):
            found.add(BelowMinimum)
        if self.model.lacks_device(lines):
            found.add(DeviceMissing)
        return found

    # Plumbing

    def _row(self, member: Member) -> Membership:
        """The membership as a session of that person has it: read once, maybe long ago."""
        return self.rows[member.pk]

    def _sees(self, row: Requisition, by: Member) -> bool:
        town = self.stage.world.authority.pk
        return by.town == town and by.school in (None, row.school)

    def _placed(self, line: Line, school: int | None) -> Line:
        return replace(line, place=school)

    def _numbered(self, row: Requisition, lines: Mapping[int, Line]) -> dict[int, Line]:
        """New lines get numbers that were never used."""
        fresh = iter(range(row.last_line + 1, row.last_line + 1 + len(lines)))
        return {no if no in row.lines else next(fresh): line for no, line in lines.items()}


def _keyed(lines: Mapping[int, Line]) -> dict[str, Line]:
    return {str(no): line for no, line in lines.items()}


def _done_or_refused(act: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return act(), None
    except Refusal as refusal:
        return None, refusal
