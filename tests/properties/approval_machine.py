"""A state machine over people, requisitions and decisions, beside a pure model.

It drives the public functions of the domain on the real database: what the asking and the
approving side, keepers of rules and money, and the clock may do. Every act is predicted
(`approval_acts`, `approval_decisions`), and after every step the database is compared with
the model (`approval_books`) and with the laws of approval (`approval_laws`). Every example
runs in a savepoint that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from orders.models.approval import Verdict

from . import approval_books as books
from .approval_acts import ASKING, SCHOOL
from .approval_decisions import DecisionActs, Ruling
from .approval_laws import check_laws
from .approval_model import SIGNING, Deputy, Line, Member, Requisition
from .approval_world import APPROVER, IT, POLICIES, TREASURER
from .staged import drive, walk_on

T = TypeVar("T")

picks = st.integers(0, 40)
seldom = st.sampled_from([False] * 5 + [True])
often = st.sampled_from([True] * 5 + [False])
quantities = st.sampled_from([1, 2, 3, 5, 7, 18, 19, 20, 22, 61])
kinds = st.sampled_from(["device", "device", "book"])
splits = st.sampled_from(["first"] * 8 + ["second", "both", "both", "none"])
wishes = st.lists(st.tuples(kinds, quantities, splits), min_size=1, max_size=3)
edits = st.sampled_from(
    ["less", "less", "drop", "more", "add", "budget", "title", "place", "date", "same", "other"]
)
steps = st.sampled_from(["submit"] * 4 + ["hand over", "hand over", "hand back", "withdraw"])
verdicts = st.sampled_from([Verdict.APPROVE] * 6 + [Verdict.REJECT, Verdict.RETURN])
cuts = st.sampled_from([""] * 6 + ["one less", "half", "half", "line", "all", "more", "unknown"])
limits = st.sampled_from([None, 0, 476_00, 2_000_00, 9_000_00, 100_000_00])
days = st.sampled_from([1, 2, 3, 4, 6, 8, 13])
moves = st.sampled_from(
    ["end", "end", "begin", "limit", "limit", "policy", "policy", "gate", "budget", "lift"]
)


TO_DECEMBER = 190
"""Days from the begin of the world to the 22nd."""


class ApprovalMachine(DecisionActs):
    """The rules draw what to do; what must hold is checked after each."""

    @initialize(wish=wishes, late=st.booleans())
    def begin(self, wish: list[tuple[str, int, str]], late: bool) -> None:
        """Two are in approval, and a school has drawn one up, before anything else happens;
        in summer, or when the budgets' year is nearly over.
        """
        if late:
            self._let_days_pass(TO_DECEMBER)
        self.ask(0, [("device", 2, "first"), ("book", 3, "both")], signers=[], place=0)
        self.ask(1, wish, signers=[], place=0)
        school = self.stage.schools[0].pk
        self._create(self._of_role(0, {SCHOOL}), self._lines([("book", 5, "second")]), school)

    # Asking

    @rule(who=picks, wish=wishes, signers=st.lists(picks, max_size=3), place=st.integers(0, 2))
    def ask(
        self, who: int, wish: list[tuple[str, int, str]], signers: list[int], place: int
    ) -> None:
        """A school's draft stays one; procurement submits, and the first may sign at once."""
        by = self._of_role(who, ASKING)
        schools = (None, *(row.pk for row in self.stage.schools))
        row = self._create(by, self._lines(wish), schools[place])
        if row is None or by.role == SCHOOL:
            return
        self._submit(row, by)
        for signer in signers:
            if row.state == "submitted":
                ruling = Ruling(Verdict.APPROVE, {}, row.revision)
                self._decide(row, self._signer(row, signer), ruling)

    @rule(pick=picks, who=picks, edit=edits, wish=wishes, stale=seldom)
    def revise(
        self, pick: int, who: int, edit: str, wish: list[tuple[str, int, str]], stale: bool
    ) -> None:
        row = self._requisition(pick, {"draft", "returned", "submitted"})
        title = "Anderer Bedarf" if edit == "title" else row.title
        by = self._of_role(who, ASKING)
        self._revise(row, by, self._edited(row, edit, wish), title, row.revision - stale)

    @rule(pick=picks, who=picks, what=steps)
    def move_on(self, pick: int, who: int, what: str) -> None:
        is_back = what == "withdraw"
        row = self._requisition(pick, {"submitted"} if is_back else {"draft", "returned"})
        by = self._of_role(who, {SCHOOL} if what == "hand over" else ASKING)
        if what == "submit":
            self._submit(row, by)
        elif what == "withdraw":
            self._withdraw(row, by)
        else:
            self._hand(row, by, back=what == "hand back")

    # Deciding

    @rule(pick=picks, who=picks, verdict=verdicts, cut=cuts, stale=seldom, resolved=often)
    def decide(
        self, pick: int, who: int, verdict: Verdict, cut: str, stale: bool, resolved: bool
    ) -> None:
        row = self._requisition(pick, {"submitted"})
        ruling = Ruling(verdict, self._grants(row, cut), row.revision - stale, resolved)
        self._decide(row, self._signer(row, who), ruling)

    @rule(pick=picks, who=picks, verdict=verdicts, cut=cuts)
    def decide_for_somebody(self, pick: int, who: int, verdict: Verdict, cut: str) -> None:
        """By whoever may, mostly; a deputy is set up where there is none yet."""
        row = self._requisition(pick, {"submitted"})
        deputy = self._deputy(row, who)
        ruling = Ruling(verdict, self._grants(row, cut), row.revision)
        if deputy is not None:
            self._decide(row, self._deputy_of(deputy, who), ruling, deputy)

    @rule(pick=picks, people=st.lists(picks, min_size=2, max_size=5), cut=cuts)
    def sign_to_the_end(self, pick: int, people: list[int], cut: str) -> None:
        """Several in a row, so that the later tiers are reached often."""
        row = self._requisition(pick, {"submitted"})
        for who in people:
            if row.state == "submitted":
                grants = self._grants(row, cut if who % 3 == 0 else "")
                ruling = Ruling(Verdict.APPROVE, grants, row.revision)
                self._decide(row, self._signer(row, who), ruling)

    @rule(pick=picks, who=picks, first=st.sampled_from([0, 0, 0, 2, -3]), length=days, end=seldom)
    def delegate(self, pick: int, who: int, first: int, length: int, end: bool) -> None:
        """Chains too: the deputy of a deputy."""
        members = list(self.model.members.values())
        if end and self.model.deputies:
            self._revoke(pick_from(list(self.model.deputies.values()), pick))
        else:
            human = pick_from(members, who).human
            self._delegate(pick_from(members, pick), human, first, length)

    # What changes under them

    @rule(what=moves, pick=picks, limit=limits, flag=often, amount=st.sampled_from([0, 500, 9_000]))
    def change(self, what: str, pick: int, limit: int | None, flag: bool, amount: int) -> None:
        members = list(self.model.members.values())
        member = pick_from(members, pick)
        if what == "end":
            self._end_membership(member, -1 if flag else 2)
        elif what == "begin":
            role = pick_from([APPROVER, TREASURER, IT, "procurement_officer"], pick)
            self._begin_membership(pick_from(members[:14], pick), str(role), limit)
        elif what == "limit":
            signing = [row for row in members if row.limit is not None]
            self._set_signing_limit(pick_from(signing or members, pick), limit)
        elif what == "policy":
            self._propose(pick_from(POLICIES, pick), 0 if flag else 3)
            if pick % 3:
                self._confirm(self.stage.members["kira" if pick % 7 == 6 else "kolja"])
        elif what == "gate":
            listing = pick_from([self.stage.devices, self.stage.books], pick)
            self._set_gate(listing, pick_from([IT, IT, TREASURER, ""], pick))
        elif what == "lift" and self.model.gates:
            self._lift_gate(pick_from(list(self.model.gates), pick))
        elif what == "budget":
            account = pick_from(list(self.model.budgets.values()), pick)
            bound = self.model.held[account] + self.model.posted[account]
            self._set_budget(account, bound + amount * 100 if flag else max(bound - 100_00, 0))

    @rule(amount=st.sampled_from([0, 0, 40_00, 900_00]), pick=picks, tie=seldom)
    def agree(self, amount: int, pick: int, tie: bool) -> None:
        """What the contract asks of an order: a minimum, a device for each book."""
        award = self.model.awards[pick_from([self.stage.devices, self.stage.books], pick)]
        self._set_minimum(award, amount)
        if tie:
            self._tie(self.stage.books, self.stage.devices)

    @rule(length=days, swept=often)
    def let_days_pass(self, length: int, swept: bool) -> None:
        self._let_days_pass(length, swept=swept)

    # What must hold after every step, whether it was accepted or refused

    @invariant()
    def all_laws_hold(self) -> None:
        check_laws()

    @invariant()
    def money_held_is_that_of_the_open_revisions(self) -> None:
        books.check_accounts(self.model)

    @invariant()
    def rounds_are_as_predicted(self) -> None:
        books.check_requisitions(self.model)
        books.check_steps(self.model)

    @invariant()
    def only_those_spoke_who_may(self) -> None:
        books.check_people(self.model)
        books.check_signed(self.signed)

    @invariant()
    def the_database_agrees(self) -> None:
        connection.check_constraints()

    # Plumbing

    def _lines(self, wish: Sequence[tuple[str, int, str]], start: int = 1) -> dict[int, Line]:
        first, second = (row.pk for row in self.stage.budgets)
        shares: dict[str, tuple[tuple[int, int], ...]] = {
            "first": ((first, 100),),
            "second": ((second, 100),),
            "both": ((first, 60), (second, 40)),
            "none": (),
        }
        listing = {"device": self.stage.devices, "book": self.stage.books}
        return {
            number: Line(listing[kind], quantity, shares[split], None)
            for number, (kind, quantity, split) in enumerate(wish, start=start)
        }

    def _edited(
        self, row: Requisition, edit: str, wish: Sequence[tuple[str, int, str]]
    ) -> dict[int, Line]:
        """The lines after an edit; numbers beyond those of the revision are new lines."""
        lines = dict(row.lines)
        number, line = max(lines.items(), key=lambda entry: entry[1].quantity)
        second = self.stage.budgets[1].pk
        if edit == "less":
            lines[number] = replace(line, quantity=max(line.quantity // 2, 1))
        elif edit == "drop" and len(lines) > 1:
            del lines[number]
        elif edit == "more":
            lines[number] = replace(line, quantity=line.quantity + 1)
        elif edit == "add":
            fresh = self._lines(wish[:1], start=row.last_line + 1)
            lines |= {no: replace(new, place=row.school) for no, new in fresh.items()}
        elif edit == "budget":
            lines[number] = replace(line, shares=((second, 100),))
        elif edit == "place":
            lines[number] = replace(line, place=self.stage.schools[0].pk)
        elif edit == "date":
            lines[number] = replace(line, earliest=self.day + timedelta(days=20))
        elif edit == "other":
            lines[number] = replace(line, listing=self.stage.books)
        return lines

    def _grants(self, row: Requisition, cut: str) -> dict[int, int]:
        number, line = max(row.lines.items(), key=lambda entry: entry[1].quantity)
        return {
            "": {},
            "one less": {number: line.quantity - 1},
            "half": {no: each.quantity // 2 for no, each in row.lines.items()},
            "line": {number: 0},
            "all": dict.fromkeys(row.lines, 0),
            "more": {number: line.quantity + 1},
            "unknown": {row.last_line + 1: 1},
        }[cut]

    def _requisition(self, pick: int, states: Collection[str]) -> Requisition:
        """Mostly one in a state that the step is about, and mostly a late one."""
        rows = list(self.model.requisitions.values())
        fitting = [row for row in rows if row.state in states]
        return pick_from(fitting if fitting and pick % 8 != 7 else rows, -1 - pick)

    def _of_role(self, pick: int, roles: Collection[str]) -> Member:
        """Mostly somebody of these roles; anybody one time in ten."""
        members = list(self.model.members.values())
        fitting = [row for row in members if row.role in roles]
        return pick_from(members if pick % 10 == 9 else fitting, pick)

    def _signer(self, row: Requisition, pick: int) -> Member:
        """Mostly somebody who may sign the open step; at times only the role fits."""
        roles = {
            role
            for step in row.steps
            if not step.is_complete and step.opened is not None
            for role in (step.role, step.escalates_to)
        } or {str(APPROVER)}
        fitting = [
            member
            for member in self.model.members.values()
            if member.role in roles
            and member.is_valid(self.day)
            and member.human not in row.asked | row.spoken
            and (member.limit or 0) >= self.model.gross(row.lines)
        ]
        return pick_from(fitting, pick) if fitting and pick % 6 != 5 else self._of_role(pick, roles)

    def _deputy(self, row: Requisition, pick: int) -> Deputy | None:
        """One that is there already, or one set up for somebody whose turn it is."""
        known = list(self.model.deputies.values())
        if known and pick % 3:
            return pick_from(known, pick)
        human = self._of_role(pick * 7 + 3, SIGNING).human
        return self._delegate(self._signer(row, pick), human, 0, 5)

    def _deputy_of(self, deputy: Deputy, pick: int) -> Member:
        """A membership of the deputy; at times of somebody else."""
        members = list(self.model.members.values())
        own = [row for row in members if row.human == deputy.human]
        return pick_from(own if pick % 7 != 6 else members, pick)


def pick_from(choices: Sequence[T], pick: int) -> T:
    return choices[pick % len(choices)]


Road = Callable[[ApprovalMachine], None]
run_machine = partial(drive, ApprovalMachine)
walk = partial(walk_on, ApprovalMachine)
