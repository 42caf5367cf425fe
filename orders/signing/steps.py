"""The signatures a round needs: written at submit, opened tier by tier, added to by gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from contracts.audit.record import record
from contracts.clock import berlin_day, days_later, end_of_day
from contracts.parties.models import Membership
from orders.errors import NoPolicy
from orders.models import ApprovalPolicy, ApprovalRule, ApprovalStep, Requisition, RuleCondition
from orders.telling.notices import submission_notice
from orders.telling.outbox import tell

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


def write_steps(
    requisition: Requisition,
    *,
    gross: Decimal,
    is_funded: bool,
    cosign: Sequence[CoSignature],
    now: datetime,
) -> list[ApprovalStep]:
    """Write the signatures the submitted revision needs (*gross* in EUR). Raises NoPolicy.

    The first tier is open at once; the deadlines of the others are forecasts.
    """
    policy = policy_in_force(requisition.authority_id, berlin_day(now))
    rules = rules_of(policy) if policy is not None else []
    needed = required_steps(gross, rules, cosign, is_funded=is_funded)
    if policy is None or not needed:
        raise NoPolicy("Für diesen Betrag ist keine Freigaberegel hinterlegt.")
    days = days_of_tiers((step.tier, step.days) for step in needed)
    first = min(days)
    return ApprovalStep.objects.bulk_create(
        ApprovalStep(
            requisition=requisition,
            revision_no=requisition.submitted_revision,
            tier=step.tier,
            role=step.role,
            signers=step.signers,
            reason=step.reason[:250],
            policy=policy,
            days=step.days,
            opened_at=now if step.tier == first else None,
            deadline=days_later(now, days_before(days, step.tier) + step.days),
            escalation_role=step.escalation_role,
            committee=step.committee,
        )
        for step in needed
    )


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


def open_next_tier(requisition: Requisition, *, now: datetime) -> list[ApprovalStep]:
    """Open the lowest tier that waits once all before it are finished; tell its people.

    Its deadline counts from now, and the expiry follows where it would come sooner.
    """
    waiting = list(steps_of_round(requisition).filter(completed_at__isnull=True))
    if not waiting or any(step.opened_at is not None for step in waiting):
        return []
    tier = min(step.tier for step in waiting)
    opened = [step for step in waiting if step.tier == tier]
    for step in opened:
        step.opened_at = now
        step.deadline = deadline_of(step, since=now)
    ApprovalStep.objects.bulk_update(opened, ["opened_at", "deadline"])
    extend_expiry(requisition, _end_of_all(waiting, opened))
    tell([submission_notice(requisition, opened)], now=now)
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


def add_cosignatures(
    requisition: Requisition,
    step: ApprovalStep,
    wishes: Iterable[CoSignature],
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Add the co-signatures that gates ask for since the submission to the open tier.

    What was signed stays signed, and the limits stay held. A role that signs this round
    anyway is not asked twice.
    """
    known = set(steps_of_round(requisition).values_list("role", flat=True))
    missing = reasons_by_role(wish for wish in wishes if wish.role not in known)
    if not missing:
        return
    deadline = days_later(now, STEP_DAYS)
    added = ApprovalStep.objects.bulk_create(
        ApprovalStep(
            requisition=requisition,
            revision_no=requisition.submitted_revision,
            tier=step.tier,
            role=role,
            signers=1,
            reason=reason[:250],
            policy_id=step.policy_id,
            opened_at=now,
            deadline=deadline,
        )
        for role, reason in sorted(missing.items())
    )
    extend_expiry(requisition, deadline)
    tell([submission_notice(requisition, added)], now=now)
    record(
        requisition,
        "requisition.cosign_added",
        by=by,
        now=now,
        after={"roles": sorted(missing)},
        reason=" ".join(missing.values()),
    )
