"""Who would have to approve this, and why; and who could not, and why not.

Answers for an amount, or for a requisition (`orders.requisitions.signers`), with the people
there are on the day. It reads the same rules as submitting and deciding do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import euros
from orders.models import ApprovalPolicy, Delegation

from .rules import CoSignature, RequiredStep, required_steps
from .satisfiability import Staff, explain, find_gap
from .signers import SIGNING_ROLES
from .staff import ROLE_NAMES, SUBMITTING_ROLE, signer_of
from .steps import policy_in_force, rules_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be released: gross in EUR, from a grant or not, which gates co-sign.

    `asked` are the people (keys) who ask, edit or submit; `signed` those who have signed in
    this round; `school_id` is the school it is for. `steps` replaces the rules by the steps
    of a round that runs already, and `given` names who signed which of them, by tier and role.
    """

    gross: Decimal
    is_funded: bool = False
    cosign: tuple[CoSignature, ...] = ()
    asked: frozenset[int] = frozenset()
    signed: frozenset[int] = frozenset()
    school_id: int | None = None
    steps: tuple[RequiredStep, ...] | None = None
    given: Mapping[tuple[int, str], tuple[str, ...]] | None = None
    policy: ApprovalPolicy | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can sign; `deputies` may do it for them on the day."""

    name: str
    limit: Decimal | None
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimulatedStep:
    """A step, who has signed it, who can, and who of its role can't (name, why)."""

    step: RequiredStep
    role: str
    given: tuple[str, ...]
    can: tuple[Candidate, ...]
    cannot: tuple[tuple[str, str], ...]
    later: tuple[str, ...]
    escalation_role: str

    @property
    def still_needed(self) -> int:
        return max(self.step.signers - len(self.given), 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """The steps in their order; `obstacle` says why nobody can release it, if so."""

    policy: ApprovalPolicy | None
    question: Question
    steps: tuple[SimulatedStep, ...]
    obstacle: str

    @property
    def is_satisfiable(self) -> bool:
        return not self.obstacle


def simulate(question: Question, *, by: Membership, now: datetime) -> Answer:
    """Answer for the actor's authority, in a constant number of queries."""
    day = berlin_day(now)
    policy = question.policy or policy_in_force(by.organisation_id, day)
    steps = question.steps
    if steps is None:
        rules = rules_of(policy) if policy is not None else []
        steps = tuple(
            required_steps(question.gross, rules, question.cosign, is_funded=question.is_funded)
        )
    if policy is None or not steps:
        return Answer(policy, question, (), "Für diesen Betrag gilt keine Freigaberegel.")
    rows = _members(by.organisation_id, question.school_id)
    deputies = _deputies(by.organisation_id, day)
    shown = tuple(_simulated(step, rows, deputies, question, day) for step in steps)
    return Answer(policy, question, shown, _obstacle(shown, rows, question, day))


def possible_submitters(by: Membership, on: date) -> list[tuple[int, str]]:
    """(person, name) of those who may submit in the actor's authority on the day."""
    rows = (
        Membership.objects.valid_on(on)
        .filter(organisation_id=by.organisation_id, role=SUBMITTING_ROLE)
        .select_related("user")
        .order_by("user__last_name", "pk")
    )
    return list({row.user_id: str(row.user) for row in rows}.items())


def _members(authority_id: int, school_id: int | None) -> list[Membership]:
    """Everybody who signs, did or will: who can't is told why."""
    rows = Membership.objects.for_school(school_id).filter(
        organisation_id=authority_id, role__in=SIGNING_ROLES
    )
    return list(rows.select_related("user").order_by("user__last_name", "user__first_name", "pk"))


def _deputies(authority_id: int, on: date) -> dict[int, list[Delegation]]:
    """Substitutions of the day, by membership."""
    rows = Delegation.objects.filter(
        delegator__organisation_id=authority_id,
        valid_from__lte=on,
        valid_to__gte=on,
        revoked_at__isnull=True,
    )
    found: dict[int, list[Delegation]] = {}
    for row in rows.select_related("deputy").order_by("pk"):
        found.setdefault(row.delegator_id, []).append(row)
    return found


def _simulated(
    step: RequiredStep,
    rows: Sequence[Membership],
    deputies: Mapping[int, Sequence[Delegation]],
    question: Question,
    on: date,
) -> SimulatedStep:
    can, cannot = [], []
    there = {row.user_id for row in rows if row.role == step.role and not _absence(row, on)}
    for row in rows:
        if row.role != step.role:
            continue
        reason = _why_not(row, question, on)
        if not reason:
            names = _deputies_of(row, deputies, question)
            can.append(Candidate(str(row.user), row.signing_limit, names))
        elif not _absence(row, on) or row.user_id not in there:
            cannot.append((str(row.user), reason))
    later = [
        str(row.user)
        for row in rows
        if step.escalation_role
        and row.role == step.escalation_role
        and not _why_not(row, question, on)
    ]
    return SimulatedStep(
        step=step,
        role=ROLE_NAMES.get(step.role, step.role),
        given=(question.given or {}).get((step.tier, step.role), ()),
        can=tuple(can),
        cannot=tuple(cannot),
        later=tuple(later),
        escalation_role=ROLE_NAMES.get(step.escalation_role, step.escalation_role),
    )


def _deputies_of(
    row: Membership, deputies: Mapping[int, Sequence[Delegation]], question: Question
) -> tuple[str, ...]:
    """Who signs for the person, unless they asked or signed themselves."""
    return tuple(
        str(found.deputy)
        for found in deputies.get(row.pk, ())
        if found.deputy_id not in question.asked | question.signed
    )


def _why_not(row: Membership, question: Question, on: date) -> str:
    """Why the person can't sign; empty when they can."""
    if absence := _absence(row, on):
        return absence
    if row.user_id in question.asked:
        return "fordert an, bearbeitet oder reicht ein"
    if row.user_id in question.signed:
        return "hat in dieser Runde schon unterschrieben"
    if row.signing_limit is None:
        return "hat keine Zeichnungsgrenze"
    if row.signing_limit < question.gross:
        return f"Zeichnungsgrenze {euros(row.signing_limit)}"
    return ""


def _absence(row: Membership, on: date) -> str:
    if not row.user.is_active:
        return "Konto gesperrt"
    if row.valid_from > on:
        return f"Mitgliedschaft beginnt erst am {row.valid_from:%d.%m.%Y}"
    if row.valid_to is not None and row.valid_to < on:
        return f"Mitgliedschaft endete am {row.valid_to:%d.%m.%Y}"
    return ""


def _obstacle(
    steps: Sequence[SimulatedStep], rows: Sequence[Membership], question: Question, on: date
) -> str:
    """Why there are not enough different people for what is still to be signed."""
    signers = [signer_of(row) for row in rows if not _absence(row, on)]
    staff = Staff(signers=signers, submitters={}, role_names=ROLE_NAMES)
    waiting = [replace(row.step, signers=row.still_needed) for row in steps if row.still_needed > 0]
    gap = find_gap(waiting, staff, question.gross, without=question.asked | question.signed)
    return explain(gap, staff) if gap is not None else ""
