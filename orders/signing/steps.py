"""The signatures a round needs: written at submit, opened tier by tier, added to by gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from contracts.bulk import insert
from contracts.clock import days_later, end_of_day
from contracts.sql import fetch
from orders.errors import NoPolicy
from orders.models import ApprovalPolicy, ApprovalRule, ApprovalStep, Requisition, RuleCondition

from .rules import (
    STEP_DAYS,
    CoSignature,
    Rule,
    days_before,
    days_of_tiers,
    reasons_by_role,
    required_steps,
)


def policy_in_force(authority_id: int, on: date) -> ApprovalPolicy | None:
    """The confirmed version whose day has come, the highest of them, with its rules."""
    return (
        ApprovalPolicy.objects.filter(
            authority_id=authority_id, valid_from__lte=on, confirmed_at__isnull=False
        )
        .order_by("-version")
        .prefetch_related("rules")
        .first()
    )


def rules_of(policy: ApprovalPolicy) -> list[Rule]:
    """The rules of a version as plain data."""
    return [rule_of(row) for row in policy.rules.all()]


def rule_of(row: ApprovalRule) -> Rule:
    """One rule as plain data."""
    return Rule(
        tier=row.tier,
        from_gross=row.from_gross,
        role=row.role,
        signers=row.signers,
        when_funded=row.condition == RuleCondition.FUNDED,
        days=row.days,
        escalation_role=row.escalation_role,
        committee=row.committee,
    )


_RULES = """
SELECT policy.id, rule.tier, rule.from_gross, rule.role, rule.signers,
       rule.condition = 'funded', rule.days, rule.escalation_role, rule.committee
  FROM orders_approvalrule rule
  JOIN orders_approvalpolicy policy ON policy.id = rule.policy_id
 WHERE policy.id = (SELECT id FROM orders_approvalpolicy
                     WHERE authority_id = %(authority_id)s AND valid_from <= %(on)s
                       AND confirmed_at IS NOT NULL
                     ORDER BY version DESC LIMIT 1)
 ORDER BY rule.tier, rule.from_gross, rule.id"""


def read_rules(authority_id: int, on: date) -> tuple[int | None, list[Rule]]:
    """The policy in force on the day and its rules, in one statement."""
    rows = fetch(_RULES, {"authority_id": authority_id, "on": on})
    return (rows[0][0] if rows else None), [Rule(*row[1:]) for row in rows]


def steps_for(
    *,
    round_no: int,
    gross: Decimal,
    is_funded: bool,
    cosign: Iterable[CoSignature],
    policy_id: int | None,
    rules: Sequence[Rule],
    now: datetime,
) -> list[ApprovalStep]:
    """The signatures a submitted revision needs (*gross* in EUR), not saved. Raises NoPolicy.

    The first tier is open at once; the deadlines of the others are forecasts.
    """
    needed = required_steps(gross, rules, cosign, is_funded=is_funded)
    if policy_id is None or not needed:
        raise NoPolicy("Für diesen Betrag ist keine Freigaberegel hinterlegt.")
    days = days_of_tiers((step.tier, step.days) for step in needed)
    first = min(days)
    return [
        ApprovalStep(
            revision_no=round_no,
            tier=step.tier,
            role=step.role,
            signers=step.signers,
            reason=step.reason[:250],
            policy_id=policy_id,
            days=step.days,
            opened_at=now if step.tier == first else None,
            deadline=days_later(now, days_before(days, step.tier) + step.days),
            escalation_role=step.escalation_role,
            committee=step.committee,
        )
        for step in needed
    ]


def write_steps(requisition: Requisition, steps: Iterable[ApprovalStep]) -> list[ApprovalStep]:
    """Save the steps of a round, in one statement."""
    rows = list(steps)
    for row in rows:
        row.requisition_id = requisition.pk
    return insert(rows)


def steps_of_round(requisition: Requisition) -> QuerySet[ApprovalStep]:
    """The steps of the current round of approval."""
    return requisition.steps.filter(revision_no=requisition.submitted_revision)


def expiry(steps: Iterable[ApprovalStep], *, now: datetime) -> datetime:
    """When a requisition expires: after the days of all its tiers, and one deadline more."""
    days = days_of_tiers((step.tier, step.days) for step in steps)
    return days_later(now, sum(days.values()) + STEP_DAYS)


def deadline_of(step: ApprovalStep, *, since: datetime) -> datetime:
    """The end of the step's days *since* its turn came, or after the sitting it waits for."""
    deadline = days_later(since, step.days)
    if step.committee_on is None:
        return deadline
    return max(deadline, end_of_day(step.committee_on + timedelta(days=step.days)))


def open_next_tier(
    requisition: Requisition, steps: Sequence[ApprovalStep], *, now: datetime
) -> list[ApprovalStep]:
    """Open the lowest tier that waits once all before it are finished; return its steps.

    `steps` are those of the round. The deadline counts from now, and the expiry follows where
    it would come sooner.
    """
    waiting = [step for step in steps if step.completed_at is None]
    if not waiting or any(step.opened_at is not None for step in waiting):
        return []
    tier = min(step.tier for step in waiting)
    opened = [step for step in waiting if step.tier == tier]
    for step in opened:
        step.opened_at = now
        step.deadline = deadline_of(step, since=now)
    ApprovalStep.objects.bulk_update(opened, ["opened_at", "deadline"])
    extend_expiry(requisition, _end_of_all(waiting, opened))
    return opened


def _end_of_all(waiting: Sequence[ApprovalStep], opened: Sequence[ApprovalStep]) -> datetime:
    """When the last tier would end if each took its days after the tier that is open now."""
    days = days_of_tiers((step.tier, step.days) for step in waiting)
    tier = opened[0].tier
    later = sum(days[number] for number in days if number > tier)
    return days_later(max(step.deadline for step in opened), later)


def extend_expiry(requisition: Requisition, until: datetime) -> None:
    """Let the requisition expire no sooner than *until*."""
    if requisition.expires_at is None or requisition.expires_at < until:
        requisition.expires_at = until
        requisition.save(update_fields=["expires_at"])


def added_cosignatures(
    step: ApprovalStep,
    steps: Sequence[ApprovalStep],
    cosignatures: Iterable[CoSignature],
    *,
    now: datetime,
) -> list[ApprovalStep]:
    """The steps for co-signatures that gates ask for since the submission, not saved.

    They join the open tier; what was signed stays signed, and the limits stay held. A role
    that signs this round anyway is not asked twice.
    """
    known = {row.role for row in steps}
    missing = reasons_by_role(
        cosignature for cosignature in cosignatures if cosignature.role not in known
    )
    return [
        ApprovalStep(
            revision_no=step.revision_no,
            tier=step.tier,
            role=role,
            signers=1,
            reason=reason[:250],
            policy_id=step.policy_id,
            opened_at=now,
            deadline=days_later(now, STEP_DAYS),
        )
        for role, reason in sorted(missing.items())
    ]
