"""What people on the approving side do, and what changes under them: people, rules, money, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contracts.ledger.errors import LimitExceeded
from contracts.parties.models import Membership
from orders.errors import (
    AlreadyDecided,
    BudgetOverdrawn,
    DelegationOverlaps,
    InvalidCut,
    InvalidDelegation,
    InvalidDelegationDays,
    InvalidMembershipEnd,
    InvalidSigningLimit,
    NotAllowed,
    NotDelegable,
    NotFound,
    OpenProposal,
    OwnMembership,
    OwnProposal,
    OwnRequest,
    RequisitionOver,
    ResolutionMissing,
    SigningLimitExceeded,
    StaleRevision,
    UnchangedPolicy,
    UnsatisfiablePolicy,
    UnsuitableDeputy,
)
from orders.lifecycle import IllegalTransition
from orders.models.approval import Verdict

from . import approval_calls as calls
from .approval_acts import ApprovalActs, Refusals
from .approval_books import member_of
from .approval_model import (
    SIGNING,
    Deputy,
    Line,
    Member,
    Policy,
    Requisition,
    Rule,
    Signed,
    Step,
    Voice,
)


@dataclass(frozen=True)
class Ruling:
    """What somebody decides; `grants` by line number is what is left of a line."""

    verdict: Verdict
    grants: Mapping[int, int]
    revision: int
    has_resolution: bool = True


class DecisionActs(ApprovalActs):
    """Decisions, substitutes, memberships, policies, gates, budgets and the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.signed: list[Signed] = []
        self.agreed: dict[int, date] = {}

    # Decisions

    def _decide(
        self, row: Requisition, by: Member, ruling: Ruling, deputy: Deputy | None = None
    ) -> None:
        voice = self.model.voice(by, deputy, self.day)
        step = self.model.open_step(row, voice) if voice is not None else None
        left = self._left(row, ruling.grants)
        expected = self._refusals_of_decision(row, by, ruling, voice, step)
        if ruling.verdict is Verdict.APPROVE and voice is not None and step is not None:
            expected |= self._refusals_of_approval(row, ruling, voice, step, left)
        done = self._attempt(
            expected,
            lambda: calls.decide(
                row.pk,
                ruling.revision,
                ruling.verdict,
                ruling.grants,
                "Beschluss 12/2026" if ruling.has_resolution else "",
                deputy.pk if deputy is not None else None,
                self._row(by),
                self.now,
            ),
            "requisition.decision",
        )
        if done is None or voice is None or step is None:
            return
        row.decided |= voice.humans
        row.spoken.update(voice.humans)
        if ruling.verdict is Verdict.APPROVE:
            self._follow_approval(row, by, voice, step, left)
        else:
            row.state = "rejected" if ruling.verdict is Verdict.REJECT else "returned"

    def _follow_approval(
        self, row: Requisition, by: Member, voice: Voice, step: Step, left: dict[int, Line]
    ) -> None:
        """Less that costs more, or is paid from a year that is over, goes back; else the
        signature counts.
        """
        if self._goes_back(row, left):
            row.state = "returned"
            return
        gross = self.model.gross(left)
        self.signed.append(Signed(row.pk, by.human, row.revision, gross, voice.member.limit))
        if self.model.is_too_late(left, self.day):
            step.people.add(by.human)
            row.state = "returned"
            return
        if left != row.lines:
            row.revision, row.lines, row.was_cut = row.revision + 1, left, True
        self.model.cosign(row, step, self.now)
        step.people.add(by.human)
        if self.model.go_on(row, self.now):
            row.state = "partly_approved" if row.was_cut else "approved"

    def _goes_back(self, row: Requisition, left: dict[int, Line]) -> bool:
        """Whether a cut can't be granted, so that nothing is signed."""
        is_dearer = self.model.gross(left) > self.model.gross(row.lines)
        return left != row.lines and (is_dearer or self.model.is_too_late(left, self.day))

    def _refusals_of_decision(
        self, row: Requisition, by: Member, ruling: Ruling, voice: Voice | None, step: Step | None
    ) -> Refusals:
        """What stands before any verdict."""
        found: Refusals = set()
        if not self._sees(row, by):
            found.add(NotFound)
        if ruling.grants and ruling.verdict is not Verdict.APPROVE:
            found.add(InvalidCut)
        if row.state != "submitted":
            return found | {IllegalTransition}
        if row.is_over(self.now):
            found.add(RequisitionOver)
        if ruling.revision != row.revision:
            found.add(StaleRevision)
        if not by.is_valid(self.day):
            found.add(NotAllowed)
        return found | self._refusals_of_voice(row, voice, step)

    def _refusals_of_voice(
        self, row: Requisition, voice: Voice | None, step: Step | None
    ) -> Refusals:
        """Whether these people may speak, and whether it is their turn."""
        if voice is None:
            return {InvalidDelegation}
        found: Refusals = set()
        if step is None:
            found.add(NotAllowed)
        if voice.humans & row.asked:
            found.add(OwnRequest)
        if voice.humans & row.spoken:
            found.add(AlreadyDecided)
        return found

    def _refusals_of_approval(
        self, row: Requisition, ruling: Ruling, voice: Voice, step: Step, left: dict[int, Line]
    ) -> Refusals:
        """What stands before an approval, cut or whole, by somebody who may decide."""
        if step.committee and not ruling.has_resolution:
            return {ResolutionMissing}
        if not left or any(
            number not in row.lines or not 0 <= quantity <= row.lines[number].quantity
            for number, quantity in ruling.grants.items()
        ):
            return {InvalidCut}
        found = self._refusals_of_the_contract(left)
        goes_back = self._goes_back(row, left)
        limit = voice.member.limit
        total = self.model.gross(row.lines if goes_back else left)
        if limit is None or total > limit:
            found.add(SigningLimitExceeded)
        if goes_back:
            return found
        if not self.model.fits(left, row):
            found.add(LimitExceeded)
        if self.model.is_overdrawn(left, row):
            found.add(BudgetOverdrawn)
        return found

    def _left(self, row: Requisition, grants: Mapping[int, int]) -> dict[int, Line]:
        found = {}
        for number, line in row.lines.items():
            quantity = grants.get(number, line.quantity)
            if quantity > 0:
                found[number] = replace(line, quantity=quantity)
        return found

    # Substitutes, set up and revoked by a keeper who takes no other part

    def _delegate(self, member: Member, human: int, first: int, days: int) -> Deputy | None:
        """From *first* days from now on."""
        begin = self.day + timedelta(days=first)
        deputy = Deputy(0, member.pk, human, begin, begin + timedelta(days=days))
        done = self._attempt(
            self._refusals_of_delegation(deputy, member),
            lambda: calls.delegate(
                member.pk, human, deputy.first, deputy.last, self.keeper, self.now
            ),
            "delegation.created",
        )
        if done is None:
            return None
        deputy.pk = done.pk
        self.model.deputies[deputy.pk] = deputy
        return deputy

    def _refusals_of_delegation(self, deputy: Deputy, member: Member) -> Refusals:
        found: Refusals = set()
        if deputy.first < self.day:
            found.add(InvalidDelegationDays)
        if member.town != self.keeper.organisation_id:
            found.add(NotFound)
        of_use = member.role in SIGNING and member.limit is not None
        if not of_use or not member.is_valid_between(deputy.first, deputy.last):
            found.add(NotDelegable)
        may_sign = any(
            row.human == deputy.human
            and row.town == member.town
            and row.role in SIGNING
            and row.is_valid_between(deputy.first, deputy.last)
            for row in self.model.members.values()
        )
        if not may_sign or deputy.human in {member.human, self.keeper.user_id}:
            found.add(UnsuitableDeputy)
        if any(row.clashes_with(deputy) for row in self.model.deputies.values()):
            found.add(DelegationOverlaps)
        return found

    def _revoke(self, deputy: Deputy) -> None:
        if deputy.is_revoked:
            return
        done = self._attempt(
            {InvalidDelegation} if deputy.last < self.day else set(),
            lambda: calls.revoke(deputy.pk, self.keeper, self.now),
            "delegation.revoked",
        )
        deputy.is_revoked = done is not None

    # What changes under them

    @property
    def keeper(self) -> Membership:
        return self.stage.members["kira"]

    def _end_membership(self, member: Member, days: int) -> None:
        """Its last day is *days* from now; -1 ends it at once."""
        last = self.day + timedelta(days=days)
        expected = self._refusals_of_keeping(member)
        if last < member.begins or (member.ends is not None and last >= member.ends):
            expected.add(InvalidMembershipEnd)
        done = self._attempt(
            expected,
            lambda: calls.end_membership(member.pk, last, self.keeper, self.now),
            "membership.ended",
        )
        if done is not None:
            member.ends = last

    def _refusals_of_keeping(self, member: Member) -> Refusals:
        found: Refusals = set()
        if member.town != self.keeper.organisation_id:
            found.add(NotFound)
        if member.human == self.keeper.user_id:
            found.add(OwnMembership)
        return found

    def _begin_membership(self, known: Member, role: str, limit: int | None) -> None:
        """One more role of the same human."""
        row = calls.begin_membership(self._row(known), role, limit, self.day)
        self.rows[row.pk] = row
        self.model.members[row.pk] = member_of(row)

    def _set_signing_limit(self, member: Member, limit: int | None) -> None:
        expected = self._refusals_of_keeping(member)
        if member.role not in SIGNING:
            expected.add(InvalidSigningLimit)
        done = self._attempt(
            expected,
            lambda: calls.set_signing_limit(member.pk, limit, self.keeper, self.now),
            "membership.signing_limit",
        )
        if done is not None:
            member.limit = limit

    def _propose(self, rules: tuple[Rule, ...], days: int) -> None:
        """A next version; it waits. Whether anybody can satisfy it is proven elsewhere."""
        first = self.day + timedelta(days=days)
        done = self._attempt(
            {OpenProposal} if self.model.proposal is not None else set(),
            lambda: calls.propose(rules, first, self.keeper, self.now),
            "policy.proposed",
            unforeseen={UnsatisfiablePolicy, UnchangedPolicy},
        )
        if done is not None:
            self.model.proposal = Policy(done.pk, first, rules)

    def _confirm(self, by: Membership) -> None:
        """In force from its day on, and no sooner than today."""
        policy = self.model.proposal
        if policy is None:
            return
        done = self._attempt(
            {OwnProposal} if by.user_id == self.keeper.user_id else set(),
            lambda: calls.confirm(policy.pk, by, self.now),
            "policy.confirmed",
            unforeseen={UnsatisfiablePolicy},
        )
        if done is not None:
            self.model.policies.append(replace(policy, first=max(policy.first, self.day)))
            self.model.proposal = None

    def _set_gate(self, listing: int, cosign: str) -> int | None:
        by, expected = self._gate_keeper(cosign)
        gate = self._attempt(
            expected, lambda: calls.set_gate(listing, cosign, by, self.now), "gate.set"
        )
        if gate is None:
            return None
        self.model.gates[gate.pk] = (listing, cosign)
        return gate.pk

    def _lift_gate(self, gate: int) -> None:
        by, expected = self._gate_keeper(self.model.gates[gate][1])
        done = self._attempt(expected, lambda: calls.lift_gate(gate, by, self.now), "gate.lifted")
        if done is not None:
            del self.model.gates[gate]

    def _gate_keeper(self, cosign: str) -> tuple[Membership, Refusals]:
        """Who sets and lifts it, and what is said when this membership has ended meanwhile."""
        if not cosign:
            return self.stage.world.manager, set()
        by = self.stage.members["ida"]
        is_valid = self.model.members[by.pk].is_valid(self.day)
        return by, set() if is_valid else {NotAllowed}

    def _set_budget(self, account: int, cents: int) -> None:
        self.now += timedelta(seconds=1)
        calls.set_limit(account, cents, f"freeze:{self.now:%Y%m%d%H%M%S}", self.now)
        self.model.limits[account] = cents

    def _set_minimum(self, award: int, cents: int) -> None:
        """What the award agrees to deliver at least, from today on; once a day."""
        if award in self.agreed and self.agreed[award] == self.day:
            return
        self.now += timedelta(seconds=1)
        calls.set_minimum(award, cents, self.day, self.stage.world.manager, self.now)
        self.model.minima[award] = cents
        self.agreed[award] = self.day

    def _tie(self, listing: int, device: int) -> None:
        """From now on one piece of the listing for each device."""
        if listing not in self.model.ties:
            calls.tie(listing, device, self.stage.world.manager, self.now)
            self.model.ties[listing] = device

    def _let_days_pass(self, days: int, *, swept: bool = True) -> None:
        """Beat runs behind them: what is late escalates, what is overdue expires.

        Unless it stands still: then nobody has said that something is over.
        """
        self.now += timedelta(days=days)
        if swept:
            self._escalate()
            self._expire()

    def _escalate(self) -> None:
        calls.watch_deadlines(self.now)
        for row in self.model.requisitions.values():
            for step in row.steps if row.state == "submitted" else ():
                is_late = step.opened is not None and step.deadline < self.now
                if is_late and not step.is_complete:
                    step.is_escalated = True

    def _expire(self) -> None:
        due = [row for row in self.model.requisitions.values() if row.is_over(self.now)]
        assert calls.expire(self.now) == len(due), "others expired than those overdue"
        for row in due:
            row.state = "expired"
