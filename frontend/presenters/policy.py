"""The approval policy as its pages show it: rules by tier, versions with what they changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.parties.models import Membership
from frontend.downloads import Cell
from orders.models import ApprovalPolicy
from orders.signing.policies import report
from orders.signing.policy_words import differences
from orders.signing.rules import Rule
from orders.signing.satisfiability import Report
from orders.signing.staff import ROLE_NAMES
from orders.signing.steps import rules_of

HISTORY_HEAD = ("Fassung", "gültig ab", "Stand", "Anlass", "vorgeschlagen von", "vorgeschlagen am",
                "in Kraft gesetzt von", "in Kraft gesetzt am", "Änderungen")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its roles in words."""

    rule: Rule
    role: str
    escalation_role: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version, how it stands, and what it changed against the confirmed one before it."""

    policy: ApprovalPolicy
    state: str
    variant: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The open proposal with its effect, and what the actor may do with it."""

    policy: ApprovalPolicy
    changes: tuple[str, ...]
    report: Report
    is_own: bool


def tiers(rules: Iterable[Rule]) -> list[tuple[int, list[RuleRow]]]:
    """The rules by tier, the lowest amount first."""
    found: dict[int, list[RuleRow]] = {}
    for rule in sorted(rules, key=lambda row: (row.tier, row.from_gross, row.role)):
        role, later = (ROLE_NAMES.get(name, name) for name in (rule.role, rule.escalation_role))
        found.setdefault(rule.tier, []).append(RuleRow(rule, role, later))
    return list(found.items())


def versions(
    rows: Sequence[ApprovalPolicy], in_force: ApprovalPolicy | None, on: date
) -> list[Version]:
    """Every version, the newest first, with what it changed."""
    found = []
    base: Sequence[Rule] = ()
    for row in sorted(rows, key=lambda policy: policy.version):
        rules = rules_of(row)
        state, variant = _standing(row, in_force, on)
        found.append(Version(row, state, variant, tuple(differences(base, rules, ROLE_NAMES))))
        if row.confirmed_at is not None:
            base = rules
    return found[::-1]


def proposal_of(rows: Sequence[Version], by: Membership, on: date) -> Proposal | None:
    """The version that waits, held against the people there are on its first day."""
    for row in rows:
        policy = row.policy
        if policy.confirmed_at is None and policy.withdrawn_at is None:
            day = max(policy.valid_from, on)
            effect = report(rules_of(policy), by.organisation_id, day)
            return Proposal(policy, row.changes, effect, policy.proposer_id == by.user_id)
    return None


def cells(row: Version) -> tuple[Cell, ...]:
    """A version as a row of the file."""
    policy = row.policy
    return (
        policy.version,
        policy.valid_from,
        row.state,
        policy.note,
        str(policy.proposer or ""),
        policy.created_at,
        str(policy.confirmer or ""),
        policy.confirmed_at,
        "; ".join(row.changes),
    )


def _standing(policy: ApprovalPolicy, in_force: ApprovalPolicy | None, on: date) -> tuple[str, str]:
    if policy.withdrawn_at is not None:
        return "verworfen", "neutral"
    if policy.confirmed_at is None:
        return "vorgeschlagen", "warning"
    if in_force is not None and policy.pk == in_force.pk:
        return "in Kraft", "success"
    if policy.valid_from > on and (in_force is None or policy.version > in_force.version):
        return "künftig", "info"
    return "abgelöst", "neutral"
