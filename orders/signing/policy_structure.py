"""What an approval policy must look like, whoever is there to sign. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.pricing import decimals, euros

from .rules import Rule

MAX_RULES = 40
MAX_SIGNERS = 9
MAX_DAYS = 365
MAX_GROSS = Decimal(1_000_000_000)
COMMITTEE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a policy, as a German sentence.

    A fault is refused when saved, anything else is a warning. `rule` is the place of the
    rule it is about in the order given, None where it is about all of them.
    """

    sentence: str
    is_fault: bool = True
    rule: int | None = None


def structural_faults(rules: Sequence[Rule], role_names: Mapping[str, str]) -> list[Finding]:
    """What makes no sense by itself; `role_names` has the German names of roles that sign."""
    if len(rules) > MAX_RULES:
        return [Finding(f"Eine Freigaberegelung hat höchstens {MAX_RULES} Regeln.")]
    found = [Finding(sentence) for sentence in _of_the_whole(rules)]
    seen: dict[tuple[object, ...], int] = {}
    for place, rule in enumerate(rules):
        found += [Finding(words, rule=place) for words in _of_one(rule, role_names)]
        key = (rule.tier, rule.role, rule.from_gross, rule.when_funded)
        if key in seen:
            twin = seen[key] + 1
            found.append(Finding(f"Diese Regel gibt es schon (Regel {twin}).", rule=place))
        seen.setdefault(key, place)
    return found


def _of_the_whole(rules: Sequence[Rule]) -> Iterator[str]:
    if not any(rule.from_gross == 0 and not rule.when_funded for rule in rules):
        yield (
            "Es fehlt eine Regel ab 0,00 EUR, die immer gilt. Ohne sie wären kleine Beträge ohne "
            "Freigabe."
        )
    tiers = {rule.tier for rule in rules}
    missing = sorted(set(range(1, max(tiers, default=0) + 1)) - tiers)
    if missing:
        named = ", ".join(str(tier) for tier in missing)
        yield f"Die Stufen zählen ab 1 und ohne Lücke; es fehlt Stufe {named}."


def _of_one(rule: Rule, role_names: Mapping[str, str]) -> Iterator[str]:
    if rule.tier < 1:
        yield "Die Stufen zählen ab 1."
    if rule.from_gross < 0:
        yield f"Der Betrag {euros(rule.from_gross)} ist negativ."
    if rule.from_gross > MAX_GROSS or decimals(rule.from_gross) > 2:
        yield f"Ein Betrag hat zwei Nachkommastellen und ist höchstens {euros(MAX_GROSS)}."
    if not 1 <= rule.signers <= MAX_SIGNERS:
        yield f"Eine Regel verlangt 1 bis {MAX_SIGNERS} Unterschriften, nicht {rule.signers}."
    if not 1 <= rule.days <= MAX_DAYS:
        yield f"Die Frist beträgt 1 bis {MAX_DAYS} Tage, nicht {rule.days}."
    if rule.role not in role_names:
        yield "Diese Rolle unterschreibt nicht."
    if rule.escalation_role == rule.role:
        yield "Nach Fristablauf springt eine andere Rolle ein, nicht dieselbe."
    elif rule.escalation_role and rule.escalation_role not in role_names:
        yield "Die Rolle, die nach Fristablauf einspringen soll, unterschreibt nicht."
    if len(rule.committee) > COMMITTEE_LENGTH:
        yield f"Der Name des Gremiums hat höchstens {COMMITTEE_LENGTH} Zeichen."
