"""The signatures a revision needs: written at submit, added to while it is in approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.models import Membership

from .approval_rules import CoSignature, RequiredStep, Rule, reasons_by_role, required_steps
from .errors import NoPolicy
from .models import ApprovalPolicy, ApprovalStep, Requisition
from .notices import announce_submission

STEP_DAYS = 7


def write_steps(
    requisition: Requisition, gross: Decimal, cosign: Sequence[CoSignature], *, now: datetime
) -> list[ApprovalStep]:
    """Write the signatures the current revision needs (*gross* in EUR). Raises NoPolicy."""
    policy = (
        ApprovalPolicy.objects.filter(
            authority_id=requisition.authority_id, valid_from__lte=berlin_day(now)
        )
        .order_by("-version")
        .prefetch_related("rules")
        .first()
    )
    needed = _needed(policy, gross, cosign)
    if policy is None or not needed:
        raise NoPolicy("Für diesen Betrag ist keine Freigaberegel hinterlegt.")
    return ApprovalStep.objects.bulk_create(
        [
            ApprovalStep(
                requisition=requisition,
                revision_no=requisition.current_revision,
                tier=step.tier,
                role=step.role,
                signers=step.signers,
                reason=step.reason[:250],
                policy=policy,
                deadline=now + timedelta(days=STEP_DAYS * (position + 1)),
            )
            for position, step in enumerate(needed)
        ]
    )


def add_cosignatures(
    requisition: Requisition,
    step: ApprovalStep,
    wishes: Iterable[CoSignature],
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Add the co-signatures that gates ask for since the submission to the open tier.

    What was signed stays signed, and the limits stay held. A role that signs this revision
    anyway is not asked twice.
    """
    steps = requisition.steps.filter(revision_no=requisition.current_revision)
    known = set(steps.values_list("role", flat=True))
    missing = reasons_by_role(wish for wish in wishes if wish.role not in known)
    if not missing:
        return
    deadline = now + timedelta(days=STEP_DAYS)
    added = ApprovalStep.objects.bulk_create(
        ApprovalStep(
            requisition=requisition,
            revision_no=requisition.current_revision,
            tier=step.tier,
            role=role,
            signers=1,
            reason=reason[:250],
            policy_id=step.policy_id,
            deadline=deadline,
        )
        for role, reason in sorted(missing.items())
    )
    if requisition.expires_at is None or requisition.expires_at < deadline:
        requisition.expires_at = deadline
        requisition.save(update_fields=["expires_at"])
    announce_submission(requisition, added, now=now)
    record(
        requisition,
        "requisition.cosign_added",
        by=by,
        now=now,
        after={"roles": sorted(missing)},
        reason=" ".join(missing.values()),
    )


def _needed(
    policy: ApprovalPolicy | None, gross: Decimal, cosign: Sequence[CoSignature]
) -> list[RequiredStep]:
    if policy is None:
        return []
    rules = [Rule(row.tier, row.from_gross, row.role, row.signers) for row in policy.rules.all()]
    return required_steps(gross, rules, cosign)
