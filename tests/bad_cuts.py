"""Bad input to a decision, for the table in docs/bad-input.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orders import approvals
from orders.approvals import Chosen, Grant
from orders.models import ApprovalStep
from orders.models.approval import Verdict
from tests.world import NOW, World

Case = Callable[[World], Callable[[], object]]


def _decision(
    *,
    verdict: Verdict = Verdict.APPROVE,
    grants: Mapping[int, Grant] | None = None,
    revision_no: int = 1,
    committee: str = "",
) -> Case:
    def made(world: World) -> Callable[[], object]:
        requisition = world.submitted({0: 30})
        ApprovalStep.objects.filter(requisition=requisition).update(committee=committee)
        return lambda: approvals.decide(
            requisition_id=requisition.pk,
            revision_no=revision_no,
            verdict=verdict,
            grants=grants,
            by=world.approver,
            now=NOW,
        )

    return made


def _too_many(world: World) -> Callable[[], object]:
    return lambda: approvals.decide_many(
        chosen=[Chosen(pk, 1) for pk in range(101)],
        verdict=Verdict.APPROVE,
        by=world.approver,
        now=NOW,
    )


DECISIONS: dict[str, Case] = {
    "cut to more than was asked": _decision(grants={1: Grant(31, "Reserve")}),
    "cut to a negative quantity": _decision(grants={1: Grant(-1, "Reserve")}),
    "cut to 10^9": _decision(grants={1: Grant(10**9, "Reserve")}),
    "cut without a reason": _decision(grants={1: Grant(20, " ")}),
    "everything cut": _decision(grants={1: Grant(0, "Kein Bedarf")}),
    "cut of a line that is not there": _decision(grants={9: Grant(1, "Kein Bedarf")}),
    "rejected without a comment": _decision(verdict=Verdict.REJECT),
    "approved without the resolution": _decision(committee="Hauptausschuss"),
    "decision on another revision": _decision(revision_no=7),
    "more than a hundred at once": _too_many,
}
