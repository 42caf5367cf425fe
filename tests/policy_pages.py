"""Rows that the pages of the approval policy name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from contracts.clock import berlin_day
from contracts.parties.models import Role
from orders.models import ApprovalPolicy
from orders.signing import policies
from orders.signing.rules import Rule
from tests.pages import PageWorld


def proposal(pages: PageWorld, days: int = 10) -> ApprovalPolicy:
    """The treasurer proposes a deadline of so many days."""
    return policies.propose(
        [Rule(1, Decimal(0), Role.APPROVER, 1, days=days)],
        valid_from=berlin_day(pages.now) + timedelta(days=1),
        note="Dienstanweisung 3",
        by=pages.people[Role.TREASURER],
        now=pages.now,
    )


def policy_targets(pages: PageWorld) -> dict[str, int]:
    """Keys of an open proposal and of a membership that is neither keeper's own."""
    return {
        "policy_proposal": proposal(pages).pk,
        "member": pages.people[Role.IT_OFFICER].pk,
    }
