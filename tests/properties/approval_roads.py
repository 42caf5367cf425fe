"""Written roads through the approval machine, one for each rule that a mutant spoils."""

from __future__ import annotations

from collections.abc import Mapping

from orders.models.approval import Verdict

from .approval_decisions import Ruling
from .approval_machine import TO_DECEMBER, ApprovalMachine
from .approval_model import Deputy, Member, Requisition
from .approval_world import IT, POLICIES
from .staged import check

Wish = tuple[str, int]


def member(machine: ApprovalMachine, name: str) -> Member:
    return machine.model.members[machine.stage.members[name].pk]


def asked(machine: ApprovalMachine, *wishes: Wish, by: str = "olga") -> Requisition:
    """Created and submitted; everything is paid from the first budget."""
    wanted = [(kind, quantity, "first") for kind, quantity in wishes]
    row = machine._create(member(machine, by), machine._lines(wanted), None)
    assert row is not None
    machine._submit(row, member(machine, "olga"))
    check(machine)
    return row


def decide(
    machine: ApprovalMachine,
    row: Requisition,
    who: str,
    grants: Mapping[int, int] | None = None,
    *,
    verdict: Verdict = Verdict.APPROVE,
    deputy: Deputy | None = None,
    read: int | None = None,
) -> None:
    ruling = Ruling(verdict, grants or {}, row.revision if read is None else read)
    machine._decide(row, member(machine, who), ruling, deputy)
    check(machine)


def edit(machine: ApprovalMachine, row: Requisition, what: str, by: str = "olga") -> None:
    lines = machine._edited(row, what, [("book", 1, "first")])
    machine._revise(row, member(machine, by), lines, row.title, row.revision)
    check(machine)


def delegated(machine: ApprovalMachine, whose: str, to: str, days: int = 5) -> Deputy:
    deputy = machine._delegate(member(machine, whose), member(machine, to).human, 0, days)
    assert deputy is not None
    return deputy


def signed_in_two_tiers(machine: ApprovalMachine) -> None:
    """3,332.00: an approver and then the treasurer."""
    row = asked(machine, ("device", 7))
    decide(machine, row, "alma keeping")
    decide(machine, row, "bert")
    decide(machine, row, "bert")
    decide(machine, row, "alma keeping")
    assert row.state == "approved"


def signed_for_another(machine: ApprovalMachine) -> None:
    """By a deputy; whoever was substituted has spoken."""
    machine._propose(POLICIES[1], 0)
    machine._confirm(machine.stage.members["kolja"])
    row = asked(machine, ("device", 1))
    deputy = delegated(machine, "anna", "bert")
    decide(machine, row, "bert", deputy=deputy)
    decide(machine, row, "anna")
    decide(machine, row, "bert")
    decide(machine, row, "alma approving")
    assert row.state == "approved"


def signed_for_one_who_asked(machine: ApprovalMachine) -> None:
    """Otto asked, and nobody signs that for him."""
    row = asked(machine, ("device", 1), by="otto asking")
    decide(machine, row, "otto signing")
    decide(machine, row, "bert", deputy=delegated(machine, "otto signing", "bert"))


def within_the_limit_of_the_delegator(machine: ApprovalMachine) -> None:
    """Anna signs up to 3,000.00, whoever signs for her."""
    row = asked(machine, ("device", 7))
    decide(machine, row, "bert", deputy=delegated(machine, "anna", "bert"))


def limit_with_tax(machine: ApprovalMachine) -> None:
    """2,800.00 net are 3,332.00 gross."""
    decide(machine, asked(machine, ("device", 7)), "anna")


def cut_into_the_limit(machine: ApprovalMachine) -> None:
    """What is left of it is 2,380.00 gross."""
    row = asked(machine, ("device", 7), ("book", 20))
    decide(machine, row, "anna", {1: 5})
    decide(machine, row, "tina")
    assert row.state == "partly_approved"


def cut_to_more(machine: ApprovalMachine) -> None:
    decide(machine, asked(machine, ("device", 2)), "bert", {1: 3})


def read_too_long_ago(machine: ApprovalMachine) -> None:
    """The asking side lowered it meanwhile."""
    row = asked(machine, ("device", 4))
    edit(machine, row, "less")
    decide(machine, row, "anna", read=1)
    decide(machine, row, "anna")


def raised_after_a_signature(machine: ApprovalMachine) -> None:
    """What was signed does not count for more; everybody signs anew."""
    row = asked(machine, ("device", 7))
    decide(machine, row, "bert")
    edit(machine, row, "more")
    decide(machine, row, "alma approving")
    decide(machine, row, "alma keeping")
    decide(machine, row, "tina")
    assert row.state == "approved"


def lowered_after_a_signature(machine: ApprovalMachine) -> None:
    """What was signed counts for less."""
    row = asked(machine, ("device", 12))
    decide(machine, row, "bert")
    edit(machine, row, "less")
    decide(machine, row, "tina")
    assert row.state == "approved"


def deputy_too_late(machine: ApprovalMachine) -> None:
    deputy = delegated(machine, "anna", "bert", days=1)
    row = asked(machine, ("device", 1))
    machine._let_days_pass(2)
    decide(machine, row, "bert", deputy=deputy)


def deputy_revoked(machine: ApprovalMachine) -> None:
    deputy = delegated(machine, "anna", "bert")
    machine._revoke(deputy)
    decide(machine, asked(machine, ("device", 1)), "bert", deputy=deputy)


def deputy_of_a_deputy(machine: ApprovalMachine) -> None:
    """Bert signs for Anna, and Ida for Bert: not for Anna."""
    deputy = delegated(machine, "anna", "bert")
    delegated(machine, "bert", "ida")
    decide(machine, asked(machine, ("device", 1)), "ida", deputy=deputy)


def membership_over(machine: ApprovalMachine) -> None:
    row = asked(machine, ("device", 1))
    deputy = delegated(machine, "anna", "bert")
    machine._end_membership(member(machine, "anna"), -1)
    decide(machine, row, "anna")
    decide(machine, row, "bert", deputy=deputy)


def treasurer_before_the_deadline(machine: ApprovalMachine) -> None:
    """Only once the approvers' deadline has passed the treasurer may sign in their place."""
    row = asked(machine, ("device", 1))
    decide(machine, row, "tina")
    machine._let_days_pass(4)
    decide(machine, row, "tina")
    assert row.state == "approved"


def proposed_only(machine: ApprovalMachine) -> None:
    """One keeper alone has proposed that two sign; it holds when the other confirms."""
    machine._propose(POLICIES[1], 0)
    row = asked(machine, ("device", 1))
    machine._confirm(machine.stage.members["kira"])
    machine._confirm(machine.stage.members["kolja"])
    check(machine)
    decide(machine, row, "anna")
    asked(machine, ("device", 1))


def longer_by_a_co_signature(machine: ApprovalMachine) -> None:
    """A gate that came late moves the day on which the requisition expires."""
    row = asked(machine, ("device", 1))
    machine._let_days_pass(8)
    machine._set_gate(machine.stage.devices, str(IT))
    decide(machine, row, "anna")
    machine._let_days_pass(6)
    check(machine)
    decide(machine, row, "ida")
    assert row.state == "approved"


def handed_over_by_a_colleague(machine: ApprovalMachine) -> None:
    """Sven draws it up, Lena hands it over: neither of them releases it."""
    draft = machine._create(
        member(machine, "sven"),
        machine._lines([("device", 1, "first")]),
        machine.stage.schools[0].pk,
    )
    assert draft is not None
    machine._hand(draft, member(machine, "lena asking"), back=False)
    machine._submit(draft, member(machine, "olga"))
    decide(machine, draft, "lena signing")
    decide(machine, draft, "anna")


def cut_that_costs_more(machine: ApprovalMachine) -> None:
    """19 pieces cost more than 20; it goes back, and whoever asked submits it again."""
    row = asked(machine, ("device", 20))
    decide(machine, row, "bert", {1: 19})
    assert row.state == "returned"
    machine._submit(row, member(machine, "olga"))
    decide(machine, row, "bert", {1: 10})
    decide(machine, row, "tina")


def overdrawn_by_a_freeze(machine: ApprovalMachine) -> None:
    row = asked(machine, ("device", 2))
    account = machine.model.budgets[machine.stage.budgets[0].pk]
    machine._set_budget(account, 500_00)
    decide(machine, row, "anna")
    decide(machine, row, "anna", {1: 1})
    assert row.state == "partly_approved"


def frozen_between_the_signatures(machine: ApprovalMachine) -> None:
    """Neither the first signature nor the issue draws on what a freeze has taken away."""
    row = asked(machine, ("device", 7))
    account = machine.model.budgets[machine.stage.budgets[0].pk]
    for who in ("bert", "tina"):
        machine._set_budget(account, 500_00)
        decide(machine, row, who)
        machine._set_budget(account, 20_000_00)
        decide(machine, row, who)
    assert row.state == "approved"


def decided_after_it_is_over(machine: ApprovalMachine) -> None:
    """The sweep has not come by; neither side goes on with it, and then it expires."""
    row = asked(machine, ("device", 2))
    machine._let_days_pass(11, swept=False)
    decide(machine, row, "anna")
    decide(machine, row, "anna", {1: 1})
    decide(machine, row, "anna", verdict=Verdict.RETURN)
    edit(machine, row, "less")
    machine._let_days_pass(0)
    assert row.state == "expired"


def issued_after_new_year(machine: ApprovalMachine) -> None:
    """The budget of last year is over: the last signature sends it back."""
    machine._let_days_pass(TO_DECEMBER)
    row = asked(machine, ("device", 1))
    machine._let_days_pass(10)
    decide(machine, row, "anna")
    assert row.state == "returned"
    machine._submit(row, member(machine, "olga"))


def signed_after_new_year(machine: ApprovalMachine) -> None:
    """So does the first of two, and it does not stand for the second."""
    machine._propose(POLICIES[1], 0)
    machine._confirm(machine.stage.members["kolja"])
    machine._let_days_pass(TO_DECEMBER)
    row = asked(machine, ("device", 1))
    machine._let_days_pass(10)
    decide(machine, row, "anna")
    assert row.state == "returned"


def cut_after_new_year(machine: ApprovalMachine) -> None:
    machine._let_days_pass(TO_DECEMBER)
    row = asked(machine, ("device", 4))
    machine._let_days_pass(10)
    decide(machine, row, "anna", {1: 2})
    assert row.state == "returned"


def edited_after_new_year(machine: ApprovalMachine) -> None:
    """Whatever is left of it, it needs another budget."""
    machine._let_days_pass(TO_DECEMBER)
    row = asked(machine, ("device", 4))
    machine._let_days_pass(10)
    edit(machine, row, "more")
    edit(machine, row, "less")
    assert row.round_no == row.revision == 1


def lowered_below_a_tier(machine: ApprovalMachine) -> None:
    """Ten cost less than twenty, but each of them more: everybody signs anew."""
    row = asked(machine, ("device", 20))
    decide(machine, row, "bert")
    edit(machine, row, "less")
    decide(machine, row, "tina")
    decide(machine, row, "bert")
    decide(machine, row, "tina")
    assert row.state == "approved"


def moved_after_a_signature(machine: ApprovalMachine) -> None:
    """Another day of delivery is another order."""
    row = asked(machine, ("device", 7))
    decide(machine, row, "bert")
    edit(machine, row, "date")
    decide(machine, row, "tina")
    decide(machine, row, "bert")
    decide(machine, row, "tina")
    assert row.state == "approved"


def blocked_between_the_signatures(machine: ApprovalMachine) -> None:
    row = asked(machine, ("device", 7))
    for who in ("bert", "tina"):
        gate = machine._set_gate(machine.stage.devices, "")
        assert gate is not None
        decide(machine, row, who)
        machine._lift_gate(gate)
        decide(machine, row, who)
    assert row.state == "approved"


def minimum_between_the_signatures(machine: ApprovalMachine) -> None:
    """What was enough when it was submitted is too little a day later."""
    machine._propose(POLICIES[1], 0)
    machine._confirm(machine.stage.members["kolja"])
    award = machine.model.awards[machine.stage.books]
    row = asked(machine, ("book", 3))
    machine._set_minimum(award, 50_00)
    for who in ("anna", "bert"):
        decide(machine, row, who)
        edit(machine, row, "more")
        machine._let_days_pass(1)
        machine._set_minimum(award, 0)
        decide(machine, row, who)
        machine._let_days_pass(1)
        machine._set_minimum(award, 50_00)
    assert row.state == "approved"


def tied_after_the_submission(machine: ApprovalMachine) -> None:
    """Books that now need a device each; whoever asked adds what is missing, or nobody signs."""
    row = asked(machine, ("book", 3))
    machine._tie(machine.stage.books, machine.stage.devices)
    decide(machine, row, "anna")
    asked(machine, ("device", 3))
    decide(machine, list(machine.model.requisitions.values())[-1], "bert")
    decide(machine, row, "anna")
    assert row.state == "approved"


ROADS = (
    signed_in_two_tiers,
    signed_for_another,
    signed_for_one_who_asked,
    within_the_limit_of_the_delegator,
    limit_with_tax,
    cut_into_the_limit,
    cut_to_more,
    read_too_long_ago,
    raised_after_a_signature,
    lowered_after_a_signature,
    deputy_too_late,
    deputy_revoked,
    deputy_of_a_deputy,
    membership_over,
    treasurer_before_the_deadline,
    proposed_only,
    longer_by_a_co_signature,
    handed_over_by_a_colleague,
    cut_that_costs_more,
    overdrawn_by_a_freeze,
    frozen_between_the_signatures,
    decided_after_it_is_over,
    issued_after_new_year,
    signed_after_new_year,
    cut_after_new_year,
    edited_after_new_year,
    lowered_below_a_tier,
    moved_after_a_signature,
    blocked_between_the_signatures,
    minimum_between_the_signatures,
    tied_after_the_submission,
)
