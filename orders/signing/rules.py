"""Who must approve what, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.agreements.gates.judging import GateRule
from contracts.pricing import euros

STEP_DAYS = 7
"""Days that a signature has unless its rule says otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """From *from_gross* EUR on, *signers* people of *role* sign in *tier*.

    `when_funded` limits it to requisitions paid from a grant. Each signature has *days*;
    after that people of `escalation_role` may sign too. `committee` names the body whose
    resolution the signature needs.
    """

    tier: int
    from_gross: Decimal
    role: str
    signers: int
    when_funded: bool = False
    days: int = STEP_DAYS
    escalation_role: str = ""
    committee: str = ""


@dataclass(frozen=True, slots=True)
class CoSignature:
    """A gate asks for a signature of *role*; *reason* is shown to everyone."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequiredStep:
    """A signature group of one requisition."""

    tier: int
    role: str
    signers: int
    reason: str
    days: int = STEP_DAYS
    escalation_role: str = ""
    committee: str = ""


def cosignatures(rules: Iterable[GateRule]) -> list[CoSignature]:
    """The signatures that gates ask for."""
    return [CoSignature(rule.cosign_role, rule.sentence) for rule in rules]


def applies(rule: Rule, gross: Decimal, *, is_funded: bool) -> bool:
    """Whether *gross* (EUR) reaches the band of the rule and its condition holds."""
    return gross >= rule.from_gross and (is_funded or not rule.when_funded)


def required_steps(
    gross: Decimal,
    rules: Iterable[Rule],
    cosign: Iterable[CoSignature] = (),
    *,
    is_funded: bool = False,
) -> list[RequiredStep]:
    """Steps in order of their tier.

    Every rule that applies counts; of several for one role in one tier the one with most
    signers, then the one with the higher band; a committee that another asks for stays. Where
    a rule for grants and one that always holds meet in a step, its reason names both.
    Co-signatures join the first tier; a role that signs anyway is not asked twice, it reads
    their reasons with its own. Where no rule applies nobody can release, whoever else is
    asked to co-sign: there are no steps.
    """
    rules = list(rules)
    chosen = deciding_rules(gross, rules, is_funded=is_funded)
    if not chosen:
        return []
    always = deciding_rules(gross, (rule for rule in rules if not rule.when_funded))
    granted = deciding_rules(
        gross, (rule for rule in rules if rule.when_funded), is_funded=is_funded
    )
    applying = [rule for rule in rules if applies(rule, gross, is_funded=is_funded)]
    steps = {
        key: _step(
            _with_committee(rule, applying), (always if rule.when_funded else granted).get(key)
        )
        for key, rule in chosen.items()
    }
    first = min(tier for tier, _ in steps)
    signing = {role: (tier, role) for tier, role in sorted(steps, reverse=True)}
    for role, reason in reasons_by_role(cosign).items():
        if role in signing:
            anyway = steps[signing[role]]
            steps[signing[role]] = replace(anyway, reason=f"{anyway.reason}. {reason}")
        else:
            steps[first, role] = RequiredStep(first, role, 1, reason)
    return sorted(steps.values(), key=lambda step: (step.tier, step.role))


def deciding_rules(
    gross: Decimal, rules: Iterable[Rule], *, is_funded: bool = False
) -> dict[tuple[int, str], Rule]:
    """By tier and role the rule that decides for *gross* EUR, of all that apply."""
    applying: dict[tuple[int, str], list[Rule]] = {}
    for rule in rules:
        if applies(rule, gross, is_funded=is_funded):
            applying.setdefault((rule.tier, rule.role), []).append(rule)
    return {key: max(found, key=_weight) for key, found in applying.items()}


def _weight(rule: Rule) -> tuple[int, Decimal, bool]:
    return rule.signers, rule.from_gross, bool(rule.committee)


def _with_committee(chosen: Rule, rules: Iterable[Rule]) -> Rule:
    """The chosen rule with the committee of another for its role: more signers don't lose it."""
    sitting = [
        rule
        for rule in rules
        if rule.committee and (rule.tier, rule.role) == (chosen.tier, chosen.role)
    ]
    if chosen.committee or not sitting:
        return chosen
    body = max(sitting, key=lambda rule: rule.from_gross)
    return replace(chosen, committee=body.committee, days=max(chosen.days, body.days))


def _step(rule: Rule, also: Rule | None) -> RequiredStep:
    return RequiredStep(
        rule.tier,
        rule.role,
        rule.signers,
        _reason(rule) if also is None else f"{_reason(rule)}; außerdem: {_condition(also)}",
        rule.days,
        rule.escalation_role,
        rule.committee,
    )


def reasons_by_role(cosign: Iterable[CoSignature]) -> dict[str, str]:
    """Every reason for which a role has to co-sign, each named once."""
    found: dict[str, list[str]] = {}
    for cosignature in cosign:
        reasons = found.setdefault(cosignature.role, [])
        if cosignature.reason not in reasons:
            reasons.append(cosignature.reason)
    return {role: " ".join(reasons) for role, reasons in found.items()}


def _reason(rule: Rule) -> str:
    committee = f"; Beschluss: {rule.committee}" if rule.committee else ""
    return f"{_condition(rule)}{committee}"


def _condition(rule: Rule) -> str:
    amount = (
        f"Betrag ab {euros(rule.from_gross)} brutto" if rule.from_gross else "gilt für jeden Betrag"
    )
    funded = ", wenn aus einer Zuwendung bezahlt wird" if rule.when_funded else ""
    return f"{amount}{funded}"


def open_tier(steps: Sequence[tuple[int, bool]]) -> int | None:
    """The lowest tier with an unfinished step, from (tier, finished) pairs."""
    return min((tier for tier, finished in steps if not finished), default=None)


def days_of_tiers(steps: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Days per tier, from (tier, days) pairs: people of one tier sign side by side."""
    days: dict[int, int] = {}
    for tier, step_days in steps:
        days[tier] = max(days.get(tier, 0), step_days)
    return days


def days_before(days: Mapping[int, int], tier: int) -> int:
    """Days of the tiers that come before this one."""
    return sum(count for number, count in days.items() if number < tier)
