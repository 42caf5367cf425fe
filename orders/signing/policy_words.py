"""Rules of an approval policy in German words, and what two versions differ in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.pricing import euros

from .rules import Rule

Names = Mapping[str, str]
"""German names of the roles."""


def rule_words(rule: Rule, names: Names) -> str:
    """A rule as one line: „Stufe 2 ab 5.000,00 EUR: 1 × Kämmerei, Frist 7 Tage“."""
    return f"{_place(rule)}: {', '.join(_demands(rule, names).values())}"


def differences(old: Iterable[Rule], new: Iterable[Rule], names: Names) -> list[str]:
    """What is new, what changes and what falls away, in the order of the tiers."""
    before = {_key(rule, names): rule for rule in old}
    after = {_key(rule, names): rule for rule in new}
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key), after.get(key)
        if was is None and is_now is not None:
            found.append(f"Neu: {rule_words(is_now, names)}")
        elif is_now is None and was is not None:
            found.append(f"Entfällt: {rule_words(was, names)}")
        elif was is not None and is_now is not None and was != is_now:
            found.append(f"Geändert: {_place(was)}: {_change(was, is_now, names)}")
    return found


def _change(was: Rule, is_now: Rule, names: Names) -> str:
    before, after = _demands(was, names), _demands(is_now, names)
    changed = [
        f"{before.get(part, 'nichts')} → {after.get(part, 'nichts')}"
        for part in sorted(before.keys() | after.keys())
        if before.get(part) != after.get(part)
    ]
    if before["signers"] == after["signers"]:
        changed.insert(0, before["signers"])
    return ", ".join(changed)


def _key(rule: Rule, names: Names) -> tuple[object, ...]:
    return rule.tier, rule.from_gross, names.get(rule.role, rule.role), rule.when_funded


def _place(rule: Rule) -> str:
    funded = ", wenn aus einer Zuwendung bezahlt wird" if rule.when_funded else ""
    return f"Stufe {rule.tier} ab {euros(rule.from_gross)}{funded}"


def _demands(rule: Rule, names: Names) -> dict[str, str]:
    """What the rule asks for, part by part."""
    days = "1 Tag" if rule.days == 1 else f"{rule.days} Tage"
    parts = {
        "signers": f"{rule.signers} × {names.get(rule.role, rule.role)}",
        "term": f"Frist {days}",
    }
    if rule.escalation_role:
        name = names.get(rule.escalation_role, rule.escalation_role)
        parts["then"] = f"danach auch {name}"
    if rule.committee:
        parts["resolution"] = f"mit Beschluss: {rule.committee}"
    return parts
