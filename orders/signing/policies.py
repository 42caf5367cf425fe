"""Approval policies: proposed by one keeper, in force once another has confirmed.

Keepers are the approvers and the treasurers of the authority. The authority's row is the
lock: of two who propose or confirm at once one finds what the other did. A requisition in
approval keeps the version it was submitted under (docs/approval-policy.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet

from contracts.audit.record import record
from contracts.clock import BERLIN, berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Organisation, Role
from contracts.retrying import again
from orders.errors import (
    InvalidPolicy,
    InvalidPolicyDay,
    NotFound,
    OpenProposal,
    OwnProposal,
    StaleProposal,
    UnchangedPolicy,
    UnsatisfiablePolicy,
)
from orders.lifecycle import RequisitionState
from orders.models import ApprovalPolicy, ApprovalRule, ApprovalStep, RuleCondition
from orders.telling.notices import proposal_notice
from orders.telling.outbox import tell

from .policy_nudges import nudge
from .policy_structure import Finding, structural_faults
from .policy_words import differences, rule_words
from .rules import Rule
from .satisfiability import Report, examine
from .staff import AHEAD, ROLE_NAMES, cosigners, roster_of
from .steps import rules_of

KEEPERS = (Role.APPROVER, Role.TREASURER)
"""Roles that propose and confirm the policy, and set limits and ends of memberships."""

_PROPOSAL_CONSTRAINTS: Refusals = {
    "orders_policy_one_proposal": partial(
        OpenProposal, "Für Ihre Organisation liegt schon ein Vorschlag vor."
    ),
}
_CONFIRMATION_CONSTRAINTS: Refusals = {
    "orders_policy_two_people": partial(
        OwnProposal, "Wer die Regelung vorgeschlagen hat, kann sie nicht in Kraft setzen."
    ),
    "orders_policy_confirmed_or_withdrawn": partial(
        StaleProposal, "Der Vorschlag wurde inzwischen verworfen."
    ),
}


@dataclass(frozen=True, slots=True)
class Health:
    """The version in force and what is wrong with it; without one nothing is released.

    `coming` has the faults of the first day to come (`coming_on`) that brings new ones:
    somebody leaves, or another version begins.
    """

    policy: ApprovalPolicy | None
    report: Report
    coming_on: date | None = None
    coming: tuple[Finding, ...] = ()

    @property
    def alarms(self) -> list[str]:
        """What keepers have to know: amounts that nobody can release, today or soon."""
        today = [found.sentence for found in self.report.faults]
        soon = [f"Ab dem {self.coming_on:%d.%m.%Y}: {found.sentence}" for found in self.coming]
        return today + soon


@again
def propose(
    rules: Sequence[Rule], *, valid_from: date, note: str, by: Membership, now: datetime
) -> ApprovalPolicy:
    """Write the next version; it waits until another keeper confirms it.

    Raises NotAllowed, InvalidPolicyDay, InvalidPolicy, UnsatisfiablePolicy, UnchangedPolicy
    or OpenProposal; nothing is written then.
    """
    require_role(by, KEEPERS, now)
    if valid_from < berlin_day(now):
        raise InvalidPolicyDay("Eine neue Regelung gilt frühestens ab heute.")
    require_sound(rules)
    with translated(_PROPOSAL_CONSTRAINTS), transaction.atomic():
        authority = _locked_authority(by)
        _require_no_proposal(by)
        require_satisfiable(rules, authority.pk, valid_from)
        base = next(iter(_confirmed(authority.pk)), None)
        before = rules_of(base) if base is not None else []
        if base is not None and not differences(before, rules, ROLE_NAMES):
            raise UnchangedPolicy(f"Diese Regeln gelten schon (Fassung {base.version}).")
        policy = _write(authority, rules, valid_from, note.strip(), by, now)
        record(
            policy,
            "policy.proposed",
            by=by,
            now=now,
            before={"rules": in_words(before)},
            after={"rules": in_words(rules), "valid_from": f"{valid_from:%Y-%m-%d}"},
            reason=policy.note,
        )
        tell([proposal_notice(policy)], now=now)
    return policy


@again
def confirm(*, policy_id: int, by: Membership, now: datetime) -> ApprovalPolicy:
    """Put a proposal into force; whether it can be satisfied is asked again.

    It holds from its day, and no sooner than today. Raises NotFound, NotAllowed, OwnProposal,
    StaleProposal or UnsatisfiablePolicy.
    """
    require_role(by, KEEPERS, now)
    with translated(_CONFIRMATION_CONSTRAINTS), transaction.atomic():
        authority = _locked_authority(by)
        policy = _proposal(policy_id, by)
        if policy.proposer_id == by.user_id:
            raise OwnProposal("Wer die Regelung vorgeschlagen hat, kann sie nicht in Kraft setzen.")
        rules = rules_of(policy)
        day = max(policy.valid_from, berlin_day(now))
        require_satisfiable(rules, authority.pk, day)
        base = next(iter(_confirmed(authority.pk)), None)
        policy.valid_from = day
        policy.confirmed_by, policy.confirmer_id, policy.confirmed_at = by, by.user_id, now
        policy.save(update_fields=["valid_from", "confirmed_by", "confirmer", "confirmed_at"])
        record(
            policy,
            "policy.confirmed",
            by=by,
            now=now,
            before={"rules": in_words(rules_of(base)) if base is not None else []},
            after={"rules": in_words(rules), "valid_from": f"{day:%Y-%m-%d}"},
        )
        nudge(authority.pk)
    return policy


@again
def withdraw(*, policy_id: int, reason: str, by: Membership, now: datetime) -> ApprovalPolicy:
    """Discard a proposal: its author takes it back, or another keeper does not agree.

    Raises NotFound, NotAllowed or StaleProposal.
    """
    require_role(by, KEEPERS, now)
    with transaction.atomic():
        _locked_authority(by)
        policy = _proposal(policy_id, by)
        policy.withdrawn_at = now
        policy.save(update_fields=["withdrawn_at"])
        record(policy, "policy.withdrawn", by=by, now=now, reason=reason.strip())
    return policy


def require_sound(rules: Sequence[Rule]) -> None:
    """Raise InvalidPolicy with every rule that makes no sense."""
    found = structural_faults(rules, ROLE_NAMES)
    if found:
        raise InvalidPolicy(*_told(found))


def require_satisfiable(rules: Sequence[Rule], authority_id: int, on: date) -> None:
    """Raise UnsatisfiablePolicy when nobody could release some amount, whoever submits."""
    found = report(rules, authority_id, on).faults
    if found:
        raise UnsatisfiablePolicy(*_told(found))


def report(rules: Sequence[Rule], authority_id: int, on: date) -> Report:
    """What the rules mean for the people there are on the day; constant queries."""
    return examine(rules, roster_of(authority_id, on).staff(on), cosigners(authority_id, on))


def health(authority_id: int, on: date) -> Health:
    """The version in force on the day, held against the people there are; constant queries."""
    versions = _confirmed(authority_id)
    policy = _in_force(versions, on)
    if policy is None:
        missing = Finding("Es ist keine Freigaberegelung in Kraft; niemand kann einreichen.")
        return Health(None, Report((), (missing,)))
    roster = roster_of(authority_id, on)
    asked = cosigners(authority_id, on)
    today = examine(rules_of(policy), roster.staff(on), asked)
    known = {found.sentence for found in today.faults}
    starts = {row.valid_from for row in versions if on < row.valid_from <= on + AHEAD}
    for day in sorted({*roster.changes(), *starts}):
        later = _in_force(versions, day) or policy
        faults = examine(rules_of(later), roster.staff(day), asked).faults
        new = tuple(found for found in faults if found.sentence not in known)
        if new:
            return Health(policy, today, day, new)
    return Health(policy, today)


def own_policies(by: Membership) -> QuerySet[ApprovalPolicy]:
    """Every version of the actor's authority, the newest first."""
    return (
        ApprovalPolicy.objects.filter(authority_id=by.organisation_id)
        .select_related("authority", "proposer", "confirmer")
        .prefetch_related("rules")
        .order_by("-version")
    )


def open_proposal(by: Membership) -> ApprovalPolicy | None:
    """The version that waits for its confirmation."""
    rows = own_policies(by).filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return rows.first()


def open_under_older(by: Membership, policy: ApprovalPolicy) -> int:
    """How many requisitions in approval keep the steps of another version than this one."""
    rows = ApprovalStep.objects.filter(
        requisition__authority_id=by.organisation_id,
        requisition__state=RequisitionState.SUBMITTED.value,
        revision_no=F("requisition__submitted_revision"),
    )
    return rows.exclude(policy=policy).values("requisition").distinct().count()


def in_words(rules: Sequence[Rule]) -> list[str]:
    """The rules as the audit trail keeps them."""
    return [rule_words(rule, ROLE_NAMES) for rule in rules]


def _locked_authority(by: Membership) -> Organisation:
    """The actor's authority, locked: its policy changes step by step."""
    rows = Organisation.objects.select_for_update(no_key=True)
    return rows.get(pk=by.organisation_id)


def _require_no_proposal(by: Membership) -> None:
    waiting = open_proposal(by)
    if waiting is not None:
        who = f" von {waiting.proposer}" if waiting.proposer is not None else ""
        raise OpenProposal(
            f"Fassung {waiting.version}{who} wartet noch auf ihre Bestätigung. Bestätigen oder "
            "verwerfen Sie erst diesen Vorschlag."
        )


def _proposal(policy_id: int, by: Membership) -> ApprovalPolicy:
    """A version of the actor's authority that still waits; raises NotFound or StaleProposal."""
    policy = own_policies(by).filter(pk=policy_id).first()
    if policy is None:
        raise NotFound("Diese Fassung gibt es in Ihrer Organisation nicht.")
    if policy.confirmed_at is not None:
        when = policy.confirmed_at.astimezone(BERLIN)
        raise StaleProposal(
            f"Fassung {policy.version} wurde am {when:%d.%m.%Y um %H:%M} Uhr von "
            f"{policy.confirmer or '–'} in Kraft gesetzt."
        )
    if policy.withdrawn_at is not None:
        when = policy.withdrawn_at.astimezone(BERLIN)
        raise StaleProposal(
            f"Fassung {policy.version} wurde am {when:%d.%m.%Y um %H:%M} Uhr verworfen."
        )
    return policy


def _confirmed(authority_id: int) -> list[ApprovalPolicy]:
    """Confirmed versions, the newest first, with their rules."""
    rows = ApprovalPolicy.objects.filter(authority_id=authority_id, confirmed_at__isnull=False)
    return list(rows.prefetch_related("rules").order_by("-version"))


def _in_force(versions: Sequence[ApprovalPolicy], on: date) -> ApprovalPolicy | None:
    """Of confirmed versions, the newest first, the one that counts (`policy_in_force`)."""
    return next((row for row in versions if row.valid_from <= on), None)


def _write(
    authority: Organisation,
    rules: Sequence[Rule],
    valid_from: date,
    note: str,
    by: Membership,
    now: datetime,
) -> ApprovalPolicy:
    last = ApprovalPolicy.objects.filter(authority=authority).order_by("-version").first()
    policy = ApprovalPolicy.objects.create(
        authority=authority,
        version=last.version + 1 if last is not None else 1,
        valid_from=valid_from,
        note=note,
        created_by=by,
        proposer_id=by.user_id,
        created_at=now,
    )
    ApprovalRule.objects.bulk_create(
        ApprovalRule(
            policy=policy,
            tier=rule.tier,
            from_gross=rule.from_gross,
            role=rule.role,
            signers=rule.signers,
            condition=RuleCondition.FUNDED if rule.when_funded else RuleCondition.ALWAYS,
            days=rule.days,
            escalation_role=rule.escalation_role,
            committee=rule.committee,
        )
        for rule in rules
    )
    return policy


def _told(found: Sequence[Finding]) -> tuple[list[str], list[int | None]]:
    return [row.sentence for row in found], [row.rule for row in found]
