"""Bad approval policies, ends and limits: the rows of docs/bad-input.md about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from contracts.parties.models import Membership, Role
from orders.models import ApprovalPolicy
from orders.signing import people, policies
from orders.signing.rules import Rule
from tests.world import DAY, NOW, World, person

Act = Callable[[], object]
_ONE = Rule(1, Decimal(0), Role.APPROVER, 1)


def _treasurer(world: World) -> Membership:
    return person("kasse@stadt-a.example", world.authority, Role.TREASURER)


def _proposing(by: Membership, rules: Sequence[Rule], days: int = 0) -> Act:
    day = DAY + timedelta(days=days)
    return lambda: policies.propose(rules, valid_from=day, note="", by=by, now=NOW)


def _rules(*rules: Rule, days: int = 0) -> Callable[[World], Act]:
    return lambda world: _proposing(world.approver, rules, days)


def _proposal(by: Membership) -> ApprovalPolicy:
    rules = [Rule(1, Decimal(0), Role.APPROVER, 1, days=3)]
    return policies.propose(rules, valid_from=DAY, note="", by=by, now=NOW)


def _confirmed_by_its_author(world: World) -> Act:
    policy = _proposal(world.approver)
    return lambda: policies.confirm(policy_id=policy.pk, by=world.approver, now=NOW)


def _confirmed_after_it_was_discarded(world: World) -> Act:
    policy = _proposal(world.approver)
    keeper = _treasurer(world)
    policies.withdraw(policy_id=policy.pk, reason="", by=keeper, now=NOW)
    return lambda: policies.confirm(policy_id=policy.pk, by=keeper, now=NOW)


def _proposed_while_another_waits(world: World) -> Act:
    _proposal(_treasurer(world))
    return _proposing(world.approver, [_ONE])


def _own_limit(world: World) -> Act:
    member = world.approver
    return lambda: people.set_signing_limit(
        membership_id=member.pk, limit=Decimal(1), by=member, now=NOW
    )


def _limit(amount: str) -> Callable[[World], Act]:
    def prepared(world: World) -> Act:
        keeper = _treasurer(world)
        return lambda: people.set_signing_limit(
            membership_id=world.approver.pk, limit=Decimal(amount), by=keeper, now=NOW
        )

    return prepared


def _ended_in_the_past(world: World) -> Act:
    keeper = _treasurer(world)
    day = DAY - timedelta(days=2)
    return lambda: people.end_membership(
        membership_id=world.approver.pk, last_day=day, by=keeper, now=NOW
    )


POLICIES: dict[str, Callable[[World], Act]] = {
    "policy without a rule from 0": _rules(Rule(1, Decimal(1), Role.APPROVER, 1)),
    "policy with a tier missing": _rules(_ONE, Rule(3, Decimal(0), Role.APPROVER, 1)),
    "policy with a rule twice": _rules(_ONE, Rule(1, Decimal(0), Role.APPROVER, 2)),
    "rule with 0 signatures": _rules(Rule(1, Decimal(0), Role.APPROVER, 0)),
    "rule with 10^9 signatures": _rules(Rule(1, Decimal(0), Role.APPROVER, 10**9)),
    "rule for a role that does not sign": _rules(Rule(1, Decimal(0), Role.AUDITOR, 1)),
    "rule that escalates to its own role": _rules(
        Rule(1, Decimal(0), Role.APPROVER, 1, escalation_role=Role.APPROVER)
    ),
    "policy nobody can satisfy": _rules(_ONE, Rule(2, Decimal(5000), Role.TREASURER, 2)),
    "policy that begins yesterday": _rules(_ONE, days=-1),
    "policy that changes nothing": _rules(_ONE),
    "policy proposed while another waits": _proposed_while_another_waits,
    "policy confirmed by its author": _confirmed_by_its_author,
    "policy confirmed after it was discarded": _confirmed_after_it_was_discarded,
    "own signing limit": _own_limit,
    "negative signing limit": _limit("-1"),
    "membership ended in the past": _ended_in_the_past,
}
