"""Who must approve what, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.pricing import euros


@dataclass(frozen=True, slots=True)
class Rule:
    """From *from_gross* EUR on, *signers* people of *role* sign in *tier*."""

    tier: int
    from_gross: Decimal
    role: str
    signers: int


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


def required_steps(
    gross: Decimal, rules: Iterable[Rule], cosign: Iterable[CoSignature] = ()
) -> list[RequiredStep]:
    """Steps in order of their tier.

    Every rule whose band *gross* reaches applies; of several rules for one role in
    one tier the one with most signers counts. Co-signatures join the first tier.
    """
    steps: dict[tuple[int, str], RequiredStep] = {}
    for rule in rules:
        if gross < rule.from_gross:
            continue
        known = steps.get((rule.tier, rule.role))
        if known is None or known.signers < rule.signers:
            steps[rule.tier, rule.role] = RequiredStep(
                rule.tier, rule.role, rule.signers, _reason(rule.from_gross)
            )
    for role, reason in reasons_by_role(cosign).items():
        steps.setdefault((1, role), RequiredStep(1, role, 1, reason))
    return sorted(steps.values(), key=lambda step: (step.tier, step.role))


def reasons_by_role(cosign: Iterable[CoSignature]) -> dict[str, str]:
    """Every reason for which a role has to co-sign, each named once."""
    found: dict[str, list[str]] = {}
    for wish in cosign:
        reasons = found.setdefault(wish.role, [])
        if wish.reason not in reasons:
            reasons.append(wish.reason)
    return {role: " ".join(reasons) for role, reasons in found.items()}


def _reason(from_gross: Decimal) -> str:
    if from_gross == 0:
        return "gilt für jeden Betrag"
    return f"Betrag ab {euros(from_gross)} brutto"


def open_tier(steps: Sequence[tuple[int, bool]]) -> int | None:
    """The lowest tier with an unfinished step, from (tier, finished) pairs."""
    return min((tier for tier, finished in steps if not finished), default=None)
