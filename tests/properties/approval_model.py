"""What must be true of asking and approving, in plain Python: people, rounds, voices, money.

No SQL, no locks, none of the product's arithmetic; money is counted in cents. A balance is
never carried along: it is the sum of what is in approval and of what was issued.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STEP_DAYS = 7
BERLIN = ZoneInfo("Europe/Berlin")
SIGNING = {"procurement_officer", "approver", "it_officer", "data_protection", "treasurer"}


@dataclass(frozen=True)
class Rule:
    """From an amount on (gross cents) people of a role sign in a tier."""

    tier: int
    role: str
    from_cents: int = 0
    signers: int = 1
    days: int = STEP_DAYS
    escalates_to: str = ""
    committee: str = ""


@dataclass
class Member:
    """A membership: one human may have several; a limit of None signs nothing."""

    pk: int
    human: int
    town: int
    role: str
    school: int | None
    limit: int | None
    begins: date
    ends: date | None = None

    def is_valid(self, on: date) -> bool:
        return self.is_valid_between(on, on)

    def is_valid_between(self, first: date, last: date) -> bool:
        """On one of the days at least."""
        return self.begins <= last and (self.ends is None or first <= self.ends)


@dataclass
class Deputy:
    """Somebody signs for a membership, on these days, until revoked."""

    pk: int
    member: int
    human: int
    first: date
    last: date
    is_revoked: bool = False

    def is_usable(self, on: date) -> bool:
        return not self.is_revoked and self.first <= on <= self.last

    def clashes_with(self, other: Deputy) -> bool:
        """One deputy at a time."""
        together = self.first <= other.last and other.first <= self.last
        return self.member == other.member and not self.is_revoked and together


@dataclass(frozen=True)
class Policy:
    """A version of the rules, from a day on."""

    pk: int
    first: date
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Line:
    """`shares` are (budget line, percent); `place` is a school or None; not before `earliest`."""

    listing: int
    quantity: int
    shares: tuple[tuple[int, int], ...]
    place: int | None
    earliest: date | None = None


Lines = Mapping[int, Line]


@dataclass
class Step:
    """Signatures asked for in a round; `people` are those who gave one."""

    tier: int
    role: str
    signers: int
    days: int
    opened: datetime | None
    deadline: datetime
    escalates_to: str = ""
    committee: str = ""
    is_escalated: bool = False
    people: set[int] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        return len(self.people) >= self.signers


@dataclass
class Requisition:
    """`speakers` are all humans whose voice was given, by round; `read` what they signed."""

    pk: int
    school: int | None
    title: str
    lines: dict[int, Line]
    state: str = "draft"
    revision: int = 1
    round_no: int = 0
    steps: list[Step] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)
    speakers: dict[int, set[int]] = field(default_factory=dict)
    was_cut: bool = False
    was_held: bool = False
    is_handed_over: bool = False
    last_line: int = 0
    expires: datetime | None = None

    @property
    def spoken(self) -> set[int]:
        """Humans whose voice was given in this round."""
        return self.speakers.setdefault(self.round_no, set())

    def is_over(self, now: datetime) -> bool:
        """In approval for too long, whether or not anybody has come by to say so."""
        return self.state == "submitted" and self.expires is not None and self.expires <= now


@dataclass(frozen=True)
class Voice:
    """Who signs with whose role and limit; `humans` are all it speaks for."""

    member: Member
    humans: frozenset[int]


@dataclass(frozen=True)
class Signed:
    """What a decision was allowed by, as it was then: for the books to compare."""

    requisition: int
    human: int
    read: int
    gross: int
    limit: int | None


@dataclass
class ApprovalModel:
    """The whole of it. `caps` by listing say whether they count pieces; `gates` by key the
    listing they stand before and the role that co-signs, or '' where they block. `years` of
    the budget lines; `awards` of the listings, with `minima` (net cents) by award and `ties`
    of a listing to the device of which it needs one for each piece.
    """

    prices: Mapping[int, Sequence[tuple[int, int]]]
    tax: Mapping[int, int]
    caps: Mapping[int, Sequence[tuple[int, bool]]]
    limits: dict[int, int]
    budgets: Mapping[int, int]
    years: Mapping[int, int]
    awards: Mapping[int, int]
    members: dict[int, Member]
    policies: list[Policy]
    proposal: Policy | None = None
    deputies: dict[int, Deputy] = field(default_factory=dict)
    requisitions: dict[int, Requisition] = field(default_factory=dict)
    gates: dict[int, tuple[int, str]] = field(default_factory=dict)
    minima: dict[int, int] = field(default_factory=dict)
    ties: dict[int, int] = field(default_factory=dict)

    # Money

    def units(self, lines: Lines) -> dict[int, int]:
        """Net cents per piece by listing: the tier follows from all pieces of the article."""
        return {
            listing: [price for start, price in self.prices[listing] if start <= count][-1]
            for listing, count in pieces(lines).items()
        }

    def price(self, lines: Lines) -> dict[int, int]:
        """Net cents by line."""
        unit = self.units(lines)
        return {no: unit[line.listing] * line.quantity for no, line in lines.items()}

    def gross(self, lines: Lines) -> int:
        """What the lines cost with their taxes; every tax is a whole number of cents."""
        net = self.price(lines)
        return sum(self._gross(line, net[no]) for no, line in lines.items())

    def _gross(self, line: Line, net: int) -> int:
        taxed = net * (100 + self.tax[line.listing])
        assert taxed % 100 == 0, "the world was to have exact taxes"
        return taxed // 100

    def wanted(self, lines: Lines) -> Counter[int]:
        """What the lines bind by account: pieces, net cents, and gross cents in budgets."""
        net, found = self.price(lines), Counter[int]()
        for no, line in lines.items():
            for account, in_pieces in self.caps[line.listing]:
                found[account] += line.quantity if in_pieces else net[no]
            for budget, percent in line.shares:
                share = self._gross(line, net[no]) * percent
                assert share % 100 == 0, "the world was to have exact shares"
                found[self.budgets[budget]] += share // 100
        return found

    def bound(self, states: Iterable[str]) -> Counter[int]:
        """What requisitions in these states bind by account."""
        found: Counter[int] = Counter()
        for row in self.requisitions.values():
            if row.state in states:
                found.update(self.wanted(row.lines))
        return found

    @property
    def held(self) -> Counter[int]:
        return self.bound({"submitted"})

    @property
    def posted(self) -> Counter[int]:
        return self.bound({"approved", "partly_approved"})

    def fits(self, lines: Lines, instead_of: Requisition | None = None) -> bool:
        """Whether every limit carries what the lines need more than those they replace."""
        used = self.held + self.posted
        more = self.wanted(lines)
        if instead_of is not None:
            more.subtract(self.wanted(instead_of.lines))
        return all(
            used[pk] + amount <= self.limits[pk] for pk, amount in more.items() if amount > 0
        )

    def is_overdrawn(self, lines: Lines, instead_of: Requisition | None = None) -> bool:
        """Whether a freeze left a budget of the lines with less than is bound."""
        used = self.held + self.posted
        if instead_of is not None:
            used.subtract(self.wanted(instead_of.lines))
            used.update(self.wanted(lines))
        accounts = {self.budgets[pk] for line in lines.values() for pk, _ in line.shares}
        return any(used[pk] > self.limits[pk] for pk in accounts)

    def is_less(self, lines: Lines, of: Lines) -> bool:
        """Whether whoever signed *of* has signed for these: a part, and no piece of it dearer."""
        unit, known = self.units(lines), self.units(of)
        return (
            is_part(lines, of)
            and self.gross(lines) <= self.gross(of)
            and all(unit[listing] <= known[listing] for listing in unit)
        )

    def is_too_late(self, lines: Lines, on: date) -> bool:
        """Whether a budget of the lines was for a year that is over."""
        return any(self.years[pk] < on.year for pk in named(lines))

    def may_name(self, lines: Lines, before: Lines, on: date) -> bool:
        """Budgets of this year; what is named already may stay."""
        return all(self.years[pk] == on.year for pk in named(lines) - named(before))

    # What was agreed beside the prices

    def is_below_minimum(self, lines: Lines) -> bool:
        """Whether what one supplier would get is less than is worth a delivery."""
        found: Counter[int] = Counter()
        for no, net in self.price(lines).items():
            found[self.awards[lines[no].listing]] += net
        return any(net < self.minima.get(award, 0) for award, net in found.items())

    def lacks_device(self, lines: Lines) -> bool:
        """Whether more is ordered than hangs on devices, here and called off before."""
        ordered, before = pieces(lines), Counter[int]()
        for row in self.requisitions.values():
            if row.state in {"approved", "partly_approved"}:
                before.update(pieces(row.lines))
        return any(
            ordered[listing] > max(ordered[device] + before[device] - before[listing], 0)
            for listing, device in self.ties.items()
        )

    # Policies and rounds

    def rules(self, on: date) -> tuple[Rule, ...]:
        """Those of the version confirmed last of which the day has come."""
        due = [row for row in self.policies if row.first <= on]
        return due[-1].rules if due else ()

    def steps(self, lines: Lines, now: datetime, on: date) -> list[Step]:
        """The signatures that the lines need; empty when no rule covers them."""
        gross = self.gross(lines)
        chosen: dict[tuple[int, str], Rule] = {}
        for rule in self.rules(on):
            known = chosen.get((rule.tier, rule.role))
            more = known is None or (rule.signers, rule.from_cents) > (
                known.signers,
                known.from_cents,
            )
            if gross >= rule.from_cents and more:
                chosen[rule.tier, rule.role] = rule
        if not chosen:
            return []
        first = min(tier for tier, _ in chosen)
        for role in self.asked_to_cosign(lines) - {role for _, role in chosen}:
            chosen[first, role] = Rule(first, role)
        days = days_of(chosen.values())
        return [
            Step(
                tier=tier,
                role=role,
                signers=rule.signers,
                days=rule.days,
                opened=now if tier == first else None,
                deadline=last_moment(now, sum(n for t, n in days.items() if t < tier) + rule.days),
                escalates_to=rule.escalates_to,
                committee=rule.committee,
            )
            for (tier, role), rule in sorted(chosen.items())
        ]

    def asked_to_cosign(self, lines: Lines) -> set[str]:
        """Roles that gates ask for the articles."""
        listings = {line.listing for line in lines.values()}
        return {role for listing, role in self.gates.values() if role and listing in listings}

    def is_blocked(self, lines: Lines) -> bool:
        shut = {listing for listing, role in self.gates.values() if not role}
        return any(line.listing in shut for line in lines.values())

    def open_round(self, row: Requisition, steps: list[Step], now: datetime) -> None:
        row.round_no = row.revision
        row.steps, row.was_cut = steps, False
        row.expires = last_moment(now, sum(days_of(steps).values()) + STEP_DAYS)
        row.was_held = True

    def open_step(self, row: Requisition, voice: Voice) -> Step | None:
        """The step the voice may sign now: of the lowest tier that is not finished."""
        tier = min((step.tier for step in row.steps if not step.is_complete), default=None)
        waiting = [step for step in row.steps if step.tier == tier and not step.is_complete]
        role = voice.member.role
        own = [step for step in waiting if step.role == role]
        passed = [step for step in waiting if step.is_escalated and step.escalates_to == role]
        return next(iter([*own, *passed]), None)

    def cosign(self, row: Requisition, step: Step, now: datetime) -> None:
        """Gates that came since the submission add their roles to the open tier."""
        missing = self.asked_to_cosign(row.lines) - {known.role for known in row.steps}
        until = last_moment(now, STEP_DAYS)
        for role in sorted(missing):
            row.steps.append(Step(step.tier, role, 1, STEP_DAYS, now, until))
        if missing:
            self._extend(row, until)

    def go_on(self, row: Requisition, now: datetime) -> bool:
        """Open the next tier when its turn has come; True when nothing is left to sign."""
        waiting = [step for step in row.steps if not step.is_complete]
        if not waiting:
            return True
        if all(step.opened is None for step in waiting):
            tier = min(step.tier for step in waiting)
            for step in waiting:
                if step.tier == tier:
                    step.opened, step.deadline = now, last_moment(now, step.days)
            self._extend(row, last_moment(now, sum(days_of(waiting).values())))
        return False

    def _extend(self, row: Requisition, until: datetime) -> None:
        row.expires = until if row.expires is None else max(row.expires, until)

    # Voices

    def voice(self, by: Member, deputy: Deputy | None, on: date) -> Voice | None:
        """Whose signature it would be; None when the substitution can't be used."""
        if deputy is None:
            return Voice(by, frozenset({by.human}))
        member = self.members[deputy.member]
        is_his = deputy.human == by.human and member.town == by.town
        may_sign = by.role in SIGNING and deputy.is_usable(on) and member.is_valid(on)
        if not is_his or not may_sign:
            return None
        return Voice(member, frozenset({by.human, member.human}))


def last_moment(now: datetime, days: int) -> datetime:
    """The end of the Berlin day that comes so many days later."""
    day = now.astimezone(BERLIN).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), BERLIN)


def days_of(rows: Iterable[Step] | Iterable[Rule]) -> dict[int, int]:
    """Days by tier: people of one tier sign side by side."""
    found: dict[int, int] = {}
    for row in rows:
        found[row.tier] = max(found.get(row.tier, 0), row.days)
    return found


def pieces(lines: Lines) -> Counter[int]:
    """Pieces by listing."""
    found: Counter[int] = Counter()
    for line in lines.values():
        found[line.listing] += line.quantity
    return found


def named(lines: Lines) -> set[int]:
    """The budget lines that pay for them."""
    return {pk for line in lines.values() for pk, _ in line.shares}


def is_part(lines: Lines, of: Lines) -> bool:
    """Whether the lines are *of* them or less: nothing new, more, elsewhere or when."""
    return all(
        no in of
        and line.quantity <= of[no].quantity
        and replace(line, quantity=0) == replace(of[no], quantity=0)
        for no, line in lines.items()
    )
