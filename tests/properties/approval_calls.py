"""The one place where the approval machine calls the product: thin, by public functions only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from contracts.agreements.gates import register as gate_register
from contracts.agreements.gates.register import GateScope, GateSpec
from contracts.agreements.models import Gate, GateEffect, GateReason, Listing, RelationKind
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.writing import relations
from contracts.agreements.writing.terms import Terms, add_terms
from contracts.clock import berlin_day
from contracts.ledger import movements
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership
from orders import approvals, requisitions
from orders.approvals import deadlines
from orders.approvals.cuts import Grant
from orders.models import ApprovalPolicy, Delegation, Requisition, RequisitionRevision
from orders.models.approval import Verdict
from orders.requisitions import Ask, Place, Share
from orders.signing import delegations, people, policies, rules

from .approval_model import Line, Rule

REASON = "Aus gutem Grund"
Keyed = Mapping[str, Line]
"""Lines by key: the number of a line that stays, anything else for a new one."""


def create(
    title: str, lines: Keyed, school: int | None, by: Membership, now: datetime
) -> Requisition:
    return requisitions.create(
        by=by, ask=_ask(title, lines), wanted=_wanted(lines), school_id=school, now=now
    )


def revise(
    requisition: int, base: int, title: str, lines: Keyed, by: Membership, now: datetime
) -> RequisitionRevision:
    return requisitions.revise(
        requisition_id=requisition,
        base_revision=base,
        ask=_ask(title, lines),
        wanted=_wanted(lines),
        by=by,
        now=now,
    )


def submit(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.submit(requisition_id=requisition, by=by, now=now)


def withdraw(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.withdraw(requisition_id=requisition, by=by, now=now)


def hand_over(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.hand_over(requisition_id=requisition, by=by, now=now)


def hand_back(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.hand_back(requisition_id=requisition, reason=REASON, by=by, now=now)


def expire(now: datetime) -> int:
    return requisitions.expire_due(now=now)


def decide(
    requisition: int,
    revision: int,
    verdict: Verdict,
    grants: Mapping[int, int],
    resolution: str,
    delegation: int | None,
    by: Membership,
    now: datetime,
) -> Requisition:
    """`grants` by line number is what is left of a line."""
    return approvals.decide(
        requisition_id=requisition,
        revision_no=revision,
        verdict=verdict,
        comment="" if verdict is Verdict.APPROVE else REASON,
        grants={number: Grant(quantity, REASON) for number, quantity in grants.items()},
        resolution=resolution,
        delegation_id=delegation,
        by=by,
        now=now,
    )


def set_gate(listing: int, cosign: str, by: Membership, now: datetime) -> Gate:
    """Before one article: co-signed by a role, or blocked when *cosign* is empty."""
    spec = GateSpec(
        scope=GateScope(article_id=Listing.objects.get(pk=listing).article_id),
        reason=GateReason.STANDARD if cosign else GateReason.SAFETY,
        explanation="Nicht im Ausstattungsstandard",
        evidence="Beschluss",
        valid_from=berlin_day(now),
        effect=GateEffect.COSIGN if cosign else GateEffect.BLOCK,
        cosign_role=cosign,
    )
    return gate_register.set_gate(spec, by=by, now=now)


def lift_gate(gate: int, by: Membership, now: datetime) -> Gate:
    return gate_register.lift_gate(gate_id=gate, reason=REASON, by=by, now=now)


def set_limit(account: int, cents: int, reference: str, now: datetime) -> LimitAccount:
    """A freeze of a budget, or its end: what it may carry from now on."""
    return movements.adjust(
        account,
        new_limit=Decimal(cents) / 100,
        document="Haushaltssperre",
        reference=reference,
        by=None,
        now=now,
    )


def set_minimum(award: int, cents: int, first: date, by: Membership, now: datetime) -> None:
    add_terms(
        award_id=award,
        terms=Terms(minimum_order=Decimal(cents) / 100),
        valid_from=first,
        document="Nachtrag",
        by=by,
        now=now,
    )


def tie(listing: int, device: int, by: Membership, now: datetime) -> None:
    items = {row.pk: row.item_id for row in Listing.objects.filter(pk__in=(listing, device))}
    relations.relate(
        relations.Tie(items[listing], items[device], RelationKind.REQUIRES), by=by, now=now
    )


def delegate(
    member: int, deputy: int, first: date, last: date, by: Membership, now: datetime
) -> Delegation:
    return delegations.delegate(
        membership_id=member,
        deputy_person_id=deputy,
        valid_from=first,
        valid_to=last,
        reason=REASON,
        by=by,
        now=now,
    )


def revoke(delegation: int, by: Membership, now: datetime) -> Delegation:
    return delegations.revoke(delegation_id=delegation, by=by, now=now)


def end_membership(member: int, last: date, by: Membership, now: datetime) -> Membership:
    return people.end_membership(membership_id=member, last_day=last, by=by, now=now)


def set_signing_limit(member: int, cents: int | None, by: Membership, now: datetime) -> Membership:
    limit = Decimal(cents) / 100 if cents is not None else None
    return people.set_signing_limit(membership_id=member, limit=limit, by=by, now=now)


def begin_membership(known: Membership, role: str, cents: int | None, on: date) -> Membership:
    """Only the administration names new people; there is no act of the domain for it."""
    return Membership.objects.create(
        user_id=known.user_id,
        organisation_id=known.organisation_id,
        role=role,
        signing_limit=Decimal(cents) / 100 if cents is not None else None,
        valid_from=on,
    )


def propose(wanted: tuple[Rule, ...], first: date, by: Membership, now: datetime) -> ApprovalPolicy:
    return policies.propose(
        [_signing_rule(rule) for rule in wanted], valid_from=first, note=REASON, by=by, now=now
    )


def confirm(policy: int, by: Membership, now: datetime) -> ApprovalPolicy:
    return policies.confirm(policy_id=policy, by=by, now=now)


def watch_deadlines(now: datetime) -> object:
    """What beat does: remind, escalate, warn."""
    return deadlines.watch(now=now)


def _signing_rule(rule: Rule) -> rules.Rule:
    return rules.Rule(
        tier=rule.tier,
        from_gross=Decimal(rule.from_cents) / 100,
        role=rule.role,
        signers=rule.signers,
        days=rule.days,
        escalation_role=rule.escalates_to,
        committee=rule.committee,
    )


def _ask(title: str, lines: Keyed) -> Ask:
    return Ask(
        title=title,
        shares={
            key: [Share(budget, Decimal(percent)) for budget, percent in line.shares]
            for key, line in lines.items()
            if line.shares
        },
        places={
            key: Place(school_id=line.place, earliest=line.earliest) for key, line in lines.items()
        },
    )


def _wanted(lines: Keyed) -> list[Wanted]:
    return [Wanted(key, line.listing, line.quantity) for key, line in lines.items()]
