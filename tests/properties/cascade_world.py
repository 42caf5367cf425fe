"""The world of the cascade machine: three ranks, two signatures, three budget lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.agreements.kinds import AllocationRule
from contracts.parties.models import Membership, Role
from orders.binding.budgets import Dimensions, create_line
from orders.models import ApprovalRule, BudgetLine
from tests.ranks import Ranks, build_ranks
from tests.world import NOW, person

from .cascade_model import NET, Budget, CascadeModel

BEGIN = datetime(2026, 12, 14, 9, tzinfo=UTC)
ENDS = {"old": date(2026, 12, 31), "grant": date(2027, 3, 31), "new": date(2027, 12, 31)}
"""Until when a budget line may be used: that of the year, a grant of the same year, the next."""
LIMITS = {"old": 3_000_00, "grant": 2_000_00, "new": 3_000_00}
SHARES = {
    2026: ({"old": 100}, {"grant": 100}, {"old": 60, "grant": 40}),
    2027: ({"new": 100},),
}
"""What a line may be paid from, by the year in which it is asked for."""


@dataclass(frozen=True)
class Stage:
    """The world as rows; the machine reads its keys into the model."""

    ranks: Ranks
    signers: tuple[Membership, Membership]
    budgets: dict[str, BudgetLine]

    @property
    def officer(self) -> Membership:
        return self.ranks.world.officer

    def model(self) -> CascadeModel:
        return CascadeModel({name: Budget(LIMITS[name], day) for name, day in ENDS.items()})


def build_stage() -> Stage:
    ranks = build_ranks(AllocationRule.CASCADE, prices=[Decimal(NET[n]) / 100 for n in (1, 2, 3)])
    world = ranks.world
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
    treasurer = person(
        "kasse@stadt-a.example", world.authority, Role.TREASURER, signing_limit=Decimal(10**8)
    )
    budgets = {
        name: create_line(
            budget_entity=world.entity,
            fiscal_year=2027 if name == "new" else 2026,
            title=name,
            dimensions=Dimensions("21101", str(gl_account)),
            appropriation=Decimal(LIMITS[name]) / 100,
            usable_until=day,
            document="Haushaltsplan",
            by=None,
            now=NOW,
        )
        for gl_account, (name, day) in enumerate(ENDS.items(), start=822_000)
    }
    return Stage(ranks, (world.approver, treasurer), budgets)
