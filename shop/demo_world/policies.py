"""Who must approve how much: proposed by one person, in force by another; one still waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from contracts.parties.models import Role
from orders.signing import policies
from orders.signing.rules import Rule

from .days import Days, start_of
from .people import People

APPROVER, TREASURER = Role.APPROVER.value, Role.TREASURER.value
_COUNCIL = "Stadtverordnetenversammlung"


def _rule(tier: int, from_gross: int, role: str, signers: int = 1, **more: object) -> Rule:
    return Rule(tier, Decimal(from_gross), role, signers, **more)  # type: ignore[arg-type]


_BASE = (_rule(1, 0, APPROVER), _rule(2, 5_000, TREASURER))
_CITY = (
    _rule(1, 0, APPROVER, days=5, escalation_role=TREASURER),
    _rule(1, 1_000, APPROVER, escalation_role=TREASURER),
    _rule(1, 25_000, APPROVER, 2),
    _rule(2, 0, TREASURER, when_funded=True),
    _rule(2, 5_000, TREASURER, escalation_role=APPROVER),
    _rule(3, 100_000, APPROVER, days=30, committee=_COUNCIL),
)
# first who proposes, then who confirms
_KEEPERS: Mapping[str, tuple[str, str]] = {
    "musterfelde": ("kaemmerei", "buergermeisterin"),
    "amt-seeblick": ("amtskaemmerei", "amtsdirektor"),
    "landkreis-ostermark": ("kreiskaemmerei", "landrat"),
    "lindenhof": ("verwaltungsleitung", "geschaeftsfuehrung"),
}
_POLICIES: Mapping[str, Sequence[Rule]] = {
    "musterfelde": _CITY,
    "amt-seeblick": _BASE,
    "landkreis-ostermark": (*_BASE, _rule(1, 100_000, APPROVER, 2)),
    "lindenhof": _BASE[:1],
}


def create_policies(people: People, valid_from: date) -> None:
    """Put the policies into force, each by two people."""
    now = start_of(valid_from)
    for code, rules in _POLICIES.items():
        first, second = _KEEPERS[code]
        proposed = policies.propose(
            rules, valid_from=valid_from, note="Dienstanweisung", by=people[first], now=now
        )
        policies.confirm(policy_id=proposed.pk, by=people[second], now=now)


def propose_next(people: People, days: Days) -> None:
    """A version of the city that waits for its second person."""
    rules = [replace(rule, days=3) if rule == _CITY[0] else rule for rule in _CITY]
    now = days.ago(2, 14)
    policies.propose(
        [*rules, _rule(2, 50_000, TREASURER, days=10, escalation_role=APPROVER)],
        valid_from=days.today + timedelta(days=14),
        note="Ergebnis der Organisationsuntersuchung",
        by=people["kaemmerei"],
        now=now,
    )
