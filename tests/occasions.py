"""Every occasion on which people are told something, each brought about by the domain itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from contracts.agreements.models import AllocationRule
from contracts.ledger.movements import adjust
from contracts.parties.models import Membership, Role
from orders import requisitions
from orders.approvals import deadlines
from orders.approvals.committees import set_committee_date
from orders.binding import cap_watch
from orders.call_offs import cancellations, confirmations
from orders.models import CallOff, Requisition
from orders.requisitions import papers
from orders.signing import delegations, people, policies, policy_watch
from orders.signing.rules import Rule
from orders.telling.notices import Template, barrier_notice
from orders.telling.outbox import tell
from tests.delegations import stand_in
from tests.ranks import Ranks, build_ranks
from tests.world import DAY, NOW, World, person

_LIMIT = Decimal(10**8)


def build() -> Ranks:
    """A world with a cascade, a treasurer, a school and the first supplier's order desk."""
    ranks = build_ranks(AllocationRule.CASCADE)
    world = ranks.world
    world.extra["desk"] = person(
        "auftrag@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_ORDERS
    )
    world.extra["treasurer"] = person(
        "kasse@stadt-a.example", world.authority, Role.TREASURER, signing_limit=_LIMIT
    )
    world.extra["asker"] = person(
        "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
    )
    return ranks


def _member(world: World, key: str) -> Membership:
    member = world.extra[key]
    assert isinstance(member, Membership)
    return member


def _submitted(ranks: Ranks) -> None:
    ranks.world.submitted({0: 3})


def _reminder(ranks: Ranks) -> None:
    ranks.world.submitted({0: 3})
    assert deadlines.remind_due(now=NOW + timedelta(days=4))


def _escalated(ranks: Ranks) -> None:
    ranks.world.submitted({0: 3})
    assert deadlines.escalate_due(now=NOW + timedelta(days=8))


def _sitting(ranks: Ranks) -> None:
    ranks.world.policy.rules.update(committee="Hauptausschuss")
    requisition = ranks.world.submitted({0: 3})
    set_committee_date(
        requisition_id=requisition.pk,
        step_id=requisition.steps.get().pk,
        sitting_on=date(2026, 7, 20),
        by=ranks.world.officer,
        now=NOW,
    )


def _outcome(ranks: Ranks) -> None:
    requisition = ranks.world.submitted({0: 3})
    requisitions.withdraw(requisition_id=requisition.pk, by=ranks.world.officer, now=NOW)


def _expiring(ranks: Ranks) -> None:
    ranks.world.submitted({0: 3})
    assert deadlines.warn_due(now=NOW + timedelta(days=13))


def _handed_over(ranks: Ranks) -> Requisition:
    asker = _member(ranks.world, "asker")
    draft = ranks.world.draft({0: 3}, by=asker)
    return requisitions.hand_over(requisition_id=draft.pk, by=asker, now=NOW)


def _handed_back(ranks: Ranks) -> None:
    requisition = _handed_over(ranks)
    requisitions.hand_back(
        requisition_id=requisition.pk, reason="Es fehlt\nder Raum.", by=ranks.world.officer, now=NOW
    )


def _comment(ranks: Ranks) -> None:
    requisition = ranks.world.submitted({0: 3})
    papers.comment(
        requisition_id=requisition.pk, text="Eine Frage:\r\nwann?", by=ranks.world.officer, now=NOW
    )


def _issued(ranks: Ranks) -> CallOff:
    ranks.world.approve(ranks.world.submitted({0: 3}))
    return CallOff.objects.get()


def _confirmed(ranks: Ranks) -> None:
    call_off = _issued(ranks)
    confirmations.confirm(call_off_id=call_off.pk, by=_member(ranks.world, "desk"), now=NOW)


def _taken_back(ranks: Ranks) -> None:
    cancellations.cancel(
        call_off_id=_issued(ranks).pk,
        quantities=None,
        reason="Der Bedarf ist entfallen.",
        token=uuid4(),
        by=ranks.world.officer,
        now=NOW,
    )


def _next_rank(ranks: Ranks) -> None:
    call_off = ranks.issued(2)
    confirmations.refuse(call_off_id=call_off.pk, reason="Aus", by=ranks.desks[0], now=NOW)


def _delegated(ranks: Ranks) -> None:
    stand_in(_member(ranks.world, "treasurer"), ranks.world.approver)


def _revoked(ranks: Ranks) -> None:
    row = stand_in(_member(ranks.world, "treasurer"), ranks.world.approver)
    delegations.revoke(delegation_id=row.pk, by=ranks.world.approver, now=NOW)


def _proposed(ranks: Ranks) -> None:
    policies.propose(
        [Rule(1, Decimal(0), Role.TREASURER, 1)],
        valid_from=DAY,
        note="",
        by=ranks.world.approver,
        now=NOW,
    )


def _faulty(ranks: Ranks) -> None:
    treasurer, approver = _member(ranks.world, "treasurer"), ranks.world.approver
    rules = [Rule(1, Decimal(0), Role.APPROVER, 1), Rule(2, Decimal(5000), Role.TREASURER, 1)]
    proposed = policies.propose(rules, valid_from=DAY, note="", by=treasurer, now=NOW)
    policies.confirm(policy_id=proposed.pk, by=approver, now=NOW)
    people.set_signing_limit(membership_id=treasurer.pk, limit=Decimal(1), by=approver, now=NOW)
    assert policy_watch.check(now=NOW)


def _cap(ranks: Ranks) -> None:
    ranks.world.submitted({0: 3})
    adjust(
        ranks.world.items[0].account_id,
        new_limit=Decimal(4),
        document="Nachtrag",
        reference="nachtrag",
        by=ranks.world.manager,
        now=NOW,
    )
    assert cap_watch.review(now=NOW).raised


def _barrier(_ranks: Ranks) -> None:
    notice = barrier_notice("7", message="Der Knopf\nfehlt.", page="/abrufe/", answer_to="")
    tell([notice], now=NOW)


OCCASIONS: Mapping[Template, Callable[[Ranks], object]] = {
    Template.SUBMITTED: _submitted,
    Template.REMINDER: _reminder,
    Template.ESCALATED: _escalated,
    Template.SITTING: _sitting,
    Template.OUTCOME: _outcome,
    Template.EXPIRING: _expiring,
    Template.HANDED_OVER: _handed_over,
    Template.HANDED_BACK: _handed_back,
    Template.COMMENT: _comment,
    Template.CALL_OFF: _issued,
    Template.CALL_OFF_CONFIRMED: _confirmed,
    Template.CALL_OFF_TAKEN_BACK: _taken_back,
    Template.NEXT_RANK: _next_rank,
    Template.DELEGATED: _delegated,
    Template.REVOKED: _revoked,
    Template.POLICY_PROPOSED: _proposed,
    Template.POLICY_FAULTY: _faulty,
    Template.CAP: _cap,
    Template.BARRIER: _barrier,
}
